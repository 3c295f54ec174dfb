"""Texts as YAML: plain where YAML allows it, quoted where it does not, folded where long."""

import re
from textwrap import wrap

__all__ = ["flow", "folded", "quote"]

WIDTH = 84
_FIRST = re.compile(r"[^\s,\[\]{}#&*!|>'\"%@`?:\-]|[\-?:](?=[^\s,\[\]{}])")
_UNPLAIN = re.compile(r":(?:\s|\Z)|\s#|\s\Z")
_UNFLOW = re.compile(r"[,\[\]{}]|:(?![A-Za-z0-9])")
# What YAML can hold as it is (YAML 1.1 section 5.1), without line breaks.
_UNPRINTABLE = re.compile(
    "[^ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def quote(text: str, *, inline: bool = False) -> str:
    """Return ``text`` as a scalar; ``inline`` if it stands within […] or {…}."""
    if _UNPRINTABLE.search(text):
        return '"' + "".join(_escape(character) for character in text) + '"'
    plain = _FIRST.match(text) and not _UNPLAIN.search(text)
    if plain and not (inline and _UNFLOW.search(text)):
        return text
    return "'" + text.replace("'", "''") + "'"


def _escape(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if not _UNPRINTABLE.match(character):
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def flow(items: tuple[str, ...] | list[str]) -> str:
    """Return a list in brackets."""
    return "[" + ", ".join(quote(item, inline=True) for item in items) + "]"


def folded(key: str, text: str, indent: str, *, always: bool = False) -> list[str]:
    """Return the lines of ``key: text``, folded (>) if they would be too long, or ``always``."""
    line = f"{indent}{key}: {quote(text)}"
    if (len(line) <= WIDTH and not always) or _UNPRINTABLE.search(text):
        return [line]
    inner = indent + "  "
    lines = wrap(text, WIDTH - len(inner), break_long_words=False, break_on_hyphens=False)
    return [f"{indent}{key}: >", *(inner + part for part in lines)]
