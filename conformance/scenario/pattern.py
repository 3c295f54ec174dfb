r"""The pattern language of expected responses: text in, a tree of typed nodes out.

    seq(first) FETCH (UID uid(first) FLAGS (\Seen ...) BODY[TEXT] $text)

A pattern is a response without its ``* ``: words separated by spaces, lists in
parentheses, strings in double quotes, and the harness's own words in lower case.
Nothing here matches anything; ``conformance.check.match`` does.
"""

import re
from functools import lru_cache

from conformance.scenario.nodes import (
    Any,
    Atom,
    Bracket,
    Capture,
    Element,
    ListNode,
    Message,
    Node,
    Quoted,
    Range,
    Rest,
    Seq,
    Set,
    Uid,
    walk,
)

__all__ = [
    "NAME",
    "Any",
    "Atom",
    "Bracket",
    "Capture",
    "Element",
    "ListNode",
    "Message",
    "Node",
    "PatternError",
    "Quoted",
    "Range",
    "Rest",
    "Seq",
    "Set",
    "Uid",
    "parse_ends",
    "parse_pattern",
    "walk",
]


class PatternError(ValueError):
    """A pattern cannot be read; ``offset`` counts characters from its start."""

    def __init__(self, offset: int, message: str) -> None:
        """Keep where it is and what is wrong."""
        super().__init__(message)
        self.offset = offset
        self.message = message


# Message names, as they stand in uid(), seq() and message().
NAME = r"[A-Za-z0-9][A-Za-z0-9_.\-]*"
_FUNCTIONS = ("uid", "seq", "message")
_ELEMENT = rf"(?:\d+|\*|(?:uid|seq)\({NAME}\)|\$[a-z][a-z0-9_]*)"
_RANGE = rf"{_ELEMENT}(?::{_ELEMENT})?"
_SPACE = re.compile(r"[ \t]+")
_SET = re.compile(rf"{_RANGE}(?:,{_RANGE})*")
_MESSAGE = re.compile(rf"message\(({NAME})\)")
_CALL = re.compile(r"([a-z]+)\(")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ATOM = re.compile(r'[^\s()"\[]+')
_CODE_ATOM = re.compile(r'[^\s()"\[\]]+')
_SECTION = re.compile(r'\[(?:"[^"]*"|[^\]"])*\](?:<[0-9.]+>)?')
_NO_CAPTURE = re.compile(r'\$[a-z_][^\s()"\[\]A-Z]*')
_LITERAL = re.compile(r"~?\{\d+[+-]?\}")
_DEEPEST = 50
_KEPT = 4096  # what was read already: loading, playing and judging ask for the same


@lru_cache(maxsize=_KEPT)
def parse_pattern(text: str) -> tuple[Node, ...]:
    """Return the nodes of ``text``; PatternError says where it stops being a pattern."""
    reader = _Reader(text)
    nodes = reader.nodes("")
    if not nodes:
        raise PatternError(0, "the pattern is empty")
    if nodes[0] == Atom("*"):
        raise PatternError(0, "a response is written without its '* '")
    return nodes


@lru_cache(maxsize=_KEPT)
def parse_ends(text: str) -> tuple[tuple[Node, ...], ...]:
    """Return the alternatives of an ``ends``; none if it is ``any``.

    ``OK``, ``NO | BAD``, ``OK [APPENDUID $v $u]``; for other protocols ``+OK``, ``-ERR``
    or a reply code such as ``550``. The first node of each is an Atom. PatternError if
    an alternative begins with something else.
    """
    if text.strip() == "any":
        return ()
    alternatives = []
    offset = 0
    for part in text.split(" | "):
        try:
            nodes = parse_pattern(part)
        except PatternError as error:
            raise PatternError(offset + error.offset, error.message) from None
        first = nodes[0]
        if not isinstance(first, Atom) or not _ENDING.fullmatch(first.text):
            raise PatternError(
                offset + len(part) - len(part.lstrip()),
                "a completion is OK, NO, BAD, BYE, +OK, -ERR, a reply code such as 250, or any",
            )
        alternatives.append(nodes)
        offset += len(part) + 3
    return tuple(alternatives)


_ENDING = re.compile(r"OK|NO|BAD|BYE|\+OK|-ERR|[2-5][0-9]{2}")


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def nodes(self, closer: str) -> tuple[Node, ...]:
        """Read up to ``closer`` (``)``, ``]``, or nothing: the end) and past it."""
        opened = self.at - 1
        found: list[Node] = []
        while True:
            if space := _SPACE.match(self.text, self.at):
                self.at = space.end()
            if self.at == len(self.text):
                if closer:
                    raise PatternError(opened, f"'{self.text[opened]}' is not closed")
                return tuple(found)
            character = self.text[self.at]
            if character == closer:
                self.at += 1
                return tuple(found)
            if character == ")":
                raise PatternError(self.at, "')' closes nothing")
            found.append(self._node(character, closer))

    def _node(self, character: str, closer: str) -> Node:
        if character in "([":
            return self._nested(character)
        if character == '"':
            return self._quoted()
        if self.text.startswith("message(", self.at):
            return self._message()
        for special, node in (("...", Rest()), ("$_", Any())):
            if self.text.startswith(special, self.at) and self._ends(len(special) + self.at):
                self.at += len(special)
                return node
        if (match := _SET.match(self.text, self.at)) and self._ends(match.end()):
            self.at = match.end()
            return _set(match[0])
        self._refuse_near_misses()
        return self._atom(closer)

    def _nested(self, opener: str) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise PatternError(self.at, f"lists nest deeper than {_DEEPEST}")
        self.at += 1
        items = self.nodes(")" if opener == "(" else "]")
        self.depth -= 1
        if opener == "(":
            return ListNode(items)
        if not items:
            raise PatternError(self.at - 2, "a response code needs a name")
        return Bracket(items)

    def _quoted(self) -> Node:
        match = _QUOTED.match(self.text, self.at)
        if match is None:
            raise PatternError(self.at, "the string is not closed")
        self.at = match.end()
        return Quoted(_ESCAPE.sub(r"\1", match[1]).encode())

    def _message(self) -> Node:
        match = _MESSAGE.match(self.text, self.at)
        if match is None:
            raise PatternError(self.at, "message() takes the name of a message")
        if not self._ends(match.end()):
            raise PatternError(match.end(), f"a space is missing after '{match[0]}'")
        self.at = match.end()
        return Message(match[1])

    def _refuse_near_misses(self) -> None:
        """Say no to what would silently be an atom that no server ever sends."""
        if call := _CALL.match(self.text, self.at):
            if call[1] not in _FUNCTIONS:
                raise PatternError(
                    self.at, f"'{call[1]}()' is not known; there are uid(), seq() and message()"
                )
            match = _SET.match(self.text, self.at)
            if match is None:
                raise PatternError(self.at, f"{call[1]}() takes the name of a message")
            raise PatternError(match.end(), f"a space is missing after '{match[0]}'")
        if (match := _NO_CAPTURE.match(self.text, self.at)) and self._ends(match.end()):
            raise PatternError(
                self.at,
                f"'{match[0]}' is no capture: a letter, then letters, digits and _ "
                f"(the keyword itself is written \\{match[0]})",
            )
        if _LITERAL.match(self.text, self.at):
            raise PatternError(self.at, 'a literal is written as "…" or message(x)')

    def _atom(self, closer: str) -> Node:
        start = self.at
        match = (_CODE_ATOM if closer == "]" else _ATOM).match(self.text, start)
        if match is None:
            raise PatternError(start, f"{self.text[start]!r} cannot stand here")
        self.at = match.end()
        if self.text.startswith("[", self.at):
            section = _SECTION.match(self.text, self.at)
            if section is None:
                raise PatternError(self.at, "'[' is not closed")
            self.at = section.end()
        word = self.text[start : self.at]
        return Atom(word[1:] if word.startswith("\\$") else word)

    def _ends(self, at: int) -> bool:
        """Whether a word may end before position ``at``."""
        return at == len(self.text) or self.text[at] in ' \t()[]"'


def _set(text: str) -> Node:
    """Return ``text``, which is known to be a set, as Set or as its single element."""
    ranges = []
    for member in text.split(","):
        low, colon, high = member.partition(":")
        ranges.append(Range(_element(low), _element(high) if colon else None))
    if len(ranges) == 1 and ranges[0].high is None:
        return ranges[0].low
    return Set(tuple(ranges))


def _element(text: str) -> Element:
    if text.startswith("$"):
        return Capture(text[1:])
    if text.startswith("uid("):
        return Uid(text[4:-1])
    if text.startswith("seq("):
        return Seq(text[4:-1])
    return Atom(text)
