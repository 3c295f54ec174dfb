"""Simpler forms of a command's text, all of them commands that the grammar knows."""

import re
from collections.abc import Iterator

from conformance.grammar.check import check_command
from conformance.grammar.dialect import Dialect
from conformance.scenario.pattern import Capture, Message, PatternError
from conformance.scenario.template import Literal, Text, parse_command

__all__ = ["simpler", "wellformed"]

_TOKEN = re.compile(
    r"""\s*(
        "(?:[^"\\]|\\.)*" | ~?\{[^}]*\} | (?:uid|seq|message)\([^)]*\)[^\s()]*
        | [A-Z.]+(?:\.PEEK)?\[[^\]]*\](?:<[^>]*>)? | \( | \) | [^\s()"]+
    )""",
    re.VERBOSE,
)
_SET = re.compile(r"(?=.*[:,*])(?:[\d:,*]|uid\([^)]*\))+\Z")


def simpler(command: str, spoken: Dialect) -> Iterator[str]:
    """Yield forms with less in them, those that leave most out first.

    What was well-formed stays so: a broken command would show another thing.
    """
    strict = wellformed(command, spoken)
    seen = {command}
    for text in _forms(command):
        if text not in seen and text[:1].isupper() and (not strict or wellformed(text, spoken)):
            seen.add(text)
            yield text


def wellformed(command: str, spoken: Dialect) -> bool:
    """Return whether the grammar has ``command``, whatever its references stand for."""
    frame = b"a "
    try:
        pieces = parse_command(command)
    except PatternError:
        return False
    for piece in pieces:
        match piece:
            case Text(text):
                frame += text.encode()
            case Literal() | Message():
                frame += b"{1}\r\nx"
            case Capture():
                frame += b"1"
            case _:
                frame += b"1"
    return not check_command(frame + b"\r\n", spoken)


def _forms(command: str) -> Iterator[str]:
    tokens = [match[1] for match in _TOKEN.finditer(command)]
    head = 2 if tokens and tokens[0].upper() == "UID" else 1
    yield from _without_lists(tokens, head)
    for at in range(len(tokens) - 1, head - 1, -1):
        if tokens[at] not in ("(", ")"):
            yield _join(tokens[:at] + tokens[at + 1 :])
    for at in range(head, len(tokens)):
        for other in _smaller(tokens[at]):
            yield _join([*tokens[:at], other, *tokens[at + 1 :]])
    if head == 2 and len(tokens) > 2 and "uid(" not in tokens[2]:
        yield _join(tokens[1:])


def _without_lists(tokens: list[str], head: int) -> Iterator[str]:
    """Leave out a whole list, or a word with the list behind it."""
    for start in range(head, len(tokens)):
        if tokens[start] != "(":
            continue
        end = _closing(tokens, start)
        yield _join(tokens[:start] + tokens[end + 1 :])
        if start > head:
            yield _join(tokens[: start - 1] + tokens[end + 1 :])
        if end == start + 2:
            yield _join([*tokens[:start], tokens[start + 1], *tokens[end + 1 :]])


def _closing(tokens: list[str], start: int) -> int:
    depth = 0
    for at in range(start, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[at], 0)
        if depth == 0:
            return at
    return len(tokens) - 1


def _smaller(token: str) -> Iterator[str]:
    """Yield simpler words: one message for a set, one octet range less, a flag's echo."""
    if _SET.match(token):
        yield "1"
        yield from re.split(r"[:,]", token)
        yield "1:*"
    if token.endswith(".SILENT"):
        yield token.removesuffix(".SILENT")
    if "<" in token:
        yield token.partition("<")[0]
    if ".PEEK[" in token:
        yield token.replace(".PEEK[", "[")


def _join(tokens: list[str]) -> str:
    text = ""
    for word in tokens:
        glue = "" if not text or text.endswith("(") or word == ")" else " "
        text += glue + word
    return text
