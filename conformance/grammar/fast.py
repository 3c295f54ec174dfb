"""The fast path: frames by their keyword, each kind one regular expression.

It may refuse what is well-formed (the exact matcher then decides) but never accepts
what is not. Expressions are compiled when a kind is first seen: with the case
servers usually write, then, for what that refuses, in any case.
"""

import re
from collections.abc import Callable, Iterator

from conformance.grammar.compose import Grammar
from conformance.grammar.guards import utf7_fault
from conformance.grammar.nodes import Alt, Cat, Lit, Node, Ref, Rep
from conformance.grammar.patterns import MARKS, Patterns

__all__ = ["Fast"]

_LIMIT = 1 << 24
_PASSES = 12
_STAR = 0x2A
_COLON = 0x3A  # digits come before it
_NESTED = 3
_BODY = b"BODY"
_REDUCED = 1 << 17
_RISKY = 1 << 16
_COUNTED = {"number", "nz-number"}
_WHOLE = {"tag", "sp", "crlf", "base64", *_COUNTED}
_MARKED = re.compile(b"[" + re.escape(MARKS) + b"]")

Full = Callable[[bytes], "re.Match[bytes] | None"]


def _never(octets: bytes) -> None:
    """Stand for an expression that is not compiled yet."""


class Fast:
    """The fast path of one grammar and root."""

    def __init__(self, grammar: Grammar, root: str) -> None:
        """Sort the root's alternatives by keyword; nothing is compiled yet."""
        self._patterns = Patterns(grammar, root)
        self._nodes: dict[bytes, Node] = {}
        self._usual: dict[bytes, Full] = {}
        self._folded: dict[bytes, Full] = {}
        self._fetch: Full = _never  # most responses are of these kinds
        self._ok: Full = _never
        self._plus: Full = _never
        self._reducers: dict[str, Callable[[bytes, bytes], tuple[bytes, int]]] = {}
        found: dict[bytes, dict[Node, list[Node]]] = {}
        for key, before, rest in _kinds(grammar, grammar.rule(root).node):
            found.setdefault(key, {}).setdefault(rest, []).append(before)
        for key, kinds in found.items():
            self._nodes[key] = Alt(
                tuple(Cat((Alt(tuple(dict.fromkeys(b))), rest)) for rest, b in kinds.items())
            )

    def accepts(self, octets: bytes) -> bool:
        """Return whether a skeleton is surely well-formed."""
        get = self._usual.get
        words: list[bytes] = []
        try:
            if octets[0] != _STAR:
                if self._ok(octets) or self._plus(octets):
                    return True
            elif octets[2] < _COLON and self._fetch(octets):
                return True
            words = octets.split(b" ", 3)
            full = get(words[1]) or get(words[2])
        except IndexError:
            words = words or octets.split(b" ", 3)
            full = get(words[0])
        if full is not None and full(octets):
            return True
        return self._second(octets, words)

    def _second(self, octets: bytes, words: list[bytes]) -> bool:
        """Try what the first attempt leaves: a kind not compiled yet, other case, nesting."""
        if len(octets) > _LIMIT or _MARKED.search(octets) or not _utf8(octets):
            return False
        key = self._key(words)
        node = self._nodes.get(key)
        if node is None:
            return False
        if key not in self._usual:
            usual = self._compiled(node, fold=False)
            self._usual[key] = self._usual[key + b"\r\n"] = usual
            if key == b"FETCH":
                self._fetch = usual
            elif key == b"OK":
                self._ok = usual
            elif key == b"+":
                self._plus = usual
            if usual(octets):
                return True
        if self._patterns.utf7 and b"&" in octets and utf7_fault(octets):
            return False
        folded = self._folded.get(key)
        if folded is None:
            folded = self._folded[key] = self._compiled(node, fold=True)
        if octets.count(b"(") < _NESTED or len(octets) > _REDUCED:
            return bool(folded(octets))
        return self._reduced(octets, folded, key)

    def _compiled(self, node: Node, *, fold: bool) -> Full:
        self._patterns.risky = False
        match = re.compile(self._patterns.write(node, fold=fold)).match
        if not self._patterns.risky:
            return match
        return lambda octets: match(octets) if len(octets) < _RISKY else None

    def _key(self, words: list[bytes]) -> bytes:
        if words[0] == b"+":
            return b"+"
        for word in words[1:3]:
            key = word.rstrip(b"\r\n").upper()
            if key in self._nodes:
                return key
        return b""

    def _reducer(self, name: str) -> Callable[[bytes, bytes], tuple[bytes, int]]:
        if name not in self._reducers:
            self._reducers[name] = re.compile(self._patterns.reducer(name)).subn
        return self._reducers[name]

    def _reduced(self, octets: bytes, folded: Full, key: bytes) -> bool:
        """Replace nested rules by their marks, innermost first, and try again."""
        if key == b"FETCH" and _BODY in octets.upper():
            names = ["body"]
        elif folded(octets):
            return True
        else:
            names = [name for name in self._patterns.marks if key != b"FETCH" and name != "body"]
        for name in names:
            substitute, mark = self._reducer(name), bytes((self._patterns.marks[name],))
            for _ in range(_PASSES):
                octets, count = substitute(mark, octets)
                if not count:
                    break
            if folded(octets):
                return True
        return False


def _utf8(octets: bytes) -> bool:
    """Whether octets are UTF-8 as RFC 3629 has it, which is what Python holds them to."""
    if octets.isascii():
        return True
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


def _kinds(grammar: Grammar, root: Node) -> Iterator[tuple[bytes, Node, Node]]:
    """Yield keyword, what stands before it, and the keyword with all that follows."""
    for items in _expanded(grammar, root):
        first = items[0]
        if first == Lit(b"+"):
            yield b"+", first, Cat(items[1:])
            continue
        if len(items) < 3 or items[1] != Ref("sp"):
            yield b"", first, Cat(items[1:])
            continue
        for more in _expanded(grammar, Cat(items[2:])):
            if isinstance(more[0], Lit):
                yield more[0].text.upper(), Cat(items[:2]), Cat(more)
            elif (
                isinstance(more[0], Ref) and more[0].name in _COUNTED and more[1:2] == (Ref("sp"),)
            ):
                for last in _expanded(grammar, Cat(more[2:])):
                    before = Cat((*items[:2], *more[:2]))
                    key = last[0].text.upper() if isinstance(last[0], Lit) else b""
                    yield key, before, Cat(last)
            else:
                yield b"", Cat(items[:2]), Cat(more)


def _expanded(grammar: Grammar, node: Node) -> Iterator[tuple[Node, ...]]:
    """Yield the sequences that ``node`` stands for, each beginning with something definite."""
    match node:
        case Ref(name) if name not in _WHOLE:
            yield from _expanded(grammar, grammar.rule(name).node)
        case Alt(items):
            for item in items:
                yield from _expanded(grammar, item)
        case Cat((first, *rest)) if not isinstance(first, Rep):
            for head in _expanded(grammar, first):
                yield (*head, *rest)
        case Cat(items):
            yield items
        case _:
            yield (node,)
