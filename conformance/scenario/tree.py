"""YAML as a tree of texts with places. YAML's guessing (NO is False, 2:4 is 124) is left out.

The tree is built from the parser's events, not by ``yaml.compose``: only events tell
of anchors, aliases and tags, which scenarios do not use and which are refused where
they stand, before anything could be multiplied.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from conformance.scenario.problems import LoadError, Problem
from conformance.scenario.yaml_hints import explain
from conformance.verdict import Place

__all__ = ["LOADER", "Mapping", "Node", "Scalar", "Sequence", "parse"]

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; ``verbatim`` if it stands in the file just so, beginning at ``content``."""

    value: str
    place: Place
    content: Place
    verbatim: bool = True

    def at(self, offset: int) -> Place:
        """Return the place of the character at ``offset``, or where the text begins."""
        if not self.verbatim:
            return self.place
        return Place(self.content.file, self.content.line, self.content.column + offset)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values, in the order written; no key stands twice."""

    pairs: tuple[tuple[Scalar, "Node"], ...]
    place: Place

    def get(self, key: str) -> "Node | None":
        """Return the value of ``key``; None if it is not there."""
        return next((value for name, value in self.pairs if name.value == key), None)


Node: TypeAlias = "Scalar | Sequence | Mapping"


def parse(text: str, file: str) -> Node:
    """Return the one document in ``text``; LoadError with all that a scenario may not hold."""
    builder = _Builder(text, file)
    try:
        node = builder.document(yaml.parse(text, Loader=LOADER))
    except yaml.MarkedYAMLError as error:
        last = explain(error, text, file)
        earlier = (p for p in builder.problems if p.place.line != last.place.line)
        raise LoadError([*earlier, last]) from None
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        raise LoadError([_unreadable(error, text, file)]) from None
    if builder.problems:
        raise LoadError(builder.problems)
    return node


class _Builder:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.problems: list[Problem] = []
        self.depth = 0

    def document(self, events: Iterator[Event]) -> Node:
        node: Node | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent):
                if node is not None:
                    place = self._place(event)
                    self.problems.append(Problem(place, "a second document; a file is a scenario"))
                    break
                node = self._node(next(events), events)
            elif isinstance(event, StreamEndEvent):
                break
        if node is None:
            place = Place(self.file, 1, 1)
            raise LoadError([Problem(place, "the file is empty; begin with 'scenario: TITLE'")])
        return node

    def _node(self, event: Event, events: Iterator[Event]) -> Node:
        place = self._place(event)
        self._refuse(event, place)
        if isinstance(event, SequenceStartEvent):
            self._deeper(place)
            items = [self._node(inner, events) for inner in self._inner(events)]
            self.depth -= 1
            return Sequence(tuple(items), place)
        if isinstance(event, MappingStartEvent):
            self._deeper(place)
            pairs = self._pairs(events)
            self.depth -= 1
            return Mapping(pairs, place)
        if isinstance(event, ScalarEvent):
            return self._scalar(event, place)
        return Scalar("", place, place)

    def _inner(self, events: Iterator[Event]) -> Iterator[Event]:
        """Yield events up to the end of the collection that is open."""
        for event in events:
            if not isinstance(event, NodeEvent):
                return
            yield event

    def _pairs(self, events: Iterator[Event]) -> tuple[tuple[Scalar, Node], ...]:
        pairs: list[tuple[Scalar, Node]] = []
        seen: dict[str, int] = {}
        for event in self._inner(events):
            key = self._node(event, events)
            value = self._node(next(events), events)
            if not isinstance(key, Scalar):
                self.problems.append(Problem(key.place, "a key is a word, not a list or mapping"))
            elif key.value in seen:
                message = f"'{key.value}' stands twice (also in line {seen[key.value]})"
                self.problems.append(Problem(key.place, message))
            else:
                seen[key.value] = key.place.line
                pairs.append((key, value))
        return tuple(pairs)

    def _scalar(self, event: ScalarEvent, place: Place) -> Scalar:
        quoted = event.style in ("'", '"')
        mark: Any = event.start_mark
        value: str = event.value
        start = mark.index + quoted
        verbatim = "\n" not in value and self.text.startswith(value, start)
        if event.style in ("|", ">"):
            # The mark stands before the indicator; people look at the first line of text.
            verbatim = False
            value = value.rstrip("\n")
        content = Place(self.file, place.line, place.column + quoted)
        return Scalar(value, place, content, verbatim)

    def _refuse(self, event: Event, place: Place) -> None:
        if isinstance(event, AliasEvent):
            message = (
                f"'*{event.anchor}' is YAML's alias, which scenarios do not use "
                "(a response is written without its '* ')"
            )
        elif isinstance(event, NodeEvent) and event.anchor is not None:
            message = f"'&{event.anchor}' is YAML's anchor, which scenarios do not use"
        elif isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            message = f"'{event.tag}' is a YAML tag, which scenarios do not use: all is text"
        else:
            return
        self.problems.append(Problem(place, message))

    def _deeper(self, place: Place) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise LoadError([Problem(place, f"nested deeper than {_DEEPEST}")])

    def _place(self, event: Event) -> Place:
        mark: Any = event.start_mark  # typed as optional; events always have one
        return Place(self.file, mark.line + 1, mark.column + 1)


def _unreadable(
    error: yaml.reader.ReaderError | UnicodeEncodeError, text: str, file: str
) -> Problem:
    at = error.position if isinstance(error, yaml.reader.ReaderError) else error.start
    before = text[:at]
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    code = ord(text[at]) if at < len(text) else 0
    return Problem(Place(file, line, column), f"the character U+{code:04X} cannot stand in YAML")
