"""What actors of line-by-line protocols (POP3, SMTP, LMTP) have in common."""

import ssl
from collections.abc import Callable

from conformance.actors.connection import Connection, Ended, FrameSource, Record, Reply
from conformance.servers.base import Endpoint

__all__ = ["LineActor"]


class LineActor:
    """A client whose every command has one answer; answers come in order.

    endpoint  tells where to connect to, asked anew for each connection
    """

    def __init__(
        self,
        name: str,
        endpoint: Callable[[], Endpoint],
        record: Record,
        framer: Callable[[], FrameSource],
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare; nothing is opened yet."""
        self.name = name
        self._endpoint = endpoint
        self._record = record
        self._new_framer = framer
        self._tls = tls
        self._connection: Connection | None = None
        self._replies: list[Reply] = []

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

    async def connect(self, within: float) -> Reply:
        """Open a connection and take the greeting."""
        self._replies.clear()
        endpoint = self._endpoint()
        connection = Connection(self.name, self._record, self._new_framer(), self._frame)
        self._connection = connection
        if not await connection.open(
            endpoint.host,
            endpoint.port,
            tls=self._tls if endpoint.tls else None,
            name=endpoint.host,
            within=within,
        ):
            return Reply(Ended.REFUSED, connection.last)
        return await self.reply(within)

    async def line(self, octets: bytes, within: float) -> Reply:
        """Send one line and wait for its answer."""
        self.connection.send(octets + b"\r\n")
        return await self.reply(within)

    async def reply(self, within: float) -> Reply:
        """Wait for the next answer."""
        ended = await self.connection.until(lambda: bool(self._replies), within)
        if self._replies:
            return self._replies.pop(0)
        return Reply(ended, self.connection.last)

    def close(self) -> None:
        """Close the connection in order, as after QUIT."""
        if self._connection is not None:
            self._connection.close()

    def drop(self) -> None:
        """Cut the connection without a word."""
        if self._connection is not None:
            self._connection.drop()

    def _frame(self, index: int, octets: bytes) -> None:
        self._replies.append(Reply(Ended.ANSWERED, index, octets))
