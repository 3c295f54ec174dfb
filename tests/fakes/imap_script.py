"""A server that answers as a test says: for each command a text, a function, or nothing at all."""

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager

from conformance.servers.base import Credentials, Endpoint, Health, ServerInfo

Answer = str | Callable[[str], str] | None
CAPABILITIES = "IMAP4rev1 IDLE UIDPLUS"

DEFAULTS: dict[str, Answer] = {
    "CAPABILITY": f"* CAPABILITY {CAPABILITIES}\r\n%TAG OK done\r\n",
    "LOGIN": f"%TAG OK [CAPABILITY {CAPABILITIES}] in\r\n",
    "LOGOUT": "* BYE bye\r\n%TAG OK done\r\n",
    "SELECT": (
        "* FLAGS (\\Seen \\Deleted)\r\n* 1 EXISTS\r\n* 0 RECENT\r\n"
        "* OK [PERMANENTFLAGS (\\Seen \\Deleted)] ok\r\n"
        "* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 2] ok\r\n%TAG OK [READ-WRITE] done\r\n"
    ),
    "APPEND": "%TAG OK [APPENDUID 7 1] done\r\n",
    "IDLE": "+ idling\r\n",
    "DONE": "%TAG OK done\r\n",
}
"""What a command is answered; %TAG is its tag, None: nothing ever. Others get OK."""

_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n\Z")


class ScriptedServer:
    """A ``conformance.servers.base.Server`` that runs in the test's own event loop."""

    spec = "fake:scripted"
    tls = None

    def __init__(self, answers: Mapping[str, Answer] | None = None, greeting: str = "* OK hi\r\n"):
        self.answers = {**DEFAULTS, **(answers or {})}
        self.greeting = greeting
        self.sent: list[bytes] = []
        self.connections = 0
        self.killed = 0
        self.stopped = 0
        self.ill = False
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._awake = asyncio.Event()
        self._awake.set()
        self._port = 0
        self._info: ServerInfo | None = None

    async def start(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    @property
    def info(self):
        if self._server is not None:
            host, port = self._server.sockets[0].getsockname()[:2]
            self._info = ServerInfo("scripted", "1", {"imap": Endpoint(host, port)})
        assert self._info is not None
        return self._info

    def credentials(self, scope, user):
        return Credentials(f"{scope}-{user}", "secret")

    def hang(self, _):
        """Answer nothing; it is said to be ill until it is killed."""
        self.ill = True

    async def health(self, *, connect=False):
        return Health(running=True, answers=not self.ill)

    def log(self, lines=40):
        return "the last log line"

    async def kill(self):
        self.killed += 1
        self.ill = False
        for writer in self._writers:
            writer.transport.abort()
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)

    restart = kill

    async def halt(self):
        self._port = self.info.services["imap"].port
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._server = None

    async def pause(self):
        self._awake.clear()

    async def resume(self):
        self._awake.set()

    async def stop(self):
        self.stopped += 1
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()

    async def heard(self, command, writer):
        """A command came; for servers that tell other connections of it."""

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        self._writers.add(writer)
        writer.write(self.greeting.encode("latin-1"))
        tag = ""
        try:
            while line := await reader.readline():
                command = line
                while match := _LITERAL.search(command):
                    if not match[2]:
                        writer.write(b"+ go on\r\n")
                    command += await reader.readexactly(int(match[1]))
                    command += await reader.readline()
                await self._awake.wait()
                self.sent.append(command)
                words = command.decode("latin-1").split()
                if len(words) > 1:
                    tag, *words = words
                    name = words[0].upper()
                else:  # DONE, or what answers a challenge of SASL
                    name = "DONE" if words == ["DONE"] else "RESPONSE"
                await self.heard(command.decode("latin-1"), writer)
                answer = self.answers.get(name, "%TAG OK done\r\n")
                if callable(answer):
                    answer = answer(command.decode("latin-1"))
                if answer is None:
                    continue
                if answer == "CLOSE":
                    break
                writer.write(answer.replace("%TAG", tag).encode("latin-1"))
                await writer.drain()
                if name == "LOGOUT":
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


@asynccontextmanager
async def scripted(answers=None, greeting="* OK hi\r\n", kind=ScriptedServer):
    server = kind(answers, greeting)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
