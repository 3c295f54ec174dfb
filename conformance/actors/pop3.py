"""The POP3 actor: single and multi-line responses (RFC 1939)."""

import ssl

from conformance.actors.base import Literal, Pieces
from conformance.actors.connection import Connection, Ended, Record, Reply
from conformance.servers.base import Credentials, Endpoint
from conformance.wire.framer import MultilineFramer

__all__ = ["Pop3Actor", "multiline"]

_ALWAYS = frozenset({"RETR", "TOP", "CAPA", "LANG"})
_WITHOUT_ARGUMENT = frozenset({"LIST", "UIDL"})


def multiline(command: str) -> bool:
    """Return whether a positive answer to ``command`` ends with a lone dot (RFC 1939 section 3)."""
    words = command.split()
    if not words:
        return False
    name = words[0].upper()
    return name in _ALWAYS or (name in _WITHOUT_ARGUMENT and len(words) == 1)


class Pop3Actor:
    """One POP3 client; it may connect again after its connection ended."""

    def __init__(
        self, name: str, endpoint: Endpoint, record: Record, *, tls: ssl.SSLContext | None = None
    ) -> None:
        """Prepare; nothing is opened yet."""
        self.name = name
        self._endpoint = endpoint
        self._record = record
        self._tls = tls
        self._connection: Connection | None = None
        self._framer = MultilineFramer()
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
        self._framer = MultilineFramer()
        connection = Connection(self.name, self._record, self._framer, self._frame)
        self._connection = connection
        endpoint = self._endpoint
        if not await connection.open(
            endpoint.host,
            endpoint.port,
            tls=self._tls if endpoint.tls else None,
            name=endpoint.host,
            within=within,
        ):
            return Reply(Ended.REFUSED, connection.last)
        return await self._reply(within)

    async def login(self, credentials: Credentials, within: float) -> Reply:
        """USER and PASS (RFC 1939 section 7); the reply is the last one's."""
        reply = await self.command([b"USER ", credentials.user.encode()], within)
        if reply.ended is Ended.ANSWERED and reply.octets.startswith(b"+OK"):
            reply = await self.command([b"PASS ", credentials.password.encode()], within)
        return reply

    async def command(self, pieces: Pieces, within: float) -> Reply:
        """Send one command and wait for its answer, multi-line or not."""
        line = b"".join(piece.octets if isinstance(piece, Literal) else piece for piece in pieces)
        self._framer.due.append(multiline(line.decode("latin-1")))
        self.connection.send(line + b"\r\n")
        return await self._reply(within)

    async def leave(self, within: float) -> Reply:
        """QUIT, which is when deletions happen (RFC 1939 section 6), then close."""
        reply = await self.command([b"QUIT"], within)
        self.connection.close()
        return reply

    def close(self) -> None:
        """Close the connection in order, as after LOGOUT."""
        if self._connection is not None:
            self._connection.close()

    def drop(self) -> None:
        """Cut the connection without a word."""
        if self._connection is not None:
            self._connection.drop()

    async def _reply(self, within: float) -> Reply:
        ended = await self.connection.until(lambda: bool(self._replies), within)
        if self._replies:
            return self._replies.pop(0)
        return Reply(ended, self.connection.last)

    def _frame(self, index: int, octets: bytes) -> None:
        self._replies.append(Reply(Ended.ANSWERED, index, octets))
