"""``check`` and ``list``: look at scenario files without a server."""

from typing import Annotated

import typer

from conformance.cli.errors import UserError
from conformance.cli.selecting import scenarios
from conformance.scenario.select import SelectionError, find

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("check")(_check)
    app.command("list")(_list)


def _check(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH|ID|RULE]...", help="Which scenarios.")
    ] = None,
) -> None:
    """Say what is wrong with scenario files, with line and column."""
    try:
        selection = find(words or [])
    except SelectionError as error:
        raise UserError(str(error)) from None
    if selection.problems:
        raise UserError("\n".join(map(str, selection.problems)))
    typer.echo(f"{len(selection.scenarios)} scenarios are well-formed")


def _list(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH|ID|RULE]...", help="Which scenarios.")
    ] = None,
    tags: Annotated[str, typer.Option("--tags", "-t", help="Only those with these tags.")] = "",
) -> None:
    """Name scenarios with their titles."""
    selected = scenarios(words or [], tags)
    width = max(len(scenario.id) for scenario in selected)
    for scenario in selected:
        typer.echo(f"{scenario.id:<{width}}  {scenario.title}")
