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

Shortcuts = Callable[[str], tuple[Callable[[], Shortcut], bool] | None]
"""Returns, for a rule that ends in one way only, what makes its shortcut, and if it is a word."""


@dataclass(slots=True, eq=False)
class Machine:
    """One rule: its name as in the RFC, its section, and its first state (built when asked).

    word  only what follows shows where its shortcut ends: on its own, the rule might go on
    """

    name: str
    key: str
    section: str
    first: int
    nullable: bool
    network: "Network"
    guard: Guard | None = None
    passes: Callable[[bytes], bool] | None = None
    shortcut: Shortcut | None = None
    word: bool = False
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

    def __init__(self, grammar: Grammar, root: str, shortcuts: Shortcuts | None = None) -> None:
        """Prepare the machines; GrammarError if a rule is missing."""
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
            machine = self._machines[key] = Machine(
                name=rule.name,
                key=key,
                section=rule.section,
                first=self.firsts.first[key],
                nullable=self.firsts.nullable[key],
                network=self,
            )
            known = self._shortcuts(key) if self._shortcuts else None
            if known is not None:
                machine.shortcut, machine.word = _first(machine, known[0]), known[1]
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


def _first(machine: Machine, make: Callable[[], Shortcut]) -> Shortcut:
    """Return what makes the shortcut of ``machine`` when it is first asked for."""

    def find(octets: bytes, position: int) -> re.Match[bytes] | None:
        machine.shortcut = made = make()
        return made(octets, position)

    return find
