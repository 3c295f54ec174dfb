"""``new`` and ``fmt``: begin a scenario file, and bring files to the canonical form."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cli.errors import UserError
from conformance.status import EXIT

if TYPE_CHECKING:
    from conformance.scenario.model import Scenario

__all__ = ["place", "register"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("new")(_new)
    app.command("fmt")(_fmt)


def _new(
    name: Annotated[
        str, typer.Argument(help="The file, with or without .yaml, or the id of a bundled one.")
    ],
) -> None:
    """Write a scenario to start from; it passes as it stands."""
    from conformance.reports.base import ReportError
    from conformance.reports.files import write_text
    from conformance.scenario.new import template

    path = place(name)
    if path.exists():
        raise UserError(f"{path} is there already")
    try:
        write_text(path, template(path))
    except ReportError as error:
        raise UserError(str(error)) from None
    typer.echo(f"{path}  (play it: imap-conformance run {path})")


def place(name: str) -> Path:
    """Return the file that is meant: in the suite's own folders if we stand above them."""
    from conformance.paths import scenarios_dir

    path = Path(name if name.endswith(".yaml") else f"{name}.yaml")
    if not path.stem or path.name == ".yaml":
        raise UserError(f"'{name}' names no file")
    here = Path.cwd()
    bundled = scenarios_dir()
    ours = bundled / path
    if (
        not path.is_absolute()
        and len(path.parts) > 1
        and not path.parent.exists()
        and ours.parent.is_dir()
        and bundled.is_relative_to(here)
    ):
        return ours.relative_to(here)
    return path


def _fmt(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH|ID]...", help="Which scenarios; all bundled ones if none."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 if a file would change.")
    ] = False,
) -> None:
    """Bring scenario files to the canonical form; comments stay where they are."""
    from conformance.cli.selecting import scenarios

    chosen = {scenario.file: scenario for scenario in scenarios(words or [])}
    changed = sum(_format(scenario, check=check) for scenario in chosen.values())
    done = "would change" if check else "changed"
    typer.echo(f"{changed} of {len(chosen)} files {done}", err=True)
    if check and changed:
        raise typer.Exit(EXIT.FAILED)


def _format(scenario: "Scenario", *, check: bool) -> bool:
    """Format the file of ``scenario`` and tell whether it is, or would be, another."""
    from conformance.reports.base import ReportError
    from conformance.reports.files import write_text
    from conformance.scenario.fmt import formatted
    from conformance.scenario.locate import message_folders

    path = Path(scenario.file)
    id_ = scenario.id.partition("[")[0]
    try:
        text = path.read_bytes().decode("utf-8-sig")
        result = formatted(text, scenario.file, id_, message_folders(path), _root(path, id_))
        if result == text:
            return False
        if not check:
            write_text(path, result)
    except ValueError as error:  # a form that would lose something: better none
        typer.echo(error, err=True)
        return False
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from None
    except ReportError as error:
        raise UserError(str(error)) from None
    typer.echo(scenario.file)
    return True


def _root(path: Path, id_: str) -> Path:
    """Return the folder below which the ids count."""
    return path.resolve().parents[id_.count("/")]
