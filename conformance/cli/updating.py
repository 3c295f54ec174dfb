"""``baseline update``: bring the files of known findings to what a run found."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cli.errors import UserError

if TYPE_CHECKING:
    from conformance.history.baseline import Entry

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="Known findings, of which no run fails.", no_args_is_help=True)
    group.callback()(_baseline)  # so that update stays a word of its own
    group.command("update")(_update)
    app.add_typer(group, name="baseline")


def _baseline() -> None:
    """Keep files of known findings."""


def _update(
    run: Annotated[Path, typer.Argument(help="A run's folder, or its run.jsonl.")],
    folder: Annotated[
        Path, typer.Option("--into", help="The folder of the baselines, one for each server.")
    ] = Path("baselines"),
    file: Annotated[
        Path | None, typer.Option(help="The file, where the run has one server only.")
    ] = None,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole", help="The run played everything: remove what it did not meet anywhere."
        ),
    ] = False,
) -> None:
    """Add a run's new failures, remove those that did not come; reasons stay as they are."""
    from conformance.events import RunStarted, ServerReady
    from conformance.history.baseline import Baseline, BaselineError, every_build, load
    from conformance.history.update import file_name, update, write
    from conformance.reports.base import ReportError
    from conformance.reports.run_jsonl import read_run

    try:
        events = list(read_run(run))
        versions = {e.server: e.version for e in events if isinstance(e, ServerReady)}
        servers = [s for e in events if isinstance(e, RunStarted) for s in e.servers]
        servers = [server for server in servers if server in versions]
        if file is not None and len(servers) != 1:
            raise UserError(f"--file is for a run of one server; this one has {len(servers)}")
        for server in servers:
            path = file or folder / file_name(server, versions[server])
            old = load(path) if path.exists() else Baseline(every_build(server))
            result = update(old, events, server, whole=whole)
            if result.baseline != old:
                write(result.baseline, path)
            _say(path, result.added, result.removed)
    except (ReportError, BaselineError) as error:
        raise UserError(str(error)) from None
    except OSError as error:
        raise UserError(f"cannot write {error.filename}: {error.strerror}") from None


def _say(path: Path, added: "tuple[Entry, ...]", removed: "tuple[Entry, ...]") -> None:
    from conformance.history.update import UNEXPLAINED
    from conformance.reports.safe import one_line

    for entries, sign in ((added, "+"), (removed, "-")):
        for entry in entries:
            typer.echo(f"{sign} {entry.scenario} {entry.fingerprint} {one_line(entry.message)}")
    said = f"{path}: {len(added)} added, {len(removed)} removed"
    typer.echo(f"{said}; replace each '{UNEXPLAINED}' by a reason" if added else said)
