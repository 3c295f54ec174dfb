"""Stress by several processes: each has a share of the clients and tells what it counted."""

import asyncio
import multiprocessing
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from ssl import SSLContext

import uvloop

from conformance.explore.stress import Load, Tally, stress
from conformance.servers.base import Credentials, Health, Server, ServerError, ServerInfo

__all__ = ["shared"]

_EVERY = 1.0


@dataclass
class _Attached:
    """A server that another process has started: just enough of ``Server`` to play on it."""

    spec: str
    info: ServerInfo
    pattern: str
    password: str
    tls: SSLContext | None = None

    def credentials(self, scope: str, user: str) -> Credentials:
        return Credentials(self.pattern.format(scope=scope, user=user), self.password)

    async def health(self, *, connect: bool = False) -> Health:  # noqa: ARG002
        return Health(running=True, answers=True)

    def log(self, lines: int = 40) -> str:  # noqa: ARG002
        return ""

    async def _nothing(self) -> None:
        raise ServerError("another process has started this server")

    start = restart = kill = pause = resume = halt = stop = _nothing


def _attached(server: Server) -> _Attached:
    """Return what other processes need; ServerError if accounts cannot be made for them."""
    info = server.info
    if not info.isolated or "imap" not in info.services:
        raise ServerError("several processes need a server with plain IMAP that lets any user in")
    account = server.credentials("scope0", "user0")
    pattern = account.user.replace("scope0", "{scope}").replace("user0", "{user}")
    return _Attached(server.spec, info, pattern, account.password)


def _work(
    server: _Attached, load: Load, offered: frozenset[str], scope: str, pipe: Connection
) -> None:
    """Be one of the processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that started us will end us
    tally = Tally()

    async def tell() -> None:
        while True:
            await asyncio.sleep(_EVERY)
            pipe.send(tally)

    async def both() -> None:
        telling = asyncio.create_task(tell())
        await stress(server, load, offered, scope, tally)
        telling.cancel()

    try:
        uvloop.run(both())
        pipe.send(tally)
    except (BrokenPipeError, ConnectionError):
        pass  # nobody listens any more
    finally:
        pipe.close()


async def shared(
    server: Server,
    load: Load,
    offered: frozenset[str],
    scope: str,
    processes: int,
    told: Callable[[Tally], None],
) -> Tally:
    """Carry ``load`` out with several processes; ``told`` hears the sum about once a second.

    All of them have ended when this returns or is cancelled.
    """
    attached = _attached(server)
    context = multiprocessing.get_context("spawn")
    running: list[tuple[SpawnProcess, Connection]] = []
    latest: dict[int, Tally] = {}
    try:
        for at in range(processes):
            ours, theirs = context.Pipe(duplex=False)
            clients = load.clients // processes + (at < load.clients % processes)
            part = replace(load, clients=clients, first=at, stride=processes)
            process = context.Process(
                target=_work, args=(attached, part, offered, f"{scope}{at}", theirs), daemon=True
            )
            process.start()
            theirs.close()
            running.append((process, ours))
        while any(process.is_alive() for process, _ in running):
            await asyncio.sleep(_EVERY)
            for at, (_, pipe) in enumerate(running):
                _read(at, pipe, latest)
            told(_sum(latest))
        for at, (_, pipe) in enumerate(running):
            _read(at, pipe, latest)
    finally:
        for process, pipe in running:
            if process.is_alive():
                process.terminate()
            process.join(5)
            pipe.close()
    return _sum(latest)


def _read(at: int, pipe: Connection, latest: dict[int, Tally]) -> None:
    try:
        while pipe.poll():
            latest[at] = pipe.recv()
    except (EOFError, OSError):
        return


def _sum(tallies: dict[int, Tally]) -> Tally:
    whole = Tally()
    for tally in tallies.values():
        whole.add(tally)
    return whole
