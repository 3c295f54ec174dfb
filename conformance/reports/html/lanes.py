"""The swim lanes: who did what when, as SVG; one lane for each actor, time runs to the right.

A bar is a command from its sending to its completion; a tick is something that came
by itself. Time is bent: pauses are drawn shorter than they were, and nothing overlaps.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10

from markupsafe import Markup, escape

from conformance.reports.safe import one_line
from conformance.wire.transcript import Event, Kind

__all__ = ["lanes"]

_LANE = 44
_TOP = 26
_LEFT = 112
_LETTER = 7.2
_MOST = 800


@dataclass(slots=True)
class _Bar:
    lane: int
    index: int
    begin: float
    label: str
    tag: bytes
    time: float
    end: float = 0.0
    title: str = ""

    @property
    def room(self) -> float:
        return len(self.label) * _LETTER + 10


def lanes(
    events: Sequence[tuple[int, Event]], colours: Mapping[str, int], marked: Mapping[int, str]
) -> Markup:
    """Return the drawing of ``events`` (index and event, in order).

    colours  actor -> number of its colour; the order of the lanes
    marked   index -> word, for the events that a finding is about
    """
    shown = [(i, e) for i, e in events[:_MOST] if e.kind is not Kind.NOTE]
    if not shown:
        return Markup("")
    bars, ticks, places = _place(shown, list(colours))
    width = max([*places.values(), *(bar.end for bar in bars)]) + 70
    height = _TOP + _LANE * len(colours) + 6
    size = f'width="{width:.0f}" height="{height}" viewBox="0 0 {width:.0f} {height}"'
    parts = [f'<svg class="lanes" {size} aria-hidden="true">']
    parts += _grid(shown, places, list(colours), width)
    parts += [_bar(bar, colours, marked) for bar in bars]
    parts += [_tick(event, i, places[i], ticks[i], marked) for i, event in shown if i in ticks]
    parts += _marks(shown, places, list(colours), marked)
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - every text in it was escaped


def _place(
    shown: Sequence[tuple[int, Event]], actors: list[str]
) -> tuple[list[_Bar], dict[int, int], dict[int, float]]:
    """Return bars, ticks (index -> lane) and where each event lies."""
    bars: list[_Bar] = []
    open_bars: dict[str, list[_Bar]] = {actor: [] for actor in actors}
    ticks: dict[int, int] = {}
    places: dict[int, float] = {}
    at, last = float(_LEFT), shown[0][1].time
    for index, event in shown:
        at += min(48.0, 5 + 9 * log10(1 + max(0.0, event.time - last) * 1000))
        last = event.time
        waiting = open_bars[event.actor]
        first = event.octets.split(b" ", 1)[0].strip()
        if event.kind is Kind.SENT and (bar := _begun(event, index, at, actors)):
            if waiting and waiting[-1].begin + waiting[-1].room > at:  # pipelined: no overlap
                at = bar.begin = waiting[-1].begin + waiting[-1].room + 2
            bars.append(bar)
            waiting.append(bar)
        elif event.kind is Kind.RECEIVED and (done := _answered(waiting, first)):
            at = max(at, done.begin + done.room)
            done.end = at
            done.title += f" ({round(event.time - done.time, 3)} s)"
            waiting.remove(done)
        else:
            ticks[index] = actors.index(event.actor)
        places[index] = at
    for bar in bars:
        bar.end = bar.end or at + 12
    return bars, ticks, places


def _begun(event: Event, index: int, at: float, actors: list[str]) -> _Bar | None:
    words = event.octets.split(b"\r\n", 1)[0].split(b" ", 3)
    if not words[0].isalnum() or len(words[0]) > 12 or not event.octets.isascii():
        return None
    imap = words[0][-1:].isdigit() and len(words) > 1
    label = words[1:3] if imap and words[1].upper() == b"UID" else words[1:2] if imap else words[:1]
    if not imap and (len(words) > 2 or not words[0].isupper() or words[0] == b"DONE"):
        return None
    text = one_line(b" ".join(label).decode("ascii", "replace"), 16)
    title = one_line(event.octets[:120].decode("ascii", "replace").rstrip("\r\n"))
    tag = words[0] if imap else b""
    return _Bar(actors.index(event.actor), index, at, text, tag, event.time, title=title)


def _answered(waiting: list[_Bar], first: bytes) -> _Bar | None:
    for bar in waiting:
        if bar.tag == first or (not bar.tag and first in (b"+OK", b"-ERR")):
            return bar
    return None


def _grid(
    shown: Sequence[tuple[int, Event]], places: Mapping[int, float], actors: list[str], width: float
) -> Iterator[str]:
    for lane, actor in enumerate(actors):
        y = _TOP + lane * _LANE + 14
        yield f'<line class="lane" x1="{_LEFT - 6}" y1="{y}" x2="{width:.0f}" y2="{y}"/>'
        name = escape(one_line(actor, 14))
        yield f'<text class="who a{lane % 6}" x="2" y="{y + 4}">{name}</text>'
    last = -100.0
    for index, event in shown:
        if places[index] - last >= 64:
            last = places[index]
            yield f'<text class="time" x="{last:.0f}" y="12">{event.time:.3f}</text>'
            yield f'<line class="time" x1="{last:.0f}" y1="16" x2="{last:.0f}" y2="{_TOP - 2}"/>'


def _bar(bar: _Bar, colours: Mapping[str, int], marked: Mapping[int, str]) -> str:
    y = _TOP + bar.lane * _LANE + 4
    colour = list(colours.values())[bar.lane] % 6
    here = " here" if bar.index in marked else ""
    return (
        f'<a href="#e{bar.index}" tabindex="-1"><title>{escape(bar.title)}</title>'
        f'<rect class="bar a{colour}{here}" x="{bar.begin:.0f}" y="{y}" rx="3"'
        f' width="{max(3, bar.end - bar.begin):.0f}" height="20"/>'
        f'<text class="label" x="{bar.begin + 5:.0f}" y="{y + 14}">{escape(bar.label)}</text></a>'
    )


def _tick(event: Event, index: int, x: float, lane: int, marked: Mapping[int, str]) -> str:
    y = _TOP + lane * _LANE
    title = one_line(event.octets[:120].decode("ascii", "backslashreplace").rstrip("\r\n"))
    kind = {Kind.SENT: "sent", Kind.RECEIVED: "came"}.get(event.kind, "conn")
    here = " here" if index in marked else ""
    return (
        f'<a href="#e{index}" tabindex="-1"><title>{escape(title)}</title>'
        f'<rect class="tick {kind}{here}" x="{x - 1.5:.1f}" y="{y + 26}" width="3" height="11"/>'
        "</a>"
    )


def _marks(
    shown: Sequence[tuple[int, Event]],
    places: Mapping[int, float],
    actors: list[str],
    marked: Mapping[int, str],
) -> Iterator[str]:
    ends: dict[str, float] = {}
    seen = [(index, event.actor) for index, event in shown if index in marked]
    for at, (index, actor) in enumerate(seen):
        x, y = places[index], _TOP + actors.index(actor) * _LANE
        yield f'<circle class="mark" cx="{x:.0f}" cy="{y + 32}" r="5"/>'
        begin = max(x + 8, ends.get(actor, 0.0))  # beside the words of the mark before
        word = marked[index]
        end = begin + len(word) * _LETTER
        if any(places[other] - 6 < end for other, who in seen[at + 1 :] if who == actor):
            word = word.removeprefix("finding ")  # the next mark would lie upon it
        ends[actor] = begin + len(word) * _LETTER
        yield f'<text class="mark" x="{begin:.0f}" y="{y + 36}">{escape(word)}</text>'
