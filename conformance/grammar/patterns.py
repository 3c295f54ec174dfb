"""Regular expressions out of a grammar: each matches only sentences of its node, perhaps not all.

What makes them fast also only ever narrows them, so an accept stays sound: loops and
options are possessive where the next octet decides; alternatives that another one covers
are left out; a rule that contains itself is written out a few levels deep, below which a
mark (an octet no frame may hold) stands for it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from conformance.grammar.choices import (
    ANY_CASE,
    LEVELS,
    MESSAGE,
    UTF8,
    Choices,
    within_message,
)
from conformance.grammar.compose import Grammar, single
from conformance.grammar.expressions import count, literally, one_of
from conformance.grammar.firsts import END, Firsts
from conformance.grammar.guards import FAST
from conformance.grammar.network import Shortcut
from conformance.grammar.nodes import Alt, Cat, Chars, Guard, Lit, Node, Ref, Rep, references
from conformance.grammar.recursion import LITERAL, MARKS, marked

__all__ = ["Patterns"]

_PLAIN = ~sum(1 << mark for mark in (*MARKS, LITERAL))
_ASCII = (1 << 128) - 1
_HIGH = ((1 << 0xF5) - 1) & ~_ASCII
_LONG = 160  # a pattern worth writing once, with a little more work at run time
_CLOSED = {
    "address",
    "address-of-mailbox",
    "body",
    "body-fld-param",
    "env-bcc",
    "env-cc",
    "env-from",
    "env-reply-to",
    "env-sender",
    "env-to",
    "envelope",
    "nstring",
    "string",
}
_WORDS = {
    "body-fields",
    "body-fld-lines",
    "body-fld-octets",
    "capability",
    "date-time",
    "flag",
    "flag-fetch",
    "flag-list",
    "flag-perm",
    "media-basic",
    "media-message",
    "media-subtype",
    "media-text",
    "mod-sequence-value",
    "msg-att-dynamic",
    "msg-att-static",
    "number",
    "number64",
    "nz-number",
    "section",
    "uniqueid",
}
"""Rules that what follows them ends: none of their octets can follow, or their last mark tells."""
_SHALLOW = {"msg-att-static"}  # what nests deeply within is walked
_LITERALS = {"literal": bytes((LITERAL,)), "literal8": b"~" + bytes((LITERAL,))}
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
        self._choices = Choices(grammar, self._firsts, frozenset(self.marks))

    def write(self, node: Node, *, fold: bool, marks: bool) -> bytes:
        """Return the expression for ``node`` as a whole frame.

        With ``fold`` in any case. Without, in the usual case and for ASCII only, with LITERAL
        where literals have been cut out. With ``marks`` for what ``reducer`` leaves.
        """
        levels = {name: 1 if marks else LEVELS.get(name, 1) for name in self.marks}
        return self._node(node, END, self._writing(levels, fold=fold, marks=marks)) + rb"\Z"

    def _writing(self, levels: dict[str, int], *, fold: bool, marks: bool) -> _Writing:
        return _Writing(fold, levels, _PLAIN if fold else _ASCII, cut=not fold, marks=marks)

    def names(self, node: Node) -> bool:
        """Whether ``node`` holds names whose modified UTF-7 no expression looks at."""
        used = list(references(node))
        nodes = [self._grammar.rule(name).node for name in self._grammar.reachable(*used)]
        return any(_names_test(one, "modified UTF-7") for one in (node, *nodes))

    def shortcut(self, name: str) -> tuple[Callable[[], Shortcut], bool] | None:
        """Return how to find the end of a rule that has one only, and whether it is a word's end.

        The closing mark shows it, or for a word the octet that follows.
        """
        word = name in _WORDS
        if not word and name not in _CLOSED:
            return None

        def make() -> Shortcut:
            most = 0 if name in _SHALLOW else 2
            levels = {mark: min(LEVELS.get(mark, 1), most) for mark in self.marks}
            out = _Writing(fold=False, levels=levels, keep=_ASCII)
            after = self._firsts.follow[name]
            pattern = self._node(Ref(name), after, out)
            if word:
                pattern = b"(?:" + pattern + b")(?=" + one_of(after & _ASCII) + b")"
            return re.compile(pattern).match

        return make, word

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
        if name == MESSAGE:
            levels, out.levels = out.levels, within_message(out.levels)
            inner = self._node(rule.node, after, out)
            out.levels = levels
            return inner
        folds = name in ANY_CASE
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
            if levels[name] == LEVELS.get(name):
                out.levels[name] = 1  # deep once is enough: BODYSTRUCTURE comes first
            return b"(?:" + inner + b"|" + mark + b")" if out.marks else inner
        finally:
            out.folds -= folds

    def _guard(self, guard: Guard, after: int, out: _Writing) -> bytes:
        if guard.name == "modified UTF-7":
            return self._node(guard.item, after, out)  # whoever uses the expression looks at it
        if guard.name:
            return FAST[guard.name]
        words = b"|".join(sorted(literally(word, fold=True) for word in guard.words))
        stop = b"" if after & END else one_of(after & _PLAIN)
        return b"(?!(?:" + words + b")" + stop + b")" + self._node(guard.item, after, out)

    def _alternatives(self, items: Iterable[Node], after: int, out: _Writing) -> bytes:
        mask, rest = self._choices.left(items, out.keep, None if out.marks else out.levels)
        if len(rest) == 2 and not mask:
            shared = self._choices.shared(*rest)
            if shared is not None:
                return self._node(shared, after, out)
        patterns = list(dict.fromkeys(self._node(item, after, out) for item in rest))
        if mask:
            patterns.insert(0, one_of(mask & out.keep))
        return patterns[0] if len(patterns) == 1 else b"(?:" + b"|".join(patterns) + b")"

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
        parts = self._choices.flat((item,))
        mask, rest = 0, []
        levels = None if out.marks else out.levels
        for part in parts:
            one = single(part, self._masks)
            if one is None and part in UTF8 and not beyond & _HIGH:
                one = _HIGH  # the whole frame is known to be UTF-8
            if one is not None:
                mask |= one
            elif self._choices.possible(part, out.keep, levels):
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
        for choice in self._choices.flat(choices):
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
