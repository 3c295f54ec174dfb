"""``report`` and ``merge``: make reports of stored runs, and one run of several shards."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from conformance.cli.errors import UserError
from conformance.reports.words import KINDS

__all__ = ["register"]

_HELP = "  ".join(f"{kind}:{what}" if what else kind for kind, (what, _) in KINDS.items())


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("report")(_report)
    app.command("merge")(_merge)


def _report(
    run: Annotated[Path, typer.Argument(help="A run's folder, or its run.jsonl.")],
    kinds: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KIND[:TARGET]]...", help=f"{_HELP}; on the terminal if none."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="One line a failure.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Every scenario.")] = False,
) -> None:
    """Make reports of a stored run."""
    from conformance.cli.outputs import Outputs
    from conformance.reports.base import Report, ReportError
    from conformance.reports.kinds import make_report
    from conformance.reports.run_jsonl import read_run, run_file
    from conformance.reports.terminal import Terminal
    from conformance.requirements.catalogue import sentence

    folder = run_file(run).parent
    try:
        reports: list[Report] = [
            make_report(kind, folder, explain=sentence) for kind in kinds or ()
        ]
        if not reports:
            reports = [Terminal(sys.stdout, folder, explain=sentence, verbosity=verbose - quiet)]
        outputs = Outputs(reports)
        for event in read_run(run):
            outputs.handle(event)
        outputs.close()
    except ReportError as error:
        raise UserError(str(error)) from None


def _merge(
    runs: Annotated[list[Path], typer.Argument(help="The shards' folders.")],
    out: Annotated[Path, typer.Option(help="The folder of the whole run.")] = Path("out"),
) -> None:
    """Make one run of the shards of a run; then 'report' makes reports of it."""
    from conformance.cli.covered import covered
    from conformance.reports.base import ReportError
    from conformance.reports.merge import merge
    from conformance.scenario.select import find

    try:
        typer.echo(
            merge(runs, out, lambda ids: covered(s for s in find().scenarios if s.id in ids))
        )
    except ReportError as error:
        raise UserError(str(error)) from None
