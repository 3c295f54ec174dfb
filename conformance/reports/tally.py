"""Counting: how many scenarios came out how, on each server and in all."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from conformance.events import (
    Event,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    ServerLost,
    ServerReady,
)
from conformance.reports.mixed import Choices
from conformance.verdict import Finding, Verdict

__all__ = ["ServerTally", "State", "Tally", "cause", "judged", "state"]


class State(StrEnum):
    """How a scenario counts; in the order in which counts are shown."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    KNOWN = "known"
    MENDED = "mended"
    ERROR = "error"
    WARN = "warn"
    INCONCLUSIVE = "inconclusive"
    SKIP = "skip"


def cause(finding: Finding) -> str:
    """Return what findings of one kind have in common, whichever scenario and actor met them."""
    return replace(finding, actor="").fingerprint("")


def judged(event: Event, run: RunStarted | None) -> Event:
    """Return ``event`` as ``run`` counts it: under ``--strict`` a broken SHOULD is a failure."""
    strict = run is not None and run.strict
    return event.strictly() if strict and isinstance(event, ScenarioFinished) else event


def state(event: ScenarioFinished) -> State:
    """Return how ``event`` counts: a failure is new or known, a pass may be an unexpected one."""
    verdict = event.outcome.verdict
    if verdict >= Verdict.FAIL:
        if event.failures and not event.news:
            return State.MENDED if event.mended else State.KNOWN
        return State.ERROR if verdict is Verdict.ERROR else State.FAIL
    if event.mended:
        return State.MENDED
    return State(str(verdict))


@dataclass(slots=True)
class ServerTally:
    """One server's counts; ``product`` is what it says it is."""

    server: str
    product: str = ""
    lost: str = ""
    counts: Counter[State] = field(default_factory=Counter)
    seconds: float = 0.0


@dataclass(slots=True)
class Tally:
    """Counts of a run as far as it has come."""

    run: RunStarted | None = None
    finished: RunFinished | None = None
    servers: dict[str, ServerTally] = field(default_factory=dict)
    choices: Choices = field(default_factory=Choices)

    def handle(self, event: Event) -> None:
        """Count ``event``."""
        if isinstance(event, RunStarted):
            self.run = event
            for server in event.servers:
                self.server(server)
        elif isinstance(event, ServerReady):
            self.server(event.server).product = f"{event.name} {event.version}".strip()
        elif isinstance(event, ServerLost):
            self.server(event.server).lost = event.message
        elif isinstance(event, ScenarioFinished):
            tally = self.server(event.outcome.server)
            tally.counts[state(event)] += 1
            tally.seconds += event.outcome.seconds
            self.choices.take(event.outcome)
        elif isinstance(event, RunFinished):
            self.finished = event

    def server(self, spec: str) -> ServerTally:
        """Return the counts of the server ``spec``."""
        return self.servers.setdefault(spec, ServerTally(spec))

    @property
    def total(self) -> Counter[State]:
        """The counts of all servers together."""
        return sum((tally.counts for tally in self.servers.values()), Counter[State]())

    @property
    def played(self) -> int:
        """How many scenarios have finished, each counted once a server."""
        return self.total.total()

    def words(self) -> Iterator[tuple[State, str]]:
        """Yield, for what was counted at all (and always for pass and fail), state and words."""
        total = self.total
        for each in State:
            count = total[each]
            if not count and each not in (State.PASS, State.FAIL):
                continue
            yield each, f"{count} {_WORDS.get(each, each)}"


_WORDS = {State.FAIL: "fail (new)", State.KNOWN: "fail (known)", State.MENDED: "no longer fails"}
