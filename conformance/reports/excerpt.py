"""The part of the wire that a finding is about: the command, what came before, the culprit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.reports.wire_line import WireLine, wire_line
from conformance.verdict import Finding
from conformance.wire.transcript import Event, Kind, Transcript

__all__ = ["excerpt"]

_BEFORE = 3  # wire lines between the command and the culprit
_AFTER = 4  # wire lines of a wait in which nothing came


def excerpt(transcript: Transcript, finding: Finding, cut: int) -> Iterator[WireLine]:
    """Yield the command, what came shortly before the culprit, and the culprit.

    Where its client waited and nothing came, what the others did meanwhile follows.
    """
    events = transcript.events
    culprit = finding.culprit
    if culprit is None:
        culprit = _last_of_step(transcript, finding.step)
    if culprit is None or not 0 <= culprit < len(events):
        return
    silence = _silence(transcript, finding)
    shown = _chosen(events, culprit, 1 if silence else _BEFORE)
    shown.update(index for index in finding.known[:4] if 0 <= index < culprit)
    if silence:
        shown.update(_wire(events, culprit + 1, silence.end)[-_AFTER:])
    last = None
    for index in sorted(shown):
        between = 0 if last is None else len(_wire(events, last + 1, index))
        if between:
            yield WireLine(events[index].time, "", "…", f"{between} more")
        mark = "known from here" if index in finding.known else ""
        offset = None
        if index == culprit and not silence:
            mark = "here" if finding.culprit is not None else "this is the last that came"
            offset = finding.offset
        yield from wire_line(events[index], mark, offset, cut)
        last = index
    if silence:
        said = f"nothing came in {silence.seconds:.1f} s"
        yield WireLine(events[silence.end].time, finding.actor, "!", said, "here")


@dataclass(frozen=True, slots=True)
class _Silence:
    """A step in which its client received nothing: the index of its end, and how long it took."""

    end: int
    seconds: float


def _silence(transcript: Transcript, finding: Finding) -> _Silence | None:
    if finding.culprit is None:
        return None
    for end, actor, note in transcript.notes("end"):
        step = str(note.get("step"))
        if actor != finding.actor or step.split(".", maxsplit=1)[0] != str(finding.step):
            continue
        if note.get("after") == note.get("at") == finding.culprit:
            begun = (
                transcript.events[index].time
                for index, actor, other in transcript.notes("begin")
                if actor == finding.actor and str(other.get("step")) == step
            )
            return _Silence(end, transcript.events[end].time - next(begun, 0.0))
    return None


def _chosen(events: Sequence[Event], culprit: int, before: int) -> set[int]:
    actor = events[culprit].actor
    shown = {culprit}
    for index in range(culprit - 1, -1, -1):
        if events[index].actor == actor and events[index].kind is Kind.SENT:
            shown.add(index)
            break
    shown.update(_wire(events, 0, culprit)[-before:])
    return shown


def _wire(events: Sequence[Event], start: int, end: int) -> list[int]:
    """Return the indexes from ``start`` to before ``end`` of what was on the wire."""
    return [index for index in range(start, end) if events[index].kind is not Kind.NOTE]


def _last_of_step(transcript: Transcript, step: int | None) -> int | None:
    """Return the last event on the wire in ``step``; without a step, the last of all."""
    end = len(transcript.events)
    if step is not None:
        for index, _, values in transcript.notes("end"):
            if str(values.get("step")) == str(step):
                end = index
    for index in range(end - 1, -1, -1):
        if transcript.events[index].kind is not Kind.NOTE:
            return index
    return None
