"""``replay``: play a stored run again as it was: its scenarios, its servers, its seed."""

import random
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cli.errors import INTERRUPTED, UserError
from conformance.cli.play_options import JOBS, Baseline, Jobs, Repeat, Within
from conformance.cli.server_options import (
    AllowDestructive,
    Authority,
    Folders,
    Users,
    ours_to_break,
    say,
    server_options,
    without_passwords,
)
from conformance.status import EXIT

if TYPE_CHECKING:
    from conformance.scenario.model import Scenario
    from conformance.wire.transcript import Transcript

__all__ = ["register", "stored", "transcript_of"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("replay")(_replay)


def _replay(
    run: Annotated[
        Path, typer.Argument(metavar="RUN[/ID]", help="A run's folder, alone or with a scenario.")
    ],
    server: Annotated[
        list[str] | None,
        typer.Option("--server", "-s", help="Another server than the run's; several times."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The new run's folder; 'replayed' below the old one's if not given."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed than the run's.")] = None,
    repeat: Repeat = 1,
    jobs: Jobs = JOBS,
    within: Within = 10.0,
    step: Annotated[
        bool, typer.Option("--step", help="Wait before each step, and show the wire.")
    ] = False,
    baseline: Baseline = "",
    folders: Folders = None,
    users: Users = None,
    ca: Authority = None,
    allow_destructive: AllowDestructive = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="One line a failure.")] = False,
) -> None:
    """Play a stored run again, from the scenarios as they were then and with its seed."""
    from conformance.cli.baselines import Known
    from conformance.cli.carrying import carry_out, make_server
    from conformance.cli.covered import covered
    from conformance.cli.outputs import open_outputs
    from conformance.cli.stepping import Stepper
    from conformance.play.player import Settings
    from conformance.play.run import Plan

    folder, scenarios, specs, before = stored(run)
    specs = server or specs
    ours_to_break(specs, allow_destructive=allow_destructive)
    options = server_options(
        folders=folders, users=users, ca=ca, allow_destructive=allow_destructive
    )
    name = f"{random.SystemRandom().getrandbits(32):08x}"
    servers = [make_server(spec, name, options) for spec in specs]
    known = Known(baseline, [each.spec for each in servers])
    if known.remark:
        say(known.remark)
    target = out or folder / "replayed"
    plan = Plan(
        scenarios=scenarios,
        servers=servers,
        command=shlex.join(without_passwords(["imap-conformance", *sys.argv[1:]])),
        jobs=1 if step else jobs,
        repeat=repeat,
        settings=Settings(
            within=within,
            seed=before if seed is None else seed,
            before=Stepper() if step else None,
        ),
        annotate=known,
        coverage=covered(scenarios),
    )
    outputs = open_outputs(target, [], known, verbosity=-quiet)
    status = carry_out(plan, target, outputs)
    raise typer.Exit(INTERRUPTED if status == EXIT.INTERRUPTED else status)


def stored(run: Path) -> "tuple[Path, list[Scenario], list[str], int]":
    """Return a run's folder, what it played as it was then, on which servers, and its seed.

    run  the folder, or below it the id of one scenario (with or without its case)
    UserError if there is no such run, or it did not play that.
    """
    from conformance.cli.judging import played
    from conformance.cli.showing import split
    from conformance.events import RunStarted, ScenarioFinished
    from conformance.reports.base import ReportError
    from conformance.reports.run_jsonl import read_run, run_file
    from conformance.scenario.problems import LoadError

    inside, wanted = split(run)
    folder = run_file(inside).parent
    seed = 0
    specs: dict[str, None] = {}
    found: dict[str, Scenario] = {}
    try:
        for event in read_run(inside):
            if isinstance(event, RunStarted):
                seed = event.seed
                specs |= dict.fromkeys(event.servers)
            elif isinstance(event, ScenarioFinished):
                id_ = event.outcome.scenario
                if wanted in ("", id_, id_.partition("[")[0]) and id_ not in found:
                    found[id_] = played(event, folder)
    except (ReportError, OSError, LoadError, ValueError) as error:
        raise UserError(f"{run}: {error}") from None
    if not found:
        raise UserError(
            f"the run did not play '{wanted}'", hint=f"'imap-conformance show {folder}' lists it"
        )
    return folder, list(found.values()), list(specs), seed


def transcript_of(run: Path) -> "Transcript":
    """Return the transcript of the one play that ``run``, a run's folder with an id, names."""
    from conformance.cli.showing import split
    from conformance.events import ScenarioFinished
    from conformance.reports.base import ReportError
    from conformance.reports.run_jsonl import read_run, run_file
    from conformance.wire.transcript import Transcript, TranscriptError

    inside, wanted = split(run)
    try:
        for event in read_run(inside):
            if (
                isinstance(event, ScenarioFinished)
                and event.outcome.scenario == wanted
                and event.transcript
            ):
                path = run_file(inside).parent / event.transcript
                with path.open(encoding="ascii", newline="\n") as stream:
                    return Transcript.load(stream)
    except (ReportError, OSError, UnicodeDecodeError, TranscriptError) as error:
        raise UserError(f"{run}: {error}") from None
    raise UserError(f"the run did not play '{wanted}'")
