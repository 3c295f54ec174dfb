"""A grammar as a network of states, the form in which the exact matcher walks it.

Each rule is a small automaton; a move matches a string, one octet of a class, a run
of such octets, or calls another rule. Built rule by rule, when first called.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from conformance.grammar.builder import Builder
from conformance.grammar.compose import Grammar
from conformance.grammar.firsts import Firsts
from conformance.grammar.guards import test
from conformance.grammar.nodes import Guard
from conformance.grammar.states import State

__all__ = ["Head", "Machine", "Network", "Shortcut"]


Shortcut = Callable[[bytes, int], "re.Match[bytes] | None"]
"""Finds the one end a rule can have from an offset on; None if it has to be walked."""


@dataclass(slots=True, eq=False)
class Machine:
    """One rule: its name as in the RFC, its section, and its first state (built when asked)."""

    name: str
    key: str
    section: str
    first: int
    nullable: bool
    network: "Network"
    guard: Guard | None = None
    passes: Callable[[bytes], bool] | None = None
    shortcut: Shortcut | None = None
    _entry: State | None = None

    @property
    def entry(self) -> State:
        """The state in which the rule begins."""
        if self._entry is None:
            self._entry = self.network.build(self)
        return self._entry


Head = tuple[int, State, tuple[tuple[Machine, int, State], ...]]
"""Where the head of a frame leads: an offset, a state there, and the rules under way.

Where a rule began after the number is counted back from the end, -1 for the end itself.
"""


class Network:
    """All the machines that ``root`` of ``grammar`` needs."""

    def __init__(
        self, grammar: Grammar, root: str, shortcuts: Callable[[str], Shortcut | None] | None = None
    ) -> None:
        """Prepare the machines; GrammarError if a rule is missing.

        ``shortcuts`` returns, for a rule that ends in one way only, how to find that end.
        """
        self._shortcuts = shortcuts
        self._grammar = grammar
        self.firsts = Firsts(grammar, root)
        self.masks = grammar.masks
        self._machines: dict[str, Machine] = {}
        self._guards: dict[Guard, Machine] = {}
        self.heads: dict[bytes, Head] = {}
        self.root = self.machine(root.lower())

    def machine(self, key: str) -> Machine:
        """Return the machine of a rule by its lower-case name."""
        if key not in self._machines:
            rule = self._grammar.rule(key)
            self._machines[key] = Machine(
                name=rule.name,
                key=key,
                section=rule.section,
                first=self.firsts.first[key],
                nullable=self.firsts.nullable[key],
                network=self,
                shortcut=self._shortcuts(key) if self._shortcuts else None,
            )
        return self._machines[key]

    def guarded(self, guard: Guard, inside: str) -> Machine:
        """Return the machine of a guarded item in the rule ``inside``."""
        key = f"{inside}!{len(self._guards)}"
        if guard not in self._guards:
            rule = self._grammar.rule(inside)
            first, nullable = self.firsts.of(guard.item)
            self._guards[guard] = Machine(
                name=rule.name,
                key=key,
                section=rule.section,
                first=first,
                nullable=nullable,
                network=self,
                guard=guard,
                passes=test(guard),
            )
        return self._guards[guard]

    def build(self, machine: Machine) -> State:
        """Return the first state of a rule, all its states made."""
        rule = machine.key.partition("!")[0]
        node = self._grammar.rule(rule).node
        follow = self.firsts.follow[rule]
        if machine.guard:
            follow = follow if node == machine.guard else ~0
            node = machine.guard.item
        return Builder(self, rule, node).entry(follow)
