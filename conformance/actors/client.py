"""What the actors of every protocol have in common: one connection at a time, opened anew."""

import ssl
from collections.abc import Callable

from conformance.actors.connection import Connection, FrameSource, Record
from conformance.servers.base import Endpoint

__all__ = ["Client"]


class Client:
    """A client that may connect again after its connection ended.

    endpoint  tells where to connect to, asked anew for each connection
    tls       the context that trusts the server; None if it has no TLS
    """

    def __init__(
        self,
        name: str,
        endpoint: Callable[[], Endpoint],
        record: Record,
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare; nothing is opened yet."""
        self.name = name
        self._endpoint = endpoint
        self._record = record
        self._tls = tls
        self._connection: Connection | None = None

    @property
    def connected(self) -> bool:
        """Whether there is an open connection."""
        return self._connection is not None and self._connection.is_open

    @property
    def connection(self) -> Connection:
        """The present connection; RuntimeError if there never was one."""
        if self._connection is None:
            raise RuntimeError(f"{self.name} is not connected")
        return self._connection

    async def open(
        self, framer: FrameSource, on_frame: Callable[[int, bytes], None], within: float
    ) -> bool:
        """Connect and return whether that worked; ``on_frame`` is given each frame that comes."""
        endpoint = self._endpoint()
        self._connection = Connection(self.name, self._record, framer, on_frame)
        return await self._connection.open(
            *endpoint.nearest,
            tls=self._tls if endpoint.tls else None,
            name=endpoint.host,
            within=within,
        )

    async def negotiate(self, within: float) -> bool:
        """Begin TLS, once the server has agreed to it, and return whether that worked."""
        context = self._tls or ssl.create_default_context()
        return await self.connection.start_tls(context, self._endpoint().host, within)

    def close(self) -> None:
        """Close the connection in order, as after a goodbye."""
        if self._connection is not None:
            self._connection.close()

    def drop(self) -> None:
        """Cut the connection without a word."""
        if self._connection is not None:
            self._connection.drop()
