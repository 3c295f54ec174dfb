"""Judge a transcript by its scenario: run every check over it and bring the findings together."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from conformance.check.always.behaviours import Behaviours
from conformance.check.always.registry import always
from conformance.check.base import Check
from conformance.check.expectations import Expectations, step_at
from conformance.check.grammar import Grammar
from conformance.check.progress import Progress
from conformance.check.replay import Replay
from conformance.scenario.model import Scenario
from conformance.verdict import Finding, Verdict, worst
from conformance.wire.transcript import Event, Kind, Transcript

__all__ = ["Judgement", "judge"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was made of a transcript.

    reason  why it could not be judged, or not to the end; empty otherwise
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    reason: str = ""
    behaviours: Mapping[str, str] = field(default_factory=dict)


def judge(
    transcript: Transcript, scenario: Scenario, unasked: Sequence[Check] | None = None
) -> Judgement:
    """Return the judgement of ``transcript``; the same for the same two, whenever it is asked.

    unasked  the checks beside the scenario's expectations, its progress and the grammar;
             all always-on ones if not given
    A check that crashes is an error of ours and shown as one.
    """
    expectations = Expectations(scenario)
    checks: list[Check] = [
        expectations,
        Progress(scenario),
        Grammar(),
        *(always() if unasked is None else unasked),
    ]
    choices = [check for check in checks if isinstance(check, Behaviours)]
    walk = _Walk(scenario, checks)
    with _uncollected():
        for index, event in enumerate(transcript.events):
            walk.see(index, event)
        walk.end()
    findings = tuple(walk.findings)
    verdict = worst(findings)
    if walk.reason and verdict < Verdict.INCONCLUSIVE:
        verdict = Verdict.INCONCLUSIVE
    behaviours = dict(expectations.behaviours)
    for choice in choices:
        behaviours = choice.seen | behaviours
    return Judgement(verdict, findings, walk.reason, behaviours)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector out: what checks remember is much, and hardly ever a cycle.

    It would walk through all of it again and again; reference counts free the rest.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


class _Walk:
    """Shows events to checks, and says of each finding in which step it fell."""

    def __init__(self, scenario: Scenario, checks: list[Check]) -> None:
        self.scenario = scenario
        self.checks = checks
        self.replay = Replay()
        self.findings: list[Finding] = []
        self.reason = ""
        self._steps: dict[str, str] = {}

    def see(self, index: int, event: Event) -> None:
        self.replay.feed(event)
        if event.kind is Kind.NOTE:
            self._note(event)
        for check in list(self.checks):
            self._run(check, index, event)

    def end(self) -> None:
        for check in list(self.checks):
            self._run(check, None, None)

    def _run(self, check: Check, index: int | None, event: Event | None) -> None:
        try:
            found: Iterable[Finding]
            if index is None or event is None:
                found = check.end(self.replay)
            else:
                found = check.see(index, event, self.replay)
            for finding in found:
                self._add(finding, event)
        except Exception as error:  # noqa: BLE001 - a crash of a check is an error, not a pass
            self.checks.remove(check)
            self.findings.append(
                Finding(
                    check=check.name,
                    verdict=Verdict.ERROR,
                    message=f"the check itself failed: {type(error).__name__}: {error}",
                    key="crash",
                    culprit=index,
                )
            )

    def _note(self, event: Event) -> None:
        note = event.note()
        match note["note"]:
            case "begin":
                self._steps[event.actor] = note["step"]
            case "refused":
                self.reason = note["reason"]
            case "unplayable":
                self.reason = f"step {note['step']}: {note['reason']}"

    def _add(self, finding: Finding, event: Event | None) -> None:
        actor = finding.actor or (event.actor if event is not None else "")
        path = self._steps.get(actor)
        step = None if path is None else step_at(self.scenario, path)
        self.findings.append(
            replace(
                finding,
                actor=actor,
                step=finding.step if path is None else int(path.split(".")[0]),
                place=finding.place or (step.place if step is not None else None),
            )
        )
