"""One server with the scenarios that are played on it: it is started, watched, mended, removed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from importlib.util import find_spec
from time import perf_counter

from conformance.check.judge import Judgement
from conformance.events import Event, ScenarioFinished, ScenarioStarted, ServerLost, ServerReady
from conformance.play.fill import Unplayable
from conformance.play.gate import Gate
from conformance.play.judges import Judge, judge_here
from conformance.play.outside import may_break
from conformance.play.player import Played, Settings, play
from conformance.play.recorder import Recorder
from conformance.play.setup import Refused, Setup
from conformance.play.store import Store
from conformance.play.take import Take, found, found_in_company, suffered
from conformance.scenario.model import Scenario
from conformance.scenario.select import word_for
from conformance.servers.base import EngineError, Health, Server, ServerError
from conformance.verdict import Outcome, Verdict

__all__ = ["Stage"]

_LOGGED = 0.1
_LOGGED_ALONE = 0.5
"""Seconds that an engine may take to show what a process logged as it died; alone, to be sure."""

Emit = Callable[[Event], None]
Turn = AbstractAsyncContextManager[object]
Annotate = Callable[[ScenarioFinished], ScenarioFinished]


class Stage:
    """Plays scenarios on one server; many at once where its accounts are apart."""

    def __init__(
        self,
        server: Server,
        settings: Settings,
        store: Store,
        emit: Emit,
        run: str,
        annotate: Annotate | None = None,
        judge: Judge = judge_here,
    ) -> None:
        """Prepare.

        run       a word that makes this run's accounts its own
        annotate  marks the findings that are known of this server
        judge     judges each play
        """
        self.server = server
        self.lost = False
        self._blind = False
        self._settings = settings
        self._store = store
        self._emit = emit
        self._run = run
        self._annotate = annotate
        self._judge = judge
        self._gate = Gate()
        self._mending = asyncio.Lock()
        self._generation = 0
        self._count = 0
        self._playing = 0
        self._unexplained = 0  # crashes in the log that nobody is known to cause
        self._explained = 0  # how often a server died by who was no witness of it
        self._doubts: dict[tuple[str, int], tuple[Scenario, Take]] = {}
        self._offered: frozenset[str] = frozenset()

    async def open(self, *, told: bool = True) -> bool:
        """Start the server and ask what it offers; return whether it can be played on.

        told  whether events tell of it
        """
        start = perf_counter()
        try:
            await self.server.start()
            may_break(self.server)
            self._offered = await self._ask()
        except (ServerError, Refused) as error:
            if told:
                self._lose(error)
            return False
        if not told:
            return True
        info = self.server.info
        self._emit(
            ServerReady(
                server=self.server.spec,
                name=info.name,
                version=info.version,
                services=tuple(sorted(info.services)),
                capabilities=tuple(sorted(self._offered)),
                seconds=info.seconds or perf_counter() - start,
            )
        )
        return True

    async def close(self) -> None:
        """Remove the server, whatever state it is in."""
        await self.server.stop()

    async def attempt(
        self, scenario: Scenario, repeat: int = 0, turn: Turn | None = None
    ) -> ScenarioFinished | None:
        """Play and judge ``scenario`` beside others, and tell of it.

        turn  is held while it is played, and not while it is judged

        None where one of the others may be to blame for what went wrong: then ``decide``,
        when nobody else plays. Never raises for what a server does.
        """
        async with turn or nullcontext():
            self._emit(ScenarioStarted(self.server.spec, scenario.id))
            excused = self._excused(scenario, repeat)
            if excused is not None:
                return excused
            async with self._gate.shared():
                before = self._unexplained
                take = await self._take(scenario)
                if take.mended and not take.health.crashes:  # it says nothing: the server was away
                    take = replace(await self._take(scenario), again=True)
        judgement = await self._judged(take, scenario)
        event = self._event(scenario, repeat, take, judgement)
        if take.health.crashes and not suffered(event, "health"):
            self._unexplained -= 1
        # A process that died has cut or hung whoever it served.
        suspect = self._unexplained > before and (take.played.cut or take.played.hung)
        if take.company and (suspect or self._doubtful(take, event)):
            self._doubts[scenario.id, repeat] = scenario, take
            return None
        self._explained += take.witness and take.again  # so it was its doing the first time
        self._emit(event)
        return event

    async def perform(self, scenario: Scenario, repeat: int = 0) -> ScenarioFinished:
        """Play and judge ``scenario`` alone, and tell of it; never raises for what a server does.

        It waits for those that play, and holds up all others meanwhile.
        """
        self._emit(ScenarioStarted(self.server.spec, scenario.id))
        excused = self._excused(scenario, repeat)
        if excused is not None:
            return excused
        async with self._gate.alone():
            take = await self._take(scenario)
        event = self._event(scenario, repeat, take, await self._judged(take, scenario))
        self._emit(event)
        return event

    async def decide(
        self, plays: Sequence[tuple[Scenario, int]]
    ) -> AsyncIterator[ScenarioFinished]:
        """Play alone, one after the other, what attempts beside others left in doubt; tell of it.

        Who brought a crash or death to light and does not bring it about is told of last: it is
        cleared if one of the others brings it about.
        """
        explained = self._explained
        cleared: list[tuple[Scenario, int, Take, Judgement]] = []
        for scenario, repeat in plays:
            _, doubt = self._doubts[scenario.id, repeat]
            excused = self._excused(scenario, repeat)
            if excused is not None:
                del self._doubts[scenario.id, repeat]
                yield excused
                continue
            async with self._gate.alone():
                await self._look(connect=False)  # what the log still holds is not this one's
                take = await self._take(scenario)
            judgement = await self._judged(take, scenario)
            if doubt.witness and not take.witness:
                cleared.append((scenario, repeat, take, judgement))
                continue
            if take.witness:  # as it did, for sure, each time before
                explained += 1 + doubt.again - doubt.witness
            yield self._decided(scenario, repeat, take, judgement)
        for number, (scenario, repeat, take, judgement) in enumerate(cleared):
            if number >= explained:
                _, doubt = self._doubts[scenario.id, repeat]
                findings = (*judgement.findings, found_in_company(doubt.health))
                verdict = max(judgement.verdict, Verdict.WARN)
                told = replace(judgement, findings=findings, verdict=verdict)
            else:
                told = judgement
            yield self._decided(scenario, repeat, take, told)

    def _decided(
        self, scenario: Scenario, repeat: int, take: Take, judgement: Judgement
    ) -> ScenarioFinished:
        event = self._event(scenario, repeat, take, judgement)
        del self._doubts[scenario.id, repeat]
        self._emit(event)
        return event

    def leave_in_doubt(self) -> None:
        """Tell of what was attempted and cannot be repeated alone any more."""
        reason = "it failed beside others, and the run ended before it was played alone"
        for (_, repeat), (scenario, take) in self._doubts.items():
            judgement = Judgement(Verdict.INCONCLUSIVE, (), reason=reason)
            health = Health(running=True, answers=True)
            untold = replace(take, health=health)
            self._emit(self._event(scenario, repeat, untold, judgement))
        self._doubts.clear()

    def _event(
        self, scenario: Scenario, repeat: int, take: Take, judgement: Judgement
    ) -> ScenarioFinished:
        spec = self.server.spec
        findings = judgement.findings + found(take.health)
        outcome = Outcome(
            scenario=scenario.id,
            server=spec,
            verdict=max([judgement.verdict, *(finding.verdict for finding in findings)]),
            findings=findings,
            reason=judgement.reason,
            behaviours=judgement.behaviours,
            seconds=take.seconds,
            repeat=repeat,
        )
        path = self._store.transcript(spec, scenario.id, repeat, take.played.transcript)
        bad = take.played.hung or bool(take.health.crashes)
        return self._told(scenario, outcome, path, self.server.log() if bad else "")

    def _excused(self, scenario: Scenario, repeat: int) -> ScenarioFinished | None:
        """Tell of what cannot be played at all."""
        missing = self._missing(scenario)
        if not missing and not self.lost:
            return None
        reason = "the server was lost" if self.lost else missing
        verdict = Verdict.INCONCLUSIVE if self.lost else Verdict.SKIP
        outcome = Outcome(scenario.id, self.server.spec, verdict, reason=reason, repeat=repeat)
        event = self._told(scenario, outcome, "", "")
        self._emit(event)
        return event

    def _told(
        self, scenario: Scenario, outcome: Outcome, transcript: str, log: str
    ) -> ScenarioFinished:
        event = ScenarioFinished(
            outcome=outcome,
            title=scenario.title,
            file=scenario.file,
            text=self._store.scenario(scenario),
            transcript=transcript,
            why=scenario.why,
            rules=scenario.rules,
            tags=scenario.tags,
            log=log,
            word=word_for(scenario),
        )
        return event if self._annotate is None else self._annotate(event)

    def _missing(self, scenario: Scenario) -> str:
        """Return that the server, or this machine, lacks what the scenario needs; empty if not."""
        for actor in scenario.actors:
            if actor.client and find_spec(actor.client) is None:
                return f"{actor.client} is not installed here"
        info = self.server.info if not self.lost else None
        words = self._offered | {word.upper() for word in (info.services if info else ())}
        words |= {word.upper() for word in (info.features if info else ())}
        if info and info.facts.get("separator") == "/":
            words |= {"SLASH"}
        for alternatives in scenario.needs:
            if not any(word.upper() in words for word in alternatives):
                return f"the server has no {' or '.join(alternatives)}"
        return ""

    async def _take(self, scenario: Scenario) -> Take:
        async with self._mending:  # a server that is being started again is no stage
            start = perf_counter()
            generation = self._generation
        self._count += 1
        mine, company = self._count, self._playing > 0
        header = {"scenario": scenario.id, "server": self.server.spec}
        recorder = Recorder(header)
        self._playing += 1
        try:
            played = await play(
                scenario,
                self.server,
                f"{self._run}-{mine}",
                recorder,
                self._settings,
                self._offered,
            )
        except (Unplayable, Refused, ServerError) as reason:
            recorder.note("server", note="refused", reason=str(reason))
            played = Played(recorder.transcript)
        finally:
            self._playing -= 1
        company = company or self._count > mine
        health = await self._look(connect=played.hung)
        if played.cut and not played.hung:
            patience = _LOGGED if company else _LOGGED_ALONE
            while patience > 0 and health.running and not health.crashes:
                await asyncio.sleep(_LOGGED)
                patience -= _LOGGED
                health = await self._look(connect=False)
        self._unexplained += bool(health.crashes)
        ill = not health.running or (played.hung and not health.answers)
        if played.cut and not ill:
            async with self._mending:  # who is mending it may have cut the connection
                pass
        mended = not (ill and await self._mend(generation)) and self._generation != generation
        seconds = perf_counter() - start
        return Take(played, seconds, health, company=company, mended=mended, blind=self._blind)

    async def _judged(self, take: Take, scenario: Scenario) -> Judgement:
        if take.blind:
            return Judgement(Verdict.INCONCLUSIVE, (), reason="the server was lost")
        return await self._judge(take.played.transcript, scenario)

    async def _look(self, *, connect: bool) -> Health:
        try:
            return await self.server.health(connect=connect)
        except EngineError as error:
            if not self.lost:
                self._lose(error)
            self._blind = True
            return Health(running=True, answers=True)
        except ServerError:
            return Health(running=False, answers=False)

    @staticmethod
    def _doubtful(take: Take, event: ScenarioFinished) -> bool:
        """Whether another scenario may have done to the server what this one suffered.

        What a baseline expects of this one is in no doubt, unless it did not come to one that
        was cut: the log may have told another of the crash.
        """
        if take.played.cut and event.mended:
            return True
        if take.mended and event.outcome.verdict > Verdict.SKIP:
            return True
        return suffered(event, "progress", "health")

    async def _mend(self, generation: int) -> bool:
        """Start the server again, unless that was done since ``generation``; return whether.

        Who plays meanwhile loses the connection and is in doubt; waiting for all of them first
        would cost each its longest wait.
        """
        async with self._mending:
            if self.lost or self._generation != generation:
                return False
            try:
                await self.server.kill()
            except ServerError as error:
                self._lose(error)
            self._generation += 1
            return True

    def _lose(self, error: ServerError | Refused) -> None:
        self.lost = True
        hint = error.hint if isinstance(error, ServerError) else ""
        log = error.log if isinstance(error, ServerError) else self.server.log()
        self._emit(ServerLost(self.server.spec, str(error), hint, log))

    async def _ask(self) -> frozenset[str]:
        """Return the capabilities after login."""
        account = self.server.credentials(f"{self._run}-0", "alice")
        recorder = Recorder({})
        setup = Setup(self.server, "alice", account, recorder, self._settings.within)
        try:
            offered = await setup.capabilities()
            await setup.close()
        finally:
            setup.drop()
        return offered


async def open_all(stages: list[Stage]) -> list[Stage]:
    """Start all servers side by side and return those that can be played on."""
    opened = await asyncio.gather(*(stage.open() for stage in stages))
    return [stage for stage, ready in zip(stages, opened, strict=True) if ready]
