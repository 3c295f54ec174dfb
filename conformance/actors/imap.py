"""The IMAP actor: tags, synchronizing literals, IDLE and STARTTLS (RFC 9051, RFC 2177)."""

import base64
import binascii
import re
import ssl
from collections.abc import Callable, Sequence
from functools import partial
from operator import contains

from conformance.actors.base import Literal, Pieces
from conformance.actors.client import Client
from conformance.actors.connection import Ended, Record, Reply
from conformance.actors.sasl import MECHANISMS, SaslError, exchange
from conformance.servers.base import Credentials, Endpoint
from conformance.wire.framer import Framer

__all__ = ["ImapActor", "astring"]

_ATOM = re.compile(rb"[^\x00-\x20(){%*\"\\\]\x7f-\xff]+")


def astring(octets: bytes) -> bytes | Literal:
    """Return ``octets`` as atom or quoted string, or as a literal where neither may hold them."""
    if _ATOM.fullmatch(octets):
        return octets
    if any(octet in b"\0\r\n" or octet > 127 for octet in octets):
        return Literal(octets)
    return b'"' + octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


class ImapActor(Client):
    """One IMAP client; it may connect again after its connection ended."""

    def __init__(
        self,
        name: str,
        endpoint: Callable[[], Endpoint],
        record: Record,
        *,
        tls: ssl.SSLContext | None = None,
        starttls: bool = False,
        login: str = "LOGIN",
    ) -> None:
        """Prepare; nothing is opened yet.

        starttls  whether to issue STARTTLS right after the greeting
        login     how ``login`` is done: LOGIN or a SASL mechanism
        """
        super().__init__(name, endpoint, record, tls=tls)
        self._login = login
        self._starttls = starttls
        self._prefix = name[:1].encode()
        self._count = 0
        self._answers: dict[bytes, Reply] = {}
        self._continuations: list[Reply] = []
        self._greetings: list[Reply] = []
        self._offered = b""
        self._idle = b""

    @property
    def idling(self) -> bool:
        """Whether IDLE was accepted and DONE is not sent yet."""
        return bool(self._idle)

    async def connect(self, within: float) -> Reply:
        """Open a connection and take the greeting; STARTTLS follows where it is asked for."""
        self._reset()
        if not await self.open(Framer(), self._frame, within):
            return Reply(Ended.REFUSED, self.connection.last)
        ended = await self.connection.until(lambda: bool(self._greetings), within)
        if not self._greetings:
            return Reply(ended, self.connection.last)
        if self._starttls:
            return await self.start_tls(within)
        return self._greetings[0]

    def _reset(self) -> None:
        self._greetings.clear()
        self._answers.clear()
        self._continuations.clear()
        self._offered = b""
        self._idle = b""

    async def start_tls(self, within: float) -> Reply:
        """Issue STARTTLS and, once it is accepted, negotiate TLS (RFC 9051 section 6.2.1)."""
        return await self.command([b"STARTTLS"], within)

    async def login(self, credentials: Credentials, within: float) -> Reply:
        """Become ``credentials``' user (RFC 9051 sections 6.2.2 and 6.2.3)."""
        if self._login != "LOGIN":
            return await self.authenticate(self._login, credentials, within)
        user = astring(credentials.user.encode())
        password = astring(credentials.password.encode())
        return await self.command([b"LOGIN ", user, b" ", password], within)

    async def authenticate(self, mechanism: str, credentials: Credentials, within: float) -> Reply:
        """AUTHENTICATE; the first answer goes along where that is offered (SASL-IR, RFC 4959).

        What the greeting offers counts, or after STARTTLS, which voids it, the answer to
        CAPABILITY. A challenge that makes no sense is answered with ``*``, which cancels.
        """
        challenges: list[bytes] = []
        answers = exchange(mechanism, credentials, challenges, self._endpoint())
        line = b"AUTHENTICATE " + mechanism.encode()
        offered = self._greetings[0].octets if self._greetings else b""
        if self._starttls and MECHANISMS[mechanism][1]:
            await self.command([b"CAPABILITY"], within)
            offered = self._offered
        if MECHANISMS[mechanism][1] and b" SASL-IR" in offered.upper():
            line += b" " + (base64.b64encode(next(answers)) or b"=")
        self._continuations.clear()
        tag, (write,) = self.start([line])
        self.connection.send(write)
        while True:
            ended = await self.connection.until(
                lambda: bool(self._continuations) or tag in self._answers, within
            )
            if tag in self._answers:
                return self._answers.pop(tag)
            if ended is not Ended.ANSWERED:
                return Reply(ended, self.connection.last)
            challenge = self._continuations.pop(0).octets[1:].strip()
            try:
                challenges.append(base64.b64decode(challenge))
                answer = base64.b64encode(next(answers))
            except (SaslError, StopIteration, binascii.Error):
                answer = b"*"
            self.connection.send(answer + b"\r\n")

    def start(self, pieces: Pieces) -> tuple[bytes, list[bytes]]:
        """Return a fresh tag and the writes of a command, cut where the server must answer."""
        self._count += 1
        tag = b"%s%d" % (self._prefix, self._count)
        writes = [bytearray(tag + b" ")]
        for piece in pieces:
            if isinstance(piece, Literal):
                writes[-1] += b"~" * piece.binary + b"{%d%s}\r\n" % (
                    len(piece.octets),
                    b"+" * piece.plus,
                )
                if piece.plus:
                    writes[-1] += piece.octets
                else:
                    writes.append(bytearray(piece.octets))
            else:
                writes[-1] += piece
        writes[-1] += b"\r\n"
        return tag, [bytes(write) for write in writes]

    async def command(self, pieces: Pieces, within: float) -> Reply:
        """Send a command, each literal after its continuation, and wait for the tagged response.

        An AUTHENTICATE that is challenged is cancelled (RFC 9051 section 6.2.2).
        """
        tag, writes = self.start(pieces)
        connection = self.connection
        answers = self._answers
        for write in writes[:-1]:
            self._continuations.clear()
            connection.send(write)
            ended = await self._go_ahead(tag, within)
            if ended is not Ended.ANSWERED:
                return Reply(ended, connection.last)
            if tag in answers:  # refused before the literal was sent
                return answers.pop(tag)
        self._continuations.clear()
        connection.send(writes[-1])
        name = writes[0][len(tag) :].split(None, 1)[0].upper()
        if name == b"AUTHENTICATE":
            # There is nothing more to say, and the server would wait for it.
            ended = await self._go_ahead(tag, within)
            if ended is Ended.TIMEOUT:
                return Reply(ended, connection.last)
            if self._continuations and tag not in answers:
                connection.send(b"*\r\n")
        reply = await self._answer(tag, within)
        if name in (b"STARTTLS", b"COMPRESS"):
            return await self._switch(tag, writes[0], reply, within)
        return reply

    async def _switch(self, tag: bytes, write: bytes, reply: Reply, within: float) -> Reply:
        """Change the connection as the server has agreed to (RFC 9051 section 6.2.1, RFC 4978)."""
        if reply.ended is not Ended.ANSWERED or not reply.octets.upper().startswith(
            tag.upper() + b" OK"
        ):
            return reply
        words = write.upper().split()
        if words[1] == b"STARTTLS":
            if not await self.negotiate(within):
                return Reply(Ended.CLOSED, self.connection.last)
        elif words[1:] == [b"COMPRESS", b"DEFLATE"]:
            self.connection.compress()
        return reply

    async def pipeline(self, commands: Sequence[Pieces], within: float) -> Reply:
        """Send several commands in one write; the reply is the tagged response that came last.

        Their literals must not wait for a continuation; ValueError if one does.
        """
        tags = []
        octets = b""
        for pieces in commands:
            tag, writes = self.start(pieces)
            if len(writes) > 1:
                raise ValueError("a literal that waits cannot be pipelined; write {...+}")
            tags.append(tag)
            octets += writes[0]
        answers = self._answers
        self.connection.send(octets)
        ended = await self.connection.until(lambda: all(tag in answers for tag in tags), within)
        replies = [answers.pop(tag) for tag in tags if tag in answers]
        if ended is not Ended.ANSWERED:
            return Reply(ended, self.connection.last)
        return max(replies, key=lambda reply: reply.at)

    async def _go_ahead(self, tag: bytes, within: float) -> Ended:
        """Wait for a continuation, or for the tagged response that comes instead."""
        return await self.connection.until(
            lambda: bool(self._continuations) or tag in self._answers, within
        )

    async def _answer(self, tag: bytes, within: float) -> Reply:
        answers = self._answers
        ended = await self.connection.until(partial(contains, answers, tag), within)
        return answers.pop(tag, None) or Reply(ended, self.connection.last)

    async def idle(self, within: float) -> Reply:
        """Send IDLE and wait for the continuation, or for its refusal (RFC 2177 section 3)."""
        tag, writes = self.start([b"IDLE"])
        self._continuations.clear()
        self.connection.send(writes[0])
        ended = await self._go_ahead(tag, within)
        if tag in self._answers:
            return self._answers.pop(tag)
        if self._continuations:
            self._idle = tag
            return self._continuations[0]
        return Reply(ended, self.connection.last)

    async def done(self, within: float) -> Reply:
        """Send DONE and wait for IDLE's tagged response; send nothing where none is under way."""
        tag, self._idle = self._idle, b""
        if not tag:  # it was refused, or has ended with its connection
            return Reply(Ended.ANSWERED, self.connection.last)
        self.connection.send(b"DONE\r\n")
        return await self._answer(tag, within)

    async def leave(self, within: float) -> Reply:
        """LOGOUT, then close (RFC 9051 section 6.1.3)."""
        if self._idle:
            await self.done(within)
        reply = await self.command([b"LOGOUT"], within)
        self.connection.close()
        return reply

    def _frame(self, index: int, octets: bytes) -> None:
        first = octets[:1]
        if first == b"*":
            if not self._greetings:
                self._greetings.append(Reply(Ended.ANSWERED, index, octets))
            elif octets[2:12].upper() == b"CAPABILITY":
                self._offered = octets
        elif first == b"+":
            self._continuations.append(Reply(Ended.ANSWERED, index, octets))
        else:
            tag = octets.split(None, 1)[0] if octets.strip() else b""
            self._answers[tag] = Reply(Ended.ANSWERED, index, octets)
