"""A process under a guard (see ``guard``): signalled, listened to, and surely ended."""

import asyncio
import os
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from conformance.servers import guard as guard_module
from conformance.servers.base import ServerError
from conformance.servers.cpu import cpu_seconds_below

__all__ = ["GuardedProcess", "ProcessLog"]

_LINES = 2000
_LINE = 4000


class ProcessLog:
    """What processes wrote, cut into lines; never too much of it."""

    def __init__(self) -> None:
        """Start with nothing written."""
        self._kept: deque[str] = deque(maxlen=_LINES)
        self._fresh: deque[str] = deque(maxlen=_LINES)

    async def read(self, stream: asyncio.StreamReader) -> None:
        """Keep what comes until the stream's end."""
        rest = b""
        while chunk := await stream.read(65536):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > _LINE:
                lines.append(rest)
                rest = b""
            self._keep(lines)
        self._keep([rest] if rest else [])

    def fresh(self) -> list[str]:
        """Return the lines since the last call."""
        lines = list(self._fresh)
        self._fresh.clear()
        return lines

    def tail(self, lines: int) -> str:
        """Return the last ``lines``."""
        return "\n".join(list(self._kept)[-lines:])

    def _keep(self, lines: Sequence[bytes]) -> None:
        texts = [line[:_LINE].decode(errors="replace") for line in lines]
        self._kept.extend(texts)
        self._fresh.extend(texts)


class GuardedProcess:
    """A command that runs until it ends, is told to, or we are gone."""

    def __init__(
        self, guard: Process, line: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    ) -> None:
        """Take over a guard that was started, and our end of its standard input."""
        self._guard = guard
        self._line = line
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        log: ProcessLog,
        scratch: Path | None = None,
    ) -> "GuardedProcess":
        """Start ``command``; the guard removes ``scratch`` if we are gone before it."""
        ours, theirs = socket.socketpair()
        line = await asyncio.open_connection(sock=ours)
        with theirs:
            try:
                guard = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-I",  # no user's modules, and -S: no packages; it starts the faster
                    "-S",
                    guard_module.__file__,
                    str(scratch or "-"),
                    *command,
                    stdin=theirs.fileno(),
                    stdout=PIPE,
                    stderr=STDOUT,
                    start_new_session=True,
                    env={**os.environ, **environment},
                )
            except BaseException:
                line[1].close()  # a guard that came to be sees its input end
                raise
        started = cls(guard, line)
        assert guard.stdout is not None
        started._reading = asyncio.create_task(log.read(guard.stdout))
        return started

    @property
    def status(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._guard.returncode

    async def wait(self) -> int:
        """Wait for its end and return its exit status."""
        return await self._guard.wait()

    async def last_words(self) -> None:
        """Wait until all that an ended process wrote has been read."""
        if self._reading:
            await self._reading

    async def tell(self, *signals: str) -> None:
        """Send ``signals`` (such as ``TERM``); they have arrived when this returns.

        ServerError if it does not run.
        """
        reader, writer = self._line
        for name in signals:
            if self.status is not None:
                raise ServerError("the process does not run")
            writer.write(f"{name}\n".encode())
            await reader.readline()

    def cpu_seconds(self) -> float | None:
        """Return the CPU seconds that it used; None if unknown."""
        return cpu_seconds_below(self._guard.pid)

    async def end(self, *signals: str, seconds: float) -> None:
        """Send ``signals`` and wait for its end; KILL it after ``seconds``. Nothing stays open."""
        try:
            with suppress(ServerError, OSError, TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.tell(*signals)
                    await self._guard.wait()
        finally:
            if self.status is None:
                self._line[1].write(b"KILL\n")
            await asyncio.shield(self._close())

    async def _close(self) -> None:
        async with asyncio.timeout(10):
            await self._guard.wait()
            await self.last_words()
        writer = self._line[1]
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
