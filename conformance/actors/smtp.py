"""The actors that bring mail in: LMTP (RFC 2033) and SMTP submission (RFC 5321, RFC 6409)."""

import base64
import ssl
from collections.abc import Callable

from conformance.actors.base import Literal, Pieces
from conformance.actors.connection import Ended, Record, Reply
from conformance.actors.line import LineActor
from conformance.servers.base import Credentials, Endpoint
from conformance.wire.replies import ReplyFramer

__all__ = ["SmtpActor", "stuffed"]

SENDER = "sender@example.org"


def stuffed(octets: bytes) -> bytes:
    """Return a message as DATA carries it: dots doubled, a lone dot at the end (section 4.5.2)."""
    whole = octets if octets.endswith(b"\r\n") else octets + b"\r\n"
    doubled = b"\r\n".join(
        b"." + line if line.startswith(b".") else line for line in whole.split(b"\r\n")
    )
    return doubled + b".\r\n"


class SmtpActor(LineActor):
    """A client that delivers; ``lmtp`` says whether it greets with LHLO."""

    def __init__(
        self,
        name: str,
        endpoint: Callable[[], Endpoint],
        record: Record,
        *,
        tls: ssl.SSLContext | None = None,
        lmtp: bool = True,
    ) -> None:
        """Prepare; nothing is opened yet."""
        super().__init__(name, endpoint, record, ReplyFramer, tls=tls)
        self._lmtp = lmtp

    async def login(self, credentials: Credentials, within: float) -> Reply:
        """Say LHLO, or EHLO and AUTH PLAIN (RFC 4954)."""
        greeting = b"LHLO" if self._lmtp else b"EHLO"
        reply = await self.line(greeting + b" client.example.org", within)
        if self._lmtp or reply.ended is not Ended.ANSWERED or b"AUTH" not in reply.octets.upper():
            return reply
        secret = b"\0".join((b"", credentials.user.encode(), credentials.password.encode()))
        return await self.line(b"AUTH PLAIN " + base64.b64encode(secret), within)

    async def command(self, pieces: Pieces, within: float) -> Reply:
        """Send one command and wait for its reply."""
        line = b"".join(piece.octets if isinstance(piece, Literal) else piece for piece in pieces)
        return await self.line(line, within)

    async def deliver(self, octets: bytes, recipient: str, within: float) -> Reply:
        """Deliver a message to one recipient; the reply is the first refusal, or the last one."""
        for line in (f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{recipient}>", "DATA"):
            reply = await self.line(line.encode(), within)
            if reply.ended is not Ended.ANSWERED or reply.octets[:1] not in (b"2", b"3"):
                return reply
        self.connection.send(stuffed(octets))
        return await self.reply(within)

    async def leave(self, within: float) -> Reply:
        """QUIT, then close."""
        reply = await self.line(b"QUIT", within)
        self.connection.close()
        return reply
