"""What is well-formed and still wrong: found without a server, from the scenario alone."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

from conformance.scenario.capabilities import capabilities, is_known
from conformance.scenario.cases import BLANK
from conformance.scenario.general import nodes
from conformance.scenario.lint_flow import flow
from conformance.scenario.lint_patterns import impossible, patterns
from conformance.scenario.model import Level, Scenario, Step
from conformance.scenario.problems import Problem, suggest
from conformance.scenario.samples import decided, samples
from conformance.scenario.writer import dump
from conformance.verdict import Place

__all__ = ["Accepts", "Outline", "lint"]

# RFC's name -> the numbers of its sections.
Outline = Mapping[str, Container[str]]
Accepts = Callable[[bytes], bool]
_RULE = re.compile(r"(RFC\d+):([A-Z0-9.]+)")


def lint(
    scenarios: Sequence[Scenario], outline: Outline, accepts: Accepts | None = None
) -> tuple[Problem, ...]:
    """Return what is wrong with ``scenarios``, as they are played, in the order of their places.

    outline  the sections that exist; a rule of an RFC that is not in it is wrong too
    accepts  whether octets are a response that some dialect's grammar allows
    """
    beginnings = {s.beginning.id for s in scenarios if s.beginning is not None}
    found: dict[Problem, None] = {}
    fits: dict[str, bool] = {}
    for scenario in scenarios:
        problems = (
            *flow(scenario, continued=scenario.id in beginnings),
            *patterns(scenario),
            *_rules(scenario, outline),
            *_needs(scenario),
            *_idlers(scenario),
            *(_foreign(scenario, accepts, fits) if accepts else ()),
        )
        # What is wrong in a beginning is said of the beginning.
        found |= {p: None for p in problems if p.place.file == scenario.file}
    found |= dict.fromkeys(_columns(scenarios))
    return tuple(sorted(found, key=lambda p: (p.place.file, p.place.line, p.place.column)))


def _steps(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        for lane in step.together:
            yield from _steps(lane)


def _rules(scenario: Scenario, outline: Outline) -> Iterator[Problem]:
    start = Place(scenario.file, 1, 1)
    named = [(rule, _line_of(scenario, rule, start)) for rule in scenario.rules]
    named += [(rule, step.place or start) for step in _steps(scenario.steps) for rule in step.rules]
    for rule, place in named:
        match = _RULE.match(rule)
        if match is None:
            continue
        rfc, section = match.groups()
        if rfc not in outline:
            yield Problem(place, f"{rfc} is not among the RFCs that are known here")
        elif section not in outline[rfc]:
            yield Problem(place, f"{rfc} has no section {section}")


def _needs(scenario: Scenario) -> Iterator[Problem]:
    start = Place(scenario.file, 1, 1)
    named = [(word, _line_of(scenario, word, start)) for entry in scenario.needs for word in entry]
    named += [
        (word, step.place or start)
        for step in _steps(scenario.steps)
        for entry in step.needs
        for word in entry
    ]
    for word, place in named:
        if not is_known(word):
            near = suggest(word.upper(), map(str.upper, capabilities()))
            yield Problem(place, f"'{word}' is no capability, service or feature known here{near}")


def _line_of(scenario: Scenario, word: str, otherwise: Place, after: str = "") -> Place:
    """Return where ``word`` (and ``after``) stands above the steps, or ``otherwise``."""
    end = re.escape(after) or r"(?![\w.:/=-])"
    pattern = re.compile(rf"(?<![\w.:/=-]){re.escape(word)}{end}")
    for number, line in enumerate(scenario.text.splitlines(), 1):
        if line.startswith("steps:"):
            break
        if match := pattern.search(line):
            return Place(scenario.file, number, match.start() + 1)
    return otherwise


def _foreign(scenario: Scenario, accepts: Accepts, fits: dict[str, bool]) -> Iterator[Problem]:
    """Yield patterns of which no sample is a response that the grammar allows.

    fits  what is known of patterns already
    """
    start = Place(scenario.file, 1, 1)
    speaks = {actor.name: actor.speaks for actor in scenario.actors}
    for step in _steps(scenario.steps):
        if speaks.get(step.actor) != "imap":
            continue
        for expectations in (step.expectations, *(branch.expectations for branch in step.either)):
            for pattern in (p for level in Level for p in expectations.at(level)):
                found = nodes(pattern)
                if not found or impossible(found) or not decided(found):
                    continue
                if pattern.text not in fits:
                    fits[pattern.text] = any(map(accepts, samples(found)))
                if not fits[pattern.text]:
                    message = "the grammar knows no response that fits this"
                    yield Problem(pattern.place or start, message)


def _idlers(scenario: Scenario) -> Iterator[Problem]:
    """Yield actors and messages that no step speaks of."""
    start = Place(scenario.file, 1, 1)
    every = list(_steps(scenario.steps))
    acting = {step.actor for step in every}
    for actor in scenario.actors:
        if actor.name not in acting:
            yield Problem(actor.place or start, f"actor '{actor.name}' does nothing")
    used = {message.message for box in scenario.given for message in box.messages}
    text = dump(scenario)
    for name in scenario.messages:
        if name not in used and f"message({name})" not in text:
            place = _line_of(scenario, name, start, ":")
            yield Problem(place, f"message '{name}' is never used")


def _columns(scenarios: Sequence[Scenario]) -> Iterator[Problem]:
    """Yield columns of cases that no text uses."""
    for file in dict.fromkeys(s.file for s in scenarios if "[" in s.id):
        text = next(s.text for s in scenarios if s.file == file)
        table = re.search(r"^cases:.*\n((?:[ #].*\n|\n)*)", text, re.MULTILINE)
        if table is None:
            continue
        used = set(BLANK.findall(text))
        for match in re.finditer(r"[{,]\s*([a-z][a-z0-9_]*):", table[1]):
            if match[1] not in used:
                at = table.start(1) + match.start(1)
                line = text.count("\n", 0, at) + 1
                column = at - text.rfind("\n", 0, at)
                yield Problem(Place(file, line, column), f"no text uses <{match[1]}>")
                break
