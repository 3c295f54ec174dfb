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
        starttls: bool = False,
        lmtp: bool = True,
    ) -> None:
        """Prepare; nothing is opened yet. ``starttls``: STARTTLS follows the first greeting."""
        super().__init__(name, endpoint, record, ReplyFramer, tls=tls)
        self._starttls = starttls
        self._lmtp = lmtp
        self._offered = b""

    async def _greet(self, within: float) -> Reply:
        greeting = b"LHLO" if self._lmtp else b"EHLO"
        reply = await self.line(greeting + b" client.example.org", within)
        self._offered = reply.octets.upper()
        return reply

    async def login(self, credentials: Credentials, within: float) -> Reply:
        """Say LHLO, or EHLO and AUTH PLAIN (RFC 4954), after STARTTLS if asked for (RFC 3207)."""
        reply = await self._greet(within)
        if self._starttls and reply.octets.startswith(b"2"):
            reply = await self.line(b"STARTTLS", within)
            if not reply.octets.startswith(b"2"):
                return reply
            if not await self.negotiate(within):
                return Reply(Ended.CLOSED, self.connection.last)
            reply = await self._greet(within)
        if self._lmtp or reply.ended is not Ended.ANSWERED or b"AUTH" not in reply.octets.upper():
            return reply
        secret = b"\0".join((b"", credentials.user.encode(), credentials.password.encode()))
        return await self.line(b"AUTH PLAIN " + base64.b64encode(secret), within)

    async def command(self, pieces: Pieces, within: float) -> Reply:
        """Send one command and wait for its reply."""
        line = b"".join(piece.octets if isinstance(piece, Literal) else piece for piece in pieces)
        return await self.line(line, within)

    async def deliver(self, octets: bytes, recipient: str, within: float) -> Reply:
        """Deliver a message to one recipient; the reply is the first refusal, or the last one.

        Octets above 127 are announced where the server offers 8BITMIME (RFC 6152).
        """
        body = "" if octets.isascii() or b"8BITMIME" not in self._offered else " BODY=8BITMIME"
        for line in (f"MAIL FROM:<{SENDER}>{body}", f"RCPT TO:<{recipient}>", "DATA"):
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
