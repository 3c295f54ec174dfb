"""``compare``: what differs between two builds, two vendors or two runs."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cli.errors import UserError
from conformance.status import EXIT

if TYPE_CHECKING:
    from conformance.history.compare import Comparison, Side

__all__ = ["register"]


class Form(StrEnum):
    """What a comparison is written as."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"


class FailOn(StrEnum):
    """What makes the exit status 1."""

    NOTHING = "nothing"
    NEW = "new"
    ANY = "any"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("compare")(_compare)


def _compare(
    left: Annotated[Path, typer.Argument(metavar="A", help="A run's folder: the older, or one.")],
    right: Annotated[
        Path | None,
        typer.Argument(metavar="B", help="The newer, or the other; A again if not given."),
    ] = None,
    left_server: Annotated[str, typer.Option("--left", help="The server of A to compare.")] = "",
    right_server: Annotated[str, typer.Option("--right", help="The server of B.")] = "",
    form: Annotated[Form, typer.Option("--format", "-f", help="What to write.")] = Form.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to; standard output otherwise.")
    ] = None,
    fail_on: Annotated[
        FailOn, typer.Option(help="Exit with 1 at new failures, or at any difference.")
    ] = FailOn.NOTHING,
) -> None:
    """Say what is new, mended or done another way in B."""
    from conformance.history.compare import compare, sides
    from conformance.reports.base import ReportError
    from conformance.reports.files import write_text
    from conformance.reports.run_jsonl import read_run

    try:
        mine = sides(read_run(left))
        theirs = mine if right is None else sides(read_run(right))
        found = [
            compare(_timed(one, left), _timed(other, right or left))
            for one, other in _pairs(mine, theirs, left_server, right_server)
        ]
        text = "\n".join(_text(comparison, form) for comparison in found)
        if output is not None:
            write_text(output, text)
        else:
            typer.echo(text, nl=not text.endswith("\n"))
    except ReportError as error:
        raise UserError(str(error)) from None
    new = any(comparison.new for comparison in found)
    differs = not all(comparison.same for comparison in found)
    if (fail_on is FailOn.NEW and new) or (fail_on is FailOn.ANY and differs):
        raise typer.Exit(EXIT.FAILED)


def _timed(side: "Side", run: Path) -> "Side":
    """Return ``side`` with the times that the transcripts of its plays show."""
    from conformance.history.compare import with_times
    from conformance.history.timing import command_times
    from conformance.reports.recording import recording
    from conformance.reports.run_jsonl import run_file

    folder = run_file(run).parent
    times: dict[str, list[float]] = {}
    for plays in side.plays.values():
        for play in plays:
            kept = recording(folder, play)
            if kept.transcript is not None:
                for name, seconds in command_times(kept.transcript).items():
                    times.setdefault(name, []).extend(seconds)
    return with_times(side, times)


def _pairs(
    left: "dict[str, Side]", right: "dict[str, Side]", wanted_left: str, wanted_right: str
) -> "Iterator[tuple[Side, Side]]":
    """Yield the servers asked for; otherwise the only ones, or those of the same name."""
    if wanted_left or wanted_right:
        yield _one(left, wanted_left, "--left"), _one(right, wanted_right, "--right")
        return
    if len(left) == len(right) == 1:
        yield next(iter(left.values())), next(iter(right.values()))
        return
    common = [server for server in left if server in right]
    if not common:
        raise UserError(
            f"no server is in both runs: {', '.join(left)} and {', '.join(right)}",
            hint="say which to compare with --left and --right",
        )
    for server in common:
        yield left[server], right[server]


def _one(found: "dict[str, Side]", wanted: str, option: str) -> "Side":
    if not wanted and len(found) == 1:
        return next(iter(found.values()))
    if wanted not in found:
        raise UserError(f"{option}: the run has {', '.join(found)}, not '{wanted}'")
    return found[wanted]


def _text(comparison: "Comparison", form: Form) -> str:
    from conformance.reports.comparison import html, lines, markdown
    from conformance.reports.layout import plain

    if form is Form.HTML:
        return html(comparison)
    return markdown(comparison) if form is Form.MARKDOWN else plain(lines(comparison))
