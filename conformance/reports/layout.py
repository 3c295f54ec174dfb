"""A story laid out as lines of text, for terminals, JUnit, job summaries and pytest alike.

A line is a tuple of spans; a span is a text and the name of its role, which a
terminal colours and plain text forgets.
"""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple

from conformance.reports.safe import one_line
from conformance.reports.story import Story
from conformance.reports.wire_line import WireLine

__all__ = ["Line", "Span", "headline", "plain", "story_lines", "wire_lines"]

INDENT = "      "


class Span(NamedTuple):
    """A piece of a line; ``role`` is one of the keys of the terminal's styles."""

    text: str
    role: str = ""


Line = tuple[Span, ...]


def plain(lines: Sequence[Line] | Iterator[Line]) -> str:
    """Return ``lines`` as text without roles."""
    return "\n".join("".join(span.text for span in line).rstrip() for line in lines)


def headline(word: str, role: str, scenario: str, server: str, rule: str, width: int) -> Line:
    """Return the line that says what: verdict, scenario, server, and the rule at the right."""
    scenario, server, rule = one_line(scenario, 300), one_line(server, 200), one_line(rule, 100)
    used = len(word) + 2 + len(scenario) + 2 + len(server)
    gap = " " * max(2, width - used - len(rule))
    return (
        Span(word, role),
        Span("  "),
        Span(scenario, "scenario"),
        Span("  "),
        Span(server, "server"),
        Span(gap if rule else ""),
        Span(rule, "rule"),
    )


def story_lines(
    story: Story, width: int, *, rule: bool = False, brief: bool = False
) -> Iterator[Line]:
    """Yield the lines below the headline.

    rule   repeat rule and level with the message
    brief  where it stands was just shown: only what it is
    """
    message = story.message
    if rule and story.finding.rule:
        message += (
            f"  ({one_line(story.finding.rule)} {one_line(story.finding.level)}".rstrip() + ")"
        )
    yield from _wrapped(message, "message", width)
    carets = any(line.caret is not None for line in story.wire)
    if story.expected and not carets:
        yield from _listed("expected: ", story.expected, width)
    for text in story.detail:
        yield from _wrapped(text, "", width)
    if brief:
        return
    yield (Span(INDENT), Span(story.where, "place"))
    for source in story.source:
        number = f"{source.number:>5} | "
        mark = "   <--" if source.here else ""
        yield (Span(number, "dim"), Span(source.text), Span(mark, "mark"))
    if story.asks:
        yield from _wrapped(f'"{story.says}"', "says", width)
    else:  # then the scenario's own words are the best there are
        named = (("section", story.says), ("scenario", story.title))
        words = "; ".join(f"{what}: {text}" for what, text in named if text)
        if words:
            yield from _wrapped(f"({words})", "says", width)
    expected = " or ".join(story.expected[:4]) if carets else ""
    yield from wire_lines(story.wire, width, expected)
    if story.problem:
        yield from _wrapped(f"(not shown: {story.problem})", "dim", width)


def wire_lines(wire: Sequence[WireLine], width: int, expected: str = "") -> Iterator[Line]:
    """Yield the wire log's lines; below a line with a caret, the caret and what was expected."""
    name = max((len(line.actor) for line in wire), default=0)
    longest = max((len(line.text) for line in wire if line.mark), default=0)
    for line in wire:
        head = f"{INDENT}{line.time:7.3f} {line.actor:<{name}} "
        if line.kind == "…":
            yield (Span(" " * len(head)), Span(f"… {line.text}", "dim"))
            continue
        if line.kind == "|":
            head = " " * len(head)
        pad = " " * max(2, min(longest, width - len(head) - 12) + 2 - len(line.text))
        yield (
            Span(head, "dim"),
            Span(f"{line.kind} ", "dim"),
            Span(line.text, {">": "sent", "<": "received", "|": "received"}.get(line.kind, "dim")),
            Span(f"{pad}<-- {line.mark}" if line.mark else "", "mark"),
        )
        if line.caret is not None:
            words = f"^ expected {expected}" if expected else "^"
            yield (Span(" " * (len(head) + 2 + line.caret)), Span(words, "mark"))


def _wrapped(text: str, role: str, width: int) -> Iterator[Line]:
    for piece in wrap(text, max(20, width - len(INDENT))) or [""]:
        yield (Span(INDENT), Span(piece, role))


def _listed(head: str, items: Sequence[str], width: int) -> Iterator[Line]:
    for number, item in enumerate(items):
        label = head if number == 0 else f"{'or: ':>{len(head)}}"
        pieces = wrap(item, max(20, width - len(INDENT) - len(head))) or [""]
        yield (Span(INDENT + label, "dim"), Span(pieces[0]))
        for piece in pieces[1:]:
            yield (Span(" " * (len(INDENT) + len(head))), Span(piece))
