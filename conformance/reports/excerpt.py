"""The part of the wire that a finding is about: the command, what came before, the culprit."""

from collections.abc import Iterator, Sequence

from conformance.reports.silence import pointed
from conformance.reports.wire_line import WireLine, wire_line
from conformance.verdict import Finding
from conformance.wire.transcript import Event, Kind, Transcript

__all__ = ["excerpt"]

_BEFORE = 3  # wire lines between the command and the culprit
_MEANWHILE = 4  # wire lines of a wait in which nothing came


def excerpt(transcript: Transcript, finding: Finding, cut: int) -> Iterator[WireLine]:
    """Yield the command, what came shortly before the culprit, and the culprit.

    Where its client waited in vain, what the others did meanwhile stands before the end.
    """
    events, (at,) = pointed(transcript, [finding])
    if at is None:
        at = _last_of_step(transcript, finding.step)
    if at is None or not 0 <= at < len(events):
        return
    blamed = at if finding.culprit is None else finding.culprit
    if blamed == at:
        shown = {at, *_wire(events, 0, at)[-_BEFORE:]}
    else:
        shown = {blamed, at, *_wire(events, blamed + 1, at)[-_MEANWHILE:]}
    shown.update(_command(events, blamed))
    shown.update(index for index in finding.known[:4] if 0 <= index < at)
    last = None
    for index in sorted(shown):
        between = 0 if last is None else len(_wire(events, last + 1, index))
        if between:
            yield WireLine(events[index].time, "", "…", f"{between} more")
        mark = "known from here" if index in finding.known else ""
        offset = None
        if index == at:
            mark = "here" if finding.culprit is not None else "this is the last that came"
            offset = finding.offset
        yield from wire_line(events[index], mark, offset, cut)
        last = index


def _command(events: Sequence[Event], at: int) -> list[int]:
    """Return what the actor of the event ``at`` sent last before it."""
    for index in range(at - 1, -1, -1):
        if events[index].actor == events[at].actor and events[index].kind is Kind.SENT:
            return [index]
    return []


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
    return next(reversed(_wire(transcript.events, 0, end)), None)
