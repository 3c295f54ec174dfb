"""The check of what the scenario itself expects, step by step."""

from collections.abc import Iterable, Iterator

from conformance.check.expect import evaluate
from conformance.check.facts import Captures
from conformance.check.replay import Replay
from conformance.check.window import window
from conformance.scenario.model import Scenario, Step
from conformance.verdict import Finding
from conformance.wire.transcript import Event, Kind

__all__ = ["Expectations", "step_at"]


class Expectations:
    """Holds each step's window against the step; remembers captures and behaviours."""

    name = "expectation"

    def __init__(self, scenario: Scenario) -> None:
        """Start before the first step."""
        self._scenario = scenario
        self._captures: Captures = {}
        self.behaviours: dict[str, str] = {}

    def see(self, index: int, event: Event, replay: Replay) -> Iterable[Finding]:  # noqa: ARG002
        """Judge a step when the note of its end comes by."""
        if event.kind is not Kind.NOTE or b'"note":"end"' not in event.octets:
            return ()
        note = event.note()
        step = step_at(self._scenario, note["step"])
        seen = window(replay.track(event.actor), note["after"], note["at"])
        judged = evaluate(step, seen, replay.facts, self._captures, self._scenario.rules)
        self._captures = judged.captures
        self.behaviours.update(judged.behaviours)
        return judged.findings

    def end(self, replay: Replay) -> Iterator[Finding]:  # noqa: ARG002
        """Nothing is left to say."""
        return iter(())


def step_at(scenario: Scenario, path: str) -> Step:
    """Return the step at ``path``: ``4``, or ``4.1.0`` for a lane's step; IndexError if none is."""
    first, *rest = (int(part) for part in path.split("."))
    step = scenario.steps[first]
    while rest:
        lane, at, *rest = rest
        step = step.together[lane][at]
    return step
