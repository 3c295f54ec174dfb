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
from conformance.grammar.patterns import Patterns
from conformance.grammar.recursion import LITERAL, MARKS
from conformance.grammar.strict.fetch import repeated

__all__ = ["Fast"]

_LIMIT = 1 << 24
_PASSES = 12
_STAR, _PLUS, _CLOSE = b"*+)"
_COLON = 0x3A  # digits come before it
_BRACE, _BRACKET = b"{["  # as numbers they are found several times sooner than as bytes
_NESTED = 3
_UNEVEN = 32
_BODY = b"BODY"
_REDUCED = 1 << 17
_RISKY = 1 << 16
_COUNTED = {"number", "nz-number"}
_WHOLE = {"tag", "sp", "crlf", "base64", *_COUNTED}
_MARKED = re.compile(b"[" + re.escape(bytes((*MARKS, LITERAL))) + b"]")
_STAND_IN = bytes((LITERAL,))
_CUT = re.compile(rb"\{[0-9]{1,9}\}\r\n(?!\Z)")

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
        self._uidfetch: Full = _never
        self._ok: Full = _never
        self._plus: Full = _never
        self._marked: tuple[Callable[[bytes, bytes], tuple[bytes, int]], Full] | None = None
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
        return self._taken(octets) or self.comes_round(octets)

    def usually(self, octets: bytes) -> bool:
        """Return whether a skeleton is surely well-formed and, if ASCII, in the usual case."""
        return self._taken(octets) or self.comes_round(octets, usual=True)

    def _taken(self, octets: bytes) -> bool:
        if not octets.isascii():
            return False
        return self.takes(_CUT.sub(_STAND_IN, octets) if _BRACE in octets else octets)

    def takes(self, octets: bytes) -> bool:
        """Return whether octets are surely well-formed: ASCII, but for LITERAL instead of literals.

        False says little: it is the quickest of all tests, for what servers usually send.
        """
        full: Full | None
        try:
            first = octets[0]
            if first == _STAR:
                if octets[2] < _COLON:
                    if octets[-3] == _CLOSE:
                        if self._fetch(octets) is None and self._uidfetch(octets) is None:
                            return False
                        if _BRACKET not in octets or octets.count(_BRACKET) == 1:
                            return True
                        return repeated(octets) is None
                    full = self._usual.get(octets[octets.rfind(b" ") + 1 :])
                else:
                    full = self._usual.get(octets[2 : octets.find(b" ", 2)])
            elif first == _PLUS:
                full = self._plus
            elif self._ok(octets) is not None:
                return True
            else:
                start = octets.find(b" ") + 1
                full = self._usual.get(octets[start : octets.find(b" ", start)])
        except IndexError:
            return False
        return full is not None and full(octets) is not None

    def comes_round(self, octets: bytes, *, usual: bool = False) -> bool:
        """Try what the first attempt leaves: a kind not compiled yet, nesting, other case.

        With ``usual``, ASCII is not tried in the case that hardly any server writes.
        """
        if len(octets) > _LIMIT or not octets:
            return False
        if not octets.isascii() and (_MARKED.search(octets) or not _utf8(octets)):
            return False
        words = octets.split(b" ", 3)
        key = self._key(words)
        node = self._nodes.get(key)
        if node is None:
            return False
        if key not in self._usual:
            expression = self._compiled(node, fold=False, marks=False)
            for end in (b"", b"\r", b"\r\n"):  # as far as ``takes`` cuts it out
                self._usual[key + end] = expression
            if key == b"FETCH":
                self._fetch = expression
            elif key == b"UIDFETCH":
                self._uidfetch = expression
            elif key == b"OK":
                self._ok = expression
            elif key == b"+":
                self._plus = expression
            first = octets.isascii()
        else:
            first = not key
        if first and self._usual[key](_CUT.sub(_STAND_IN, octets)):
            return True
        if key == b"FETCH" and octets.isascii() and self._nested(octets, node):
            return True
        if usual and octets.isascii():
            return False
        folded = self._folded.get(key)
        if folded is None:
            folded = self._folded[key] = self._compiled(node, fold=True, marks=True)
        if not _even(octets):
            return bool(folded(octets))
        return self._reduced(octets, folded, key)

    def _nested(self, octets: bytes, node: Node) -> bool:
        """Replace deeply nested bodies, written as usual, by their marks, and try again."""
        if "body" not in self._patterns.marks or octets.find(_BODY) < 0 or not _even(octets):
            return False
        if self._marked is None:
            body = re.compile(self._patterns.reducer("body", fold=False))
            self._marked = body.subn, self._compiled(node, fold=False, marks=True)
        substitute, match = self._marked
        mark = bytes((self._patterns.marks["body"],))
        octets = _CUT.sub(_STAND_IN, octets)
        start = octets.find(_BODY)
        before, after = octets[:start], octets[start:]
        for _ in range(_PASSES):
            after, count = substitute(mark, after)
            if not count:
                break
        return match(before + after) is not None

    def _compiled(self, node: Node, *, fold: bool, marks: bool) -> Full:
        self._patterns.risky = False
        match = re.compile(self._patterns.write(node, fold=fold, marks=marks)).match
        risky, named = self._patterns.risky, self._patterns.names(node)
        if not risky and not named:
            return match

        def full(octets: bytes) -> "re.Match[bytes] | None":
            if (risky and len(octets) >= _RISKY) or (named and utf7_fault(octets)):
                return None
            return match(octets)

        return full

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
            self._reducers[name] = re.compile(self._patterns.reducer(name, fold=True)).subn
        return self._reducers[name]

    def _reduced(self, octets: bytes, folded: Full, key: bytes) -> bool:
        """Replace nested rules by their marks, innermost first, and try again."""
        if key == b"FETCH" and _BODY in octets.upper() and "body" in self._patterns.marks:
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


def _even(octets: bytes) -> bool:
    """Whether it may be worth it to reduce what is nested: strings can hold parentheses, too."""
    opened = octets.count(b"(")
    if opened < _NESTED or len(octets) > _REDUCED:
        return False
    return abs(opened - octets.count(b")")) < _UNEVEN


def _utf8(octets: bytes) -> bool:
    """Whether octets are UTF-8 as RFC 3629 has it, which is what Python holds them to."""
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
