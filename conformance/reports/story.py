"""A finding told for people: what, which rule, where, and the wire lines around the culprit.

Every report that shows a failure shows this story in its own dress. All texts in
a story are safe to print; a format's own markup is not escaped yet.
"""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.events import RunStarted, ScenarioFinished
from conformance.reports.base import Explain
from conformance.reports.recording import Recording, recording
from conformance.reports.safe import one_line, printable
from conformance.verdict import Finding
from conformance.wire.transcript import Event, Kind, Transcript, escape

__all__ = ["SourceLine", "Story", "WireLine", "again", "tell", "wire_line"]

_BEFORE = 3  # wire lines between the command and the culprit
_CUT = 160  # characters of a wire line that are shown
_SLACK = 12  # to say that something was cut takes as much room


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of the scenario file; ``here`` marks the one that the finding is about."""

    number: int
    text: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class WireLine:
    """A line of the wire log.

    kind   ``>`` sent, ``<`` received, ``!`` connection, ``|`` continues the line above,
           ``…`` stands for events left out
    mark   what the arrow at its end says; empty for none
    caret  the column in ``text`` to point at; None for none
    """

    time: float
    actor: str
    kind: str
    text: str
    mark: str = ""
    caret: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A finding with all that helps to understand it."""

    finding: Finding
    message: str
    expected: tuple[str, ...]
    detail: tuple[str, ...]
    where: str
    source: tuple[SourceLine, ...]
    says: str
    wire: tuple[WireLine, ...]
    again: str
    problem: str = ""

    @property
    def asks(self) -> bool:
        """Whether ``says`` is what a rule asks, and no more than its section's title."""
        return self.says.endswith(".")

    def same_place(self, other: "Story") -> bool:
        """Whether both point at the same line of the scenario and at the same on the wire."""
        return (self.where, self.source, self.wire) == (other.where, other.source, other.wire)


def tell(
    event: ScenarioFinished,
    finding: Finding,
    folder: Path,
    explain: Explain,
    run: RunStarted | None = None,
    *,
    cut: int = _CUT,
    brief: bool = False,
) -> Story:
    """Return the story of ``finding``; files are read below ``folder``, the run's folder.

    cut    how many characters of a wire line are shown
    brief  whether neither wire nor scenario is shown, so that no file is read
    """
    kept = Recording(None, ()) if brief else recording(folder, event)
    place = finding.place
    return Story(
        finding=finding,
        message=one_line(finding.message),
        expected=tuple(one_line(text, 500) for text in finding.expected[:12]),
        detail=tuple(line for text in finding.detail[:20] for line in printable(text).split("\n")),
        where=one_line(f"{place.file}:{place.line}:{place.column}" if place else event.file),
        source=tuple(_source(kept, finding)) if not place or place.file == event.file else (),
        says=printable(explain(finding.rule, finding.said)).strip() if finding.rule else "",
        wire=tuple(_excerpt(kept.transcript, finding, cut)) if kept.transcript else (),
        again=again(event, run),
        problem=one_line(kept.problem),
    )


def again(event: ScenarioFinished, run: RunStarted | None) -> str:
    """Return the command that plays the scenario again as it was played."""
    played = event.outcome
    words = ["imap-conformance", "run", event.word or played.scenario, "--server", played.server]
    if run is not None:
        words += ["--seed", str(run.seed)]
        words += ["--strict"] if run.strict else []
    return one_line(shlex.join(words))


def _source(kept: Recording, finding: Finding) -> Iterator[SourceLine]:
    """Yield the expectation's line, and before it the step's first line where that is another."""
    if finding.place is None:
        return
    at = finding.place.line - 1
    if not 0 <= at < len(kept.lines):
        return
    head = at
    while head > 0 and at - head < 12 and not kept.lines[head].startswith("- "):
        head -= 1
    if head != at and kept.lines[head].startswith("- "):
        yield SourceLine(head + 1, one_line(kept.lines[head].rstrip(), 300))
    yield SourceLine(at + 1, one_line(kept.lines[at].rstrip(), 300), here=True)


def _excerpt(transcript: Transcript, finding: Finding, cut: int) -> Iterator[WireLine]:
    """Yield the command, what came shortly before the culprit, and the culprit."""
    events = transcript.events
    culprit = finding.culprit
    if culprit is None:
        culprit = _last_of_step(transcript, finding.step)
    if culprit is None or not 0 <= culprit < len(events):
        return
    shown = _chosen(events, culprit)
    shown.update(index for index in finding.known[:4] if 0 <= index < culprit)
    last = None
    for index in sorted(shown):
        between = 0 if last is None else _count(events[last + 1 : index])
        if between:
            yield WireLine(events[index].time, "", "…", f"{between} more")
        mark = "known from here" if index in finding.known else ""
        offset = None
        if index == culprit:
            mark = "here" if finding.culprit is not None else "this is the last that came"
            offset = finding.offset
        yield from wire_line(events[index], mark, offset, cut)
        last = index


def _chosen(events: Sequence[Event], culprit: int) -> set[int]:
    actor = events[culprit].actor
    shown = {culprit}
    for index in range(culprit - 1, -1, -1):
        if events[index].actor == actor and events[index].kind is Kind.SENT:
            shown.add(index)
            break
    before = [i for i in range(culprit) if events[i].kind is not Kind.NOTE]
    shown.update(before[-_BEFORE:])
    return shown


def _count(events: Sequence[Event]) -> int:
    return sum(event.kind is not Kind.NOTE for event in events)


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


def wire_line(
    event: Event, mark: str = "", offset: int | None = None, cut: int = _CUT
) -> Iterator[WireLine]:
    """Yield the lines that show ``event``, in printable ASCII.

    Of an event of many lines the first, the one that holds ``offset`` and the last are
    shown; of a long line the part around ``offset``.
    """
    if event.kind in (Kind.CONNECTION, Kind.NOTE):
        yield WireLine(event.time, event.actor, event.kind, _cut(escape(event.octets), cut), mark)
        return
    pieces = event.octets.splitlines(keepends=True) if event.octets else [b""]
    if len(pieces) > 1:
        pieces = event.octets.split(b"\n")
        pieces = [piece + b"\n" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])
    where = _piece_of(pieces, offset)
    last = len(pieces) - 1
    shown = range(last + 1) if last < 4 else sorted({0, last if where is None else where, last})
    kind: str = event.kind
    done = 0  # pieces
    begin = 0  # octets
    for number in shown:
        if left_out := sum(map(len, pieces[done:number])):
            yield WireLine(event.time, event.actor, "|", f"… {left_out:,} octets …")
        begin += left_out
        piece = pieces[number]
        inner = offset - begin if offset is not None and number == where else None
        text, caret = _window(piece, inner, cut)
        marked = number == (where if where is not None else 0)
        yield WireLine(event.time, event.actor, kind, text, mark if marked else "", caret)
        kind = "|"
        done = number + 1
        begin += len(piece)


def _piece_of(pieces: Sequence[bytes], offset: int | None) -> int | None:
    if offset is None:
        return None
    end = 0
    for number, piece in enumerate(pieces):
        end += len(piece)
        if offset < end:
            return number
    return len(pieces) - 1


def _window(piece: bytes, offset: int | None, cut: int) -> tuple[str, int | None]:
    r"""Return the line as text and the caret's column; a missing CR LF shows as ``\``."""
    body, end = (piece[:-2], "") if piece.endswith(b"\r\n") else (piece, "\\")
    if offset is None:
        if len(body) > cut + _SLACK:
            return f"{escape(body[:cut])} … {len(body) - cut:,} octets", None
        return escape(body) + end, None
    offset = max(0, min(offset, len(body)))
    begin = max(0, offset - cut // 2) if len(body) > cut + _SLACK else 0
    left = ("… " if begin else "") + escape(body[begin:offset])
    right = body[offset:]
    tail = end
    if len(right) > cut + _SLACK:
        tail = f" … {len(right) - cut:,} octets"
        right = right[:cut]
    return left + escape(right) + tail, len(left)


def _cut(text: str, cut: int) -> str:
    return text if len(text) <= cut else f"{text[:cut]} …"
