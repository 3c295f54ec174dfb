"""The wire log of a play as a table's rows, with the steps between; and the scenario's text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from conformance.reports.recording import Recording
from conformance.reports.safe import one_line
from conformance.reports.silence import pointed
from conformance.reports.wire_line import WireLine, wire_line
from conformance.verdict import Finding
from conformance.wire.transcript import Event, Kind, Transcript

__all__ = ["Log", "log", "source"]

_MOST = 3_000
_CUT = 1_000
_KINDS = {
    kind: f'<td class="k"><abbr title="{word}">{sign}</abbr></td>'
    for kind, word, sign in (
        (">", "sent", "&gt;"),
        ("<", "received", "&lt;"),
        ("!", "connection", "!"),
        ("|", "continued", "|"),
    )
}


@dataclass(frozen=True, slots=True)
class Log:
    """What a page shows of a transcript.

    setup    rows from before the first step
    rows     rows of the play itself
    colours  actor -> number of its colour
    marked   index of an event -> what its mark says
    at       for each finding the index of the event it points at
    played   the events that the swim lanes draw
    """

    setup: Markup
    setup_count: int
    rows: Markup
    colours: Mapping[str, int]
    marked: Mapping[int, str]
    at: Sequence[int | None]
    played: Sequence[tuple[int, Event]]
    left_out: int


def log(kept: Recording, findings: Sequence[Finding]) -> Log:
    """Return the wire log of ``kept`` with the culprits of ``findings`` marked."""
    events, at = pointed(kept.transcript or Transcript(), findings)
    first = next((i for i, e in enumerate(events) if _begins(e)), 0)
    before = [(i, e) for i, e in enumerate(events[:first])]
    after = [(i, e) for i, e in enumerate(events)][first : first + _MOST]
    colours: dict[str, int] = {}
    for _, event in after:
        if event.kind is not Kind.NOTE and event.actor not in colours:
            colours[event.actor] = len(colours)
    culprits: dict[int, Finding] = {}
    marked: dict[int, str] = {}
    for number, (finding, index) in enumerate(zip(findings, at, strict=True), 1):
        if index is not None and index < len(events):
            if finding.offset is not None or index not in culprits:
                culprits[index] = finding
            words = marked.get(index, "")
            marked[index] = f"{words}, {number}" if words else f"finding {number}"
    steps = _steps(kept.lines)
    rows = [row for i, e in after for row in _rows(i, e, colours, marked, culprits, steps)]
    setup = [
        row
        for i, e in before
        if e.kind is not Kind.NOTE
        for row in _rows(i, e, colours, marked, culprits, {})
    ]
    return Log(
        setup=Markup("".join(setup)),  # noqa: S704 - every text in it was escaped
        setup_count=sum(e.kind is not Kind.NOTE for _, e in before),
        rows=Markup("".join(rows)),  # noqa: S704
        colours=colours,
        marked=marked,
        at=at,
        played=after,
        left_out=max(0, len(events) - first - _MOST),
    )


def _begins(event: Event) -> bool:
    return event.kind is Kind.NOTE and b'"note":"begin"' in event.octets


def _steps(lines: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Return step's number -> line number and text, as far as the file's layout shows them."""
    found: dict[str, tuple[int, str]] = {}
    inside = False
    for number, line in enumerate(lines, 1):
        if line.startswith("steps:"):
            inside = True
        elif inside and line.startswith("- "):
            found[str(len(found))] = (number, line[2:].strip())
        elif inside and line and not line.startswith((" ", "#")):
            break
    return found


def _rows(
    index: int,
    event: Event,
    colours: Mapping[str, int],
    marked: Mapping[int, str],
    culprits: Mapping[int, Finding],
    steps: Mapping[str, tuple[int, str]],
) -> Iterator[str]:
    if event.kind is Kind.NOTE:
        if _begins(event):
            yield from _step(event, steps)
        return
    colour = f"a{colours[event.actor] % 6}" if event.actor in colours else "a6"
    name = _name(event.actor)
    if index not in marked and (plain := _PLAIN.fullmatch(event.octets)):
        # Nearly every row; there are hundreds of thousands of them in a large run.
        text = _content(plain[1].decode("ascii"))
        yield (
            f'<tr id="e{index}" class="{colour}"><td class="t">{event.time:.3f}</td>'
            f"<th scope=row>{name}</th>{_KINDS[event.kind]}<td><code>{text}</code></td></tr>\n"
        )
        return
    finding = culprits.get(index)
    mark = marked.get(index, "")
    lines = wire_line(event, mark, finding.offset if finding else None, _CUT)
    head = f' id="e{index}"'
    for line in lines:
        here = " here" if line.mark else ""
        yield (
            f'<tr{head} class="{colour}{here}"><td class="t">{line.time:.3f}</td>'
            f"<th scope=row>{name}</th>{_KINDS[line.kind]}"
            f"<td><code>{_text(line)}</code>{_mark(line)}</td></tr>\n"
        )
        head = ""


# A whole line of printable ASCII that is neither cut nor spelled out.
_PLAIN = re.compile(rb"([ -\[\]-~]{0,%d})\r\n" % _CUT)


@lru_cache(maxsize=256)
def _name(actor: str) -> str:
    return _content(one_line(actor, 40))


def _content(text: str) -> str:
    """Return ``text`` as an element's content (not as an attribute's value)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _text(line: WireLine) -> str:
    if line.caret is None:
        return _content(line.text)
    left, at, right = (
        line.text[: line.caret],
        line.text[line.caret : line.caret + 1] or " ",
        line.text[line.caret + 1 :],
    )
    return f"{_content(left)}<mark>{_content(at)}</mark>{_content(right)}"


def _mark(line: WireLine) -> str:
    return f' <strong class="mark">◀ {_content(line.mark)}</strong>' if line.mark else ""


def source(lines: Sequence[str], marks: Mapping[int, str]) -> Markup:
    """Return the scenario's text, a span for each line; ``marks`` says which lines are marked."""
    parts = list(_plain_source(tuple(lines)))
    for number, words in marks.items():
        if 0 < number <= len(parts):
            text = _content(one_line(lines[number - 1], 400))
            parts[number - 1] = (
                f'<span id="L{number}" class="here">{text}'
                f' <strong class="mark">◀ {_content(words)}</strong>\n</span>'
            )
    return Markup("".join(parts))  # noqa: S704 - every text in it was escaped


@lru_cache(maxsize=512)
def _plain_source(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        f'<span id="L{number}">{_content(one_line(line, 400))}\n</span>'
        for number, line in enumerate(lines, 1)
    )


def _step(event: Event, steps: Mapping[str, tuple[int, str]]) -> Iterator[str]:
    try:
        number = str(event.note().get("step", ""))
    except ValueError:
        return
    line, text = steps.get(number, (0, ""))
    words = _content(one_line(text, 120) or one_line(event.actor, 40))
    link = f'<a href="#L{line}">line {line}</a>' if line else ""
    yield (
        f'<tr class="step"><td colspan="4">step {_content(one_line(number, 20))}'
        f" <code>{words}</code> {link}</td></tr>\n"
    )
