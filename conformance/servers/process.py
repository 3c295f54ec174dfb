"""A server as a process of this machine, on loopback ports that we choose."""

import asyncio
import os
import re
import shlex
import shutil
import socket
import ssl
import sys
import tempfile
from asyncio.subprocess import Process
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

from conformance.servers.accounts import Accounts
from conformance.servers.base import Credentials, Endpoint, Health, ServerError, ServerInfo
from conformance.servers.certificates import authority
from conformance.servers.crashes import CrashWatch
from conformance.servers.definition import SERVICES, Definition
from conformance.servers.greeting import greeting, wait_for_greeting
from conformance.servers.options import Options

__all__ = ["ProcessServer"]

LOOPBACK = "127.0.0.1"
HEALTH_SECONDS = 5.0
VERSION_SECONDS = 10.0
_LINES = 2000
_LINE = 4000


class ProcessServer:
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
        self.spec = spec
        self._definition = definition
        self._options = options
        self._environment = {**definition.environment, **(environment or {}), **options.environment}
        self._authority = authority(run)
        self._accounts = Accounts(definition.user_pattern, definition.password, definition.accounts)
        self._watch = CrashWatch(definition.crashes, definition.harmless)
        self._scratch: Path | None = None
        self._ports: dict[str, int] = {}
        self._version = ""
        self._guard: Process | None = None
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._reader: asyncio.Task[None] | None = None
        self._log: deque[str] = deque(maxlen=_LINES)
        self._fresh: list[str] = []
        self._info: ServerInfo | None = None
        self._paused = False

    @property
    def info(self) -> ServerInfo:
        """What is known of the server; ServerError before ``start``."""
        if self._info is None:
            raise ServerError(f"{self.spec} has not been started")
        return self._info

    @property
    def tls(self) -> ssl.SSLContext | None:
        """A context that trusts this run's authority and checks names."""
        return self._authority.client_context()

    async def start(self) -> None:
        """Run the command and wait until all its services greet."""
        if self._guard is not None:
            raise ServerError(f"{self.spec} has been started already")
        if self._scratch is None:
            self._scratch = Path(tempfile.mkdtemp(prefix="imap-conformance-"))
            (self._scratch / "data").mkdir()
            certs = self._scratch / "certs"
            certs.mkdir()
            for name, content in self._authority.files().items():
                (certs / name).write_bytes(content)
        self._ports = _free_ports(self._definition.ports)
        asking = asyncio.create_task(self._ask_version())
        try:
            await self._run()
            self._version = await asking
        finally:
            asking.cancel()
            await asyncio.wait({asking})
        self._info = replace(self.info, version=self._version)

    def credentials(self, scope: str, user: str) -> Credentials:
        """Return the account of ``user`` that belongs to ``scope`` alone."""
        return self._accounts.credentials(scope, user)

    async def health(self, *, connect: bool = False) -> Health:
        """Look at the process and what it has written since the last look."""
        running = self._running
        answers = running and not self._paused
        if running and connect:
            answers = False
            with suppress(OSError, EOFError, ssl.SSLError, TimeoutError):
                async with asyncio.timeout(HEALTH_SECONDS):
                    answers = bool(await greeting(self._first(), self.tls))
        fresh, self._fresh = self._fresh, []
        return Health(running, answers, self._watch.lines(fresh))

    def log(self, lines: int = 40) -> str:
        """Return the last lines that the process wrote."""
        return "\n".join(list(self._log)[-lines:])

    async def restart(self) -> None:
        """Stop it in order and run it again on the same ports, with its data."""
        await self.halt()
        await self._run()

    async def kill(self) -> None:
        """KILL its process group, then run it again with its data."""
        await self._end("KILL")
        await self._run()

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

    @property
    def _running(self) -> bool:
        return self._guard is not None and self._guard.returncode is None

    def _first(self) -> Endpoint:
        services = self.info.services
        return services.get("imap") or services["imaps"]

    def _command(self, template: Sequence[str]) -> list[str]:
        assert self._scratch is not None
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
                f"{self.spec}: the command of server.toml has an unknown placeholder: {error}"
            ) from None

    async def _ask_version(self) -> str:
        """Run the command that prints the version; empty if there is none."""
        command = self._command(self._definition.command_version)
        if not command:
            return ""
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
            )
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

    async def _run(self) -> None:
        definition = self._definition
        command = self._command(definition.command)
        if not command:
            raise ServerError(f"{definition.name} cannot run as a process: no 'command'")
        loop = asyncio.get_running_loop()
        begun = loop.time()
        seconds = self._options.start_seconds or definition.start_seconds
        ours, theirs = socket.socketpair()
        self._line = await asyncio.open_connection(sock=ours)
        with theirs:
            self._guard = await self._spawn(command, theirs)
        self._paused = False
        self._reader = asyncio.create_task(self._read(self._guard))
        services = {
            name: Endpoint(LOOPBACK, port, SERVICES[name]) for name, port in self._ports.items()
        }

        async def wait(service: str) -> None:
            await wait_for_greeting(
                service,
                services[service],
                tls=self.tls,
                seconds=max(1.0, begun + seconds - loop.time()),
                running=self._must_run,
            )

        first = "imap" if "imap" in services else "imaps"
        try:
            await wait(first)
            took = loop.time() - begun
            await asyncio.gather(*(wait(each) for each in services if each != first))
        except ServerError as error:
            raise ServerError(
                f"{self.spec}: {error}",
                hint=error.hint or f"by hand: {shlex.join(command)}",
                log=self.log(),
            ) from None
        self._info = ServerInfo(
            name=definition.name,
            version=self._version,
            services=services,
            features=definition.features,
            seconds=took,
            facts=definition.facts,
            admin=definition.admin,
            isolated=not definition.accounts,
        )

    async def _spawn(self, command: Sequence[str], line: socket.socket) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "conformance.servers.guard",
            str(self._scratch),
            *command,
            stdin=line.fileno(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **self._environment},
        )

    async def _must_run(self) -> None:
        guard = self._guard
        if guard is None or guard.returncode is not None:
            if self._reader:
                await self._reader
            status = guard.returncode if guard else None
            raise ServerError(f"the process ended with status {status} before it greeted")

    async def _read(self, guard: Process) -> None:
        """Keep what the process writes, cut into lines."""
        assert guard.stdout is not None
        rest = b""
        while chunk := await guard.stdout.read(65536):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > _LINE:
                lines.append(rest)
                rest = b""
            self._keep(lines)
        self._keep([rest] if rest else [])
        await guard.wait()

    def _keep(self, lines: Sequence[bytes]) -> None:
        texts = [line[:_LINE].decode(errors="replace") for line in lines]
        self._log.extend(texts)
        self._fresh = [*self._fresh, *texts][-_LINES:]

    async def _tell(self, *signals: str) -> None:
        """Have the guard send ``signals``; they have been sent when this returns."""
        if self._line is None or not self._running:
            raise ServerError(f"{self.spec} does not run")
        reader, writer = self._line
        for name in signals:
            writer.write(f"{name}\n".encode())
            await reader.readline()

    async def _end(self, *signals: str) -> None:
        """Send ``signals`` and wait for the end; KILL if that takes too long."""
        guard = self._guard
        if guard is None or self._line is None:
            return
        _, writer = self._line
        try:
            with suppress(ServerError, OSError, TimeoutError):
                async with asyncio.timeout(self._definition.stop_seconds):
                    await self._tell(*signals)
                    await guard.wait()
        finally:
            if guard.returncode is None:
                writer.write(b"KILL\n")
            await asyncio.shield(self._buried(guard, writer))

    async def _buried(self, guard: Process, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(10):
            await guard.wait()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        if self._reader:
            await self._reader
        self._guard = self._line = None
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
