"""Client libraries as actors: they decide what to send, and a relay of ours records both sides.

The library connects to a port of ours. What it sends goes out on a ``Connection`` like every
actor's, so it stands in the transcript octet by octet; what comes back is passed on to it
response by response.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from typing import cast

from conformance.actors.base import Literal, Pieces
from conformance.actors.client import Client
from conformance.actors.connection import Ended, Record, Reply
from conformance.actors.drivers import DRIVERS, Driver, arguments
from conformance.servers.base import Credentials, Endpoint
from conformance.wire.framer import Framer

__all__ = ["LibraryActor", "LibraryError"]

_HOST = "127.0.0.1"
_TURN = 0.02  # seconds in which what a library has closed is seen


class LibraryError(Exception):
    """The library did not send what it was told to; the message is its own."""


class LibraryActor(Client):
    """An IMAP client that is somebody else's library; one command at a time."""

    def __init__(
        self,
        name: str,
        endpoint: Callable[[], Endpoint],
        record: Record,
        *,
        library: str,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare; ``library`` is a key of DRIVERS. LibraryError if it is not installed."""
        super().__init__(name, endpoint, record, tls=tls)
        self._library = library
        try:
            self._make = DRIVERS[library]()
        except ImportError:
            raise LibraryError(
                f"{library} is not installed (pip install 'imap-conformance[clients]')"
            ) from None
        self._driver: Driver | None = None
        self._front: _Front | None = None
        self._listener: asyncio.Server | None = None
        self.sent = 0  # how often the library has sent something
        self._held: list[bytes] = []
        self._answers: list[Reply] = []
        self._greetings: list[Reply] = []
        self._went_on: Reply | None = None
        self._idling: asyncio.Task[object] | None = None

    async def connect(self, within: float) -> Reply:
        """Connect, let the library take the greeting, and return that."""
        self._shut()
        self._held.clear()
        self._greetings.clear()
        if not await self.open(Framer(), self._frame, within):
            return Reply(Ended.REFUSED, self.connection.last)
        self.connection.on_end = self._gone
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: _Front(self), _HOST, 0)
        port = self._listener.sockets[0].getsockname()[1]
        self._driver = self._make(self.name, _HOST, port, within)
        await self._say(self._driver.connect(), within)
        ended = await self.connection.until(lambda: bool(self._greetings), within)
        return self._greetings[0] if self._greetings else Reply(ended, self.connection.last)

    async def login(self, credentials: Credentials, within: float) -> Reply:
        """LOGIN, quoted as the library does."""
        return await self._call(
            lambda driver: driver.login(credentials.user, credentials.password), within
        )

    async def command(self, pieces: Pieces, within: float) -> Reply:
        """Let the library do a command by its own function for it.

        LibraryError if it has none, or refuses before it has sent anything.
        """
        octets = [piece.octets for piece in pieces if isinstance(piece, Literal)]
        text = b"".join(piece for piece in pieces if not isinstance(piece, Literal)).decode()
        name, *words = arguments(text)
        name = name.upper()
        if not octets:
            return await self._call(lambda driver: driver.command(name, words), within)
        if name != "APPEND" or len(octets) != 1 or not words:
            raise LibraryError(f"{self._library} sends a literal only with APPEND")
        flags = next((word for word in words[1:] if word.startswith("(")), None)
        date = next((word for word in words[1:] if word.startswith('"')), None)
        return await self._call(
            lambda driver: driver.append(words[0], flags, date, octets[0]), within
        )

    async def idle(self, within: float) -> Reply:
        """IDLE, up to the continuation or the refusal."""
        driver = self._ready()
        self._answers.clear()
        self._went_on = None
        self._idling = asyncio.ensure_future(driver.idle())
        ended = await self.connection.until(
            lambda: self._went_on is not None or bool(self._answers), within
        )
        if self._answers:
            return self._answers[-1]
        if ended is Ended.TIMEOUT and self._idling.done():
            await self._say(self._idling, within)
            raise LibraryError(f"{self._library} did not send IDLE")
        return self._went_on or Reply(ended, self.connection.last)

    async def done(self, within: float) -> Reply:
        """End IDLE."""
        return await self._call(lambda driver: driver.done(), within)

    async def leave(self, within: float) -> Reply:
        """LOGOUT, then close."""
        if self._idling is not None and not self._idling.done():
            await self.done(within)
        reply = await self.command([b"LOGOUT"], within)
        self.close()
        return reply

    def close(self) -> None:
        """Close the connection in order, on both sides of the relay."""
        super().close()
        self._shut()

    def drop(self) -> None:
        """Cut the connection without a word, on both sides of the relay."""
        super().drop()
        self._shut()

    # --- the library's side

    async def _call(self, ask: Callable[[Driver], Awaitable[object]], within: float) -> Reply:
        driver = self._ready()
        self._answers.clear()
        before = self.sent
        said = await self._say(ask(driver), within)
        if self._answers:
            return self._answers[-1]
        if self.sent == before and self.connection.is_open:
            raise LibraryError(f"{self._library} did not send this: {said or 'without a reason'}")
        ended = await self.connection.until(lambda: bool(self._answers), _TURN)
        if self._answers:
            return self._answers[-1]
        return Reply(ended, self.connection.last)

    async def _say(self, doing: Awaitable[object], within: float) -> str:
        """Wait for the library; what it complains of is noted and returned."""
        try:
            async with asyncio.timeout(within + _TURN):
                await doing
        except TimeoutError:
            return "it did not come back"
        except Exception as error:  # noqa: BLE001 - whatever a library raises is its answer
            said = f"{type(error).__name__}: {error}"
            self.connection.note(note="library", library=self._library, said=said[:500])
            return said
        return ""

    def _ready(self) -> Driver:
        if self._driver is None:
            raise LibraryError(f"{self.name} is not connected")
        return self._driver

    def _frame(self, index: int, octets: bytes) -> None:
        """Keep what answers something, and pass everything on."""
        first = octets[:1]
        reply = Reply(Ended.ANSWERED, index, octets)
        if not self._greetings:
            self._greetings.append(reply)
        elif first == b"+":
            self._went_on = reply
        elif first != b"*":
            self._answers.append(reply)
        if self._front is not None:
            self._front.transport.write(octets)
        else:
            self._held.append(octets)

    def joined(self, front: "_Front") -> None:
        """Give the library what has come before it was there."""
        self._front = front
        front.transport.write(b"".join(self._held))
        self._held.clear()

    def _gone(self) -> None:
        """Let the library know that the server has closed."""
        if self._front is not None:
            self._front.transport.close()

    def _shut(self) -> None:
        if self._idling is not None:
            self._idling.cancel()
            self._idling = None
        if self._driver is not None:
            with contextlib.suppress(Exception):  # whatever a library does at its end
                self._driver.close()
        if self._front is not None:
            self._front.transport.abort()
        if self._listener is not None:
            self._listener.close()
        self._driver = self._front = self._listener = None


class _Front(asyncio.Protocol):
    """The connection that the library has made to us."""

    def __init__(self, actor: LibraryActor) -> None:
        self.actor = actor

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.actor.joined(self)

    def data_received(self, data: bytes) -> None:
        if self.actor.connected:
            self.actor.sent += 1
            self.actor.connection.send(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self.actor.connected:
            self.actor.connection.close()
