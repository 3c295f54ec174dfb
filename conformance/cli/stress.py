"""``stress``: load with full checks, and live figures."""

import random
import signal
import sys
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cli.errors import INTERRUPTED, UserError
from conformance.cli.server_options import (
    AllowDestructive,
    Authority,
    Folders,
    Users,
    ours_to_break,
    server_options,
)
from conformance.status import EXIT

if TYPE_CHECKING:
    from conformance.explore.stress import Load, Tally
    from conformance.servers.base import Server

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("stress")(_stress)


def _stress(
    server: Annotated[
        str, typer.Option("--server", "-s", help="The server to put load on.")
    ] = "embedded:pymap",
    clients: Annotated[int, typer.Option(min=1, help="How many clients at once.")] = 100,
    mix: Annotated[str, typer.Option(help="What they do: default, reading, writing.")] = "default",
    minutes: Annotated[float, typer.Option(min=0.01, help="How long.")] = 1.0,
    processes: Annotated[int, typer.Option(min=1, help="How many processes share it.")] = 1,
    group: Annotated[int, typer.Option(min=1, help="How many clients share a mailbox.")] = 4,
    seed: Annotated[int | None, typer.Option(help="What chance follows.")] = None,
    within: Annotated[float, typer.Option(min=0.1, help="Seconds an answer may take.")] = 30.0,
    strict: Annotated[
        bool, typer.Option("--strict", help="A broken SHOULD is a finding, too.")
    ] = False,
    folders: Folders = None,
    users: Users = None,
    ca: Authority = None,
    allow_destructive: AllowDestructive = False,
) -> None:
    """Let many clients work on a server at once, with every answer judged."""
    import uvloop

    from conformance.explore.mixes import MIXES
    from conformance.explore.stress import Load
    from conformance.servers.base import ServerError
    from conformance.servers.registry import server as make_server

    if mix not in MIXES:
        raise UserError(f"there is no mix '{mix}'", hint=f"there are {', '.join(MIXES)}")
    ours_to_break([server], allow_destructive=allow_destructive)
    seed = random.SystemRandom().randrange(10_000) if seed is None else seed
    load = Load(clients, minutes * 60, MIXES[mix], seed, group=group, within=within, strict=strict)
    options = server_options(
        folders=folders, users=users, ca=ca, allow_destructive=allow_destructive
    )
    try:
        under_test = make_server(
            server, run=f"{random.SystemRandom().getrandbits(32):08x}", options=options
        )
        status = uvloop.run(_run(under_test, load, processes))
    except ServerError as error:
        raise UserError(str(error), hint=error.hint, status=EXIT.NO_SERVER) from None
    raise typer.Exit(INTERRUPTED if status == EXIT.INTERRUPTED else status)


async def _run(server: "Server", load: "Load", processes: int) -> int:
    """Carry it out, interruptible; the server is removed whatever happens."""
    import asyncio

    from conformance.explore.stress import Tally
    from conformance.explore.trial import Trials
    from conformance.play.player import Settings
    from conformance.servers.base import Health, ServerError

    scope = f"s{random.SystemRandom().getrandbits(20):05x}"
    lost: list[str] = []

    def emit(event: object) -> None:
        from conformance.events import ServerLost

        if isinstance(event, ServerLost):
            lost.append(event.message)

    trials = Trials(server, Settings(), scope, emit)
    tally = Tally()
    start = perf_counter()
    interrupted = False
    try:
        if not await trials.open():
            raise UserError("\n".join(lost) or "the server is lost", status=EXIT.NO_SERVER)
        print(f"{server.spec}: {load.clients} clients, seed {load.seed}", file=sys.stderr)
        start = perf_counter()
        task = asyncio.create_task(
            _load(server, load, trials.capabilities, scope, processes, tally)
        )
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            interrupted = True
        seconds = perf_counter() - start
        try:
            health = await server.health(connect=True)
        except ServerError:  # the engine is gone, and the figures are not
            health = Health(running=False, answers=False)
    finally:
        await asyncio.shield(trials.close())
    for line in table(tally, seconds):
        typer.echo(line)
    for crash in health.crashes[:5]:
        from conformance.reports.safe import one_line

        typer.echo(f"the server's log: {one_line(crash)}")
    if interrupted:
        return EXIT.INTERRUPTED
    if tally.errors:
        return EXIT.INTERNAL
    bad = tally.findings or health.crashes or not health.answers
    return EXIT.FAILED if bad else EXIT.OK


async def _load(
    server: "Server",
    load: "Load",
    offered: frozenset[str],
    scope: str,
    processes: int,
    tally: "Tally",
) -> None:
    """Work, and show how it goes; ``tally`` holds the sum at the end."""
    import asyncio

    from conformance.explore.share import shared
    from conformance.explore.stress import Tally, stress

    start = perf_counter()
    live = sys.stderr.isatty()

    def show(now: Tally) -> None:
        seconds = perf_counter() - start
        line = (
            f"{seconds:4.0f} s  {now.commands.total():,} commands "
            f"({now.commands.total() / max(seconds, 0.001):,.0f}/s)  "
            f"50 % {now.percentile('', 0.5) * 1000:.1f} ms  "
            f"99 % {now.percentile('', 0.99) * 1000:.1f} ms  {len(now.findings)} findings"
        )
        print(f"\r\x1b[K{line}" if live else line, end="" if live else "\n", file=sys.stderr)

    if processes > 1:
        shown = [0.0]

        def told(now: Tally) -> None:
            if live or perf_counter() - shown[0] > 10:
                shown[0] = perf_counter()
                show(now)

        tally.add(await shared(server, load, offered, scope, processes, told))
        return

    async def tick() -> None:
        while True:
            await asyncio.sleep(1 if live else 10)
            show(tally)

    ticking = asyncio.create_task(tick())
    try:
        await stress(server, load, offered, scope, tally)
    finally:
        ticking.cancel()


def table(tally: "Tally", seconds: float) -> list[str]:
    """Return what came of it: commands and latencies by kind, and what was found."""
    from conformance.cli.columns import columns
    from conformance.reports.safe import one_line

    rows = [("COMMAND", "COUNT", "PER S", "50 %", "90 %", "99 %", "MOST")]
    for name, count in [("", tally.commands.total()), *tally.commands.most_common()]:
        half, most, nearly, longest = (
            f"{tally.percentile(name, p) * 1000:.1f} ms" for p in (0.5, 0.9, 0.99, 1.0)
        )
        each = f"{count / seconds:,.0f}"
        rows.append((name or "all", f"{count:,}", each, half, most, nearly, longest))
    lines = [*columns(rows), f"{tally.sessions:,} sessions, {tally.cpu:.1f} s of our CPU"]
    for found, (count, message, number) in tally.findings.items():
        lines.append(
            f"FOUND  {found}  {count} times, first in session {number}: {one_line(message)}"
        )
    lines += [f"{count} sessions broke off: {why}" for why, count in tally.broken.most_common(5)]
    return lines
