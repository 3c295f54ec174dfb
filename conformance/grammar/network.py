"""A grammar as a network of states, the form in which the exact matcher walks it.

Each rule is a small automaton; a move matches a string, one octet of a class, a run
of such octets, or calls another rule. Built rule by rule, when first called.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from conformance.grammar.compose import Grammar, single
from conformance.grammar.expressions import char_class
from conformance.grammar.firsts import END, Firsts
from conformance.grammar.guards import test
from conformance.grammar.nodes import Alt, Cat, Chars, Guard, Lit, Node, Ref, Rep

__all__ = ["LEAVE", "SEVERAL", "Head", "Kind", "Machine", "Move", "Network", "Shortcut", "State"]


Shortcut = Callable[[bytes, int], "re.Match[bytes] | None"]
"""Finds the one end a rule can have from an offset on; None if it has to be walked."""


class Kind(IntEnum):
    """What a move does."""

    OCTET = 0
    RUN = 1
    TEXT = 2
    CALL = 3


@dataclass(slots=True, eq=False)
class Move:
    """One way on from a state.

    mask    the octets it can begin with
    length  of the text it matches
    match   for a run: finds its end; for a text of letters: None or the text folded
    again   it only continues a loop over a class, so nobody would name it as missing
    """

    kind: Kind
    mask: int
    target: "State"
    text: bytes = b""
    exact: bool = False
    callee: "Machine | None" = None
    run: Callable[[bytes, int], "re.Match[bytes] | None"] | None = None
    again: bool = False
    node: Node | None = None


@dataclass(slots=True, eq=False)
class State:
    """A place within a rule.

    follow  where the rule may end here: the octets that can come after it
    """

    accept: bool = False
    moves: list[Move] = field(default_factory=list)
    table: dict[int, tuple[Move, ...]] = field(default_factory=dict)
    only: "dict[int, Move]" = field(default_factory=dict)
    follow: int = 0

    def ways(self, octet: int) -> tuple[Move, ...]:
        """Return the moves that can begin with ``octet`` (256 at the end), and remember them."""
        bit = 1 << octet
        found = tuple(
            move
            for move in self.moves
            if move.mask & bit or (move.callee is not None and move.callee.nullable)
        )
        self.table[octet] = found
        return found

    def one(self, octet: int) -> "Move":
        """Return the only move that ``octet`` leaves, LEAVE if the rule ends, SEVERAL otherwise."""
        ways = self.table.get(octet)
        if ways is None:
            ways = self.ways(octet)
        leaves = self.accept and self.follow >> octet & 1
        found = SEVERAL
        if not ways and leaves:
            found = LEAVE
        elif len(ways) == 1 and not leaves:
            callee = ways[0].callee
            if callee is None or not callee.nullable:
                found = ways[0]
        self.only[octet] = found
        return found


LEAVE = Move(Kind.CALL, 0, State())
SEVERAL = Move(Kind.CALL, 0, State())


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
        self._firsts = Firsts(grammar, root)
        self._masks = grammar.masks
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
                first=self._firsts.first[key],
                nullable=self._firsts.nullable[key],
                network=self,
                shortcut=self._shortcuts(key) if self._shortcuts else None,
            )
        return self._machines[key]

    def guarded(self, guard: Guard, inside: str) -> Machine:
        """Return the machine of a guarded item in the rule ``inside``."""
        key = f"{inside}!{len(self._guards)}"
        if guard not in self._guards:
            rule = self._grammar.rule(inside)
            first, nullable = self._firsts.of(guard.item)
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
        follow = self._firsts.follow[rule]
        if machine.guard:
            follow = follow if node == machine.guard else ~0
            node = machine.guard.item
        return _Builder(self, rule, node).entry(follow)


class _Builder:
    """Thompson's construction from the end backwards, then without its empty moves."""

    def __init__(self, network: Network, rule: str, node: Node) -> None:
        self._network = network
        self._rule = rule
        self._masks = network._masks  # noqa: SLF001
        self._empty: list[list[int]] = []
        self._moves: list[list[tuple[Kind, Node, int, int]]] = []
        self._accept = self._new()
        self._start = self._add(node, self._accept)
        self._states: dict[frozenset[int], State] = {}

    def _new(self) -> int:
        self._empty.append([])
        self._moves.append([])
        return len(self._empty) - 1

    def _add(self, node: Node, after: int) -> int:
        mask = single(node, self._masks)
        if mask is not None:
            state = self._new()
            self._moves[state].append((Kind.OCTET, node, mask, after))
            return state
        match node:
            case Lit(text, _):
                if not text:
                    return after
                state = self._new()
                self._moves[state].append((Kind.TEXT, node, 0, after))
                return state
            case Ref(_) | Guard():
                state = self._new()
                self._moves[state].append((Kind.CALL, node, 0, after))
                return state
            case Alt(items):
                state = self._new()
                self._empty[state] = [self._add(item, after) for item in items]
                return state
            case Cat(items):
                for item in reversed(items):
                    after = self._add(item, after)
                return after
            case Rep(item, least, most):
                if most is None:
                    loop = self._new()
                    self._empty[loop] = [self._add(item, loop), after]
                    after = loop
                else:
                    end = after
                    for _ in range(most - least):
                        choice = self._new()
                        self._empty[choice] = [self._add(item, after), end]
                        after = choice
                for _ in range(least):
                    after = self._add(item, after)
                return after
            case Chars(_):
                raise AssertionError("a class is a single octet")

    def entry(self, follow: int) -> State:
        first = self._state(self._start)
        queue, seen = [first], {id(first)}
        while queue:
            state = queue.pop()
            state.follow = follow
            self._join(state, follow)
            for move in state.moves:
                if id(move.target) not in seen:
                    seen.add(id(move.target))
                    queue.append(move.target)
        return first

    def _state(self, start: int) -> State:
        closure = {start}
        stack = [start]
        while stack:
            for other in self._empty[stack.pop()]:
                if other not in closure:
                    closure.add(other)
                    stack.append(other)
        key = frozenset(n for n in closure if self._moves[n] or n == self._accept)
        known = self._states.get(key)
        if known is not None:
            return known
        state = self._states[key] = State(accept=self._accept in key)
        for number in sorted(key):
            for kind, node, mask, after in self._moves[number]:
                state.moves.append(self._move(kind, node, mask, after))
        return state

    def _move(self, kind: Kind, node: Node, mask: int, after: int) -> Move:
        target = self._state(after)
        if isinstance(node, Lit) and kind is Kind.TEXT:
            first, _ = self._network._firsts.of(node)  # noqa: SLF001
            text = node.text if node.exact else node.text.upper()
            return Move(kind, first, target, text=text, exact=node.exact, node=node)
        if isinstance(node, Ref) and kind is Kind.CALL:
            callee = self._network.machine(node.name)
            return Move(kind, callee.first, target, callee=callee, node=node)
        if isinstance(node, Guard):
            callee = self._network.guarded(node, self._rule)
            return Move(kind, callee.first, target, callee=callee, node=node.item)
        return Move(kind, mask, target, node=node)

    def _join(self, state: State, follow: int) -> None:
        """Make a loop over a class one run, where nothing else could take its octets."""
        for move in state.moves:
            if move.kind is not Kind.OCTET or move.target is not state:
                continue
            move.again = True
            others = follow if state.accept else 0
            nullable = False
            for other in state.moves:
                if other is not move:
                    others |= other.mask
                    nullable = nullable or (other.callee is not None and other.callee.nullable)
            if not nullable and not others & move.mask & ~END:
                move.kind = Kind.RUN
                move.run = re.compile(char_class(move.mask) + b"+").match
