"""Cut a stream of octets into whole responses (or commands), without any I/O.

A frame ends at the line feed of a line that announces no literal; a line that
ends in ``{n}`` (``{n+}`` and ``~{n}`` alike) takes the next n octets and the line
after them into the same frame (RFC 9051 section 4.3). Octets are kept exactly:
a missing CR or a NUL stays in the frame, for the grammar to find.
"""

import re

__all__ = ["Flood", "Framer", "MultilineFramer"]

MAX_LINE = 8 * 1024 * 1024
MAX_FRAME = 256 * 1024 * 1024

_LITERAL = re.compile(rb"\{(\d{1,20})\+?\}\r?\n\Z")


class Flood(Exception):  # noqa: N818 - it names what the peer did
    """The peer sent, or announced, more than we are willing to hold."""


class Framer:
    """Collects what was received and gives back whole frames.

    max_line   longest line, in octets, before Flood is raised
    max_frame  largest frame with its literals; a larger announcement is a Flood too
    """

    def __init__(
        self, *, literals: bool = True, max_line: int = MAX_LINE, max_frame: int = MAX_FRAME
    ) -> None:
        """Start with nothing received; ``literals`` is False for protocols that have none."""
        self._literals = literals
        self._max_line = max_line
        self._max_frame = max_frame
        self._buffer = bytearray()
        self._scanned = 0  # no line feed lies between _line and here
        self._line = 0  # where the line under way starts

    def feed(self, data: bytes) -> list[bytes]:
        """Take ``data`` in and return the frames that are now complete; Flood if it is too much."""
        buffer = self._buffer
        if not buffer and data.find(b"\n") == len(data) - 1 >= 0 and b"}" not in data[-3:]:
            return [bytes(data)]  # one whole line, as most of what comes
        buffer += data
        frames: list[bytes] = []
        while True:
            end = buffer.find(b"\n", self._scanned)
            if end < 0:
                self._scanned = max(self._scanned, len(buffer))
                if self._scanned - self._line > self._max_line:
                    raise Flood(f"a line of more than {self._max_line:,} octets without an end")
                return frames
            end += 1
            if self._literals and end > 3 and buffer[end - 2] in b"}\r":
                announced = _LITERAL.search(buffer, max(self._line, end - 26), end)
                if announced:
                    size = int(announced[1])
                    if end + size > self._max_frame:
                        raise Flood(
                            f"a literal of {size:,} octets was announced;"
                            f" at most {self._max_frame:,} are held"
                        )
                    self._line = self._scanned = end + size
                    if len(buffer) < self._line:
                        return frames
                    continue
            frames.append(bytes(buffer[:end]))
            del buffer[:end]
            self._line = self._scanned = 0

    @property
    def wanting(self) -> int:
        """How many octets of a literal are still to come; 0 outside a literal."""
        return max(0, self._line - len(self._buffer))

    @property
    def rest(self) -> bytes:
        """What has been received of a frame that is not complete."""
        return bytes(self._buffer)

    def take_rest(self) -> bytes:
        """Return the incomplete frame and forget it, as at the end of a connection."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        self._line = self._scanned = 0
        return rest


class MultilineFramer:
    """Frames POP3 responses: one line, or lines up to a lone dot (RFC 1939 section 3)."""

    wanting = 0  # no literals here

    def __init__(self, *, max_frame: int = MAX_FRAME) -> None:
        """Start with nothing received and no multi-line response due."""
        self._lines = Framer(literals=False)
        self._held = bytearray()
        self._max_frame = max_frame
        self.due: list[bool] = []  # for each answer still to come: is it multi-line?

    def feed(self, data: bytes) -> list[bytes]:
        """Take ``data`` in and return the responses that are now complete."""
        frames: list[bytes] = []
        for line in self._lines.feed(data):
            if self._held:
                self._held += line
                if len(self._held) > self._max_frame:
                    raise Flood(f"a response of more than {self._max_frame:,} octets")
                if line.rstrip(b"\r\n") == b".":
                    frames.append(bytes(self._held))
                    self._held.clear()
                continue
            multiline = self.due.pop(0) if self.due else False
            if multiline and line[:3].upper() == b"+OK":
                self._held += line
            else:
                frames.append(line)
        return frames

    def take_rest(self) -> bytes:
        """Return what has been received of an incomplete response and forget it."""
        rest = bytes(self._held) + self._lines.take_rest()
        self._held.clear()
        return rest
