"""Give each pattern a response of its own: nothing counts twice.

FETCH is the exception: what it says is state, servers may say it in one response
or in several (RFC 9051 section 7.5.2), so one may serve several patterns and several
about the same message may serve one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from conformance.check.facts import Captures, Facts
from conformance.check.lines import match_lines
from conformance.check.match import Matcher, kind_of
from conformance.check.window import Item
from conformance.imap.session import Seen
from conformance.scenario.pattern import Node

__all__ = ["Assignment", "assign", "fits"]

_BUDGET = 20_000

Parsed = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which response met which pattern.

    met       pattern's position -> the response's event index
    captures  what was known before and what was bound
    """

    met: dict[int, int]
    captures: Captures


def fits(pattern: Parsed, item: Item, facts: Facts, captures: Captures) -> Captures | None:
    """Return the captures after matching ``item`` alone; None if it does not fit."""
    if isinstance(item, Seen):
        return Matcher(facts, item).response(pattern, captures)
    return match_lines(pattern, item.octets, facts, captures)


def assign(
    patterns: Sequence[Parsed],
    items: Sequence[Item],
    facts: Facts,
    captures: Captures,
    *,
    in_order: bool = False,
) -> Assignment:
    """Meet all patterns if that is possible at all, else as many as come first."""
    search = _Search(patterns, _with_merged(items), facts, in_order=in_order)
    everything = search.all(0, captures, {}, frozenset())
    if everything is not None:
        return everything
    return search.greedy(captures)


def _with_merged(items: Sequence[Item]) -> Sequence[Item]:
    """Return the items, followed by what several FETCH of one message say together."""
    fetches: dict[tuple[int | None, int | None], list[Seen]] = {}
    for item in items:
        if isinstance(item, Seen) and item.response.kind == "FETCH":
            fetches.setdefault((item.response.number, item.uid), []).append(item)
    merged: list[Item] = []
    for group in fetches.values():
        if len(group) > 1:
            data = tuple(
                node
                for seen in group
                if seen.response.data and isinstance(seen.response.data[0], tuple)
                for node in seen.response.data[0]
            )
            last = group[-1]
            merged.append(replace(last, response=replace(last.response, data=(data,))))
    return [*items, *merged] if merged else items


class _Search:
    def __init__(
        self, patterns: Sequence[Parsed], items: Sequence[Item], facts: Facts, *, in_order: bool
    ) -> None:
        self.patterns = patterns
        self.items = items
        self.facts = facts
        self.in_order = in_order
        self.steps = 0

    def all(
        self, at: int, captures: Captures, met: dict[int, int], used: frozenset[int]
    ) -> Assignment | None:
        """Meet the patterns from ``at`` on, trying every response for each."""
        if at == len(self.patterns):
            return Assignment(dict(met), captures)
        for position, bound in self._candidates(at, captures, used):
            self.steps += 1
            if self.steps > _BUDGET:
                return None
            found = self.all(
                at + 1,
                bound,
                {**met, at: self.items[position].index},
                used | {position} if self._consumes(at, position) else used,
            )
            if found is not None:
                return found
        return None

    def greedy(self, captures: Captures) -> Assignment:
        met: dict[int, int] = {}
        used: frozenset[int] = frozenset()
        for at in range(len(self.patterns)):
            for position, bound in self._candidates(at, captures, used):
                captures = bound
                met[at] = self.items[position].index
                if self._consumes(at, position):
                    used |= {position}
                break
        return Assignment(met, captures)

    def _consumes(self, at: int, position: int) -> bool:
        """Whether a response that met a pattern is used up; a POP3 answer has many lines."""
        return isinstance(self.items[position], Seen) and kind_of(self.patterns[at]) != "FETCH"

    def _candidates(
        self, at: int, captures: Captures, used: frozenset[int]
    ) -> list[tuple[int, Captures]]:
        start = max(used, default=-1) + 1 if self.in_order else 0
        found = []
        for position in range(start, len(self.items)):
            if position not in used:
                bound = fits(self.patterns[at], self.items[position], self.facts, captures)
                if bound is not None:
                    found.append((position, bound))
        return found
