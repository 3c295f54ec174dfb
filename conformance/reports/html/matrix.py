"""What the index shows: verdicts by area, rule and scenario against servers, and causes."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.events import ScenarioFinished
from conformance.reports.tally import State, cause, state
from conformance.verdict import Finding, Verdict

__all__ = ["Cause", "Cell", "Line", "Row", "Table", "behaviours", "causes", "table"]

# What the eye must find first. A known failure is worse news than a warning, but no news.
_ORDER = [
    State.PASS,
    State.SKIP,
    State.INCONCLUSIVE,
    State.WARN,
    State.KNOWN,
    State.MENDED,
    State.FAIL,
    State.ERROR,
]


@dataclass(frozen=True, slots=True)
class Row:
    """One play and the page about it."""

    event: ScenarioFinished
    link: str
    state: State

    @property
    def area(self) -> str:
        """The folder of the scenario."""
        return self.event.outcome.scenario.rpartition("/")[0] or "scenarios"


@dataclass(slots=True)
class Cell:
    """What plays came to on one server: the worst, and how many of each."""

    counts: Counter[State] = field(default_factory=Counter)
    link: str = ""

    @property
    def worst(self) -> State:
        """The state that the cell is coloured by."""
        return max(self.counts, key=_ORDER.index)

    @property
    def words(self) -> str:
        """The counts in words, the worst first."""
        states = sorted(self.counts, key=_ORDER.index, reverse=True)
        return ", ".join(f"{self.counts[each]} {each}" for each in states)

    def add(self, row: Row, link: str) -> None:
        """Count ``row``; link to the worst."""
        if not self.counts or _ORDER.index(row.state) > _ORDER.index(self.worst):
            self.link = link
        self.counts[row.state] += 1


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: its name, a title, and a cell for each server that has one."""

    name: str
    title: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A heading and its lines."""

    name: str
    lines: Sequence[Line]


def table(
    name: str,
    rows: Iterable[Row],
    keys: Callable[[Row], Iterable[str]],
    title: Callable[[Row], str] = lambda _: "",
    link: Callable[[Row], str] = lambda row: row.link,
) -> Table:
    """Return ``rows`` counted by ``keys`` and server."""
    cells: dict[str, dict[str, Cell]] = {}
    titles: dict[str, str] = {}
    for row in rows:
        for key in keys(row):
            server = row.event.outcome.server
            cells.setdefault(key, {}).setdefault(server, Cell()).add(row, link(row))
            titles.setdefault(key, title(row))
    return Table(name, [Line(key, titles[key], cells[key]) for key in sorted(cells, key=_natural)])


def _natural(key: str) -> list[tuple[int, int, str]]:
    """Sort 7.5.1 before 7.10."""
    words, digits = [], ""
    for letter in key + "\0":
        if letter.isdigit():
            digits += letter
            continue
        if digits:
            words.append((0, int(digits[:30]), ""))
            digits = ""
        words.append((1, 0, letter))
    return words


def rules_of(row: Row) -> set[str]:
    """Return the rules that a play is evidence for."""
    findings = {finding.rule for finding in row.event.outcome.findings if finding.rule}
    return findings | set(row.event.rules)


@dataclass(slots=True)
class Cause:
    """One thing that went wrong, wherever it was met."""

    finding: Finding
    state: State
    link: str
    scenario: str
    servers: dict[str, set[str]] = field(default_factory=dict)
    reason: str = ""

    @property
    def scenarios(self) -> int:
        """How many scenarios met it."""
        return len(set().union(*self.servers.values()))


def causes(rows: Sequence[Row]) -> list[Cause]:
    """Return what failed or warned, each cause once: new failures first, the frequent first."""
    found: dict[tuple[str, State], Cause] = {}
    for row in rows:
        event = row.event
        scenario = event.outcome.scenario
        for finding in event.outcome.findings:
            if finding.verdict < Verdict.WARN:
                continue
            reason = event.known.get(finding.fingerprint(scenario), "")
            kind = State.KNOWN if reason else State(str(finding.verdict))
            entry = found.setdefault(
                (cause(finding), kind), Cause(finding, kind, row.link, scenario, reason=reason)
            )
            entry.servers.setdefault(event.outcome.server, set()).add(scenario)
        if row.state in (State.FAIL, State.ERROR) and not event.failures:
            finding = Finding("run", Verdict.ERROR, event.outcome.reason or "an error")
            entry = found.setdefault(
                (cause(finding), row.state), Cause(finding, row.state, row.link, scenario)
            )
            entry.servers.setdefault(event.outcome.server, set()).add(scenario)
    return sorted(
        found.values(),
        key=lambda c: (-_ORDER.index(c.state), -sum(map(len, c.servers.values()))),
    )


def behaviours(rows: Iterable[Row]) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Return row of the behaviour table -> server -> the choices seen, with a page for each."""
    seen: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows:
        for name, choice in row.event.outcome.behaviours.items():
            chosen = seen.setdefault(name, {}).setdefault(row.event.outcome.server, {})
            chosen.setdefault(choice, row.link)
    return {
        name: {server: list(choices.items()) for server, choices in seen[name].items()}
        for name in sorted(seen)
    }


def row(event: ScenarioFinished, link: str) -> Row:
    """Return the row of ``event``."""
    return Row(event, link, state(event))
