"""One rule as an automaton: its states and moves."""

import re
from typing import TYPE_CHECKING

from conformance.grammar.compose import single
from conformance.grammar.expressions import char_class
from conformance.grammar.firsts import END
from conformance.grammar.nodes import Alt, Cat, Chars, Guard, Lit, Node, Ref, Rep
from conformance.grammar.states import Kind, Move, State

if TYPE_CHECKING:
    from conformance.grammar.network import Network

__all__ = ["Builder"]


class Builder:
    """Thompson's construction from the end backwards, then without its empty moves."""

    def __init__(self, network: "Network", rule: str, node: Node) -> None:
        """Lay out ``node``, which belongs to ``rule``, with its empty moves."""
        self._network = network
        self._rule = rule
        self._masks = network.masks
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
        """Return the first state; ``follow`` are the octets that can come after the rule."""
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
            first, _ = self._network.firsts.of(node)
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
