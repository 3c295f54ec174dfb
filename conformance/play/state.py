"""What a play holds while it goes on: its actors, what was captured, and how patient it is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from conformance.check.expect import Judged, evaluate
from conformance.check.facts import Captures
from conformance.check.window import window
from conformance.play.cast import Role
from conformance.play.outside import disturbs
from conformance.play.recorder import Recorder
from conformance.play.setup import Setup
from conformance.scenario.general import captures, nodes
from conformance.scenario.model import Expectations, Level, Scenario, Step
from conformance.scenario.pattern import parse_ends
from conformance.scenario.writer import dump
from conformance.servers.base import Server
from conformance.wire.transcript import Transcript

__all__ = ["Settings", "State", "binds", "expects"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to play: ``within`` is how long any answer may take, in seconds.

    look    whether to look at the mailboxes after the last step
    before  is told of each step, with its path and all that happened so far, and waited for;
            once more, without a step, after the last
    """

    within: float = 10.0
    look: bool = True
    poll_every: float = 0.05
    seed: int = 0
    before: Callable[[str, Step | None, Transcript], Awaitable[None]] | None = None


@dataclass
class State:
    """One play.

    offered   the capabilities after login, in upper case
    setups    the connections of our own by the user whose mail they look after
    captures  what the steps so far have bound
    hung      whether an answer did not come in time
    cut       whether the server closed a connection
    curious   whether to learn of every message, as what will be asked for is not known
    """

    scenario: Scenario
    server: Server
    scope: str
    recorder: Recorder
    settings: Settings
    offered: frozenset[str] = frozenset()
    roles: dict[str, Role] = field(default_factory=dict)
    setups: dict[str, Setup] = field(default_factory=dict)
    captures: Captures = field(default_factory=dict)
    hung: bool = False
    cut: bool = False
    curious: bool = False

    @cached_property
    def looks(self) -> bool:
        """Whether there will be a look at the mailboxes, for which set-up connections stay."""
        return self.settings.look and not disturbs(self.scenario)

    def setup(self, user: str) -> Setup:
        """Return the set-up of ``user``'s mail, made when it is first wanted."""
        found = self.setups.get(user)
        if found is None:
            credentials = self.server.credentials(self.scope, user)
            found = self.setups[user] = Setup(
                self.server, user, credentials, self.recorder, self.settings.within
            )
        return found

    def judge(self, step: Step, role: Role, end: int) -> Judged:
        """Return how ``step`` stands if its window ended at the event ``end``."""
        seen = window(self.recorder.replay.track(role.name), role.window, end)
        return evaluate(step, seen, self.recorder.facts, self.captures, self.scenario.rules)

    def asked_for(self, name: str) -> bool:
        """Return whether the scenario speaks of the UID or number of message ``name``."""
        return self.curious or f"uid({name})" in self._text or f"seq({name})" in self._text

    @cached_property
    def _text(self) -> str:
        # As played: the file's own text has neither the beginning nor the values of a case.
        return dump(self.scenario)


def expects(step: Step) -> bool:
    """Return whether anything should come, whichever way it goes, so that waiting may end early."""
    branches = [branch.expectations for branch in step.either]
    return _asks(step.expectations) or (bool(branches) and all(map(_asks, branches)))


def binds(step: Step) -> bool:
    """Return whether the step may capture something."""
    branches = [branch.expectations for branch in step.either]
    return any(map(_captures, (step.expectations, *branches)))


def _captures(expectations: Expectations) -> bool:
    ends = parse_ends(expectations.ends.text) if expectations.ends is not None else ()
    patterns = map(nodes, chain(*expectations.patterns.values()))
    return any(map(captures, (*patterns, *ends)))


def _asks(expectations: Expectations) -> bool:
    return bool(expectations.at(Level.MUST) or expectations.at(Level.SHOULD))
