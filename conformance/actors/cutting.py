"""How what is sent is cut into writes: a server must read the same, however it arrives."""

import re
from collections.abc import Callable, Sequence

__all__ = ["WAYS", "Cut", "cutter"]

Cut = Callable[[bytes], Sequence[bytes]]
"""Takes what goes out next on a connection and returns it in the pieces that are written."""

WAYS = ("CRLF", "literal")
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
