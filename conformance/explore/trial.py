"""One play of one session, by the same player and the same checks as any scenario."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from conformance.check.expectations import step_at
from conformance.events import Event, ScenarioFinished, ServerReady
from conformance.play.player import Settings
from conformance.play.stage import Annotate, Stage
from conformance.play.store import Store
from conformance.scenario.model import Scenario
from conformance.servers.base import Server
from conformance.verdict import Finding, Verdict
from conformance.wire.transcript import Transcript

__all__ = ["Mark", "Trial", "Trials", "mark"]

Mark = str
"""What makes a finding the same one in another session."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a play brought.

    findings    by their marks, without those that a baseline expects
    reason      why it was not judged to the end; empty if it was
    known       how many findings a baseline expects
    wrong       the steps (from 0) that did not complete as the scenario says
    """

    scenario: Scenario
    findings: Mapping[Mark, Finding]
    transcript: Transcript = field(default_factory=Transcript)
    reason: str = ""
    known: int = 0
    wrong: frozenset[int] = frozenset()


def mark(finding: Finding, scenario: Scenario) -> Mark:
    """Return eight hex digits: check, rule and key, whichever session and client it was.

    For what always-on checks find they are the fingerprint of baselines. A step that
    never ended is told apart by what was done in it.
    """
    if finding.everywhere:
        return finding.fingerprint("")
    doing = ""
    if finding.check == "progress" and finding.step is not None:
        try:
            step = step_at(scenario, str(finding.step))
            doing = step.verb or " ".join(step.command.split()[:1]).upper()
        except (IndexError, ValueError):
            doing = ""
    parts = (finding.check, finding.rule, finding.key or finding.message, doing)
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:8]


class _Memory(Store):
    """Keeps transcripts for whoever played, not on disk."""

    def __init__(self) -> None:
        super().__init__(Path())
        self.kept: dict[str, Transcript] = {}

    def scenario(self, scenario: Scenario) -> str:  # noqa: ARG002 - nothing is kept
        return ""

    def transcript(
        self,
        server: str,  # noqa: ARG002 - there is one
        scenario: str,
        repeat: int,  # noqa: ARG002 - nothing is repeated under one name
        transcript: Transcript,
    ) -> str:
        self.kept[scenario] = transcript
        return ""


class Trials:
    """Plays sessions on one running server, each with accounts of its own.

    plays         how many there were
    capabilities  what the server offers after login, in upper case, once it is open
    """

    def __init__(
        self,
        server: Server,
        settings: Settings,
        scope: str,
        emit: Callable[[Event], None],
        *,
        annotate: Annotate | None = None,
        strict: bool = False,
    ) -> None:
        """Prepare.

        scope     a word that makes this run's accounts its own
        annotate  marks the findings that a baseline expects
        strict    whether a broken SHOULD is a finding, too
        """
        self._memory = _Memory()
        self._stage = Stage(server, settings, self._memory, self._hear, scope, annotate)
        self._emit = emit
        self._worst = Verdict.WARN if strict else Verdict.FAIL
        self.capabilities: frozenset[str] = frozenset()
        self.plays = 0

    def _hear(self, event: Event) -> None:
        if isinstance(event, ServerReady):
            self.capabilities = frozenset(word.upper() for word in event.capabilities)
        self._emit(event)

    @property
    def lost(self) -> bool:
        """Whether the server is gone for good."""
        return self._stage.lost

    async def open(self) -> bool:
        """Start the server; return whether it can be played on."""
        return await self._stage.open()

    async def close(self) -> None:
        """Remove the server."""
        await self._stage.close()

    async def play(self, scenario: Scenario) -> Trial:
        """Play and judge ``scenario``; its id must be its own."""
        self.plays += 1
        try:
            event = await self._stage.attempt(scenario)
            if event is None:  # others may be to blame
                event = await self._stage.perform(scenario)
        except Exception as error:  # noqa: BLE001 - one session that cannot be played ends no run
            return Trial(scenario, {}, reason=f"the player failed: {type(error).__name__}: {error}")
        transcript = self._memory.kept.pop(scenario.id, Transcript())
        return self._trial(scenario, event, transcript)

    def _trial(self, scenario: Scenario, event: ScenarioFinished, transcript: Transcript) -> Trial:
        found: dict[Mark, Finding] = {}
        wrong = set()
        known = 0
        for finding in event.outcome.findings:
            if finding.check == "expectation":
                wrong.add(-1 if finding.step is None else finding.step)
            elif finding.verdict < self._worst:
                continue
            elif finding.fingerprint(scenario.id) in event.known:
                known += 1
            else:
                found.setdefault(mark(finding, scenario), finding)
        reason = event.outcome.reason
        return Trial(scenario, found, transcript, reason, known, frozenset(wrong))
