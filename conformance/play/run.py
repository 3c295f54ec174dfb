"""A run: scenarios times servers, as a stream of events."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from time import perf_counter

from conformance import __version__
from conformance.events import (
    Coverage,
    Event,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    ServerLost,
)
from conformance.play.judges import Judges
from conformance.play.outside import disturbs, listening
from conformance.play.player import Settings
from conformance.play.stage import Stage, open_all
from conformance.play.store import Store
from conformance.scenario.model import Scenario
from conformance.servers.base import Server
from conformance.status import EXIT
from conformance.verdict import Verdict

__all__ = ["Plan", "run"]

Play = tuple[Scenario, int]
"""A scenario and the number of its repetition."""

_UNJUDGED = 4
"""So many times ``jobs`` plays may be under way: some of them wait for their judgement."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to play and how.

    jobs    how many scenarios to play at once on each server; as many again may do no more
            than wait for what it may say of its own accord
    strict  whether a broken SHOULD fails the run
    first   whether to stop at the first failure
    repeat  how many times to play each scenario
    coverage  of the requirements by the scenarios, for reports
    annotate  marks the findings that a baseline expects
    stops     says whether a scenario is known to stop a server for everybody
    another   makes one more server of a specification: scenarios that stop, kill or restart
              the server have that one, beside the others; None: they come last, alone
    """

    scenarios: Sequence[Scenario]
    servers: Sequence[Server]
    command: str = ""
    jobs: int = 8
    strict: bool = False
    first: bool = False
    repeat: int = 1
    settings: Settings = field(default_factory=Settings)
    coverage: tuple[Coverage, ...] = ()
    annotate: Callable[[ScenarioFinished], ScenarioFinished] | None = None
    stops: Callable[[str, Scenario], bool] = lambda _server, _scenario: False
    another: Callable[[str], Server] | None = None


async def run(plan: Plan, store: Store, emit: Callable[[Event], None]) -> int:
    """Carry ``plan`` out, tell ``emit`` of all that happens, and return the exit status.

    Every server is removed before this returns or raises, also when it is cancelled.
    """
    start = perf_counter()
    name = f"r{token_hex(3)}"
    stages: list[Stage] = []
    lost: set[ServerLost] = set()
    with Judges(len(plan.scenarios) * len(plan.servers) * plan.repeat) as judges:

        def tell(event: Event) -> None:
            if isinstance(event, ServerLost):  # two of a kind may be lost by one cause
                if event in lost:
                    return
                lost.add(event)
            emit(event)

        def stage_of(server: Server) -> Stage:
            stage = Stage(server, plan.settings, store, tell, name, plan.annotate, judges.judge)
            stages.append(stage)
            return stage

        mains = [stage_of(server) for server in plan.servers]
        emit(
            RunStarted(
                version=__version__,
                started=datetime.now(UTC).isoformat(timespec="seconds"),
                command=plan.command,
                seed=plan.settings.seed,
                servers=tuple(server.spec for server in plan.servers),
                scenarios=len(plan.scenarios),
                strict=plan.strict,
                coverage=plan.coverage,
            )
        )
        status = _Status(plan)
        try:
            ready = await open_all(mains)
            status.lost = len(ready) < len(mains)
            await asyncio.gather(*(_play_all(stage, plan, status, stage_of) for stage in ready))
        except asyncio.CancelledError:
            for stage in stages:
                stage.leave_in_doubt()
            emit(RunFinished(perf_counter() - start, EXIT.INTERRUPTED, interrupted=True))
            raise
        finally:
            await asyncio.shield(asyncio.gather(*(stage.close() for stage in stages)))
    status.lost = status.lost or any(stage.lost for stage in stages)
    emit(RunFinished(perf_counter() - start, status.value()))
    return status.value()


@dataclass(slots=True)
class _Status:
    """What the outcomes so far amount to."""

    plan: Plan
    failed: bool = False
    errors: bool = False
    lost: bool = False
    stop: bool = False

    def take(self, event: ScenarioFinished) -> None:
        verdict = event.outcome.verdict
        self.errors = self.errors or verdict is Verdict.ERROR
        if (event.strictly() if self.plan.strict else event).unexpected:
            self.failed = True
            self.stop = self.stop or self.plan.first

    def value(self) -> int:
        if self.errors:
            return EXIT.INTERNAL
        if self.lost:
            return EXIT.NO_SERVER
        return EXIT.FAILED if self.failed else EXIT.OK


async def _play_all(
    stage: Stage, plan: Plan, status: _Status, stage_of: Callable[[Server], Stage]
) -> None:
    everything = [(each, repeat) for repeat in range(plan.repeat) for each in plan.scenarios]
    if plan.jobs == 1 or not stage.server.info.isolated:
        await _play_apart(stage, everything, status)
        return
    spec = stage.server.spec
    together: list[Play] = []
    apart: list[Play] = []
    for play in everything:
        ends_others = disturbs(play[0]) or plan.stops(spec, play[0])
        (apart if ends_others else together).append(play)
    if together and apart and plan.another and stage.server.info.controlled:
        aside = stage_of(plan.another(spec))
        await asyncio.gather(
            _play_together(stage, together, plan, status), _play_aside(aside, apart, status)
        )
    else:
        await _play_together(stage, together, plan, status)
    # Those that must play alone would each wait for the slowest beside them: they come last.
    await _play_apart(stage, apart, status)


async def _play_aside(stage: Stage, plays: list[Play], status: _Status) -> None:
    """Play on a server that is there for this; without it, or once it is lost, plays are left."""
    if await stage.open(told=False):
        while plays and not status.stop and not stage.lost:
            status.take(await stage.perform(*plays.pop(0)))
    await stage.close()


async def _play_apart(stage: Stage, plays: list[Play], status: _Status) -> None:
    """Play one after the other; those that were played are taken off ``plays``."""
    while plays and not status.stop:
        status.take(await stage.perform(*plays.pop(0)))


async def _play_together(stage: Stage, plays: list[Play], plan: Plan, status: _Status) -> None:
    doubted: list[Play] = []

    async def attempt(play: Play, turns: asyncio.Semaphore, room: asyncio.Semaphore) -> None:
        async with room:
            if status.stop:
                return
            finished = await stage.attempt(*play, turns)
            if finished is None:
                doubted.append(play)
            else:
                status.take(finished)

    # Those that wait for what a server may say need nobody's time: they take no other's turn.
    waits = [(listening(play[0], plan.settings.within), play) for play in plays]
    quick = [play for seconds, play in waits if not seconds]
    waits.sort(key=lambda each: -each[0])  # a long wait that began late would be the last
    patient = [play for seconds, play in waits if seconds]
    attempts = []
    most = plan.jobs if plan.first else plan.jobs * _UNJUDGED  # --exitfirst has to know of each
    # No more of the patient ones: Cyrus loses events where two dozen sessions wait for them.
    for kind in (patient, quick):
        turns, room = asyncio.Semaphore(plan.jobs), asyncio.Semaphore(most)
        attempts += [attempt(play, turns, room) for play in kind]
    await asyncio.gather(*attempts)
    async for finished in stage.decide(doubted):
        status.take(finished)
