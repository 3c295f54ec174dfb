r"""The text of a command: what is typed, and the references that the player fills in.

    UID STORE uid(two),$other +FLAGS ($Junk \$label1)
    APPEND Sent (\Seen) message(reply)
    LOGIN {"alice"} {"secret"+}

Strings in double quotes go out as typed, whatever they hold.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

from conformance.scenario.pattern import NAME, Capture, Message, PatternError, Seq, Uid

__all__ = ["Literal", "Octets", "Piece", "Text", "parse_command", "parse_raw"]


@dataclass(frozen=True, slots=True)
class Text:
    """Part of a command as it goes out, UTF-8."""

    text: str


@dataclass(frozen=True, slots=True)
class Literal:
    r"""``{"abc"}`` or ``{message(x)}``: a literal whose size the player counts.

    content  the octets, or the message that holds them
    plus     ``{"abc"+}``: sent without waiting for the server (RFC 7888)
    binary   ``~{"abc"}``: literal8 (RFC 3516)

    A bare ``message(x)`` is a Message, which goes out as a waiting literal.
    """

    content: bytes | Message
    plus: bool = False
    binary: bool = False


@dataclass(frozen=True, slots=True)
class Octets:
    """Octets that ``sends`` puts on the wire as they are: no tag, no CRLF."""

    data: bytes


Reference: TypeAlias = "Capture | Uid | Seq | Message"
Piece: TypeAlias = "Text | Literal | Capture | Uid | Seq | Message"

_REFERENCE = re.compile(
    rf"""(?P<quoted>"(?:[^"\\]|\\.)*")
    |\\(?P<plain>\$[^\s()"\[\]]*)
    |\$(?P<capture>[a-z][a-z0-9_]*)(?![A-Za-z0-9_\-])
    |(?P<odd>\$[a-z][^\s()"\[\]A-Z,:]*+)(?![A-Z])
    |(?<![A-Za-z])(?P<call>uid|seq|message)\((?P<name>[^()]*)\)
    |(?<![A-Za-z])(?P<unknown>[a-z]+)\([a-z0-9_-]*\)
    |(?P<literal>~?\{{(?:"(?:[^"\\]|\\.)*"|message\({NAME}\))\+?\}})
    """,
    re.VERBOSE | re.DOTALL,
)
_NAME = re.compile(NAME)
_REFERENCES: dict[str, type[Uid | Seq | Message]] = {"uid": Uid, "seq": Seq, "message": Message}


def parse_command(text: str) -> tuple[Piece, ...]:
    """Return the pieces of ``text`` in the order written; PatternError if one cannot be read."""
    pieces: list[Piece] = []
    typed = ""
    at = 0
    for match in _REFERENCE.finditer(text):
        typed += text[at : match.start()]
        at = match.end()
        if match["quoted"] is not None or match["plain"] is not None:
            typed += match["quoted"] or match["plain"]
            continue
        if typed:
            pieces.append(Text(typed))
            typed = ""
        pieces.append(_literal(match[0]) if match["literal"] else _reference(match))
    typed += text[at:]
    if typed:
        pieces.append(Text(typed))
    return tuple(pieces)


def _reference(match: re.Match[str]) -> Reference:
    if match["capture"]:
        return Capture(match["capture"])
    if odd := match["odd"]:
        raise PatternError(
            match.start(),
            f"'{odd}' is no capture: a letter, then letters, digits and _ "
            f"(the keyword itself is written \\{odd})",
        )
    if unknown := match["unknown"]:
        raise PatternError(
            match.start(), f"'{unknown}()' is not known; there are uid(), seq() and message()"
        )
    if not _NAME.fullmatch(match["name"]):
        raise PatternError(match.start(), f"{match['call']}() takes the name of a message")
    return _REFERENCES[match["call"]](match["name"])


def _literal(text: str) -> Literal:
    binary = text.startswith("~")
    body = text[2 if binary else 1 : -1]
    plus = body.endswith("+")
    body = body[:-1] if plus else body
    if body.startswith('"'):
        return Literal(_unescape(body[1:-1]), plus, binary)
    return Literal(Message(body[len("message(") : -1]), plus, binary)


_RAW = re.compile(
    rf'\s*(?:"(?P<string>(?:[^"\\]|\\.)*)"|message\((?P<message>{NAME})\)|\$(?P<capture>[a-z][a-z0-9_]*))'
    r'(?=[\s"]|\Z)',
    re.DOTALL,
)
_BACKSLASH = re.compile(r"\\(x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_CONTROLS = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0"}


def parse_raw(text: str) -> tuple[Octets | Message | Capture, ...]:
    r"""Return what ``sends`` puts on the wire: strings, ``message(x)`` and ``$x``, side by side.

    In its strings ``\r \n \t \0 \xHH`` stand for one octet and a backslash before
    anything else for that character. PatternError if there is something else.
    """
    pieces: list[Octets | Message | Capture] = []
    at = 0
    while text[at:].strip():
        match = _RAW.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise PatternError(at, 'here stands a string "…", message(x) or $x')
        if match["string"] is not None:
            pieces.append(Octets(_unescape(match["string"])))
        elif match["message"]:
            pieces.append(Message(match["message"]))
        else:
            pieces.append(Capture(match["capture"]))
        at = match.end()
    if not pieces:
        raise PatternError(0, "there is nothing to send")
    return tuple(pieces)


def _unescape(text: str) -> bytes:
    out = bytearray()
    at = 0
    for match in _BACKSLASH.finditer(text):
        out += text[at : match.start()].encode()
        at = match.end()
        word = match[1]
        if len(word) == 3:
            out.append(int(word[1:], 16))
        else:
            out += _CONTROLS.get(word) or word.encode()
    return bytes(out + text[at:].encode())
