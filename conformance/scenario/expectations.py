"""Reads what a step, or a branch of it, expects to see."""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.scenario.condition import parse_condition
from conformance.scenario.model import Branch, Expectations, Level, Pattern
from conformance.scenario.pattern import (
    Message,
    Node,
    Seq,
    Uid,
    parse_ends,
    parse_pattern,
    walk,
)
from conformance.scenario.problems import suggest
from conformance.scenario.reading import Reading
from conformance.scenario.tree import Node as TreeNode
from conformance.scenario.tree import Scalar
from conformance.scenario.words import BRANCH

__all__ = ["ExpectationReader", "Names"]


@dataclass(frozen=True, slots=True)
class Names:
    """What steps may speak of: actors, messages that are given, and message files' names.

    clients  those of the actors for which a client library acts
    """

    actors: tuple[str, ...]
    given: tuple[str, ...]
    messages: tuple[str, ...]
    clients: tuple[str, ...] = ()


class ExpectationReader:
    """Turns nodes into expectations and notes problems in ``reading``."""

    def __init__(self, reading: Reading, names: Names) -> None:
        """Read in the light of ``names``."""
        self.reading = reading
        self.names = names

    def expectations(self, values: dict[str, TreeNode]) -> Expectations:
        """Return what the keys of a step or branch expect."""
        reading = self.reading
        patterns = {
            level: found
            for level in Level
            if level in values
            if (found := self._patterns(values[level], f"a pattern of '{level}'", parse_pattern))
        }
        ends = None
        if "ends" in values:
            found = self._patterns(values["ends"], "'ends'", _ends)
            if len(found) > 1:
                reading.wrong(values["ends"].place, "'ends' is one text; alternatives are NO | BAD")
            ends = found[0] if found else None
        return Expectations(
            patterns,
            ends,
            only="only" in values and reading.yes(values["only"], "only"),
            in_order="in order" in values and reading.yes(values["in order"], "in order"),
            check=self._checks(values["check"]) if "check" in values else (),
        )

    def _patterns(
        self, node: TreeNode, what: str, parse: Callable[[str], tuple[Node, ...]]
    ) -> tuple[Pattern, ...]:
        found = []
        for scalar in self.reading.texts(node, what):
            for part in walk(self.reading.parsed(scalar, parse) or ()):
                if isinstance(part, Uid | Seq | Message):
                    self.reference(part, scalar)
            found.append(Pattern(scalar.value, scalar.content))
        return tuple(found)

    def _checks(self, node: TreeNode) -> tuple[Pattern, ...]:
        found = []
        for scalar in self.reading.texts(node, "a check"):
            condition = self.reading.parsed(scalar, parse_condition)
            for operand in (condition.left, condition.right) if condition else ():
                if isinstance(operand.value, Uid):
                    self.reference(operand.value, scalar)
            found.append(Pattern(scalar.value, scalar.content))
        return tuple(found)

    def either(self, node: TreeNode) -> tuple[Branch, ...]:
        """Return the named alternatives."""
        branches = []
        for key, value in self.reading.mapping(node, "'either'"):
            if not key.value:
                self.reading.wrong(key.place, "the branch's name is missing")
            fields = self.reading.fields(value, BRANCH, "a branch")
            branches.append(Branch(key.value, self.expectations(fields)))
        if len(branches) < 2:
            self.reading.wrong(node.place, "'either' has two branches or more, each with a name")
        return tuple(branches)

    def reference(self, node: Uid | Seq | Message, scalar: Scalar) -> None:
        """Note a message that is not known, where its name stands."""
        word = type(node).__name__.lower()
        known = (*self.names.given, *self.names.messages)
        if node.name in known:
            return
        offset = max(scalar.value.find(f"{word}({node.name})"), 0)
        message = f"there is no message '{node.name}'{suggest(node.name, known)}"
        self.reading.wrong(scalar.at(offset), message)


def _ends(text: str) -> tuple[Node, ...]:
    return tuple(node for alternative in parse_ends(text) for node in alternative)
