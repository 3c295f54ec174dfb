"""The reports that a command was asked for, fed together."""

import sys
from collections.abc import Sequence
from pathlib import Path

from conformance.cli.errors import UserError
from conformance.events import Event
from conformance.reports.base import Report, ReportError
from conformance.reports.junit import JUnit
from conformance.reports.run_jsonl import NAME, RunWriter
from conformance.reports.terminal import Terminal
from conformance.requirements.catalogue import sentence

__all__ = ["Outputs", "open_outputs"]


class Outputs:
    """Several reports as one; run.jsonl comes first, so that nothing is shown and not kept."""

    def __init__(self, reports: Sequence[Report]) -> None:
        """Feed ``reports`` in this order."""
        self._reports = reports

    def handle(self, event: Event) -> None:
        """Give ``event`` to each report."""
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


def open_outputs(out: Path, wanted: Sequence[str], *, verbosity: int = 0) -> Outputs:
    """Return the outputs of a run in ``out``: run.jsonl, the terminal, and those ``wanted``.

    UserError if one is not known or cannot be written.
    """
    try:
        reports: list[Report] = [RunWriter(out / NAME)]
        junit = out / "junit.xml"
        for word in wanted:
            kind, _, target = word.partition(":")
            if kind != "junit":
                raise UserError(f"'{word}' is no report", hint="write junit:FILE")
            junit = Path(target) if target else junit
        reports.append(JUnit(junit, out))
        reports.append(
            Terminal(
                sys.stdout,
                out,
                explain=sentence,
                verbosity=verbosity,
                report=str(out / NAME),
            )
        )
    except ReportError as error:
        raise UserError(str(error)) from None
    return Outputs(reports)
