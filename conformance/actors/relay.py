"""A relay between one actor and the server, whose way of passing octets on can be spoiled.

It works without privileges and always the same way, unlike faults in the kernel.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable

from conformance.servers.base import Endpoint

__all__ = ["Relay"]


_LARGEST = 65536
_SPLITTING = 2.0  # seconds that what came together is split for; the rest follows in one piece
_LIMIT = 4096  # octets that asyncio may hold of what the server sent (twice that, in fact)
_BUFFER = 65536  # and the kernel (again twice that); less makes it stall on loopback


class Relay:
    """Listens on a loopback port and passes everything on to ``target``.

    delay  seconds that each piece waits, in both directions
    piece  largest number of octets passed on at once; 0 for as they come
    pace   octets that the actor reads in a second; 0 for as fast as they come. What it does not
           read stays with the server, once the buffers between are full.
    """

    def __init__(self, target: Callable[[], Endpoint]) -> None:
        """Prepare; ``target`` is asked anew for each connection."""
        self._target = target
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.delay = 0.0
        self.piece = 0
        self.pace = 0

    async def open(self) -> Endpoint:
        """Start to listen and return where."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        return Endpoint(host, port, tls=self._target().tls)

    def cut(self) -> None:
        """Cut every connection, on both sides, without a word."""
        for writer in list(self._writers):
            writer.transport.abort()

    def heal(self) -> None:
        """Pass everything on as it comes."""
        self.delay = 0.0
        self.piece = 0
        self.pace = 0

    def close(self) -> None:
        """Stop to listen and cut what there is."""
        if self._server is not None:
            self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        target = self._target()
        try:
            inside, outside = await asyncio.open_connection(
                limit=_LIMIT, sock=await _connected(target)
            )
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, outside}
        try:
            with contextlib.suppress(OSError):
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._pass(reader, outside, paced=False))
                    group.create_task(self._pass(inside, writer, paced=True))
        except (ExceptionGroup, asyncio.CancelledError):
            pass  # one side was lost, or the play is over; nothing is left to pass on
        finally:
            for end in (writer, outside):
                self._writers.discard(end)
                end.transport.abort()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, paced: bool
    ) -> None:
        while data := await reader.read(self._portion() if paced else _LARGEST):
            if paced and self.pace:
                await asyncio.sleep(len(data) / self.pace)
            await self._hand_on(data, writer)
        if writer.can_write_eof():
            writer.write_eof()

    async def _hand_on(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + _SPLITTING
        size = self.piece or len(data)
        start = 0
        while start < len(data):
            if self.delay:
                await asyncio.sleep(self.delay)
            # On a busy machine the pieces would outlast the limit of the command.
            stop = start + size if loop.time() < end else len(data)
            writer.write(data[start:stop])
            await writer.drain()
            start = stop
            if self.piece:
                # Let each piece leave on its own; TCP_NODELAY is asyncio's default.
                await asyncio.sleep(0)

    def _portion(self) -> int:
        """Return how many octets to read at once: a twentieth of a second's, if they are few."""
        return min(_LARGEST, max(1, self.pace // 20)) if self.pace else _LARGEST


async def _connected(target: Endpoint) -> socket.socket:
    """Return a connection that holds little, so that a slow reader is felt by the server."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(*target.nearest, type=socket.SOCK_STREAM)
    family, kind, protocol, _, address = found[0]
    connection = socket.socket(family, kind, protocol)
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        connection.setblocking(False)  # noqa: FBT003
        await loop.sock_connect(connection, address)
    except BaseException:
        connection.close()
        raise
    return connection
