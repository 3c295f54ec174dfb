"""``show``: what was said in a stored play, as one log or with a lane for each client."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cli.errors import UserError

if TYPE_CHECKING:
    from conformance.events import ScenarioFinished
    from conformance.reports.wire_line import WireLine
    from conformance.verdict import Finding
    from conformance.wire.transcript import Transcript

__all__ = ["register", "split"]

_CUT = 1_000  # characters of a line in the log; lanes cut to their width


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("show")(_show)


def _show(
    run: Annotated[
        Path,
        typer.Argument(
            metavar="RUN[/ID]", help="A run's folder, alone or with a scenario; or a transcript."
        ),
    ],
    scenario: Annotated[str, typer.Argument(metavar="[ID]", help="Which scenario.")] = "",
    server: Annotated[str, typer.Option("--server", "-s", help="Only on this server.")] = "",
    side_by_side: Annotated[
        bool, typer.Option("--lanes", "-l", help="A lane for each client, side by side.")
    ] = False,
    notes: Annotated[
        bool, typer.Option("--notes", help="Also what the harness noted down.")
    ] = False,
) -> None:
    """Show the wire log of a play; without a scenario, list what was played."""
    from conformance.events import ScenarioFinished
    from conformance.reports.base import ReportError
    from conformance.reports.run_jsonl import read_run
    from conformance.reports.safe import one_line

    if _is_transcript(run):
        for line in _log(_read(run), (), side_by_side=side_by_side, notes=notes):
            typer.echo(line)
        return
    folder, inner = split(run)
    wanted = scenario or inner
    try:
        plays = [
            event
            for event in read_run(folder)
            if isinstance(event, ScenarioFinished)
            and wanted in ("", event.outcome.scenario)
            and server in ("", event.outcome.server)
        ]
    except ReportError as error:
        raise UserError(str(error)) from None
    if not plays:
        what = f"'{one_line(wanted)}'" if wanted else "anything"
        place = f" on {one_line(server)}" if server else ""
        raise UserError(
            f"the run did not play {what}{place}", hint=f"'imap-conformance show {folder}' lists it"
        )
    for line in _plays(plays) if not wanted else _told(plays, folder, side_by_side, notes):
        typer.echo(line)


def split(run: Path) -> tuple[Path, str]:
    """Return the run's folder and the scenario that ``run`` names below it."""
    from conformance.reports.run_jsonl import NAME

    if run.is_file():
        return run, ""
    for folder in (run, *run.parents):
        if (folder / NAME).is_file():
            return folder, run.relative_to(folder).as_posix() if folder != run else ""
    raise UserError(f"there is no run at {run}: no {NAME}")


def _is_transcript(path: Path) -> bool:
    from conformance.wire.transcript import MAGIC

    try:
        with path.open("rb") as stream:
            return stream.read(len(MAGIC)) == MAGIC.encode()
    except OSError:
        return False


def _read(path: Path) -> "Transcript":
    from conformance.wire.transcript import Transcript, TranscriptError

    try:
        with path.open(encoding="ascii", newline="\n") as stream:
            return Transcript.load(stream)
    except (OSError, UnicodeDecodeError, TranscriptError) as error:
        raise UserError(f"{path}: {error}") from None


def _plays(plays: "list[ScenarioFinished]") -> list[str]:
    from conformance.cli.columns import columns
    from conformance.reports.safe import one_line

    return columns(
        (
            play.outcome.verdict.name.lower(),
            one_line(play.outcome.scenario, 200),
            one_line(play.outcome.server, 200),
            one_line(play.outcome.findings[0].message, 120) if play.outcome.findings else "",
        )
        for play in plays
    )


def _told(
    plays: "list[ScenarioFinished]", run: Path, side_by_side: bool, notes: bool
) -> Iterator[str]:
    from conformance.reports.recording import recording
    from conformance.reports.run_jsonl import run_file
    from conformance.reports.safe import one_line

    folder = run_file(run).parent
    for number, play in enumerate(plays):
        if number:
            yield ""
        verdict = play.outcome.verdict.name
        yield one_line(f"{verdict}  {play.outcome.scenario}  {play.outcome.server}", 600)
        yield ""
        kept = recording(folder, play)
        if kept.problem:
            yield f"(not shown: {one_line(kept.problem)})"
        if kept.transcript is not None:
            yield from _log(
                kept.transcript, play.outcome.findings, side_by_side=side_by_side, notes=notes
            )
        elif not play.transcript:
            reason = f": {one_line(play.outcome.reason)}" if play.outcome.reason else ""
            yield f"nothing was played{reason}"


def _log(
    transcript: "Transcript", findings: "tuple[Finding, ...]", *, side_by_side: bool, notes: bool
) -> Iterator[str]:
    from conformance.cli.lanes import lanes
    from conformance.reports.layout import plain, wire_lines
    from conformance.reports.safe import one_line
    from conformance.reports.silence import pointed
    from conformance.reports.wire_line import wire_line
    from conformance.wire.transcript import Kind

    width = shutil.get_terminal_size((120, 24)).columns
    events, at = pointed(transcript, findings)
    shown: list[WireLine] = []
    for index, event in enumerate(events):
        if event.kind is Kind.NOTE and not notes:
            continue
        blamed = [finding for finding, where in zip(findings, at, strict=True) if where == index]
        mark = one_line("; ".join(finding.message for finding in blamed), 200)
        offset = next((one.offset for one in blamed if one.offset is not None), None)
        shown += wire_line(event, mark, offset, _CUT)
    if side_by_side:
        yield from lanes(shown, width)
    elif shown:
        yield plain(wire_lines(shown, width))
    for finding in findings:
        if finding.culprit is None:
            yield f"      {one_line(finding.message)}"
