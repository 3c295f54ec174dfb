"""Make a session as small as it can be while it still shows one finding.

Every candidate is played on the same running server with users of its own. What does not
show at every play is a race: its candidates are played again and again, as often as it takes to
be fairly sure (19 of 20) that a candidate which never shows the finding does not have it.
"""

import asyncio
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, islice

from conformance.explore.reduce import Reduction, passes, sensible, tidy
from conformance.explore.trial import Mark, Trial, Trials
from conformance.grammar.dialect import dialect
from conformance.scenario.model import DEFAULT_ENDS, Expectations, Scenario, Step
from conformance.scenario.writer import dump
from conformance.verdict import Finding

__all__ = ["Limits", "Shrunk", "shrink"]

_FIRST = 3
_SECOND = 12
_MOST_TRIES = 20
_LAST = 5
_UNFIT = ("set-up", "login")
"""What the reason begins with if a play did not even begin: it says nothing."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When to be content: after so many seconds or plays. ``at_once`` candidates are played."""

    seconds: float = 120.0
    plays: int = 600
    at_once: int = 4


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The smallest session found.

    failed  how many of ``of`` last plays showed the finding
    plays   how many plays it took
    """

    scenario: Scenario
    finding: Finding
    failed: int
    of: int
    plays: int

    @property
    def races(self) -> bool:
        """Whether the finding comes and goes."""
        return self.failed < self.of


async def shrink(trials: Trials, trial: Trial, mark: Mark, limits: Limits) -> Shrunk:
    """Return the smallest session that shows ``mark`` as ``trial`` did."""
    return await _Shrinker(trials, trial, mark, limits).run()


class _Shrinker:
    def __init__(self, trials: Trials, trial: Trial, mark: Mark, limits: Limits) -> None:
        self.trials = trials
        self.mark = mark
        self.limits = limits
        self.best = self.first = trial.scenario
        self.finding = trial.findings[mark]
        self.tries = 1
        self.plays = 0
        self.names = (f"{trial.scenario.id}-{mark}-{number}" for number in count(1))
        self.tried: set[str] = set()
        self.deadline = asyncio.get_running_loop().time() + limits.seconds

    async def run(self) -> Shrunk:
        shown = await self._count(self.best, _FIRST)
        played = _FIRST
        if shown < _FIRST:
            shown += await self._count(self.best, _SECOND)
            played += _SECOND
            if not shown:  # it came once, and never again
                return Shrunk(self.best, self.finding, 1, played + 1, self.plays)
            rate = min(shown / played, 0.95)
            self.tries = min(_MOST_TRIES, math.ceil(math.log(0.05) / math.log(1 - rate)))
        await self._truncate()
        before = None
        while before != self.best and not self._spent:
            before = self.best
            for reduce in passes(dialect(self.trials.capabilities)):
                await self._pass(reduce)
        await self._plain_ends()
        last = _LAST if self.tries == 1 else _MOST_TRIES
        failed = await self._count(self.best, last)
        if not failed:  # what remains does not show it: better large than wrong
            self.best, last = self.first, _SECOND
            failed = await self._count(self.best, last)
        return Shrunk(self.best, self.finding, failed, last, self.plays)

    @property
    def _spent(self) -> bool:
        now = asyncio.get_running_loop().time()
        return now > self.deadline or self.plays > self.limits.plays or self.trials.lost

    async def _truncate(self) -> None:
        """Leave out what comes after the step in which it showed."""
        step = self.finding.step
        if step is not None and step + 1 < len(self.best.steps):
            shorter = tidy(replace(self.best, steps=self.best.steps[: step + 1]))
            if await self._holds(shorter):
                self.best = shorter

    async def _pass(self, reduce: Reduction) -> None:
        position = 0
        while not self._spent:
            batch = list(self._fresh(reduce, position))
            if not batch:
                return
            kept = await asyncio.gather(*(self._holds(scenario) for _, scenario in batch))
            for (at, scenario), holds in zip(batch, kept, strict=True):
                position = at + 1
                if holds:
                    self.best = scenario
                    position = at
                    break

    def _fresh(self, reduce: Reduction, position: int) -> Iterator[tuple[int, Scenario]]:
        """Yield the next candidates that were not tried yet, with their positions."""
        found = 0
        for at, candidate in enumerate(islice(reduce(self.best), position, None), position):
            scenario = tidy(candidate)
            text = dump(scenario)
            if text in self.tried or not sensible(scenario):
                continue
            self.tried.add(text)
            yield at, scenario
            found += 1
            if found == self.limits.at_once:
                return

    async def _holds(self, scenario: Scenario) -> bool:
        for _ in range(self.tries):
            if await self._shows(scenario):
                return True
            if self._spent:
                break
        return False

    async def _shows(self, scenario: Scenario) -> bool:
        trial = await self._play(scenario)
        if trial.reason.startswith(_UNFIT):
            trial = await self._play(scenario)
        if self.mark not in trial.findings:
            return False
        if self.tries == 1 or self.finding.step is None:
            self.finding = trial.findings[self.mark]
        return True

    async def _play(self, scenario: Scenario) -> Trial:
        self.plays += 1
        return await self.trials.play(replace(scenario, id=next(self.names)))

    async def _count(self, scenario: Scenario, times: int) -> int:
        """Play ``times`` times, some at once; a server that is overrun shows nothing."""
        shown = 0
        while times > 0:
            batch = min(times, self.limits.at_once)
            shown += sum(await asyncio.gather(*(self._shows(scenario) for _ in range(batch))))
            times -= batch
        return shown

    async def _plain_ends(self) -> None:
        """Let steps say how they end only where that is not OK."""
        plain = replace(self.best, steps=tuple(map(_plain, self.best.steps)))
        trial = await self.trials.play(replace(plain, id=next(self.names)))
        if self.mark not in trial.findings and self.tries == 1:
            return
        steps = tuple(
            old if at in trial.wrong else new
            for at, (old, new) in enumerate(zip(self.best.steps, plain.steps, strict=True))
        )
        better = replace(self.best, steps=steps)
        if await self._holds(better):
            self.best = better


def _plain(step: Step) -> Step:
    if step.together:
        lanes = tuple(tuple(_plain(one) for one in lane) for lane in step.together)
        return replace(step, together=lanes)
    if step.expectations.ends in (None, DEFAULT_ENDS):
        return step
    return replace(step, expectations=Expectations(step.expectations.patterns))
