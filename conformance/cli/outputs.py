"""The reports that a command was asked for, fed together."""

import sys
from collections.abc import Sequence
from pathlib import Path

from conformance.cli.baselines import Known
from conformance.cli.errors import UserError
from conformance.events import Event
from conformance.reports.base import Report, ReportError
from conformance.reports.html.report import Html
from conformance.reports.kinds import make_report
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
    out: Path,
    wanted: Sequence[str],
    known: Known | None = None,
    *,
    verbosity: int = 0,
) -> Outputs:
    """Return the outputs of a run in ``out``: run.jsonl, HTML, JUnit, and the terminal.

    wanted    ``KIND`` or ``KIND:TARGET`` for more reports, or for these at other places
    UserError if one is not known or cannot be written.
    """
    words = {"junit": "junit", "html": "html"}
    words |= {word.partition(":")[0]: word for word in wanted}
    try:
        made = [make_report(word, out, explain=sentence) for word in words.values()]
        index = next((report.index for report in made if isinstance(report, Html)), out)
        reports: list[Report] = [RunWriter(out / NAME), *made]
        reports.append(
            Terminal(sys.stdout, out, explain=sentence, verbosity=verbosity, report=str(index))
        )
    except ReportError as error:
        raise UserError(str(error)) from None
    return Outputs(reports, known)
