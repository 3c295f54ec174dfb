"""Reads texts, lists and keys out of the tree, and notes what is wrong as it goes."""

import re
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Table
from typing import TypeVar

from conformance.scenario.pattern import PatternError
from conformance.scenario.problems import Problem, suggest
from conformance.scenario.tree import Mapping, Node, Scalar, Sequence
from conformance.verdict import Place

__all__ = ["DURATION", "RULE", "Reading", "seconds"]

T = TypeVar("T")
DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(ms|s|m)", re.ASCII)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}
RULE = re.compile(r"RFC[1-9]\d{0,4}:(?:\d+|[A-Z])(?:\.\d+)*(?:/[1-9]\d*)?", re.ASCII)
_CAPABILITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9+\-=./:&_]*")


def seconds(text: str) -> float | None:
    """Return the seconds that ``5s``, ``300ms`` or ``2m`` stands for; None if it is no time."""
    match = DURATION.fullmatch(text)
    if match is None:
        return None
    value = round(float(match[1]) * _UNITS[match[2]], 9)
    return value if value > 0 else None


class Reading:
    """The problems of one file, and the ways to read its nodes.

    draft  whether the values of cases are not filled in yet, so that only what no
           value could mend is noted
    """

    def __init__(self, file: str, *, draft: bool = False) -> None:
        """Start without a problem."""
        self.file = file
        self.draft = draft
        self.problems: list[Problem] = []

    def wrong(self, place: Place, message: str) -> None:
        """Note a problem."""
        if not self.draft:
            self.problems.append(Problem(place, message))

    def filled(self, node: Node, what: str) -> None:
        """Note a value of cases where none can stand, as it would be lost."""
        if self.draft and isinstance(node, Scalar) and "<" in node.value:
            message = f"a value of cases cannot stand in {what}"
            self.problems.append(Problem(node.place, message))

    def text(self, node: Node, what: str) -> str:
        """Return a text that is not empty; else note that ``what`` is missing and return ''."""
        if not isinstance(node, Scalar):
            kind = "list" if isinstance(node, Sequence) else "mapping"
            message = f"{what} is a text, not a {kind}"
            if isinstance(node, Mapping):
                message += "; a text with ': ' or in {…} needs single quotes"
            elif node.items:
                message += "; a text in […] needs single quotes"
            self.wrong(node.place, message)
            return ""
        if not node.value:
            self.wrong(node.place, f"{what} is missing")
        elif any(character in node.value for character in "\r\n\x85\u2028\u2029"):
            self.wrong(node.place, f"{what} is one line")
        return node.value

    def list_of(self, node: Node, what: str) -> tuple[Node, ...]:
        """Return the items of a list; a single text or mapping is a list of one."""
        if isinstance(node, Sequence):
            return node.items
        if isinstance(node, Scalar) and not node.value:
            self.wrong(node.place, f"{what} is missing")
            return ()
        return (node,)

    def texts(self, node: Node, what: str) -> tuple[Scalar, ...]:
        """Return the texts of a list, or of a single text."""
        return tuple(
            item
            for item in self.list_of(node, what)
            if self.text(item, what) and isinstance(item, Scalar)
        )

    def mapping(self, node: Node, what: str) -> tuple[tuple[Scalar, Node], ...]:
        """Return the pairs of a mapping; nothing at all is an empty one."""
        if isinstance(node, Mapping):
            return node.pairs
        if not (isinstance(node, Scalar) and not node.value):
            self.wrong(node.place, f"{what} is a mapping, 'name: …' on each line")
        return ()

    def fields(self, node: Node, known: Iterable[str], what: str) -> dict[str, Node]:
        """Return the values of known keys; other keys are noted with what may have been meant."""
        found: dict[str, Node] = {}
        for key, value in self.mapping(node, what):
            if key.value in known:
                found[key.value] = value
            else:
                self.wrong(
                    key.place, f"'{key.value}' is not a key of {what}{suggest(key.value, known)}"
                )
        return found

    def choice(self, node: Node, known: Iterable[str], what: str) -> str:
        """Return a text that is one of ``known``."""
        word = self.text(node, what)
        if word and word not in known:
            message = f"'{word}' is no {what}: {', '.join(known)}{suggest(word, known)}"
            self.wrong(node.place, message)
        return word

    def yes(self, node: Node, what: str) -> bool:
        """Return whether a text says yes."""
        self.filled(node, f"'{what}'")
        word = self.text(node, what)
        if word and word not in ("yes", "no"):
            self.wrong(node.place, f"'{what}' is yes or no, not '{word}'")
        return word == "yes"

    def duration(self, node: Node, what: str) -> float | None:
        """Return seconds."""
        self.filled(node, what)
        word = self.text(node, what)
        value = seconds(word)
        if word and value is None:
            self.wrong(node.place, f"'{word}' is no time; write 5s, 300ms or 2m")
        return value

    def rules(self, node: Node) -> tuple[str, ...]:
        """Return references such as RFC9051:7.5.1."""
        found = self.texts(node, "a rule")
        for rule in found:
            if not RULE.fullmatch(rule.value):
                message = f"'{rule.value}' is no rule; write RFC and section as RFC9051:7.5.1"
                self.wrong(rule.place, message)
        return tuple(rule.value for rule in found)

    def needs(self, node: Node) -> tuple[tuple[str, ...], ...]:
        """Return capabilities, each entry a tuple of alternatives."""
        entries = []
        for entry in self.texts(node, "a capability"):
            words = tuple(word.strip() for word in entry.value.split("|"))
            for word in words:
                if not _CAPABILITY.fullmatch(word):
                    self.wrong(entry.place, f"'{word}' is no capability or service")
            entries.append(words)
        return tuple(entries)

    def parsed(self, scalar: Scalar, parse: Callable[[str], T]) -> T | None:
        """Return what ``parse`` makes of a text; its PatternError becomes a problem in place."""
        try:
            return parse(scalar.value)
        except PatternError as error:
            self.wrong(scalar.at(error.offset), error.message)
            return None

    def known(
        self, name: str, names: Table[str, object] | Iterable[str], place: Place, what: str
    ) -> bool:
        """Tell whether ``name`` is one of ``names``; note it if not."""
        names = list(names)
        if name in names:
            return True
        self.wrong(place, f"there is no {what} '{name}'{suggest(name, names)}")
        return False
