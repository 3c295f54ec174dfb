"""Two runs side by side: what is new, what is mended, what is done another way.

A side is one server in one run, so that two builds, two vendors (in one run or in
two), or the same thing twice can be compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from conformance.events import Event, RunStarted, ScenarioFinished, ServerReady
from conformance.history.timing import Times, pace, slower
from conformance.verdict import Finding, Verdict

__all__ = ["Change", "Comparison", "Side", "compare", "sides"]


@dataclass(slots=True)
class Side:
    """What one server did in one run.

    plays    scenario -> its plays, one for each repeat
    times    command -> seconds, for as many transcripts as the caller has read
    """

    server: str
    product: str = ""
    capabilities: frozenset[str] = frozenset()
    plays: dict[str, list[ScenarioFinished]] = field(default_factory=dict)
    times: Times = field(default_factory=dict)

    def findings(self, scenario: str) -> dict[str, tuple[Finding, ScenarioFinished]]:
        """Return fingerprint -> finding, of all plays of ``scenario``, failures and warnings."""
        return {
            finding.fingerprint(scenario): (finding, play)
            for play in self.plays.get(scenario, ())
            for finding in play.outcome.findings
            if finding.verdict >= Verdict.WARN
        }

    def judged(self, scenario: str) -> bool:
        """Return whether ``scenario`` was played to a judgement at least once."""
        return any(p.outcome.verdict in _JUDGED for p in self.plays.get(scenario, ()))

    def always(self, scenario: str, fingerprint: str) -> bool:
        """Return whether the finding came in each play of ``scenario``."""
        return all(
            any(f.fingerprint(scenario) == fingerprint for f in play.outcome.findings)
            for play in self.plays[scenario]
            if play.outcome.verdict in _JUDGED
        )

    def behaviours(self) -> dict[str, frozenset[str]]:
        """Return row of the behaviour table -> the choices seen."""
        seen: dict[str, frozenset[str]] = {}
        for plays in self.plays.values():
            for play in plays:
                for name, choice in play.outcome.behaviours.items():
                    seen[name] = seen.get(name, frozenset()) | {choice}
        return seen


_JUDGED = (Verdict.PASS, Verdict.WARN, Verdict.FAIL)


def sides(events: Iterable[Event]) -> dict[str, Side]:
    """Return server -> its side, of a run's events."""
    found: dict[str, Side] = {}
    strict = False
    for event in events:
        if isinstance(event, RunStarted):
            strict = event.strict
            for server in event.servers:
                found.setdefault(server, Side(server))
        elif isinstance(event, ServerReady):
            side = found.setdefault(event.server, Side(event.server))
            side.product = f"{event.name} {event.version}".strip()
            side.capabilities = frozenset(event.capabilities)
        elif isinstance(event, ScenarioFinished):
            side = found.setdefault(event.outcome.server, Side(event.outcome.server))
            play = event.strictly() if strict else event
            side.plays.setdefault(event.outcome.scenario, []).append(play)
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that only one side has.

    before   whether the other side could judge the scenario at all
    always   whether it came in each repeat
    more     in how many scenarios besides it was met
    """

    scenario: str
    finding: Finding
    fingerprint: str
    before: bool = True
    always: bool = True
    more: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """How ``right`` differs from ``left``; ``right`` is the newer, or the other vendor.

    new, mended          failures that only the right, or only the left side has
    warned, unwarned     the same of broken SHOULDs
    verdicts             scenario -> verdicts left and right, where one side could not judge
    behaviours           row -> choices left and right, where both saw it and differ
    gained, lost         capabilities
    slower               command, median seconds left and right
    pace                 how much longer commands took on the whole
    only_left, only_right  scenarios that only one side has
    """

    left: Side
    right: Side
    new: Sequence[Change] = ()
    mended: Sequence[Change] = ()
    warned: Sequence[Change] = ()
    unwarned: Sequence[Change] = ()
    verdicts: Mapping[str, tuple[Verdict, Verdict]] = field(default_factory=dict)
    behaviours: Mapping[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    gained: Sequence[str] = ()
    lost: Sequence[str] = ()
    slower: Sequence[tuple[str, float, float]] = ()
    pace: float = 1.0
    only_left: Sequence[str] = ()
    only_right: Sequence[str] = ()
    common: int = 0

    @property
    def same(self) -> bool:
        """Whether nothing differs but, perhaps, times."""
        return not any(
            (
                self.new,
                self.mended,
                self.warned,
                self.unwarned,
                self.verdicts,
                self.behaviours,
                self.gained,
                self.lost,
                self.only_left,
                self.only_right,
            )
        )


def compare(left: Side, right: Side) -> Comparison:
    """Return how ``right`` differs from ``left``."""
    common = sorted(left.plays.keys() & right.plays.keys())
    new = _changes(common, left, right)
    # A failure whose scenario the right side could not judge was not seen to be mended.
    mended = [change for change in _changes(common, right, left) if change.before]
    old_ways, new_ways = left.behaviours(), right.behaviours()
    return Comparison(
        left=left,
        right=right,
        new=[change for change in new if change.finding.verdict >= Verdict.FAIL],
        mended=[change for change in mended if change.finding.verdict >= Verdict.FAIL],
        warned=[change for change in new if change.finding.verdict is Verdict.WARN],
        unwarned=[change for change in mended if change.finding.verdict is Verdict.WARN],
        verdicts={
            name: (_verdict(left, name), _verdict(right, name))
            for name in common
            if left.judged(name) is not right.judged(name)
        },
        behaviours={
            name: (old_ways[name], new_ways[name])
            for name in sorted(old_ways.keys() & new_ways.keys())
            if old_ways[name] != new_ways[name]
        },
        gained=sorted(right.capabilities - left.capabilities),
        lost=sorted(left.capabilities - right.capabilities),
        slower=list(slower(left.times, right.times)),
        pace=pace(left.times, right.times),
        only_left=sorted(left.plays.keys() - right.plays.keys()),
        only_right=sorted(right.plays.keys() - left.plays.keys()),
        common=len(common),
    )


def _verdict(side: Side, scenario: str) -> Verdict:
    return max(play.outcome.verdict for play in side.plays[scenario])


def _changes(scenarios: Sequence[str], without: Side, having: Side) -> list[Change]:
    """Return what ``having`` has and ``without`` has not, or has as a lesser thing.

    What is the same in every scenario is one change, and none if any scenario had it.
    """
    there = {name: without.findings(name) for name in scenarios}
    anywhere: dict[str, Verdict] = {}
    for findings in there.values():
        for fingerprint, (finding, _) in findings.items():
            if finding.everywhere:
                worst = max(finding.verdict, anywhere.get(fingerprint, Verdict.PASS))
                anywhere[fingerprint] = worst
    changes: list[Change] = []
    grouped: dict[str, int] = {}
    for scenario in scenarios:
        for fingerprint, (finding, _) in having.findings(scenario).items():
            other = there[scenario].get(fingerprint)
            had = anywhere.get(fingerprint) if finding.everywhere else other and other[0].verdict
            if had is not None and had >= finding.verdict:
                continue
            before = without.judged(scenario)
            if fingerprint in grouped:
                first = changes[grouped[fingerprint]]
                changes[grouped[fingerprint]] = replace(
                    first, more=first.more + 1, before=first.before or before
                )
                continue
            if finding.everywhere:
                grouped[fingerprint] = len(changes)
            always = finding.everywhere or having.always(scenario, fingerprint)
            changes.append(Change(scenario, finding, fingerprint, before, always))
    return changes


def with_times(side: Side, times: Times) -> Side:
    """Return ``side`` with the times that its transcripts show."""
    return replace(side, times=times)
