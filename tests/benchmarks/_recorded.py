"""Recorded plays, step by step, with what was known before each step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance.check.expectations import Expectations, step_at
from conformance.check.facts import Captures, Facts
from conformance.check.replay import Replay
from conformance.check.window import Window, window
from conformance.events import ScenarioFinished
from conformance.reports.recording import recording
from conformance.reports.run_jsonl import read_run
from conformance.scenario.loader import read_all
from conformance.scenario.locate import message_folders
from conformance.scenario.model import Scenario, Step
from conformance.verdict import Finding
from conformance.wire.transcript import Transcript

__all__ = ["Moment", "Play", "plays"]

_LONG = 4_000  # events: such plays are told by shorter ones, too


@dataclass(frozen=True, slots=True)
class Moment:
    """A step as it was played, with what was known before it."""

    path: str
    step: Step
    actor: str
    after: int
    at: int
    window: Window
    captures: Captures
    facts: Facts
    imap: bool
    end: int


@dataclass(slots=True)
class Play:
    """A scenario with its transcript, and its steps as they were played once ``recall`` is called."""

    scenario: Scenario
    transcript: Transcript
    moments: list[Moment] = field(default_factory=list)

    def recall(self) -> None:
        """Walk through the transcript and note each step; IndexError if they do not belong together."""
        _walk(self.transcript, self.scenario, into=self.moments)

    def findings(self, moment: Moment, mutant: Transcript | None = None) -> list[Finding]:
        """Return what the expectations of a step say of a mutant, or of what was played."""
        mutant = mutant or self.transcript
        grown = len(mutant.events) - len(self.transcript.events)
        return _walk(mutant, self.scenario, moment.path, moment.end + grown)


def _walk(
    transcript: Transcript,
    scenario: Scenario,
    path: str = "",
    last: int | None = None,
    into: list[Moment] | None = None,
) -> list[Finding]:
    """Return the findings of the step at ``path``; put each step as it was played ``into`` a list."""
    replay, expectations = Replay(), Expectations(scenario)
    marker = f'"step":"{path}"'.encode()
    found: list[Finding] = []
    for index, event in enumerate(transcript.events):
        if last is not None and index > last:
            break
        replay.feed(event)
        if event.kind != "=" or b'"note":"end"' not in event.octets:
            continue
        before = expectations._captures
        if into is not None:
            note = event.note()
            track = replay.track(event.actor)
            seen = window(track, note["after"], note["at"])
            step = step_at(scenario, note["step"])
            facts = replace(replay.facts, uids=dict(replay.facts.uids))
            after, at = note["after"], note["at"]
            imap = track.session is not None
            into.append(
                Moment(note["step"], step, event.actor, after, at, seen, before, facts, imap, index)
            )
        told = list(expectations.see(index, event, replay))
        if path and marker in event.octets:
            found += told
    return found


def plays(folder: Path, wanted: Callable[[Scenario], bool]) -> Iterator[Play]:
    """Yield the plays of a run whose scenario is still what it was then, and is ``wanted``."""
    known: dict[str, Scenario | None] = {}
    for event in read_run(folder):
        if not isinstance(event, ScenarioFinished) or not event.transcript:
            continue
        name = event.outcome.scenario
        if name not in known:
            known[name] = _scenario(event, folder)
        scenario = known[name]
        if scenario is None or not wanted(scenario):
            continue
        transcript = recording(folder, event).transcript
        if transcript is not None and len(transcript.events) < _LONG:
            yield Play(scenario, transcript)


def _scenario(event: ScenarioFinished, folder: Path) -> Scenario | None:
    stored, present = folder / event.text, Path(event.file)
    if not present.is_file() or stored.read_bytes() != present.read_bytes():
        return None
    name = event.outcome.scenario
    several = read_all(
        stored.read_text(encoding="utf-8"),
        event.file,
        name.partition("[")[0],
        message_folders(event.file),
        folder / "scenarios",
    )
    return next((scenario for scenario in several if scenario.id == name), None)
