"""Explore a server: play random sessions until the time is over, shrink and save what they show."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from conformance.explore.coverage import Covered
from conformance.explore.generate import Offer, generate, numbered
from conformance.explore.record import Record
from conformance.explore.reduce import size
from conformance.explore.save import complete, save
from conformance.explore.shrink import Limits, Shrunk, shrink
from conformance.explore.trial import Mark, Trial, Trials
from conformance.servers.base import Server
from conformance.verdict import Verdict
from conformance.wire.transcript import Transcript

__all__ = ["Explorer", "Found", "Plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to explore and how long.

    seconds   how long to begin new sessions
    sessions  the numbers of sessions to play instead, whatever time they take
    jobs      how many sessions are played at once
    saved     the folder of scenario files; out that of the record and the transcripts
    """

    seed: int
    seconds: float
    out: Path
    saved: Path
    sessions: Sequence[int] | None = None
    clients: int = 3
    rude: bool = False
    jobs: int = 4
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Found:
    """A finding that was saved."""

    mark: Mark
    session: int
    shrunk: Shrunk
    path: Path
    seconds: float

    @property
    def error(self) -> bool:
        """Whether it is a check of ours that failed."""
        return self.shrunk.finding.verdict is Verdict.ERROR


class Explorer:
    """Plays, counts, shrinks, saves. Feed ``tell`` with what is found as it is found."""

    def __init__(
        self, server: Server, trials: Trials, plan: Plan, tell: Callable[[Found], None]
    ) -> None:
        """Prepare; the server of ``trials`` is to be started already."""
        self._server = server
        self._trials = trials
        self._plan = plan
        self._tell = tell
        self._start = perf_counter()
        self._next = 0
        self._seen: dict[Mark, tuple[int, Trial]] = {}
        self.covered = Covered()
        self.sessions = 0
        self.broken: dict[str, int] = {}
        self.known = 0
        self.found: list[Found] = []
        self.shrinking: set[Mark] = set()

    @property
    def seconds(self) -> float:
        """How long it has been exploring."""
        return perf_counter() - self._start

    @property
    def findings(self) -> int:
        """How many different findings there are, saved or still being shrunk."""
        return len(self._seen)

    async def run(self) -> None:
        """Explore until the time is over, the sessions are played, or it is cancelled.

        What was found is saved in any case, if need be as it is.
        """
        info = self._server.info
        offer = Offer(
            self._trials.capabilities,
            frozenset(info.services),
            self._plan.clients,
            alone=info.isolated,
            rude=self._plan.rude,
        )
        self._start = perf_counter()
        jobs = self._plan.jobs if info.isolated else 1
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(jobs):
                    group.create_task(self._work(offer))
        finally:
            self._save_rest()
            self._record()

    async def _work(self, offer: Offer) -> None:
        while (number := self._number()) is not None:
            scenario = generate(numbered(self._plan.seed, number), offer, f"session-{number}")
            trial = await self._trials.play(scenario)
            self._take(trial)
            fresh = [mark for mark in trial.findings if mark not in self._seen]
            self._seen.update(dict.fromkeys(fresh, (number, trial)))
            for mark in fresh:
                await self._shrink(mark)

    def _number(self) -> int | None:
        plan = self._plan
        if self._trials.lost:
            return None
        if plan.sessions is not None:
            if self._next >= len(plan.sessions):
                return None
            number = plan.sessions[self._next]
        elif self.seconds > plan.seconds:
            return None
        else:
            number = self._next
        self._next += 1
        return number

    def _take(self, trial: Trial) -> None:
        self.sessions += 1
        self.known += trial.known
        self.covered.take(trial.transcript)
        if trial.reason:
            reason = trial.reason.partition(": ")[2][:60] or trial.reason[:60]
            self.broken[reason] = self.broken.get(reason, 0) + 1

    async def _shrink(self, mark: Mark) -> None:
        number, trial = self._seen[mark]
        at = self.seconds
        self.shrinking.add(mark)
        try:
            shrunk = await shrink(self._trials, trial, mark, self._plan.limits)
        finally:
            self.shrinking.discard(mark)
        self._save(mark, number, shrunk, trial.transcript, at)

    def _save_rest(self) -> None:
        """Save what was found and not shrunk, as it was."""
        done = {found.mark for found in self.found}
        for mark, (number, trial) in self._seen.items():
            if mark not in done:
                shrunk = Shrunk(trial.scenario, trial.findings[mark], 1, 1, 0)
                self._save(mark, number, shrunk, trial.transcript, self.seconds)

    def _save(
        self, mark: Mark, number: int, shrunk: Shrunk, transcript: Transcript, at: float
    ) -> None:
        plan, info = self._plan, self._server.info
        scenario = complete(
            shrunk,
            seed=plan.seed,
            number=number,
            server=self._server.spec,
            version=info.version,
        )
        key = f"{shrunk.finding.check} {shrunk.finding.key or shrunk.finding.message}"
        path = save(plan.saved, scenario, mark, key)
        folder = plan.out / "transcripts"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{mark}.txt").open("w", encoding="utf-8", newline="") as stream:
            transcript.dump(stream)
        found = Found(mark, number, shrunk, path, at)
        self.found.append(found)
        with contextlib.suppress(OSError):
            self._record()
        self._tell(found)

    def _record(self) -> None:
        plan = self._plan
        record = Record(
            seed=plan.seed,
            server=self._server.spec,
            clients=plan.clients,
            rude=plan.rude,
            version=self._server.info.version,
            sessions=self._next,
            seconds=round(self.seconds, 1),
            commands=dict(self.covered.commands.most_common()),
        )
        for found in self.found:
            finding, shrunk = found.shrunk.finding, found.shrunk
            record.found.append(
                {
                    "mark": found.mark,
                    "check": finding.check,
                    "key": finding.key,
                    "rule": finding.rule,
                    "verdict": str(finding.verdict),
                    "message": finding.message,
                    "detail": list(finding.detail),
                    "session": found.session,
                    "file": str(found.path),
                    "steps": size(shrunk.scenario),
                    "failed": f"{shrunk.failed} of {shrunk.of}",
                    "plays": shrunk.plays,
                    "seconds": round(found.seconds, 1),
                }
            )
        record.write(plan.out)
