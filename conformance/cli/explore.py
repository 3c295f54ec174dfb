"""``explore``: random sessions of several clients; what they show, shrunk to scenario files."""

import random
import signal
import sys
from pathlib import Path
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
    from conformance.cli.baselines import Known
    from conformance.explore.explorer import Explorer, Found, Plan
    from conformance.servers.base import Server

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("explore")(_explore)


def _explore(
    server: Annotated[str, typer.Option("--server", "-s", help="The server to explore.")] = "",
    clients: Annotated[
        int, typer.Option(min=1, max=20, help="How many clients a session has at most.")
    ] = 3,
    minutes: Annotated[float, typer.Option(min=0.01, help="How long to begin sessions.")] = 10.0,
    seed: Annotated[
        int | None, typer.Option(help="What chance follows: the same seed, the same sessions.")
    ] = None,
    saved: Annotated[
        Path | None,
        typer.Option("--save", metavar="DIR", help="Where scenario files go; OUT/found if none."),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="The folder of the run: explore.json and transcripts.")
    ] = Path("out/explore"),
    rude: Annotated[bool, typer.Option("--rude", help="Send malformed input, too.")] = False,
    replay: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Play the sessions of the run in this folder again."),
    ] = None,
    session: Annotated[
        list[int] | None,
        typer.Option("--session", help="Only the session of this number; several times."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="A broken SHOULD is a finding, too.")
    ] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Sessions at once.")] = 4,
    within: Annotated[
        float, typer.Option(min=0.1, help="Seconds that any answer may take.")
    ] = 10.0,
    baseline: Annotated[
        str,
        typer.Option(help="A file of known findings; the suite's own if not given, or 'none'."),
    ] = "",
    folders: Folders = None,
    users: Users = None,
    ca: Authority = None,
    allow_destructive: AllowDestructive = False,
) -> None:
    """Play random sessions on a server, and shrink what they show to scenario files."""
    import uvloop

    from conformance.cli.baselines import Known
    from conformance.explore.explorer import Plan
    from conformance.explore.record import RecordError, load
    from conformance.play.player import Settings
    from conformance.servers.base import ServerError
    from conformance.servers.registry import server as make_server

    numbers = list(session) if session else None
    if replay is not None:
        try:
            former = load(replay)
        except RecordError as error:
            raise UserError(str(error)) from None
        seed, clients, rude = former.seed, former.clients, former.rude
        server = server or former.server
        numbers = numbers or list(range(former.sessions))
    server = server or "embedded:pymap"
    ours_to_break([server], allow_destructive=allow_destructive)
    seed = random.SystemRandom().randrange(10_000) if seed is None else seed
    options = server_options(
        folders=folders, users=users, ca=ca, allow_destructive=allow_destructive
    )
    try:
        under_test = make_server(
            server, run=f"{random.SystemRandom().getrandbits(32):08x}", options=options
        )
    except ServerError as error:
        raise UserError(str(error), hint=error.hint) from None
    plan = Plan(
        seed=seed,
        seconds=minutes * 60,
        out=out,
        saved=saved or out / "found",
        sessions=numbers,
        clients=clients,
        rude=rude,
        jobs=jobs,
    )
    settings = Settings(within=within, seed=seed)
    command = _Command(under_test, plan, settings, Known(baseline), strict=strict)
    try:
        status = uvloop.run(command.run())
    except OSError as error:
        raise UserError(f"cannot write {error.filename or out}: {error.strerror}") from None
    raise typer.Exit(INTERRUPTED if status == EXIT.INTERRUPTED else status)


class _Command:
    """Runs an explorer and tells people how it goes."""

    def __init__(
        self, server: "Server", plan: "Plan", settings: object, known: "Known", *, strict: bool
    ) -> None:
        from conformance.explore.trial import Trials
        from conformance.play.player import Settings

        assert isinstance(settings, Settings)
        self.server = server
        self.plan = plan
        self.known = known
        self.why = ""
        scope = f"x{random.SystemRandom().getrandbits(20):05x}"
        self.trials = Trials(server, settings, scope, self._event, annotate=known, strict=strict)
        self.shown = 0

    def _event(self, event: object) -> None:
        from conformance.events import ServerLost, ServerReady

        if isinstance(event, ServerReady):
            self.known.see(event)
            say(f"{event.server}: {event.name} {event.version}, seed {self.plan.seed}")
        elif isinstance(event, ServerLost):
            self.why = event.message + (f"\nhint: {event.hint}" if event.hint else "")

    async def run(self) -> int:
        """Explore, interruptible; the server is removed whatever happens."""
        import asyncio

        from conformance.explore.explorer import Explorer

        explorer = Explorer(self.server, self.trials, self.plan, self._found)
        task = asyncio.create_task(self._carry_out(explorer))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        interrupted = False
        try:
            await task
        except asyncio.CancelledError:
            interrupted = True
        finally:
            await asyncio.shield(self.trials.close())
        if self.trials.lost:
            raise UserError(self.why or "the server was lost", status=EXIT.NO_SERVER)
        self._summary(explorer)
        if interrupted:
            return EXIT.INTERRUPTED
        if any(found.error for found in explorer.found):
            return EXIT.INTERNAL
        return EXIT.FAILED if explorer.found else EXIT.OK

    async def _carry_out(self, explorer: "Explorer") -> None:
        import asyncio

        if not await self.trials.open():
            return
        ticking = asyncio.create_task(self._tick(explorer))
        try:
            await explorer.run()
        finally:
            ticking.cancel()

    async def _tick(self, explorer: "Explorer") -> None:
        import asyncio

        live = sys.stderr.isatty()
        while True:
            await asyncio.sleep(1 if live else 15)
            line = progress(explorer)
            if live:
                print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
            else:
                say(line)

    def _found(self, found: "Found") -> None:
        from conformance.explore.reduce import size
        from conformance.reports.safe import one_line

        shrunk, finding = found.shrunk, found.shrunk.finding
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)
        word = "ERROR" if found.error else "FOUND"
        typer.echo(f"{word}  {one_line(finding.message)}")
        often = "every time" if not shrunk.races else f"{shrunk.failed} of {shrunk.of} times"
        if not shrunk.plays:
            often = "once; it was not shrunk"
        typer.echo(
            f"       {finding.check}, {finding.rule} {finding.level}; session {found.session}, "
            f"{size(shrunk.scenario)} steps after {shrunk.plays} plays, fails {often}"
        )
        typer.echo(f"       again: imap-conformance run {found.path} --server {self.server.spec}")

    def _summary(self, explorer: "Explorer") -> None:
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)
        typer.echo(progress(explorer))
        if explorer.known:
            typer.echo(f"{explorer.known} times something that the baseline knows")
        for reason, count in sorted(explorer.broken.items(), key=lambda item: -item[1])[:5]:
            typer.echo(f"{count} sessions broke off: {reason}")


def progress(explorer: "Explorer") -> str:
    """Return how far it is, in a line."""
    covered = explorer.covered
    seconds = max(explorer.seconds, 0.001)
    minutes, rest = divmod(int(seconds), 60)
    busy = f" ({len(explorer.shrinking)} being shrunk)" if explorer.shrinking else ""
    return (
        f"{minutes}:{rest:02d}  {explorer.sessions:,} sessions  {covered.total:,} commands "
        f"({covered.total / seconds:,.0f}/s)  {len(covered.transitions)} transitions  "
        f"{len(covered.pairs)} pairs  {explorer.findings} findings{busy}"
    )


def say(line: str) -> None:
    """Tell people on standard error how it goes."""
    print(line, file=sys.stderr)
