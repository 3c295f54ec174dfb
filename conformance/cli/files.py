"""``check`` and ``list``: look at scenario files without a server."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cli.errors import UserError
from conformance.status import EXIT

if TYPE_CHECKING:
    from conformance.scenario.model import Scenario
    from conformance.scenario.problems import Problem

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("check")(_check)
    app.command("list")(_list)


def _check(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH|ID|RULE]...", help="Which scenarios.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if there are warnings.")
    ] = False,
    grammar: Annotated[
        bool | None,
        typer.Option(
            "--grammar/--no-grammar",
            help="Hold patterns against the grammar; slow, so only where scenarios are named.",
        ),
    ] = None,
) -> None:
    """Say what is wrong with scenario files, with line and column."""
    from conformance.scenario.select import SelectionError, find

    try:
        selection = find(words or [])
    except SelectionError as error:
        raise UserError(str(error)) from None
    if selection.problems:
        raise UserError("\n".join(map(str, selection.problems)))
    warnings = 0
    grammar = bool(words) if grammar is None else grammar
    for problem in _warnings(selection.scenarios, grammar=grammar):
        typer.echo(f"{problem} (warning)")
        warnings += 1
    said = f", {warnings} warning{'s' * (warnings != 1)}" if warnings else ""
    typer.echo(f"{len(selection.scenarios)} scenarios are well-formed{said}")
    if strict and warnings:
        raise typer.Exit(EXIT.FAILED)


def _warnings(selected: "Sequence[Scenario]", *, grammar: bool) -> "Iterator[Problem]":
    """Yield what is well-formed and still looks wrong."""
    from conformance.grammar import check_response, dialect
    from conformance.requirements.outline import outlines
    from conformance.scenario.lint import lint

    outline = {name: rfc.sections for name, rfc in outlines().items()}
    accepts = (lambda frame: not check_response(frame, dialect())) if grammar else None
    # What begins another scenario may end with loose threads: that one picks them up.
    chosen = {scenario.file for scenario in selected}
    ids = {scenario.id for scenario in selected}
    continuing = [s for s in _begun() if s.beginning is not None and s.beginning.id in ids]
    found = lint([*selected, *continuing], outline, accepts)
    yield from (problem for problem in found if problem.place.file in chosen)
    yield from _unknown(selected)


def _begun() -> "Sequence[Scenario]":
    """Return the bundled scenarios that begin with another."""
    from conformance.paths import scenarios_dir
    from conformance.scenario.select import files, find

    paths = [str(path) for path in files(scenarios_dir()) if b"\nbegins:" in path.read_bytes()]
    return find(paths).scenarios if paths else ()


def _unknown(selected: "Sequence[Scenario]") -> "Iterator[Problem]":
    """Yield the requirements that are claimed and not in the catalogue."""
    from conformance.requirements.catalogue import complaint
    from conformance.requirements.coverage import named_rules
    from conformance.scenario.problems import Problem
    from conformance.verdict import Place

    told = set()
    for scenario in selected:
        for name in named_rules(scenario):
            # Of sections the lint has spoken already.
            if "/" in name and (scenario.file, name) not in told and (wrong := complaint(name)):
                told.add((scenario.file, name))
                lines = scenario.text.splitlines()
                at = next((n for n, line in enumerate(lines, 1) if name in line), 1)
                column = lines[at - 1].find(name) + 1 or 1
                yield Problem(Place(scenario.file, at, column), wrong)


def _list(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH|ID|RULE]...", help="Which scenarios.")
    ] = None,
    tags: Annotated[str, typer.Option("--tags", "-t", help="Only those with these tags.")] = "",
) -> None:
    """Name scenarios with their titles."""
    from conformance.cli.selecting import scenarios

    selected = scenarios(words or [], tags)
    width = max(len(scenario.id) for scenario in selected)
    for scenario in selected:
        typer.echo(f"{scenario.id:<{width}}  {scenario.title}")
