"""Regular expressions out of a grammar: each matches only sentences of its node, perhaps not all.

What makes them fast also only ever narrows them, so an accept stays sound: loops and
options are possessive where the next octet decides; alternatives that another one covers
are left out; a rule that contains itself is written out a few levels deep, below which a
mark (an octet no frame may hold) stands for it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from conformance.grammar.compose import Grammar, single
from conformance.grammar.cover import covered
from conformance.grammar.expressions import count, literally, one_of
from conformance.grammar.firsts import END, Firsts
from conformance.grammar.guards import FAST
from conformance.grammar.network import Shortcut
from conformance.grammar.nodes import Alt, Cat, Chars, Guard, Lit, Node, Ref, Rep, references
from conformance.grammar.recursion import LITERAL, MARKS, marked

__all__ = ["Patterns"]

_PLAIN = ~sum(1 << mark for mark in (*MARKS, LITERAL))
_ASCII = (1 << 128) - 1
_UTF8 = {Ref("utf8-2"), Ref("utf8-3"), Ref("utf8-4")}
_HIGH = ((1 << 0xF5) - 1) & ~_ASCII
_LONG = 160  # a pattern worth writing once, with a little more work at run time
_LEVELS = {"body": 3}
_CLOSED = {
    "address",
    "address-of-mailbox",
    "body",
    "body-fld-param",
    "envelope",
    "nstring",
    "string",
}
_LITERALS = {"literal": bytes((LITERAL,)), "literal8": b"~" + bytes((LITERAL,))}
_MESSAGE = "body-type-msg"
_SHARED = 4  # how many items two alternatives have to share
_ANY_CASE = {"media-text", "media-message", "media-basic"}
"""Rules whose strings servers write in either case."""


@dataclass(slots=True)
class _Writing:
    """One expression under way: levels left of each marked rule, and the groups used."""

    fold: bool
    levels: dict[str, int]
    keep: int  # the octets that classes may hold
    cut: bool = False  # LITERAL stands where literals were
    marks: bool = False  # marks stand where rules that contain themselves were
    groups: int = 0
    folds: int = 0


class Patterns:
    """Writes the expressions for the rules that ``root`` needs."""

    def __init__(self, grammar: Grammar, root: str) -> None:
        """Choose the marks; no expression is written yet."""
        self._grammar = grammar
        self._firsts = Firsts(grammar, root)
        self._masks = grammar.masks
        names = grammar.reachable(root)
        self.risky = False
        """Whether an expression written so far may try again and again on long input."""
        self.marks = dict(zip(marked(grammar, names), MARKS, strict=False))

    def write(self, node: Node, *, fold: bool, marks: bool) -> bytes:
        """Return the expression for ``node`` as a whole frame.

        With ``fold`` in any case. Without, in the usual case and for ASCII only, with LITERAL
        where literals have been cut out. With ``marks`` for what ``reducer`` leaves.
        """
        levels = {name: 1 if marks else _LEVELS.get(name, 1) for name in self.marks}
        return self._node(node, END, self._writing(levels, fold=fold, marks=marks)) + rb"\Z"

    def _writing(self, levels: dict[str, int], *, fold: bool, marks: bool) -> _Writing:
        return _Writing(fold, levels, _PLAIN if fold else _ASCII, cut=not fold, marks=marks)

    def names(self, node: Node) -> bool:
        """Whether ``node`` holds names whose modified UTF-7 no expression looks at."""
        used = list(references(node))
        nodes = [self._grammar.rule(name).node for name in self._grammar.reachable(*used)]
        return any(_names_test(one, "modified UTF-7") for one in (node, *nodes))

    def shortcut(self, name: str) -> Shortcut | None:
        """Return how to find the end of a rule that has one only, as its closing mark shows it."""
        if name not in _CLOSED:
            return None
        compiled: list[Shortcut] = []

        def find(octets: bytes, position: int) -> re.Match[bytes] | None:
            if not compiled:
                levels = {mark: min(_LEVELS.get(mark, 1), 2) for mark in self.marks}
                out = _Writing(fold=False, levels=levels, keep=_ASCII)
                after = self._firsts.follow[name]
                compiled.append(re.compile(self._node(Ref(name), after, out)).match)
            return compiled[0](octets, position)

        return find

    def reducer(self, name: str, *, fold: bool) -> bytes:
        """Return the expression for one level of a marked rule, the marks within."""
        out = self._writing(dict.fromkeys(self.marks, 0), fold=fold, marks=True)
        return self._node(self._grammar.rule(name).node, self._firsts.follow[name], out)

    def _node(self, node: Node, after: int, out: _Writing) -> bytes:
        mask = single(node, self._masks)
        if mask is not None:
            return one_of(mask & out.keep)
        match node:
            case Lit(text, exact):
                return literally(text, fold=not exact and (out.fold or out.folds > 0))
            case Ref(name):
                return self._rule(name, after, out)
            case Guard():
                return self._guard(node, after, out)
            case Alt(items):
                return self._alternatives(items, after, out)
            case Cat(items):
                return self._sequence(items, after, out)
            case Rep():
                return self._repeated(node, after, out)
            case Chars():
                raise AssertionError("a class is a single octet")

    def _rule(self, name: str, after: int, out: _Writing) -> bytes:
        rule = self._grammar.rule(name)
        if out.cut and name in _LITERALS:
            return _LITERALS[name]
        if name == "msg-att":
            return self._fetch(rule.node, after, out)
        if name == _MESSAGE:
            levels, out.levels = out.levels, self._within_message(out.levels)
            inner = self._node(rule.node, after, out)
            out.levels = levels
            return inner
        folds = name in _ANY_CASE
        out.folds += folds
        try:
            if name not in self.marks:
                return self._node(rule.node, after, out)
            mark = bytes((self.marks[name],)) if out.marks else b"(?!)"
            if not out.levels[name]:
                return mark
            levels, out.levels = out.levels, out.levels | {name: out.levels[name] - 1}
            inner = self._node(rule.node, after, out)
            out.levels = levels
            if levels[name] == _LEVELS.get(name):
                out.levels[name] = 1  # deep once is enough: BODYSTRUCTURE comes first
            return b"(?:" + inner + b"|" + mark + b")" if out.marks else inner
        finally:
            out.folds -= folds

    def _within_message(self, levels: dict[str, int]) -> dict[str, int]:
        """Return the levels left in a message's body: one at the top, where forwards are."""
        left = int(levels.get("body", 0) == _LEVELS["body"] - 1)
        return levels | {"body": left}

    def _guard(self, guard: Guard, after: int, out: _Writing) -> bytes:
        if guard.name == "modified UTF-7":
            return self._node(guard.item, after, out)  # whoever uses the expression looks at it
        if guard.name:
            return FAST[guard.name]
        words = b"|".join(sorted(literally(word, fold=True) for word in guard.words))
        stop = b"" if after & END else one_of(after & _PLAIN)
        return b"(?!(?:" + words + b")" + stop + b")" + self._node(guard.item, after, out)

    def _alternatives(self, items: Iterable[Node], after: int, out: _Writing) -> bytes:
        flat = self._flat(items)
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
            elif self._possible(item, out):
                rest.append(item)
        if len(rest) == 2 and not mask:
            shared = self._shared(*rest)
            if shared is not None:
                return self._node(shared, after, out)
        lines = {item: self._line(item) for item in rest}
        rest.sort(
            key=lambda item: (
                _guarded(item, self._grammar),
                -sum(_begins(lines[item], line) for line in lines.values()),
            )
        )
        patterns = list(dict.fromkeys(self._node(item, after, out) for item in rest))
        if mask:
            patterns.insert(0, one_of(mask & out.keep))
        return patterns[0] if len(patterns) == 1 else b"(?:" + b"|".join(patterns) + b")"

    def _shared(self, one: Node, other: Node) -> Node | None:
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
        if isinstance(first, Ref) and first.name not in self.marks:
            inner = self._grammar.rule(first.name).node
            if isinstance(inner, Cat):
                return (*inner.items, *items[1:])
        return items

    def _line(self, item: Node) -> tuple[Node, ...]:
        """Return the items of an alternative, other names of the same rule made one."""
        while isinstance(item, Ref) and item.name not in self.marks:
            inner = self._grammar.rule(item.name).node
            if isinstance(inner, Cat):
                return tuple(first for part in inner.items for first in self._line(part)[:1])
            if not isinstance(inner, Ref):
                break
            item = inner
        if isinstance(item, Cat):
            return tuple(first for part in item.items for first in self._line(part)[:1])
        return (item,)

    def _possible(self, item: Node, out: _Writing) -> bool:
        """Whether an alternative is left: by its octets, and without a mark where none can be."""
        first, empty = self._firsts.of(item)
        if not (empty or first & out.keep):
            return False
        return out.marks or not self._needs_mark(item, out.levels)

    def _needs_mark(self, node: Node, levels: dict[str, int]) -> bool:
        """Whether every sentence of ``node`` holds a rule with no level left."""
        match node:
            case Ref(name) if name in levels:
                return not levels[name]
            case Ref(name):
                inner = self._within_message(levels) if name == _MESSAGE else levels
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

    def _flat(self, items: Iterable[Node]) -> list[Node]:
        flat: list[Node] = []
        for item in items:
            node = item
            while isinstance(node, Ref) and node.name not in self.marks and node not in _UTF8:
                inner = self._grammar.rule(node.name).node
                if not isinstance(inner, (Ref, Alt)) or node.name in _ANY_CASE:
                    break
                node = inner
            if isinstance(node, Alt):
                flat.extend(self._flat(node.items))
            else:
                flat.append(node)
        return list(dict.fromkeys(flat))

    def _sequence(self, items: tuple[Node, ...], after: int, out: _Writing) -> bytes:
        afters = [after]
        for item in reversed(items[1:]):
            mask, empty = self._firsts.of(item)
            afters.append(afters[-1] | mask if empty else mask)
        afters.reverse()
        parts: list[bytes] = []
        index = 0
        quoted = self._quoted(items, afters, out)
        if quoted is not None:
            return quoted
        while index < len(items):
            item = items[index]
            if index + 1 < len(items):
                listed = self._listed(item, items[index + 1], afters[index + 1], out)
                if listed is not None:
                    parts.append(listed)
                    index += 2
                    continue
            pattern = self._node(item, afters[index], out)
            if pattern.endswith((b"*?", b"+?")):
                fixed = index + 1
                follows = b""
                while fixed < len(items) and not isinstance(items[fixed], Rep):
                    follows += self._node(items[fixed], afters[fixed], out)
                    fixed += 1
                if follows:
                    # Committing to the first way on keeps hostile input from going back and forth.
                    pattern = b"(?>" + pattern + follows + b")"
                    index = fixed - 1
                else:
                    pattern = pattern[:-1]
                    self.risky = True
            parts.append(pattern)
            index += 1
        return b"".join(parts)

    def _quoted(self, items: tuple[Node, ...], afters: list[int], out: _Writing) -> bytes | None:
        """Write ``mark *(class / other) mark`` so that a plain run ends it at once."""
        if len(items) != 3 or items[0] != items[2] or not isinstance(items[1], Rep):
            return None
        mark = single(items[0], self._masks)
        if mark is None or items[1].least or items[1].most is not None:
            return None
        pattern = self._unrolled(
            items[1].item, afters[1] | self._firsts.of(items[1].item)[0], afters[1], out
        )
        if pattern is None or not pattern.endswith(b")*+"):
            return None
        run, _, others = pattern.partition(b"*+(?:")
        close = one_of(mark)
        return close + run + b"*+(?:" + close + b"|(?:" + others[:-2] + b"++" + close + b")"

    def _listed(self, item: Node, more: Node, after: int, out: _Writing) -> bytes | None:
        """Write ``item *(SP item)`` with the item once, where it is long."""
        if not isinstance(more, Rep) or more.most is not None or more.least:
            return None
        inner = more.item
        if not isinstance(inner, Cat) or inner.items[1:] != (item,):
            return None
        between = single(inner.items[0], self._masks)
        first, empty = self._firsts.of(item)
        if between is None or empty or after & END or after & (between | first):
            return None
        groups = out.groups
        pattern = self._node(item, after | between, out)
        if len(pattern) < _LONG:
            out.groups = groups
            return None
        separator, stop = one_of(between), one_of(after & _PLAIN)
        return b"(?:" + pattern + b"(?:" + separator + b"(?!" + stop + b")|(?=" + stop + b")))++"

    def _repeated(self, node: Rep, after: int, out: _Writing) -> bytes:
        item, least, most = node.item, node.least, node.most
        mask, empty = self._firsts.of(item)
        loops = most is None or most > 1
        decided = not empty and not mask & after
        inner_after = after | mask if loops else after
        one = single(item, self._masks)
        if one is not None:
            pattern = one_of(one & out.keep)
        elif (
            most is None and (unrolled := self._unrolled(item, inner_after, after, out)) is not None
        ):
            if least == 0 and decided:
                return unrolled
            pattern = self._node(item, inner_after, out)
        else:
            pattern = self._node(item, inner_after, out)
        times = count(least, most)
        if one is None:
            pattern = b"(?:" + pattern + b")"
        if decided and (times[:1] != b"{" or b"," in times):
            return pattern + times + b"+"
        if most is None and least < 2:
            return pattern + times + b"?"
        return pattern + times

    def _unrolled(self, item: Node, after: int, beyond: int, out: _Writing) -> bytes | None:
        """Write ``*(class / other)`` as a run of the class, then other and run again."""
        parts = self._flat((item,))
        mask, rest = 0, []
        for part in parts:
            one = single(part, self._masks)
            if one is None and part in _UTF8 and not beyond & _HIGH:
                one = _HIGH  # the whole frame is known to be UTF-8
            if one is not None:
                mask |= one
            elif self._possible(part, out):
                rest.append(part)
        if not mask:
            return None
        if not rest:
            return one_of(mask & out.keep) + b"*+"
        run = one_of(mask & out.keep) + b"*+"
        other = self._alternatives(rest, after, out)
        return run + b"(?:" + other + run + b")*+"

    def _fetch(self, node: Node, after: int, out: _Writing) -> bytes:
        """Write FETCH data so that no item of one name comes twice."""
        match node:
            case Cat((opening, Alt(choices) as item, Rep(Cat((space, again)), 0, None), closing)):
                if again != item:
                    return self._node(node, after, out)
            case _:
                return self._node(node, after, out)
        stop = self._firsts.of(closing)[0]
        patterns = []
        for choice in self._flat(choices):
            name, rest = _named(choice)
            if name is None:
                patterns.append(self._node(choice, stop | 1 << 0x20, out))
                continue
            out.groups += 1
            group = b"%d" % out.groups
            # The first letter stands before the test for a repetition: one look rules most out.
            first, rest_of_name = name[:1], name[1:]
            head = literally(first, fold=out.fold) + b"(?(" + group + b")(?!))"
            head += b"(" + literally(rest_of_name, fold=out.fold) + b")"
            patterns.append(head + self._node(rest, stop | 1 << 0x20, out))
        del space
        return (
            self._node(opening, 0, out)
            + b"(?:(?:"
            + b"|".join(patterns)
            + rb")(?: (?!\))|(?=\))))++"
            + self._node(closing, after, out)
        )


def _named(item: Node) -> tuple[bytes | None, Node]:
    match item:
        case Cat((Lit(text, _), Ref("sp"), *_)):
            return text, Cat(item.items[1:])
        case Cat((Lit(text, _), Rep(Lit(more, _), 0, 1), Ref("sp"), *_)) if more == b"STRUCTURE":
            del text
            return None, item
        case _:
            return None, item


def _names_test(node: Node, name: str) -> bool:
    match node:
        case Guard(item, test):
            return test == name or _names_test(item, name)
        case Cat(items) | Alt(items):
            return any(_names_test(item, name) for item in items)
        case Rep(item):
            return _names_test(item, name)
        case _:
            return False


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
