"""Does each ``must`` and ``must not`` line notice when it is broken? Mutates recorded plays.

RUN=out[:other] python -m tests.benchmarks mutations

For each line of each step: the responses that met a ``must``
are taken away, or changed word by word; a response that a ``must not`` forbids is added;
a completion becomes its opposite. Then the play is judged again. A line is caught if some
play's verdict turns to fail at that very line. Lines inside ``either`` are legal choices:
breaking one may make another branch fit, so they are counted apart.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance.check.assign import fits
from conformance.check.expectations import Expectations, step_at
from conformance.check.facts import Captures, Facts
from conformance.check.replay import Replay
from conformance.check.window import Window, window
from conformance.events import ScenarioFinished
from conformance.reports.recording import recording
from conformance.reports.run_jsonl import read_run
from conformance.scenario.loader import read_all
from conformance.scenario.locate import message_folders
from conformance.scenario.model import Level, Pattern, Scenario, Step
from conformance.scenario.pattern import Any, Atom, Capture, Node, Rest, parse_pattern
from conformance.verdict import Finding, Verdict
from conformance.wire.transcript import Transcript
from tests.benchmarks._mutants import added, forbidden, otherwise, refused, variants

_LONG = 4_000  # events: such plays are told by shorter ones, too


@dataclass(slots=True)
class _Tally:
    """What became of a line over all plays: kind, and whether it was caught and told apart."""

    kind: str
    line: str
    caught: bool = False
    told: bool = False
    plain: bool = False


@dataclass(frozen=True, slots=True)
class _Moment:
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
class _Play:
    scenario: Scenario
    transcript: Transcript
    moments: list[_Moment] = field(default_factory=list)

    def findings(self, mutant: Transcript, moment: _Moment) -> list[Finding]:
        """Return what the expectations of a step say of a mutant."""
        grown = len(mutant.events) - len(self.transcript.events)
        return _walk(mutant, self.scenario, moment.path, moment.end + grown)


def _walk(
    transcript: Transcript,
    scenario: Scenario,
    path: str = "",
    last: int | None = None,
    into: list[_Moment] | None = None,
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
                _Moment(
                    note["step"], step, event.actor, after, at, seen, before, facts, imap, index
                )
            )
        told = list(expectations.see(index, event, replay))
        if path and marker in event.octets:
            found += told
    return found


def _caught(found: Sequence[Finding], pattern: Pattern) -> bool:
    return any(f.verdict is Verdict.FAIL and f.place == pattern.place for f in found)


def _lines(step: Step) -> Iterator[tuple[str, Pattern]]:
    for level in (Level.MUST, Level.MUST_NOT):
        for pattern in step.expectations.at(level):
            yield level.value, pattern


def _must(play: _Play, moment: _Moment, pattern: Pattern, tally: _Tally) -> None:
    parsed = parse_pattern(pattern.text)
    items = [
        item
        for item in moment.window.items
        if fits(_loose(parsed), item, moment.facts, {}) is not None
    ]
    if not items:
        return
    tagged = {item.index for item in items if item is moment.window.tagged}
    gone = {item.index: None for item in items if item.index not in tagged}
    for index in tagged:
        gone[index] = next(refused(play.transcript.events[index].octets), None)
    tally.caught |= _caught(play.findings(otherwise(play.transcript, gone), moment), pattern)
    tally.plain |= all(isinstance(n, Any | Capture | Rest | Atom) for n in parsed[1:]) and not any(
        isinstance(n, Atom) and n.text.isdigit() for n in parsed
    )
    made = {i.index: list(variants(play.transcript.events[i.index].octets)) for i in items}
    for at in range(max(map(len, made.values()))):
        changes = {index: several[at] for index, several in made.items() if at < len(several)}
        if not tally.told:
            found = play.findings(otherwise(play.transcript, changes), moment)
            tally.told = _caught(found, pattern)


def _loose(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the pattern with anything for what was captured."""
    return tuple(Any() if isinstance(node, Capture) else node for node in nodes)


def _must_not(play: _Play, moment: _Moment, pattern: Pattern, tally: _Tally) -> None:
    parsed = parse_pattern(pattern.text)
    span = (moment.actor, moment.after, moment.at)
    for octets in forbidden(parsed, moment.facts, moment.captures, imap=moment.imap):
        for first in (False, True):
            mutant = added(play.transcript, *span, octets, first=first)
            if _caught(play.findings(mutant, moment), pattern):
                tally.caught = tally.told = True
                return


def _ends(play: _Play, moment: _Moment, tally: _Tally) -> None:
    tagged = moment.window.tagged
    if tagged is None:
        return
    for other in refused(play.transcript.events[tagged.index].octets):
        found = play.findings(otherwise(play.transcript, {tagged.index: other}), moment)
        tally.caught |= any(f.verdict is Verdict.FAIL for f in found)
    tally.told = tally.caught


def _plays(folder: Path) -> Iterator[_Play]:
    for event in read_run(folder):
        if not isinstance(event, ScenarioFinished) or not event.transcript:
            continue
        if not _fresh(folder / event.text, Path(event.file)):
            continue
        transcript = recording(folder, event).transcript
        scenario = _scenario(event, folder)
        if transcript is not None and scenario and len(transcript.events) < _LONG:
            yield _Play(scenario, transcript)


def _scenario(event: ScenarioFinished, folder: Path) -> Scenario | None:
    text = (folder / event.text).read_text(encoding="utf-8")
    name = event.outcome.scenario
    several = read_all(
        text,
        event.file,
        name.partition("[")[0],
        message_folders(event.file),
        folder / "scenarios",
    )
    return next((scenario for scenario in several if scenario.id == name), None)


def _fresh(stored: Path, present: Path) -> bool:
    """Whether the scenario is still what it was when it was played."""
    return present.is_file() and stored.read_bytes() == present.read_bytes()


def measure(folders: Sequence[Path]) -> dict[str, _Tally]:
    """Return each line that was played, by its place, with what became of it."""
    tallies: dict[str, _Tally] = {}
    for play in (play for folder in folders for play in _plays(folder)):
        try:
            _walk(play.transcript, play.scenario, into=play.moments)
        except (IndexError, KeyError):
            continue  # the scenario was changed since
        for moment in play.moments:
            whole = play.findings(play.transcript, moment)
            if any(finding.verdict is Verdict.FAIL for finding in whole):
                continue  # what is broken already tells nothing
            for kind, pattern in _lines(moment.step):
                key = f"{pattern.place or play.scenario.id} {kind} {pattern.text}"
                line = f"{pattern.place}  {kind}: {pattern.text}"
                tally = tallies.setdefault(key, _Tally(kind, line))
                if tally.caught and tally.told:
                    continue
                (_must if kind == "must" else _must_not)(play, moment, pattern, tally)
            ends = moment.step.expectations.ends
            if ends is not None and ends.text != "any" and not moment.step.either:
                key = f"{ends.place} ends"
                tally = tallies.setdefault(key, _Tally("ends", f"{ends.place}  ends: {ends.text}"))
                if not tally.caught and ends.text != "BYE":
                    _ends(play, moment, tally)
    return tallies


def main() -> None:
    """Print the shares and the lines that were not caught."""
    folders = [Path(name) for name in os.environ.get("RUN", "out").split(":")]
    if missing := [str(folder) for folder in folders if not (folder / "run.jsonl").is_file()]:
        print(f"no run in {', '.join(missing)}: RUN names the folder of one")
        return
    begin = time.perf_counter()
    tallies = measure(folders)
    counts = Counter((tally.kind, tally.caught) for tally in tallies.values())
    for kind in ("must", "must not", "ends"):
        caught, all_ = counts[kind, True], counts[kind, True] + counts[kind, False]
        print(f"{kind:9} {caught:5} of {all_:5} lines caught  {caught / max(all_, 1):.1%}")
    musts = [tally for tally in tallies.values() if tally.kind == "must" and tally.caught]
    weak = [tally for tally in musts if not tally.told and not tally.plain]
    print(f"{len(weak)} must lines notice no changed word; {time.perf_counter() - begin:.0f} s")
    for tally in sorted(tallies.values(), key=lambda tally: tally.line):
        if not tally.caught:
            print("not caught:", tally.line)
    for tally in sorted(weak, key=lambda tally: tally.line):
        print("words not told apart:", tally.line)
