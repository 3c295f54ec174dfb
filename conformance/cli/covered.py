"""The coverage of the requirements by scenarios, as reports show it."""

from collections.abc import Iterable

from conformance.events import Coverage
from conformance.requirements.coverage import cover
from conformance.requirements.outline import outlines
from conformance.scenario.model import Scenario

__all__ = ["covered"]


def covered(scenarios: Iterable[Scenario]) -> tuple[Coverage, ...]:
    """Return a line for each RFC of the catalogue."""
    rfcs = outlines()
    return tuple(
        Coverage(
            document=row.rfc,
            title=rfcs[row.rfc].title if row.rfc in rfcs else "",
            tested=row.by_scenario + row.by_check,
            testable=row.testable,
            total=row.requirements,
        )
        for row in cover(scenarios).table()
    )
