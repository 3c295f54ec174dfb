"""The coverage of the requirements by scenarios, as reports show it."""

from collections.abc import Iterable

from conformance.reports.html.report import Coverage
from conformance.requirements.coverage import cover
from conformance.requirements.outline import outlines
from conformance.scenario.model import Scenario

__all__ = ["covered"]


def covered(scenarios: Iterable[Scenario]) -> list[Coverage]:
    """Return a line for each RFC of the catalogue."""
    rfcs = outlines()
    return [
        Coverage(
            document=row.rfc,
            title=rfcs[row.rfc].title if row.rfc in rfcs else "",
            tested=row.by_scenario + row.by_check,
            testable=row.testable,
            total=row.requirements,
        )
        for row in cover(scenarios).table()
    ]
