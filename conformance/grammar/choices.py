"""Which alternatives of a rule an expression has to try, and in what order."""

from collections.abc import Iterable

from conformance.grammar.compose import Grammar, single
from conformance.grammar.cover import covered
from conformance.grammar.firsts import Firsts
from conformance.grammar.nodes import Alt, Cat, Guard, Lit, Node, Ref, Rep

__all__ = ["ANY_CASE", "LEVELS", "MESSAGE", "UTF8", "Choices", "Levels", "within_message"]

Levels = dict[str, int]
"""How often each rule that contains itself may still be written out."""

LEVELS = {"body": 3}
MESSAGE = "body-type-msg"
UTF8 = {Ref("utf8-2"), Ref("utf8-3"), Ref("utf8-4")}
ANY_CASE = {"media-text", "media-message", "media-basic"}
_SHARED = 4  # how many items two alternatives have to share


def within_message(levels: Levels) -> Levels:
    """Return the levels left in a message's body: one at the top, where forwards are."""
    return levels | {"body": int(levels.get("body", 0) == LEVELS["body"] - 1)}


class Choices:
    """Sorts alternatives of a grammar; ``marks`` are the rules that contain themselves."""

    def __init__(self, grammar: Grammar, firsts: Firsts, marks: frozenset[str]) -> None:
        """Take note of what is known of the grammar."""
        self._grammar = grammar
        self._firsts = firsts
        self._masks = grammar.masks
        self._marks = marks

    def left(
        self, items: Iterable[Node], keep: int, levels: Levels | None
    ) -> tuple[int, list[Node]]:
        """Return the octets that are alternatives by themselves, and the others, the longest first.

        What another one covers is left out, and what begins with no octet of ``keep``, or needs
        a rule of which ``levels`` has none left; with None a mark can stand for any.
        """
        flat = self.flat(items)
        kept = [
            item
            for index, item in enumerate(flat)
            if not any(
                other is not item and covered(item, other, self._grammar.rules, self._masks)
                for other in flat[:index] + flat[index + 1 :]
            )
        ]
        mask, rest = 0, []
        for item in kept:
            one = single(item, self._masks)
            if one is not None:
                mask |= one
            elif self.possible(item, keep, levels):
                rest.append(item)
        lines = {item: self._line(item) for item in rest}
        rest.sort(
            key=lambda item: (
                _guarded(item, self._grammar),
                -sum(_begins(lines[item], line) for line in lines.values()),
            )
        )
        return mask, rest

    def shared(self, one: Node, other: Node) -> Node | None:
        """Return two long alternatives with what they begin with in common written once."""
        left, right = self._opened(one), self._opened(other)
        same = 0
        while same < min(len(left), len(right)) - 1 and left[same] == right[same]:
            same += 1
        if same < _SHARED:
            return None
        return Cat((*left[:same], Alt((Cat(left[same:]), Cat(right[same:])))))

    def _opened(self, item: Node) -> tuple[Node, ...]:
        """Return a sequence with its first item, if that is a rule, taken apart as well."""
        items = item.items if isinstance(item, Cat) else (item,)
        first = items[0]
        if isinstance(first, Ref) and first.name not in self._marks:
            inner = self._grammar.rule(first.name).node
            if isinstance(inner, Cat):
                return (*inner.items, *items[1:])
        return items

    def _line(self, item: Node) -> tuple[Node, ...]:
        """Return the items of an alternative, other names of the same rule made one."""
        while isinstance(item, Ref) and item.name not in self._marks:
            inner = self._grammar.rule(item.name).node
            if isinstance(inner, Cat):
                return tuple(first for part in inner.items for first in self._line(part)[:1])
            if not isinstance(inner, Ref):
                break
            item = inner
        if isinstance(item, Cat):
            return tuple(first for part in item.items for first in self._line(part)[:1])
        return (item,)

    def possible(self, item: Node, keep: int, levels: Levels | None) -> bool:
        """Whether an alternative is left: by its octets, and without a mark where none can be."""
        first, empty = self._firsts.of(item)
        if not (empty or first & keep):
            return False
        return levels is None or not self._needs_mark(item, levels)

    def _needs_mark(self, node: Node, levels: Levels) -> bool:
        """Whether every sentence of ``node`` holds a rule with no level left."""
        match node:
            case Ref(name) if name in levels:
                return not levels[name]
            case Ref(name):
                inner = within_message(levels) if name == MESSAGE else levels
                return self._needs_mark(self._grammar.rule(name).node, inner)
            case Cat(items):
                return any(self._needs_mark(item, levels) for item in items)
            case Alt(items):
                return all(self._needs_mark(item, levels) for item in items)
            case Rep(item, least, _):
                return least > 0 and self._needs_mark(item, levels)
            case Guard(item):
                return self._needs_mark(item, levels)
            case _:
                return False

    def flat(self, items: Iterable[Node]) -> list[Node]:
        """Return alternatives with those that are other names of several taken apart."""
        flat: list[Node] = []
        for item in items:
            node = item
            while isinstance(node, Ref) and node.name not in self._marks and node not in UTF8:
                inner = self._grammar.rule(node.name).node
                if not isinstance(inner, (Ref, Alt)) or node.name in ANY_CASE:
                    break
                node = inner
            if isinstance(node, Alt):
                flat.extend(self.flat(node.items))
            else:
                flat.append(node)
        return list(dict.fromkeys(flat))


def _begins(longer: tuple[Node, ...], shorter: tuple[Node, ...]) -> bool:
    """Whether one alternative begins with all of another, so that it has to be tried first."""
    match longer, shorter:
        case (Lit(more, _), *_), (Lit(text, _), *_) if more != text:
            return more.startswith(text)
        case _:
            return longer[: len(shorter)] == shorter


def _guarded(item: Node, grammar: Grammar) -> bool:
    """Whether an alternative is what remains when others have been ruled out."""
    while True:
        if isinstance(item, Guard):
            return bool(item.words) or _guarded(item.item, grammar)
        if isinstance(item, Cat):
            item = item.items[0]
        elif isinstance(item, Ref):
            item = grammar.rule(item.name).node
        else:
            return False
