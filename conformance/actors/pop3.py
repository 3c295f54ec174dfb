"""The POP3 actor: single and multi-line responses (RFC 1939)."""

import ssl
from collections.abc import Callable, Sequence

from conformance.actors.base import Literal, Pieces
from conformance.actors.connection import Ended, Record, Reply
from conformance.actors.line import LineActor
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


def _line(pieces: Pieces) -> bytes:
    return b"".join(piece.octets if isinstance(piece, Literal) else piece for piece in pieces)


class Pop3Actor(LineActor):
    """One POP3 client; it may connect again after its connection ended."""

    def __init__(
        self,
        name: str,
        endpoint: Callable[[], Endpoint],
        record: Record,
        *,
        tls: ssl.SSLContext | None = None,
        starttls: bool = False,
    ) -> None:
        """Prepare; ``starttls``: issue STLS right after the greeting."""
        super().__init__(name, endpoint, record, self._framer, tls=tls)
        self._starttls = starttls
        self._due: list[bool] = []

    def _framer(self) -> MultilineFramer:
        framer = MultilineFramer()
        self._due = framer.due
        self._due.append(False)  # the greeting
        return framer

    async def connect(self, within: float) -> Reply:
        """Open a connection and take the greeting; STLS follows where it is asked for."""
        reply = await super().connect(within)
        if self._starttls and reply.octets.startswith(b"+OK"):
            return await self.command([b"STLS"], within)
        return reply

    async def login(self, credentials: Credentials, within: float) -> Reply:
        """USER and PASS (RFC 1939 section 7); the reply is the last one's."""
        reply = await self.command([b"USER ", credentials.user.encode()], within)
        if reply.ended is Ended.ANSWERED and reply.octets.startswith(b"+OK"):
            reply = await self.command([b"PASS ", credentials.password.encode()], within)
        return reply

    async def command(self, pieces: Pieces, within: float) -> Reply:
        """Send one command and wait for its answer, multi-line or not."""
        line = _line(pieces)
        self._due.append(multiline(line.decode("latin-1")))
        reply = await self.line(line, within)
        agreed = line.strip().upper() == b"STLS" and reply.octets.startswith(b"+OK")
        if agreed and not await self.negotiate(within):
            return Reply(Ended.CLOSED, self.connection.last)
        return reply

    async def pipeline(self, commands: Sequence[Pieces], within: float) -> Reply:
        """Send several commands in one write (RFC 2449 section 6.6); the last reply."""
        lines = [_line(pieces) for pieces in commands]
        self._due += [multiline(line.decode("latin-1")) for line in lines]
        return await self.lines(lines, within)

    async def leave(self, within: float) -> Reply:
        """QUIT, which is when deletions happen (RFC 1939 section 6), then close."""
        reply = await self.command([b"QUIT"], within)
        self.connection.close()
        return reply
