"""Each cause of failures once: in which scenario it was told, and how many it made fail."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.reports.tally import cause
from conformance.verdict import Finding

__all__ = ["Causes", "Met"]


@dataclass(slots=True)
class Met:
    """A cause on a server, and the scenarios that met it; the first of them told it in full."""

    server: str
    finding: Finding
    scenarios: dict[str, None] = field(default_factory=dict)

    @property
    def first(self) -> str:
        """The scenario that met it first."""
        return next(iter(self.scenarios))


class Causes:
    """Collects the findings of a run's failures."""

    def __init__(self) -> None:
        """Start with none."""
        self._met: dict[tuple[str, str], Met] = {}

    def meet(self, server: str, scenario: str, finding: Finding) -> str:
        """Take in a finding, and return the scenario that met its cause first."""
        met = self._met.setdefault((server, cause(finding)), Met(server, finding))
        met.scenarios[scenario] = None
        return met.first

    def frequent(self) -> Iterator[Met]:
        """Yield the causes that made several scenarios fail, the most frequent first."""
        several = [met for met in self._met.values() if len(met.scenarios) > 1]
        yield from sorted(several, key=lambda met: -len(met.scenarios))
