"""``judge``: judge a stored run again, by the checks of today and without a server."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cli.errors import UserError
from conformance.status import EXIT

if TYPE_CHECKING:
    from conformance.events import Event, ScenarioFinished
    from conformance.scenario.model import Scenario

__all__ = ["played", "register", "rejudge"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("judge")(_judge)


def _judge(
    run: Annotated[Path, typer.Argument(help="A run's folder, or its run.jsonl.")],
    out: Annotated[
        Path | None,
        typer.Option(help="The folder of the new run; 'judged' below the old one's if not given."),
    ] = None,
    baseline: Annotated[
        str,
        typer.Option(help="A file of known findings; the suite's own if not given, or 'none'."),
    ] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="One line a failure.")] = False,
) -> None:
    """Judge the transcripts of a run again, without a server."""
    from conformance.cli.baselines import Known
    from conformance.cli.outputs import open_outputs
    from conformance.cli.server_options import say
    from conformance.events import RunStarted, ScenarioFinished
    from conformance.reports.base import ReportError
    from conformance.reports.merge import merge
    from conformance.reports.run_jsonl import read_run, run_file

    folder = run_file(run).parent
    status = EXIT.OK
    target = out or folder / "judged"
    try:
        starts = [event for event in read_run(run) if isinstance(event, RunStarted)]
        known = Known(baseline, [server for start in starts for server in start.servers])
        if known.remark:
            say(known.remark)
        merge([run], target)  # so that the new run has the files that its events name
        outputs = open_outputs(target, [], known, verbosity=-quiet)
        for event in read_run(run):
            again = rejudge(event, folder)
            if isinstance(again, ScenarioFinished):
                again = known(replace(again, known={}, mended={}, expired={}))
            outputs.handle(again)
            if isinstance(again, ScenarioFinished) and again.unexpected:
                status = EXIT.FAILED
        outputs.close()
    except ReportError as error:
        raise UserError(str(error)) from None
    raise typer.Exit(status)


def played(event: "ScenarioFinished", folder: Path) -> "Scenario":
    """Return the scenario as it was played, from the copy of its text."""
    from conformance.scenario.loader import read_all
    from conformance.scenario.locate import message_folders

    text = (folder / event.text).read_text(encoding="utf-8-sig")
    id_ = event.outcome.scenario
    messages = message_folders(event.file)
    for scenario in read_all(
        text, event.file, id_.partition("[")[0], messages, folder / "scenarios"
    ):
        if scenario.id == id_:
            return scenario
    raise ValueError(f"{event.text} has no case {id_}")


def rejudge(event: "Event", folder: Path) -> "Event":
    """Return ``event`` with the judgement of today, if it is of a scenario that was played."""
    from conformance.check.judge import judge
    from conformance.events import ScenarioFinished
    from conformance.scenario.problems import LoadError
    from conformance.verdict import worst
    from conformance.wire.transcript import Transcript, TranscriptError

    if not isinstance(event, ScenarioFinished) or not event.transcript:
        return event
    path = folder / event.transcript
    try:
        with path.open(encoding="ascii", newline="") as stream:
            transcript = Transcript.load(stream)
        scenario = played(event, folder)
    except (OSError, TranscriptError, LoadError, ValueError) as error:
        raise UserError(f"{path}: {error}") from None
    judgement = judge(transcript, scenario)
    # What was seen beside the transcript (a crash in the log) stays as it was.
    beside = tuple(f for f in event.outcome.findings if f.check == "health")
    findings = (*judgement.findings, *beside)
    return replace(
        event,
        outcome=replace(
            event.outcome,
            verdict=max(judgement.verdict, worst(beside)),
            findings=findings,
            reason=judgement.reason,
            behaviours=judgement.behaviours,
        ),
    )
