"""Text that came from a server, made safe to show.

Escape sequences, control characters, marks that turn the direction of writing,
invisible characters, lone surrogates and non-characters are spelled out, so that
what people read is what was sent. Each format escapes its own markup on top.
"""

import re

__all__ = ["one_line", "printable", "shorten"]

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and line feed, DEL, C1
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # nothing to see
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # no characters, to XML least of all
    "\U000e0000-\U000e0fff]"
    "|[\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe\U0003ffff\U0010fffe\U0010ffff]"
)
_BREAKS = re.compile("[\t\n]")


def _spell(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"


def printable(text: str, limit: int = 200_000) -> str:
    r"""Return ``text`` with unsafe characters as ``\xHH`` or ``\u{HHHH}``; at most ``limit`` of it.

    Tabs and line feeds stay, and a carriage return before a line feed is dropped.
    """
    return _UNSAFE.sub(_spell, shorten(text, limit).replace("\r\n", "\n"))


def one_line(text: str, limit: int = 2_000) -> str:
    """Return ``text`` as ``printable`` does, with tabs and line feeds spelled out too."""
    text = _UNSAFE.sub(_spell, shorten(text, limit))
    return _BREAKS.sub(lambda m: "\\t" if m[0] == "\t" else "\\n", text)


def shorten(text: str, limit: int) -> str:
    """Return ``text``, cut to ``limit`` characters; what was cut away is counted at the end."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit:,} more)"
