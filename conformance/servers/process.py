"""A server as a process of this machine, on loopback ports that we choose."""

import asyncio
import re
import shlex
import shutil
import socket
import sys
import tempfile
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from conformance.servers.base import Endpoint, ServerError
from conformance.servers.definition import SERVICES, Definition
from conformance.servers.guarded import GuardedProcess, ProcessLog
from conformance.servers.options import Options
from conformance.servers.own import OwnServer

__all__ = ["ProcessServer"]

LOOPBACK = "127.0.0.1"
VERSION_SECONDS = 10.0
_TRIES = 3


class ProcessServer(OwnServer):
    """A command from ``server.toml``, run under a guard; implements ``Server``.

    Placeholders in the command: {python}, {folder} (of server.toml), {data} (a
    folder that stays for the life of this object), {certs} (with cert.pem, key.pem,
    ca.pem), {password}, and {imap}, {imaps} … for ports.
    """

    def __init__(
        self,
        spec: str,
        definition: Definition,
        *,
        run: str,
        options: Options,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Make nothing yet."""
        super().__init__(spec, run=run, options=options)
        self._know(definition)
        self._environment = {**definition.environment, **(environment or {}), **options.environment}
        self._scratch: Path | None = None
        self._ports: dict[str, int] = {}
        self._process: GuardedProcess | None = None
        self._asked: asyncio.Future[str] | None = None
        self._log = ProcessLog()
        self._typed: list[str] = []

    async def start(self) -> None:
        """Run the command and wait until all its services greet."""
        if self._info is not None:
            raise ServerError(f"{self.spec} has been started already")
        if self._scratch is None:
            self._scratch = self._make_scratch()
        for tried in range(1, _TRIES + 1):
            self._ports = _free_ports(self._definition.ports)
            try:
                await self._first_start()
            except ServerError as error:
                # somebody took a port between our look and its start
                if tried == _TRIES or "already in use" not in error.log.lower():
                    raise
                await self._end("KILL")
            else:
                return

    async def _first_start(self) -> None:
        self._asked = asyncio.create_task(self._ask_version())
        try:
            await self._up()
        finally:
            self._asked.cancel()
            await asyncio.wait({self._asked})

    def log(self, lines: int = 40) -> str:
        """Return the last lines that the process wrote."""
        return self._log.tail(lines)

    async def kill(self) -> None:
        """KILL its process group, then run it again with its data."""
        await self._end("KILL")
        await self._up()

    async def pause(self) -> None:
        """Freeze its processes: connections stay, nothing answers."""
        await self._tell("STOP")
        self._paused = True

    async def resume(self) -> None:
        """Undo ``pause``."""
        await self._tell("CONT")
        self._paused = False

    async def halt(self) -> None:
        """End it in order (TERM, later KILL), with its data kept for a later ``restart``."""
        await self._end("CONT", "TERM")

    async def stop(self) -> None:
        """End it and remove its folder; safe to call again and after a failed start."""
        await self._end("KILL")
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    # --- inside ---

    async def _runs(self) -> bool:
        return self._process is not None and self._process.status is None

    async def _version(self) -> str:
        assert self._asked is not None
        return await self._asked

    def _new_crashes(self) -> Sequence[str]:
        return self._watch.lines(self._log.fresh())

    def _hint(self) -> str:
        return f"by hand: {shlex.join(self._typed)}" if self._typed else ""

    def _make_scratch(self) -> Path:
        scratch = Path(tempfile.mkdtemp(prefix="imap-conformance-"))
        (scratch / "data").mkdir()
        (scratch / "certs").mkdir()
        for name, content in self._authority.files().items():
            (scratch / "certs" / name).write_bytes(content)
        return scratch

    def _command(self, template: Sequence[str]) -> list[str]:
        if self._scratch is None:
            raise ServerError("it has not been started, or was stopped for good")
        words = {
            "python": sys.executable,
            "folder": str(self._definition.folder),
            "data": str(self._scratch / "data"),
            "certs": str(self._scratch / "certs"),
            "password": self._definition.password,
            **{service: str(port) for service, port in self._ports.items()},
        }
        try:
            return [word.format(**words) for word in template]
        except (KeyError, IndexError, ValueError) as error:
            raise ServerError(
                f"the command of server.toml has an unknown placeholder: {error}"
            ) from None

    async def _ask_version(self) -> str:
        """Run the command that prints the version; empty if there is none."""
        command = self._command(self._definition.command_version)
        if not command:
            return ""
        try:
            process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT)
        except OSError as error:
            raise ServerError(f"cannot run {command[0]}: {error.strerror}") from None
        try:
            async with asyncio.timeout(VERSION_SECONDS):
                output, _ = await process.communicate()
        except TimeoutError:
            raise ServerError(f"{shlex.join(command)} does not end") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        match = re.search(self._definition.version_pattern, output.decode(errors="replace"))
        return match[1] if match else ""

    async def _launch(self) -> Mapping[str, Endpoint]:
        self._typed = self._command(self._definition.command)
        assert self._scratch is not None
        self._process = await GuardedProcess.start(
            self._typed, scratch=self._scratch, environment=self._environment, log=self._log
        )
        return {
            name: Endpoint(LOOPBACK, port, SERVICES[name]) for name, port in self._ports.items()
        }

    async def _must_run(self) -> None:
        process = self._process
        if process is None or process.status is not None:
            if process:
                await process.last_words()
            status = process.status if process else None
            raise ServerError(f"the process ended with status {status} before it greeted")

    async def _cpu_seconds(self) -> float | None:
        return self._process.cpu_seconds() if self._process else None

    async def _tell(self, *signals: str) -> None:
        if self._process is None or not await self._runs():
            raise ServerError(f"{self.spec} does not run")
        await self._process.tell(*signals)

    async def _end(self, *signals: str) -> None:
        process, self._process = self._process, None
        if process is not None:
            await process.end(*signals, seconds=self._definition.stop_seconds)
        self._paused = False


def _free_ports(wanted: Mapping[str, int]) -> dict[str, int]:
    """Return a port that is free now for each service: all are held until all are known."""
    with ExitStack() as stack:
        found = {}
        for service in wanted:
            held = stack.enter_context(socket.socket())
            held.bind((LOOPBACK, 0))
            found[service] = held.getsockname()[1]
    return found
