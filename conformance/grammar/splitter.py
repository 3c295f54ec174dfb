"""Cut a stream of octets into skeletons without holding what long literals hold.

Like the framer, for reading captures: a literal of 100 MB costs nothing but its count.
Every octet of a skeleton knows where it stood in the file.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

__all__ = ["Piece", "Splitter", "Trace"]

_LITERAL = re.compile(rb"(~?)\{(\d{1,20})\+?\}\r?\n\Z")
MAX_LINE = 8 * 1024 * 1024
_SMALL = 8192  # octets of a literal that is kept: long enough for names and header fields
_KEPT = 65_536  # octets of all literals of a frame


@dataclass(slots=True)
class Trace:
    """Octets that each know where in the file they stood."""

    octets: bytes = b""
    _starts: list[int] = field(default_factory=list)
    _places: list[tuple[int, int]] = field(default_factory=list)

    def place(self, position: int) -> tuple[int, int]:
        """Return offset in the file and line of the octet at ``position``."""
        index = max(bisect_right(self._starts, position) - 1, 0)
        offset, line = self._places[index]
        within = position - self._starts[index]
        return offset + within, line

    def add(self, octets: bytes, offset: int, line: int) -> None:
        """Note that octets of the file, from ``offset``, come next."""
        length = len(self.octets)
        if (
            not self._places
            or self._places[-1][0] + length - self._starts[-1] != offset
            or (self._places[-1][1] != line)
        ):
            self._starts.append(length)
            self._places.append((offset, line))
        self.octets += octets


@dataclass(slots=True)
class Piece(Trace):
    """A frame without its literals' octets: the skeleton.

    nul       where in the file a literal that is not binary holds a NUL; None if none does
    short     how many octets of the last literal never came
    literals  those that are small, each with its place in the skeleton
    """

    nul: int | None = None
    short: int = 0
    literals: list[tuple[int, Trace]] = field(default_factory=list)


class Splitter:
    """Takes octets in with their place in the file and gives back whole pieces."""

    def __init__(self) -> None:
        """Start at the beginning of a stream."""
        self._piece = Piece()
        self._left = 0
        self._binary = False
        self._held: Trace | None = None
        self._room = _KEPT
        self._line = 0  # where in the skeleton the line under way starts

    def feed(self, data: bytes, offset: int, line: int) -> list[Piece]:
        """Take in ``data``, at most a line, which starts at ``offset`` of the file, on ``line``."""
        pieces: list[Piece] = []
        position = 0
        while position < len(data):
            if self._left:
                taken = min(self._left, len(data) - position)
                nul = -1 if self._binary else data.find(b"\0", position, position + taken)
                if nul >= 0 and self._piece.nul is None:
                    self._piece.nul = offset + nul
                if self._held is not None:
                    self._held.add(data[position : position + taken], offset + position, line)
                self._left -= taken
                position += taken
                continue
            end = data.find(b"\n", position) + 1
            piece = self._piece
            piece.add(data[position : end or len(data)], offset + position, line)
            position = end or len(data)
            if not end:
                if len(piece.octets) - self._line > MAX_LINE:
                    pieces.append(self._next())
                break
            head = _LITERAL.search(piece.octets, max(self._line, len(piece.octets) - 26))
            if head:
                self._left, self._binary = int(head[2]), bool(head[1])
                self._line = len(piece.octets)
                self._held = None
                if 0 < self._left <= min(_SMALL, self._room):
                    self._room -= self._left
                    self._held = Trace()
                    piece.literals.append((len(piece.octets), self._held))
            else:
                pieces.append(self._next())
        return pieces

    @property
    def open(self) -> bool:
        """Whether a frame has begun and is not complete."""
        return bool(self._left or self._piece.octets)

    def refuse(self, tag: bytes) -> bool:
        """Forget the command ``tag`` if it waits for a go-ahead that has just been refused.

        The octets of its literal, of which none has come, will not come (RFC 9051 section 4.3).
        """
        octets = self._piece.octets
        head = _LITERAL.search(octets, max(0, len(octets) - 26))
        waits = head is not None and b"+" not in head[0] and self._left == int(head[2])
        if waits and octets.startswith(tag + b" "):
            self._next()
            return True
        return False

    def rest(self) -> Piece | None:
        """Return what is left at the end of the stream, if anything is."""
        if not self._piece.octets:
            return None
        self._piece.short = self._left
        return self._next()

    def _next(self) -> Piece:
        piece, self._piece = self._piece, Piece()
        self._left = self._line = 0
        self._held, self._room = None, _KEPT
        return piece
