"""What the order of steps makes wrong: captures that have no value yet, actors that still idle."""

from collections.abc import Iterator
from itertools import zip_longest

from conformance.scenario.condition import parse_condition
from conformance.scenario.general import captures, nodes
from conformance.scenario.model import Expectations, Level, Pattern, Scenario, Step
from conformance.scenario.pattern import Capture, PatternError, parse_ends
from conformance.scenario.problems import Problem, suggest
from conformance.scenario.template import parse_command, parse_raw
from conformance.verdict import Place

__all__ = ["GIVEN_CAPTURES", "bound_before", "flow"]

# What the player knows of an actor's account; LOGIN $user $password.
GIVEN_CAPTURES = frozenset({"user", "password"})
_POSITIVE = (Level.MUST, Level.SHOULD, Level.MAY)
_NEGATIVE = (Level.MUST_NOT, Level.SHOULD_NOT)
_WHILE_IDLE = frozenset({"done", "hears", "drops", "leaves", "sends", "meets"})


def flow(scenario: Scenario, *, continued: bool = False) -> Iterator[Problem]:
    """Yield what is wrong with captures and with IDLE.

    continued  whether other scenarios begin with this one and may use what it captures
    """
    walker = _Walker(scenario)
    walker.steps(scenario.steps)
    yield from walker.problems
    if not continued:
        yield from walker.unused()


def bound_before(scenario: Scenario) -> list[tuple[Step, frozenset[str]]]:
    """Return each step with the captures that have a value when it begins."""
    walker = _Walker(scenario)
    walker.steps(scenario.steps)
    return walker.before


class _Walker:
    def __init__(self, scenario: Scenario) -> None:
        self.start = Place(scenario.file, 1, 1)
        self.bound: set[str] = set(GIVEN_CAPTURES)
        self.first: dict[str, Place] = {}
        self.times: dict[str, int] = {}
        self.idle: set[str] = set()
        self.problems: list[Problem] = []
        self.before: list[tuple[Step, frozenset[str]]] = []

    def steps(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            self.before.append((step, frozenset(self.bound)))
            if step.together:
                self._lanes(step)
            else:
                self._step(step)

    def _lanes(self, step: Step) -> None:
        """Walk the lanes, of which none may count on what another captures before they have met."""
        for parts in zip_longest(*map(_between_meetings, step.together), fillvalue=()):
            before = set(self.bound)
            after = set(before)
            for part in parts:
                self.bound = set(before)
                self.steps(part)
                after |= self.bound
            self.bound = after

    def _step(self, step: Step) -> None:
        place = step.place or self.start
        for name in _in_command(step):
            self._use(name, place, "the command")
        self._idle(step, place)
        self._expect(step.expectations)
        before = set(self.bound)
        after = set(before)
        for branch in step.either:
            self.bound = set(before)
            self._expect(branch.expectations)
            after |= self.bound
        self.bound = after

    def _expect(self, expectations: Expectations) -> None:
        """Walk one set of expectations: what comes binds before anything is compared."""
        self._bind(expectations)
        self._compare(expectations)

    def _bind(self, expectations: Expectations) -> None:
        for pattern in (p for level in _POSITIVE for p in expectations.at(level)):
            self._found(captures(nodes(pattern)), pattern)
        if expectations.ends is not None:
            try:
                alternatives = parse_ends(expectations.ends.text)
            except PatternError:
                alternatives = ()
            for alternative in alternatives:
                self._found(captures(alternative), expectations.ends)

    def _found(self, names: list[str], pattern: Pattern) -> None:
        for name in names:
            self.first.setdefault(name, pattern.place or self.start)
            self.times[name] = self.times.get(name, 0) + 1
            self.bound.add(name)

    def _compare(self, expectations: Expectations) -> None:
        for pattern in (p for level in _NEGATIVE for p in expectations.at(level)):
            for name in captures(nodes(pattern)):
                self._use(name, pattern.place or self.start, "what must not come")
        for check in expectations.check:
            try:
                condition = parse_condition(check.text)
            except PatternError:
                continue
            for operand in (condition.left, condition.right):
                if isinstance(operand.value, Capture):
                    self._use(operand.value.name, check.place or self.start, "the check")

    def _use(self, name: str, place: Place, where: str) -> None:
        self.times[name] = self.times.get(name, 0) + 1
        if name not in self.bound:
            near = suggest(name, self.bound - GIVEN_CAPTURES)
            message = f"${name} has no value yet in {where}{near}"
            self.problems.append(Problem(place, message))

    def _idle(self, step: Step, place: Place) -> None:
        idles = step.actor in self.idle
        if step.verb == "idles":
            if idles:
                self.problems.append(Problem(place, f"'{step.actor}' idles already"))
            if not step.either:
                self.idle.add(step.actor)
        elif step.verb == "done" and not idles:
            if not any(other.verb == "idles" for other, _ in self.before):
                self.problems.append(Problem(place, f"'{step.actor}' does not idle"))
        elif idles and step.verb not in _WHILE_IDLE:
            self.problems.append(Problem(place, f"'{step.actor}' still idles; 'done' comes first"))
        if step.verb in ("done", "drops", "leaves", "sends", "connects"):
            self.idle.discard(step.actor)
        if step.actor in ("server", "network"):
            self.idle.clear()

    def unused(self) -> Iterator[Problem]:
        for name, place in self.first.items():
            if self.times[name] == 1:
                yield Problem(place, f"${name} is captured and never used; write $_")


def _between_meetings(lane: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    parts: list[tuple[Step, ...]] = [()]
    for step in lane:
        if step.verb == "meets":
            parts.append(())
        else:
            parts[-1] += (step,)
    return parts


def _in_command(step: Step) -> list[str]:
    parse = parse_raw if step.verb == "sends" else parse_command
    try:
        return [piece.name for piece in parse(step.command) if isinstance(piece, Capture)]
    except PatternError:
        return []
