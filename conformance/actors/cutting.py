"""How what is sent is cut into writes: a server must read the same, however it arrives."""

import asyncio
import re
from collections.abc import Callable, Sequence

__all__ = ["Cut", "Pouring", "cutter"]

Cut = Callable[[bytes], Sequence[bytes]]
"""Takes what goes out next on a connection and returns it in the pieces that are written."""

_PAUSE = 0.001  # seconds between two writes, so that each arrives on its own
_MOST = 2.0  # seconds that all pauses of one command may take together
_LINE_END = re.compile(rb"(?<=\r)(?=\n)")
_LITERAL = re.compile(rb"\{(\d{1,18})(\+?)\}\r\n")


def cutter(how: str) -> Cut:
    """Return what cuts as ``how`` says, for one command: its literals are told by what went before.

    A number: pieces of so many octets. ``CRLF``: between each CR and its LF. ``literal``: in the
    middle of each literal. ValueError for anything else.
    """
    if how == "CRLF":
        return _LINE_END.split
    if how == "literal":
        return _Literals()
    size = int(how)
    if size < 1:
        raise ValueError(f"{how} is no number of octets")
    return lambda octets: [octets[at : at + size] for at in range(0, len(octets), size)]


class _Literals:
    def __init__(self) -> None:
        self.announced = 0

    def __call__(self, octets: bytes) -> Sequence[bytes]:
        pieces = []
        start, at = 0, 0
        while True:
            if self.announced > 1:
                middle = at + self.announced // 2
                pieces.append(octets[start:middle])
                start = middle
            at += self.announced
            self.announced = 0
            head = _LITERAL.search(octets, at)
            if head is None:
                break
            self.announced = int(head[1])
            at = head.end()
            if not head[2]:  # the server has to ask for it first
                break
        pieces.append(octets[start:])
        return [piece for piece in pieces if piece]


class Pouring:
    """Writes what is sent piece by piece, with a moment between two of them.

    cut  how it is cut; None to write the rest in one piece each
    """

    def __init__(self, write: Callable[[bytes], bool], done: Callable[[], None]) -> None:
        """Prepare; ``write`` says whether it could, ``done`` is called after the last piece."""
        self.cut: Cut | None = None
        self._write = write
        self._done = done
        self._left: list[bytes] = []  # in reverse

    @property
    def busy(self) -> bool:
        """Whether something is not written yet."""
        return bool(self._left)

    def take(self, octets: bytes) -> int:
        """Write ``octets`` after what is not written yet; return in how many pieces."""
        pieces = list(self.cut(octets)) if self.cut is not None else [octets]
        idle = not self._left
        self._left[:0] = reversed(pieces)
        if idle:
            self._pour(min(_PAUSE, _MOST / max(len(pieces), 1)))
        return len(pieces)

    def _pour(self, pause: float) -> None:
        """Write the next piece, and come back for the one after it."""
        if not self._left or not self._write(self._left.pop()):
            self._left.clear()
        elif self._left:
            asyncio.get_running_loop().call_later(pause, self._pour, pause)
            return
        self._done()
