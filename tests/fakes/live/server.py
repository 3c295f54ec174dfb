"""A live IMAP server in memory; without a fault it does as the RFCs say, to the octet.

``python -m tests.fakes.live.server PORT [FAULT]`` serves on a port.
"""

import asyncio
import itertools
import re
from collections import defaultdict
from contextlib import asynccontextmanager, suppress
from functools import partial

from conformance.servers.base import Credentials, Endpoint, Health, ServerInfo
from tests.fakes.live.connection import Connection
from tests.fakes.live.store import Account

_LITERAL = re.compile(rb"\{(\d{1,9})(\+?)\}\r\n\Z")


class LiveServer:
    """Implements ``Server`` for the explorer; every user name is let in."""

    spec = "fake:live"
    tls = None

    def __init__(self, fault=None) -> None:
        self.fault = fault
        reuses = fault is not None and fault.flaw == "reuses UIDs"
        self.accounts: dict[str, Account] = defaultdict(partial(Account, reuses=reuses))
        self.connections: dict[Connection, asyncio.StreamWriter] = {}
        self.serials = itertools.count()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task] = set()

    def account(self, user: str) -> Account:
        return self.accounts[user]

    def changed(self, box, by: Connection) -> None:
        """Tell idling clients at once."""
        for connection in list(box.sessions):
            if connection is not by and connection.idle_tag and connection in self.connections:
                connection.sync(expunge=True)
                lines = connection._flush("IDLE")
                self.connections[connection].write(b"".join(lines))

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 24)

    @property
    def info(self) -> ServerInfo:
        host, port = self._server.sockets[0].getsockname()[:2]
        return ServerInfo("live fake", "1", {"imap": Endpoint(host, port)}, controlled=False)

    def credentials(self, scope: str, user: str) -> Credentials:
        return Credentials(f"{scope}-{user}", "secret")

    async def health(self, *, connect: bool = False) -> Health:
        return Health(running=True, answers=True)

    def log(self, lines: int = 40) -> str:
        return ""

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader, writer) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        connection = Connection(self)
        self.connections[connection] = writer
        writer.write(b"".join(connection.greet()))
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while not connection.closing and (frame := await self._frame(reader, writer)):
                writer.write(b"".join(connection.take(frame)))
                await writer.drain()
        connection.leave()
        del self.connections[connection]
        writer.close()

    async def _frame(self, reader, writer) -> bytes:
        frame = await reader.readline()
        while match := _LITERAL.search(frame):
            if not match[2]:
                writer.write(b"+ go on\r\n")
            frame += await reader.readexactly(int(match[1]))
            frame += await reader.readline()
        return frame if frame.endswith(b"\r\n") else b""


@asynccontextmanager
async def live(fault=None):
    """Run the server meanwhile."""
    server = LiveServer(fault)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
