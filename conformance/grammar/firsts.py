"""What a node of a grammar can begin with, and what can come after a rule, as masks of octets."""

from collections.abc import Mapping

from conformance.grammar.compose import Grammar
from conformance.grammar.nodes import Alt, Cat, Chars, Guard, Lit, Node, Ref, Rep, references

__all__ = ["END", "Firsts"]

END = 1 << 256
"""The bit of a mask that stands for the end of the frame."""


class Firsts:
    """First and follow sets of the rules that ``root`` needs."""

    def __init__(self, grammar: Grammar, root: str) -> None:
        """Work the sets out until they no longer grow."""
        self._rules = {name: grammar.rule(name).node for name in grammar.reachable(root)}
        self.first: dict[str, int] = dict.fromkeys(self._rules, 0)
        self.nullable: dict[str, bool] = dict.fromkeys(self._rules, False)
        self.follow: dict[str, int] = dict.fromkeys(self._rules, 0)
        self.follow[root.lower()] = END
        self._find_firsts()
        self._find_follows()

    def of(self, node: Node) -> tuple[int, bool]:
        """Return the octets ``node`` can begin with, and whether it can be empty."""
        match node:
            case Chars(mask):
                return mask, False
            case Lit(text, exact):
                if not text:
                    return 0, True
                head = text[:1]
                both = {head} if exact else {head.lower(), head.upper()}
                return sum(1 << octet[0] for octet in both), False
            case Ref(name):
                return self.first[name], self.nullable[name]
            case Alt(items):
                pairs = [self.of(item) for item in items]
                mask = 0
                for part, _ in pairs:
                    mask |= part
                return mask, any(empty for _, empty in pairs)
            case Cat(items):
                mask = 0
                for item in items:
                    part, empty = self.of(item)
                    mask |= part
                    if not empty:
                        return mask, False
                return mask, True
            case Rep(item, least, _):
                mask, empty = self.of(item)
                return mask, empty or least == 0
            case Guard(item):
                return self.of(item)

    def _find_firsts(self) -> None:
        users = _users(self._rules)
        pending = dict.fromkeys(self._rules)
        while pending:
            name, _ = pending.popitem()
            mask, empty = self.of(self._rules[name])
            if mask != self.first[name] or empty != self.nullable[name]:
                self.first[name], self.nullable[name] = mask, empty
                pending.update(dict.fromkeys(users[name]))

    def _find_follows(self) -> None:
        pending = dict.fromkeys(self._rules)
        while pending:
            name, _ = pending.popitem()
            self._follow(self._rules[name], self.follow[name], pending)

    def _follow(self, node: Node, after: int, pending: dict[str, None]) -> None:
        match node:
            case Ref(name):
                if after | self.follow[name] != self.follow[name]:
                    self.follow[name] |= after
                    pending[name] = None
            case Alt(items):
                for item in items:
                    self._follow(item, after, pending)
            case Cat(items):
                for item in reversed(items):
                    self._follow(item, after, pending)
                    mask, empty = self.of(item)
                    after = after | mask if empty else mask
            case Rep(item, _, most):
                mask, _ = self.of(item)
                self._follow(item, after if most == 1 else after | mask, pending)
            case Guard(item):
                self._follow(item, after, pending)
            case _:
                pass


def _users(rules: Mapping[str, Node]) -> dict[str, list[str]]:
    users: dict[str, list[str]] = {name: [] for name in rules}
    for name, node in rules.items():
        for used in references(node):
            users[used].append(name)
    return users
