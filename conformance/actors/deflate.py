"""COMPRESS=DEFLATE: both directions of a connection, compressed (RFC 4978)."""

import zlib

from conformance.wire.framer import Flood

__all__ = ["Deflate"]

_MOST = 64 * 1024 * 1024


class Deflate:
    """Raw deflate, flushed after each write so that the other side can read all of it."""

    def __init__(self) -> None:
        """Start both streams."""
        self._out = zlib.compressobj(wbits=-15)
        self._in = zlib.decompressobj(wbits=-15)

    def pack(self, octets: bytes) -> bytes:
        """Return what goes over the wire for ``octets``."""
        return self._out.compress(octets) + self._out.flush(zlib.Z_SYNC_FLUSH)

    def unpack(self, data: bytes) -> bytes:
        """Return what ``data`` stood for; Flood if it is no deflate, or swells beyond measure."""
        try:
            octets = self._in.decompress(data, _MOST)
        except zlib.error as error:
            raise Flood(f"what came is not compressed: {error}") from None
        if self._in.unconsumed_tail:
            raise Flood(f"{len(data):,} octets became more than {_MOST:,}")
        return octets
