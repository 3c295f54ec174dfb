"""``run``: play scenarios on servers and report."""

import asyncio
import contextlib
import random
import shlex
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from conformance.cli.baselines import Known
from conformance.cli.covered import covered
from conformance.cli.errors import INTERRUPTED, UserError
from conformance.cli.failed import failed
from conformance.cli.outputs import Outputs, open_outputs
from conformance.cli.selecting import scenarios, shard
from conformance.cli.server_options import (
    AllowDestructive,
    Authority,
    BuildArgs,
    Dockerfile,
    Folders,
    Fresh,
    Users,
    ours_to_break,
    server_options,
    without_passwords,
)
from conformance.play.player import Settings
from conformance.play.run import EXIT, Plan, run
from conformance.play.store import Store
from conformance.reports.base import ReportError
from conformance.servers.base import Server, ServerError
from conformance.servers.options import Options
from conformance.servers.registry import server as make_server

__all__ = ["register"]

DEFAULT_SERVER = "embedded:pymap"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("run")(_run)


def _run(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH|ID|RULE]...", help="Which scenarios; all bundled ones if none is named."
        ),
    ] = None,
    server: Annotated[
        list[str] | None,
        typer.Option("--server", "-s", help="A server to play on; may be given several times."),
    ] = None,
    tags: Annotated[
        str, typer.Option("--tags", "-t", help="Only those with these tags: 'idle and not slow'.")
    ] = "",
    part: Annotated[
        str, typer.Option("--shard", metavar="N/M", help="Only the Nth of M parts; see 'merge'.")
    ] = "",
    out: Annotated[Path, typer.Option(help="The folder of the run.")] = Path("out"),
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, help="Scenarios at once on each server.")
    ] = 4,
    seed: Annotated[int | None, typer.Option(help="What chance follows; shown in reports.")] = None,
    repeat: Annotated[int, typer.Option(min=1, help="How many times to play each.")] = 1,
    within: Annotated[
        float, typer.Option(min=0.1, help="Seconds that any answer may take.")
    ] = 10.0,
    strict: Annotated[
        bool, typer.Option("--strict", help="A broken SHOULD fails the run.")
    ] = False,
    first: Annotated[
        bool, typer.Option("--exitfirst", "-x", help="Stop at the first failure.")
    ] = False,
    keep_server: Annotated[
        bool, typer.Option("--keep-server", help="Leave the servers running.")
    ] = False,
    baseline: Annotated[
        str,
        typer.Option(help="A file of known findings; the suite's own if not given, or 'none'."),
    ] = "",
    failures: Annotated[
        bool, typer.Option("--failed", help="Only what failed in the run that --out holds.")
    ] = False,
    folders: Folders = None,
    build_args: BuildArgs = None,
    dockerfile: Dockerfile = None,
    fresh: Fresh = False,
    users: Users = None,
    ca: Authority = None,
    allow_destructive: AllowDestructive = False,
    report: Annotated[
        list[str] | None,
        typer.Option("--report", help="Also write junit:FILE …; may be given several times."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="One line a failure.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Every scenario.")] = False,
) -> None:
    """Play scenarios on servers and judge every answer."""
    ours_to_break(server or (), allow_destructive=allow_destructive)
    chosen = failed(out, words or [], tags) if failures else scenarios(words or [], tags)
    selected = shard(chosen, part)
    run_name = f"{random.SystemRandom().getrandbits(32):08x}"
    options = server_options(
        folders=folders,
        build_args=build_args,
        dockerfile=dockerfile,
        users=users,
        ca=ca,
        fresh=fresh,
        keep=keep_server,
        allow_destructive=allow_destructive,
    )
    servers = [_server(spec, run_name, options) for spec in server or [DEFAULT_SERVER]]
    seed = random.SystemRandom().randrange(10_000) if seed is None else seed
    known = Known(baseline)
    plan = Plan(
        scenarios=selected,
        servers=servers,
        command=shlex.join(without_passwords(["imap-conformance", *sys.argv[1:]])),
        jobs=jobs,
        strict=strict,
        first=first,
        repeat=repeat,
        settings=Settings(within=within, seed=seed),
        annotate=known,
    )
    outputs = open_outputs(
        out, report or [], known, verbosity=verbose - quiet, coverage=covered(selected)
    )
    status = _carry_out(plan, out, outputs)
    raise typer.Exit(INTERRUPTED if status == EXIT.INTERRUPTED else status)


def _server(spec: str, run_name: str, options: Options) -> Server:
    try:
        return make_server(spec, run=run_name, options=options)
    except ServerError as error:
        raise UserError(str(error), hint=error.hint) from None


def _carry_out(plan: Plan, out: Path, outputs: Outputs) -> int:
    """Run, interruptible, and close the reports whatever happens."""
    try:
        status = asyncio.run(_until_interrupted(plan, Store(out), outputs))
        outputs.close()
    except (ReportError, OSError) as error:
        raise UserError(f"the run was stopped: {_said(error, out)}") from None
    finally:
        with contextlib.suppress(ReportError, OSError):
            outputs.close()
    return status


def _said(error: Exception, out: Path) -> str:
    if isinstance(error, OSError):
        return f"cannot write {error.filename or out}: {error.strerror or error}"
    return str(error)


async def _until_interrupted(plan: Plan, store: Store, outputs: Outputs) -> int:
    """Run; at SIGINT or SIGTERM stop playing, remove the servers, and report what there is."""
    task = asyncio.create_task(run(plan, store, outputs.handle))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return EXIT.INTERRUPTED
