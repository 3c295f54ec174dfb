"""The check that every step came to an end: answers in time, connections kept, floods refused."""

from collections.abc import Iterable, Iterator

from conformance.check.expectations import step_at
from conformance.check.replay import Replay
from conformance.scenario.model import Scenario
from conformance.verdict import Finding, Verdict
from conformance.wire.transcript import Event, Kind

__all__ = ["Progress"]

_SAYS = {
    "timeout": "no answer in time",
    "closed": "the server closed the connection",
    "flood": "the server sent more than we hold",
    "refused": "the server refused the connection",
}


class Progress:
    """Finds the step that never ended, and names it."""

    name = "progress"

    def __init__(self, scenario: Scenario) -> None:
        """Judge by ``scenario``'s steps."""
        self._scenario = scenario

    def see(self, index: int, event: Event, replay: Replay) -> Iterable[Finding]:  # noqa: ARG002
        """Judge how a step ended when its note comes by."""
        if event.kind is not Kind.NOTE or b'"note":"end"' not in event.octets:
            return ()
        note = event.note()
        how = note["how"]
        if how == "answered":
            return ()
        step = step_at(self._scenario, note["step"])
        branches = [step.expectations, *(branch.expectations for branch in step.either)]
        texts = [expected.ends.text for expected in branches if expected.ends is not None]
        if how == "closed" and any(text == "any" or "BYE" in text for text in texts):
            return ()
        doing = f"{step.verb} {step.command}".strip().replace("\n", ", ")
        return (
            Finding(
                check=self.name,
                verdict=Verdict.FAIL,
                message=f"{_SAYS.get(how, how)}: {event.actor}: {doing}",
                rule=(*step.rules, *self._scenario.rules, "")[0],
                level="MUST",
                key=how,
                culprit=note["at"] if note["at"] >= 0 else None,
                expected=("a tagged completion",) if how == "timeout" else (),
            ),
        )

    def end(self, replay: Replay) -> Iterator[Finding]:  # noqa: ARG002
        """Nothing is left to say."""
        return iter(())
