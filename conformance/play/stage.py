"""One server with the scenarios that are played on it: it is started, watched, mended, removed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from time import perf_counter

from conformance.check.judge import Judgement
from conformance.events import Event, ScenarioFinished, ScenarioStarted, ServerLost, ServerReady
from conformance.play.fill import Unplayable
from conformance.play.gate import Gate
from conformance.play.judges import Judge, judge_here
from conformance.play.outside import disturbs, may_break
from conformance.play.player import Played, Settings, play
from conformance.play.recorder import Recorder
from conformance.play.setup import Refused, Setup
from conformance.play.store import Store
from conformance.scenario.model import Scenario
from conformance.servers.base import Health, Server, ServerError
from conformance.verdict import Finding, Outcome, Verdict

__all__ = ["Stage"]

Emit = Callable[[Event], None]
Annotate = Callable[[ScenarioFinished], ScenarioFinished]


@dataclass(frozen=True, slots=True)
class _Take:
    """A play with its judgement.

    generation  the start of the server that it began on
    company     whether other scenarios were played meanwhile
    """

    played: Played
    judgement: Judgement
    generation: int
    seconds: float
    health: Health
    company: bool = False


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
        self._settings = settings
        self._store = store
        self._emit = emit
        self._run = run
        self._annotate = annotate
        self._judge = judge
        self._gate = Gate()
        self._generation = 0
        self._count = 0
        self._offered: frozenset[str] = frozenset()

    async def open(self) -> bool:
        """Start the server and ask what it offers; return whether it can be played on."""
        start = perf_counter()
        try:
            await self.server.start()
            may_break(self.server)
            self._offered = await self._ask()
        except (ServerError, Refused) as error:
            self._lose(error)
            return False
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

    async def perform(self, scenario: Scenario, repeat: int = 0) -> ScenarioFinished:
        """Play and judge ``scenario`` and tell of it; never raises for what a server does."""
        spec = self.server.spec
        self._emit(ScenarioStarted(spec, scenario.id))
        missing = self._missing(scenario)
        if missing or self.lost:
            reason = "the server was lost" if self.lost else missing
            verdict = Verdict.INCONCLUSIVE if self.lost else Verdict.SKIP
            outcome = Outcome(scenario.id, spec, verdict, reason=reason, repeat=repeat)
            return self._tell(scenario, outcome, "", "")
        turn = self._gate.alone if disturbs(scenario) else self._gate.shared
        async with turn():
            take = await self._take(scenario)
            take = replace(take, company=self._gate.company)
        if (
            self._ailing(take)
            or self._generation != take.generation
            or (take.company and self._suspect(take))
        ):
            take = await self._again(scenario, take)
        findings = take.judgement.findings + self._crash_findings(take.health)
        outcome = Outcome(
            scenario=scenario.id,
            server=spec,
            verdict=max([take.judgement.verdict, *(finding.verdict for finding in findings)]),
            findings=findings,
            reason=take.judgement.reason,
            behaviours=take.judgement.behaviours,
            seconds=take.seconds,
            repeat=repeat,
        )
        path = self._store.transcript(spec, scenario.id, repeat, take.played.transcript)
        bad = take.played.hung or bool(take.health.crashes)
        return self._tell(scenario, outcome, path, self.server.log() if bad else "")

    def _tell(
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
        )
        if self._annotate is not None:
            event = self._annotate(event)
        self._emit(event)
        return event

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

    async def _take(self, scenario: Scenario) -> _Take:
        start = perf_counter()
        generation = self._generation
        self._count += 1
        header = {"scenario": scenario.id, "server": self.server.spec}
        recorder = Recorder(header)
        try:
            played = await play(
                scenario,
                self.server,
                f"{self._run}-{self._count}",
                recorder,
                self._settings,
                self._offered,
            )
        except (Unplayable, Refused, ServerError) as reason:
            recorder.note("server", note="refused", reason=str(reason))
            played = Played(recorder.transcript)
        health = await self._look(connect=played.hung)
        judgement = await self._judge(played.transcript, scenario)
        return _Take(played, judgement, generation, perf_counter() - start, health)

    async def _look(self, *, connect: bool) -> Health:
        try:
            return await self.server.health(connect=connect)
        except ServerError:
            return Health(running=False, answers=False)

    @staticmethod
    def _ailing(take: _Take) -> bool:
        return not take.health.running or (take.played.hung and not take.health.answers)

    @staticmethod
    def _suspect(take: _Take) -> bool:
        """Whether the server, or a process of it, may have died by this scenario or by another."""
        lost = any(f.check == "progress" for f in take.judgement.findings)
        return lost or bool(take.health.crashes)

    async def _again(self, scenario: Scenario, take: _Take) -> _Take:
        """Mend the server; play alone what went wrong while others may have been the cause."""
        async with self._gate.alone():
            ill = self._ailing(take) and self._generation == take.generation
            if ill and not await self._mend():
                return take
            if take.judgement.verdict <= Verdict.SKIP and not take.health.crashes:
                return take
            second = await self._take(scenario)
            if self._ailing(second):
                await self._mend()
        if take.health.crashes and not second.health.crashes:
            # Some scenario did it; each that lost its connection is played alone as well.
            findings = (*second.judgement.findings, _crash_in_company(take.health))
            verdict = max(second.judgement.verdict, Verdict.WARN)
            judgement = replace(second.judgement, findings=findings, verdict=verdict)
            second = replace(second, judgement=judgement)
        return second

    async def _mend(self) -> bool:
        """Start the server again; return whether that worked."""
        self._generation += 1
        try:
            await self.server.kill()
        except ServerError as error:
            self._lose(error)
            return False
        return True

    def _lose(self, error: ServerError | Refused) -> None:
        self.lost = True
        hint = error.hint if isinstance(error, ServerError) else ""
        log = error.log if isinstance(error, ServerError) else self.server.log()
        self._emit(ServerLost(self.server.spec, str(error), hint, log))

    def _crash_findings(self, health: Health) -> tuple[Finding, ...]:
        findings = []
        if not health.running:
            findings.append(
                Finding("health", Verdict.FAIL, "the server died while this was played", key="died")
            )
        if health.crashes:
            findings.append(
                Finding(
                    "health",
                    Verdict.FAIL,
                    "the server's log tells of a crash",
                    key="crash in log",
                    detail=tuple(health.crashes[:10]),
                )
            )
        return tuple(findings)

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


def _crash_in_company(health: Health) -> Finding:
    return Finding(
        check="health",
        verdict=Verdict.WARN,
        message="the server log told of a crash while several were played, and not alone",
        key="crash in company",
        detail=tuple(health.crashes[:10]),
    )


async def open_all(stages: list[Stage]) -> list[Stage]:
    """Start all servers side by side and return those that can be played on."""
    opened = await asyncio.gather(*(stage.open() for stage in stages))
    return [stage for stage, ready in zip(stages, opened, strict=True) if ready]
