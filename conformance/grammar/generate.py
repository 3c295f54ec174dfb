"""Make sentences of a grammar, and sentences that miss it by one edit.

For property tests, for fuzzing the fast path against the exact matcher, and for servers that are
wrong on purpose.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import Random

from conformance.grammar.compose import Grammar
from conformance.grammar.guards import test
from conformance.grammar.nodes import Alt, Cat, Chars, Guard, Lit, Node, Ref, Rep, Rule, octets

__all__ = ["Sentences", "alternatives", "edits"]

_FAR = 10_000
_TRIES = 60


class Sentences:
    """Makes sentences of the rules of ``grammar``, preferring what has not been used yet.

    ``used`` counts every rule and every alternative (as ``rule``, number) that was taken.
    """

    def __init__(self, grammar: Grammar, random: Random, *, depth: int = 18) -> None:
        """Work out how short each rule can be; ``depth`` bounds how deep sentences nest."""
        self._grammar = grammar
        self._random = random
        self._depth = depth
        self._least = _least(grammar)
        self.used: Counter[tuple[str, int]] = Counter()

    def sentence(self, rule: str) -> bytes:
        """Return a sentence of ``rule``, its literals filled in."""
        return b"".join(self._rule(rule.lower(), self._depth))

    def _rule(self, name: str, depth: int) -> Iterator[bytes]:
        rule = self._grammar.rule(name)
        self.used[name, -1] += 1
        literal = _literal(rule)
        if literal is not None:
            yield self._literal(literal)
            return
        yield from self._node(rule.node, name, depth - 1)

    def _node(self, node: Node, name: str, depth: int) -> Iterator[bytes]:
        random = self._random
        match node:
            case Lit(text, exact):
                yield text if exact or random.random() < 0.9 else _recased(text, random)
            case Chars(mask):
                yield bytes((_pick(mask, random),))
            case Ref(other):
                yield from self._rule(other, depth)
            case Guard(item):
                yield self._guarded(node, item, name, depth)
            case Cat(items):
                for item in items:
                    yield from self._node(item, name, depth)
            case Alt(items):
                yield from self._node(self._choice(node, items, name, depth), name, depth)
            case Rep(item, least, most):
                for _ in range(self._times(node, least, most, depth)):
                    yield from self._node(item, name, depth)

    def _guarded(self, guard: Guard, item: Node, name: str, depth: int) -> bytes:
        passes = test(guard)
        for _ in range(_TRIES):
            text = b"".join(self._node(item, name, depth))
            if passes(text):
                return text
        return _FIXED.get(guard.name, b"x")

    def _choice(self, node: Alt, items: Sequence[Node], name: str, depth: int) -> Node:
        lengths = [self._length(item) for item in items]
        near = [i for i, length in enumerate(lengths) if length <= depth]
        if not near:
            shortest = min(lengths)
            near = [i for i, length in enumerate(lengths) if length == shortest]
        index = self._random.choice(near)
        numbers = _numbers(self._grammar.rule(name).node)
        first = numbers.get(id(node), 0)
        if self._random.random() < 0.5:
            index = min(near, key=lambda i: (self.used[name, first + i], self._random.random()))
        self.used[name, first + index] += 1
        return items[index]

    def _times(self, node: Rep, least: int, most: int | None, depth: int) -> int:
        if self._length(node.item) > depth and least == 0:
            return 0
        top = least + 3 if most is None else min(most, least + 3)
        return self._random.randint(least, top)

    def _length(self, node: Node) -> int:
        return _length(node, self._least)

    def _literal(self, head: bytes) -> bytes:
        size = self._random.choice((0, 1, 3, 8))
        low = 0 if head.startswith(b"~") else 1
        body = bytes(self._random.choice((low, 10, 13, 34, 41, 65, 123, 255)) for _ in range(size))
        return head + b"%d}\r\n" % size + body


_FIXED = {
    "date-time": b'"17-Jul-1996 02:44:25 -0700"',
    "date": b"1-Feb-1994",
    "32 bits": b"7",
    "32 bits, not 0": b"7",
    "63 bits": b"7",
    "63 bits, not 0": b"7",
    "ascending": b"5:7",
    "low to high": b"5:7",
    "descending": b"7:5",
}


def _literal(rule: Rule) -> bytes | None:
    """Return the head of a literal, up to its count, if the rule is one."""
    node = rule.node.items[0] if isinstance(rule.node, Alt) else rule.node
    if isinstance(node, Cat) and node.items[-1] == Ref("crlf") and isinstance(node.items[0], Lit):
        head = node.items[0].text
        return head if head in (b"{", b"~{") else None
    return None


def _pick(mask: int, random: Random) -> int:
    values = list(octets(mask))
    common = [value for value in values if 0x61 <= value <= 0x7A or 0x30 <= value <= 0x39]
    return random.choice(common if common and random.random() < 0.7 else values)


def _recased(text: bytes, random: Random) -> bytes:
    return bytes(
        random.choice((text[i : i + 1].lower(), text[i : i + 1].upper()))[0]
        for i in range(len(text))
    )


def _least(grammar: Grammar) -> dict[str, int]:
    """Return for each rule how deep its shallowest sentence nests."""
    least = dict.fromkeys(grammar.rules, _FAR)
    changed = True
    while changed:
        changed = False
        for name, rule in grammar.rules.items():
            length = 1 + _length(rule.node, least)
            if length < least[name]:
                least[name] = length
                changed = True
    return least


def _length(node: Node, least: dict[str, int]) -> int:
    match node:
        case Ref(name):
            return least.get(name, _FAR)
        case Cat(items):
            return max((_length(item, least) for item in items), default=0)
        case Alt(items):
            return min(_length(item, least) for item in items)
        case Rep(item, low, _):
            return _length(item, least) if low else 0
        case Guard(item):
            return _length(item, least)
        case _:
            return 0


def _numbers(node: Node) -> dict[int, int]:
    """Return the number of the first alternative of each Alt, by its id; under 0 how many."""
    found: dict[int, int] = {}
    count = 0
    stack = [node]
    while stack:
        node = stack.pop()
        match node:
            case Alt(items):
                found[id(node)] = count
                count += len(items)
                stack.extend(reversed(items))
            case Cat(items):
                stack.extend(reversed(items))
            case Rep(item) | Guard(item):
                stack.append(item)
            case _:
                pass
    found[0] = count
    return found


def alternatives(grammar: Grammar, *roots: str) -> set[tuple[str, int]]:
    """Return every rule (numbered -1) and every alternative that ``roots`` can reach."""
    found: set[tuple[str, int]] = set()
    for name in grammar.reachable(*roots):
        count = _numbers(grammar.rule(name).node)[0]
        found.update((name, number) for number in range(-1, count))
    return found


_ODD = b' ()[]{}"\\\r\n*%\x00\x7f\x80\xff019AZaz<>,:.-+&$~'


def edits(sentence: bytes, random: Random, accepts: Callable[[bytes], bool]) -> bytes | None:
    """Return ``sentence`` with one small edit that ``accepts`` refuses; None if none is found."""
    for _ in range(_TRIES):
        at = random.randrange(len(sentence) + 1)
        kind = random.randrange(6)
        odd = bytes((random.choice(_ODD),))
        if kind == 0:
            edited = sentence[:at] + odd + sentence[at:]
        elif kind == 1:
            edited = sentence[:at] + sentence[at + 1 :]
        elif kind == 2:
            edited = sentence[:at] + odd + sentence[at + 1 :]
        elif kind == 3:
            edited = sentence[:at] + sentence[at : at + 1] + sentence[at:]
        elif kind == 4:
            end = sentence.find(b" ", at) + 1 or len(sentence)
            edited = sentence[:at] + sentence[end:]
        else:
            other = random.randrange(len(sentence) + 1)
            low, high = min(at, other), max(at, other)
            edited = sentence[:low] + sentence[low : min(high, low + 12)] + sentence[low:]
        if edited != sentence and not accepts(edited):
            return edited
    return None
