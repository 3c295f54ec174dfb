"""Frames SMTP and LMTP replies: lines ``250-…`` up to one ``250 …`` (RFC 5321 section 4.2.1)."""

from conformance.wire.framer import MAX_LINE, Flood, Framer

__all__ = ["ReplyFramer"]


class ReplyFramer:
    """Gives whole replies, however many lines each has."""

    wanting = 0  # no literals here

    def __init__(self) -> None:
        """Start with nothing received."""
        self._lines = Framer(literals=False)
        self._held = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take ``data`` in and return the complete replies; Flood if one has no end."""
        replies = []
        for line in self._lines.feed(data):
            self._held += line
            if line[3:4] != b"-":
                replies.append(bytes(self._held))
                self._held.clear()
            elif len(self._held) > MAX_LINE:
                raise Flood(f"a reply of more than {MAX_LINE:,} octets")
        return replies

    def take_rest(self) -> bytes:
        """Return what has been received of an incomplete reply and forget it."""
        rest = bytes(self._held) + self._lines.take_rest()
        self._held.clear()
        return rest
