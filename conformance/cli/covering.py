"""``coverage``: how much of what the RFCs ask is tested, and what is still open."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cli.columns import columns
from conformance.cli.errors import UserError
from conformance.scenario.level import Level

if TYPE_CHECKING:
    from conformance.requirements.coverage import Coverage, Row

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("coverage")(_coverage)


def _coverage(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH|ID]...", help="Scenarios; all bundled ones if none."),
    ] = None,
    rfc: Annotated[
        list[str] | None, typer.Option("--rfc", help="Only this RFC; may be given several times.")
    ] = None,
    level: Annotated[
        Level | None, typer.Option(help="Only requirements at this level.", case_sensitive=False)
    ] = None,
    untested: Annotated[
        bool, typer.Option("--open", help="List what could be tested and is not.")
    ] = False,
) -> None:
    """Count which requirements scenarios and checks test, RFC by RFC."""
    from conformance.cli.selecting import scenarios
    from conformance.requirements.coverage import cover

    covered = cover(scenarios(words or []))
    rows = _chosen(covered, rfc or [], level)
    for line in _open(covered, rows) if untested else _table(rows):
        typer.echo(line)
    for name in covered.unknown:
        typer.echo(f"{name} is claimed, and the catalogue does not have it", err=True)


def _chosen(covered: "Coverage", names: Sequence[str], level: Level | None) -> list["Row"]:
    if not names:
        return [row for row in covered.table(level) if row.requirements]
    known = covered.catalogue.documents
    wanted = [f"RFC{name.upper().removeprefix('RFC')}" for name in names]
    for name in wanted:
        if name not in known:
            numbers = sorted(int(each.removeprefix("RFC")) for each in known)
            raise UserError(
                f"the catalogue has no {name}", hint=f"it has {', '.join(map(str, numbers))}"
            )
    return [covered.row(name, level) for name in wanted]


def _table(rows: Sequence["Row"]) -> Iterator[str]:
    head = ("RFC", "asks", "testable", "by scenario", "by check", "open", "tested")
    counts = [
        (r.rfc, r.requirements, r.testable, r.by_scenario, r.by_check, len(r.open)) for r in rows
    ]
    body = [
        (name, *map(str, numbers), f"{row.share:.0%}")
        for row, (name, *numbers) in zip(rows, counts, strict=True)
    ]
    sums = [sum(column) for column in zip(*(numbers for _, *numbers in counts), strict=True)]
    if len(rows) > 1:
        share = (sums[2] + sums[3]) / sums[1] if sums[1] else 1.0
        body.append(("all", *map(str, sums), f"{share:.0%}"))
    yield from columns([head, *body], right=range(1, len(head)))


def _open(covered: "Coverage", rows: Sequence["Row"]) -> Iterator[str]:
    ids = [identifier for row in rows for identifier in row.open]
    for identifier in ids:
        asked = covered.catalogue.requirements[identifier]
        yield f"{identifier}  {asked.level.upper()}  {asked.text}"
        if hints := covered.hints(identifier):
            yield f"    named by {', '.join(hints[:3])}{' …' if len(hints) > 3 else ''}"
    yield f"{len(ids)} open"
