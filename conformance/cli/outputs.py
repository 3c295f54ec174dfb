"""The reports that a command was asked for, fed together."""

import sys
from collections.abc import Sequence
from pathlib import Path

from conformance.cli.baselines import Known
from conformance.cli.errors import UserError
from conformance.events import Event
from conformance.reports.base import Report, ReportError
from conformance.reports.html.report import Html
from conformance.reports.junit import JUnit
from conformance.reports.run_jsonl import NAME, RunWriter
from conformance.reports.terminal import Terminal
from conformance.requirements.catalogue import sentence

__all__ = ["Outputs", "open_outputs"]


class Outputs:
    """Several reports as one; run.jsonl comes first, so that nothing is shown and not kept."""

    def __init__(self, reports: Sequence[Report], known: Known | None = None) -> None:
        """Feed ``reports`` in this order; ``known`` learns which servers take part."""
        self._reports = reports
        self._known = known

    def handle(self, event: Event) -> None:
        """Give ``event`` to each report."""
        if self._known is not None:
            self._known.see(event)
        for report in self._reports:
            report.handle(event)

    def close(self) -> None:
        """Close each report, the later ones even if an earlier one fails."""
        failed: ReportError | None = None
        for report in self._reports:
            try:
                report.close()
            except ReportError as error:
                failed = failed or error
        if failed is not None:
            raise failed


def open_outputs(
    out: Path, wanted: Sequence[str], known: Known | None = None, *, verbosity: int = 0
) -> Outputs:
    """Return the outputs of a run in ``out``: run.jsonl, HTML, JUnit, and the terminal.

    wanted  ``KIND:FILE`` for reports at other places than below ``out``
    UserError if one is not known or cannot be written.
    """
    targets = {"junit": out / "junit.xml", "html": out}
    for word in wanted:
        kind, _, target = word.partition(":")
        if kind not in targets:
            raise UserError(f"'{word}' is no report", hint="write html:FOLDER or junit:FILE")
        if target:
            targets[kind] = Path(target)
    try:
        html = Html(targets["html"], out, explain=sentence)
        reports: list[Report] = [
            RunWriter(out / NAME),
            JUnit(targets["junit"], out, explain=sentence),
            html,
            Terminal(
                sys.stdout, out, explain=sentence, verbosity=verbosity, report=str(html.index)
            ),
        ]
    except ReportError as error:
        raise UserError(str(error)) from None
    return Outputs(reports, known)
