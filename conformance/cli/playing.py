"""``run``: play scenarios on servers and report."""

import random
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from conformance.cli.errors import INTERRUPTED, UserError
from conformance.cli.play_options import JOBS, Baseline, Jobs, Repeat, Within
from conformance.cli.server_options import (
    AllowDestructive,
    Authority,
    BuildArgs,
    Dockerfile,
    Folders,
    Fresh,
    Users,
    ours_to_break,
    say,
    server_options,
    without_passwords,
)
from conformance.status import EXIT

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
    jobs: Jobs = JOBS,
    seed: Annotated[int | None, typer.Option(help="What chance follows; shown in reports.")] = None,
    repeat: Repeat = 1,
    within: Within = 10.0,
    strict: Annotated[
        bool, typer.Option("--strict", help="A broken SHOULD fails the run.")
    ] = False,
    first: Annotated[
        bool, typer.Option("--exitfirst", "-x", help="Stop at the first failure.")
    ] = False,
    keep_server: Annotated[
        bool, typer.Option("--keep-server", help="Leave the servers running.")
    ] = False,
    baseline: Baseline = "",
    failures: Annotated[
        bool, typer.Option("--failed", help="Only what failed in the run that --out holds.")
    ] = False,
    since: Annotated[
        str,
        typer.Option(
            "--changed", metavar="COMMIT", help="Only what has changed since: HEAD, main."
        ),
    ] = "",
    step: Annotated[
        bool, typer.Option("--step", help="Wait before each step, and show the wire.")
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
    from conformance.cli.baselines import Known
    from conformance.cli.carrying import carry_out, make_server
    from conformance.cli.changed import changed
    from conformance.cli.covered import covered
    from conformance.cli.failed import failed
    from conformance.cli.outputs import open_outputs
    from conformance.cli.selecting import scenarios, shard
    from conformance.cli.stepping import Stepper
    from conformance.play.player import Settings
    from conformance.play.run import Plan

    ours_to_break(server or (), allow_destructive=allow_destructive)
    if failures and since:
        raise UserError("--failed and --changed are two selections; take one")
    if failures:
        chosen = failed(out, words or [], tags)
    else:
        chosen = changed(since, words or [], tags) if since else scenarios(words or [], tags)
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
    servers = [make_server(spec, run_name, options) for spec in server or [DEFAULT_SERVER]]
    seed = random.SystemRandom().randrange(10_000) if seed is None else seed
    known = Known(baseline, [each.spec for each in servers])
    if known.remark:
        say(known.remark)
    plan = Plan(
        scenarios=selected,
        servers=servers,
        command=shlex.join(without_passwords(["imap-conformance", *sys.argv[1:]])),
        jobs=1 if step else jobs,
        strict=strict,
        first=first,
        repeat=repeat,
        settings=Settings(within=within, seed=seed, before=Stepper() if step else None),
        annotate=known,
        coverage=covered(selected),
        stops=known.stops,
        another=lambda spec: make_server(spec, run_name, replace(options, keep=False)),
    )
    outputs = open_outputs(out, report or [], known, verbosity=verbose - quiet)
    status = carry_out(plan, out, outputs)
    raise typer.Exit(INTERRUPTED if status == EXIT.INTERRUPTED else status)
