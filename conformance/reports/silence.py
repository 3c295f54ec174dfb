"""A wait in which nothing came: its end is the place to point at, not what came before it."""

from collections.abc import Sequence

from conformance.verdict import Finding
from conformance.wire.transcript import Event, Kind, Transcript

__all__ = ["pointed"]


def pointed(
    transcript: Transcript, findings: Sequence[Finding]
) -> tuple[list[Event], tuple[int | None, ...]]:
    """Return the events, and for each finding the index of the event to point at.

    That is its culprit. Where its client received nothing in the step, it is the step's end,
    which then says so and how long that took, like an event of the connection.
    """
    events = list(transcript.events)
    at: list[int | None] = []
    for finding in findings:
        end = None if finding.culprit is None else _silent(transcript, finding)
        at.append(finding.culprit if end is None else end)
        if end is not None and events[end].kind is Kind.NOTE:
            time, actor, _, _ = events[end]
            text = f"nothing came in {time - _begun(transcript, end):.1f} s"
            events[end] = Event(time, actor, Kind.CONNECTION, text.encode())
    return events, tuple(at)


def _silent(transcript: Transcript, finding: Finding) -> int | None:
    """Return the end of the finding's step, if its actor received nothing from the one before."""
    for index, actor, note in transcript.notes("end"):
        step = str(note.get("step")).split(".")[0]
        silent = note.get("after") == note.get("at") == finding.culprit
        if silent and (actor, step) == (finding.actor, str(finding.step)):
            return index
    return None


def _begun(transcript: Transcript, end: int) -> float:
    """Return when the step began that ends at ``end``."""
    time, actor, _, _ = transcript.events[end]
    step = transcript.events[end].note().get("step")
    for index, other, note in transcript.notes("begin"):
        if other == actor and note.get("step") == step and index < end:
            time = transcript.events[index].time
    return time
