"""Does each ``must`` and ``must not`` line notice when it is broken? Mutates recorded plays.

RUN=out[:other] python -m tests.benchmarks mutations

For each line of each step: the responses that met a ``must`` are taken away, or changed
word by word; a response that a ``must not`` forbids is added; a completion becomes another.
Then the play is judged again. A line is caught if some play's verdict turns to fail at that
very line. A branch of ``either`` that fitted is looked at as if it were the only one: to
break it may make another one fit, which is legal.
"""

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.check.assign import fits
from conformance.cli.selecting import scenarios
from conformance.scenario.model import Level, Pattern, Scenario, Step
from conformance.scenario.pattern import Any, Atom, Capture, Node, Rest, parse_pattern
from conformance.verdict import Finding, Verdict
from tests.benchmarks._mutants import added, forbidden, otherwise, refused, variants
from tests.benchmarks._recorded import Moment, Play, plays


@dataclass(slots=True)
class _Tally:
    """What became of a line over all plays.

    met     in some play it held, so that it could be broken
    caught  breaking it turned the verdict to fail; told: changing a word did
    plain   there is no word to change in what it asks for
    """

    kind: str
    line: str
    met: bool = False
    caught: bool = False
    told: bool = False
    plain: bool = False

    @property
    def done(self) -> bool:
        """Whether no other play can say more of it."""
        return self.caught and (self.told or self.plain)


def _caught(found: Sequence[Finding], pattern: Pattern) -> bool:
    return any(f.verdict is Verdict.FAIL and f.place == pattern.place for f in found)


def _lines(step: Step) -> Iterator[tuple[str, str, Pattern]]:
    """Yield key, kind and pattern of each line; a case's lines are those of its file."""
    expected = step.expectations
    for level in (Level.MUST, Level.MUST_NOT):
        for pattern in expected.at(level):
            yield f"{pattern.place} {level.value}", level.value, pattern
    ends = expected.ends
    if ends is not None and not step.either and not _free(ends.text):
        yield f"{ends.place} ends", "ends", ends


def _must(play: Play, moment: Moment, pattern: Pattern, tally: _Tally) -> None:
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
    tally.caught |= _caught(play.findings(moment, otherwise(play.transcript, gone)), pattern)
    tally.plain |= all(isinstance(n, Any | Capture | Rest | Atom) for n in parsed[1:]) and not any(
        isinstance(n, Atom) and n.text.isdigit() for n in parsed
    )
    made = {i.index: list(variants(play.transcript.events[i.index].octets)) for i in items}
    for at in range(max(map(len, made.values()))):
        changes = {index: several[at] for index, several in made.items() if at < len(several)}
        if not tally.told:
            found = play.findings(moment, otherwise(play.transcript, changes))
            tally.told = _caught(found, pattern)


def _loose(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the pattern with anything for what was captured."""
    return tuple(Any() if isinstance(node, Capture) else node for node in nodes)


def _must_not(play: Play, moment: Moment, pattern: Pattern, tally: _Tally) -> None:
    parsed = parse_pattern(pattern.text)
    span = (moment.actor, moment.after, moment.at)
    for octets in forbidden(parsed, moment.facts, moment.captures, imap=moment.imap):
        for first in (False, True):
            mutant = added(play.transcript, *span, octets, first=first)
            if _caught(play.findings(moment, mutant), pattern):
                tally.caught = tally.told = True
                return


def _ends(play: Play, moment: Moment, pattern: Pattern, tally: _Tally) -> None:
    tagged = moment.window.tagged
    if tagged is None:
        return
    for other in refused(play.transcript.events[tagged.index].octets):
        found = play.findings(moment, otherwise(play.transcript, {tagged.index: other}))
        tally.caught |= any(f.verdict is Verdict.FAIL for f in found)
    tally.told = tally.caught


_TRY = {"must": _must, "must not": _must_not, "ends": _ends}


def measure(folders: Sequence[Path]) -> dict[str, _Tally]:
    """Return each line that was played, by its place, with what became of it."""
    tallies: dict[str, _Tally] = {}

    def wanted(scenario: Scenario) -> bool:
        keys = (key for key, _, _ in _all(scenario.steps))
        return not all(key in tallies and tallies[key].done for key in keys)

    for play in (play for folder in folders for play in plays(folder, wanted)):
        try:
            play.recall()
        except (IndexError, KeyError):
            continue  # the scenario was changed since
        for whole, moment in _branches(play):
            lines = [
                (kind, pattern, tallies.setdefault(key, _Tally(kind, f"{key}: {pattern.text}")))
                for key, kind, pattern in _lines(moment.step)
            ]
            lines = [line for line in lines if not line[2].done]
            if not lines or any(f.verdict is Verdict.FAIL for f in whole.findings(moment)):
                continue  # what is broken already tells nothing
            for kind, pattern, tally in lines:
                if kind == "ends" and moment.window.tagged is None:
                    continue  # nothing came that could be another completion
                tally.met = True
                _TRY[kind](whole, moment, pattern, tally)
    return tallies


def _free(ends: str) -> bool:
    """Whether no completion of a command can break ``ends``."""
    return ends in ("any", "BYE") or {"OK", "NO", "BAD"} <= set(ends.split(" | "))


def _branches(play: Play) -> Iterator[tuple[Play, Moment]]:
    """Yield each step as it was played, and each branch of its ``either`` as the step's own."""
    for moment in play.moments:
        yield play, moment
        for step in _alone(moment.step):
            scenario = replace(play.scenario, steps=_with(play.scenario.steps, moment.path, step))
            yield replace(play, scenario=scenario), replace(moment, step=step)


def _alone(step: Step) -> Iterator[Step]:
    for branch in step.either:
        expected = branch.expectations
        if expected.ends is None:
            expected = replace(expected, ends=step.expectations.ends)
        yield replace(step, expectations=expected, either=())


def _with(steps: tuple[Step, ...], path: str, step: Step) -> tuple[Step, ...]:
    first, _, rest = path.partition(".")
    at = int(first)
    if rest:
        lane, _, rest = rest.partition(".")
        lanes = list(steps[at].together)
        lanes[int(lane)] = _with(lanes[int(lane)], rest, step)
        step = replace(steps[at], together=tuple(lanes))
    return (*steps[:at], step, *steps[at + 1 :])


def _all(steps: Iterable[Step]) -> Iterator[tuple[str, str, Pattern]]:
    for step in steps:
        yield from _lines(step)
        for alone in _alone(step):
            yield from _lines(alone)
        for lane in step.together:
            yield from _all(lane)


def main() -> None:
    """Print the shares and the lines that were not caught."""
    folders = [Path(name) for name in os.environ.get("RUN", "out").split(":")]
    if missing := [str(folder) for folder in folders if not (folder / "run.jsonl").is_file()]:
        print(f"no run in {', '.join(missing)}: RUN names the folder of one")
        return
    begin = time.perf_counter()
    tallies = measure(folders)
    corpus = {key for one in scenarios([]) for key, _, _ in _all(one.steps)}
    met = {key: tally for key, tally in tallies.items() if tally.met}
    print(f"{len(corpus & met.keys())} of {len(corpus)} lines were met by some play")
    counts = Counter((tally.kind, tally.caught) for tally in met.values())
    for kind in ("must", "must not", "ends"):
        caught, all_ = counts[kind, True], counts[kind, True] + counts[kind, False]
        print(f"{kind:9} {caught:5} of {all_:5} lines caught  {caught / max(all_, 1):.1%}")
    musts = [tally for tally in tallies.values() if tally.kind == "must" and tally.caught]
    weak = [tally for tally in musts if not tally.told and not tally.plain]
    print(f"{len(weak)} must lines notice no changed word; {time.perf_counter() - begin:.0f} s")
    for tally in sorted(tallies.values(), key=lambda tally: tally.line):
        if not tally.caught:
            print("not caught:" if tally.met else "met by no play:", tally.line)
    for tally in sorted(weak, key=lambda tally: tally.line):
        print("words not told apart:", tally.line)
