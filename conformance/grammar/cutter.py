"""Cut the counted octets of literals out of a frame, so that the grammar need not count.

``{5}CRLF`` stays and the five octets after it go; offsets in what is left (the
skeleton) can be turned back into offsets in the frame.
"""

import re
from dataclasses import dataclass

from conformance.grammar.recursion import LITERAL

__all__ = ["Payload", "Skeleton", "cut", "stripped"]

_FIRST = re.compile(rb"(.*)\{([0-9]{1,9})\}\r\n").match
_HEAD = re.compile(rb"(~?)\{(\d{1,20})\+?\}\r?\n")
_STAND_IN = bytes((LITERAL,))
_LITERALS = 64
_OPEN, _CLOSE = b"{}"  # as numbers they are found several times sooner than as bytes


@dataclass(frozen=True, slots=True)
class Payload:
    """The octets of one literal: where they lie in the frame, and whether NUL may be among them."""

    start: int
    end: int
    binary: bool


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A frame without its literals' octets.

    short  how many octets of the last literal are missing; 0 if none
    """

    octets: bytes
    payloads: tuple[Payload, ...] = ()
    short: int = 0

    def offset(self, position: int) -> int:
        """Return the offset in the frame of ``position`` in the skeleton."""
        gone = 0
        for payload in self.payloads:
            if payload.start - gone > position:
                break
            gone += payload.end - payload.start
        return position + gone


def stripped(frame: bytes) -> bytes | None:
    """Return a frame with one octet, LITERAL, for each literal, if its literals are ordinary.

    Ordinary ones are whole and without NUL, and the rest is ASCII, as the quickest expressions
    want it. None says no more than that ``cut`` has to look.
    """
    if 0 in frame:
        return None
    parts: list[bytes] = []
    start = 0
    head = _FIRST(frame)
    while head is not None:
        part, size = head.groups()
        start = head.end() + int(size)
        if start >= len(frame) or len(parts) > _LITERALS or not part.isascii():
            return None
        parts.append(part)
        head = _FIRST(frame, start) if frame.find(_OPEN, start) >= 0 else None
    rest = frame[start:]
    if not rest.isascii() or (_CLOSE in rest and rest.find(b"}\r\n") >= 0):
        return None
    if len(parts) == 1:
        return parts[0] + _STAND_IN + rest
    parts.append(rest)
    return _STAND_IN.join(parts)


def cut(frame: bytes) -> Skeleton:
    """Return the skeleton of ``frame``, cut as the framer joins lines and literals."""
    if _OPEN not in frame:
        return Skeleton(frame)
    parts: list[bytes] = []
    payloads: list[Payload] = []
    start = line = 0
    short = 0
    while True:
        end = frame.find(b"\n", line) + 1
        head = _HEAD.search(frame, max(line, end - 26), end) if end else None
        if head is None or head.end() != end or end == len(frame):
            parts.append(frame[start:])
            break
        size = int(head[2])
        parts.append(frame[start:end])
        start = line = min(end + size, len(frame))
        payloads.append(Payload(end, start, bool(head[1])))
        if end + size > len(frame):
            short = end + size - len(frame)
            break
    return Skeleton(b"".join(parts), tuple(payloads), short)
