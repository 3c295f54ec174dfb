"""Expressions over tags: ``idle and not (slow or faults)``."""

import re
from collections.abc import Callable
from typing import TypeAlias

__all__ = ["SelectionError", "TagTest", "parse_tags"]

TagTest: TypeAlias = Callable[[frozenset[str]], bool]


class SelectionError(ValueError):
    """Words that select nothing, or a tag expression that cannot be read."""


_LONGEST = 1000
_DEEPEST = 50
_TOKEN = re.compile(r"\s*(?:(\()|(\))|([a-z0-9][a-z0-9-]*))\s*")


def parse_tags(text: str) -> TagTest:
    """Return a test for ``idle and not (slow or faults)``; SelectionError if it is none."""
    if len(text) > _LONGEST or text.count("(") > _DEEPEST:
        raise SelectionError(f"a tag expression has at most {_LONGEST} characters, {_DEEPEST} '('")
    tokens: list[str] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise SelectionError(
                f"'{text[at:].strip()}' in '{text}' is neither tag nor and, or, not"
            )
        tokens.append(match[0].strip())
        at = match.end()
    parser = _Tags(text, tokens)
    test = parser.any_of()
    if parser.tokens:
        raise SelectionError(f"'{parser.tokens[0]}' in '{text}' stands where nothing was expected")
    return test


class _Tags:
    def __init__(self, text: str, tokens: list[str]) -> None:
        self.text = text
        self.tokens = tokens

    def any_of(self) -> TagTest:
        tests = [self.all_of()]
        while self._next("or"):
            tests.append(self.all_of())
        return tests[0] if len(tests) == 1 else lambda tags: any(test(tags) for test in tests)

    def all_of(self) -> TagTest:
        tests = [self.one()]
        while self._next("and"):
            tests.append(self.one())
        return tests[0] if len(tests) == 1 else lambda tags: all(test(tags) for test in tests)

    def one(self) -> TagTest:
        if self._next("not"):
            test = self.one()
            return lambda tags: not test(tags)
        if self._next("("):
            test = self.any_of()
            if not self._next(")"):
                raise SelectionError(f"'(' in '{self.text}' is not closed")
            return test
        if not self.tokens or self.tokens[0] in ("and", "or", ")"):
            stands = f"'{self.tokens[0]}'" if self.tokens else "the end"
            raise SelectionError(f"a tag is missing before {stands} in '{self.text}'")
        tag = self.tokens.pop(0)
        return lambda tags: tag in tags

    def _next(self, token: str) -> bool:
        if self.tokens[:1] == [token]:
            del self.tokens[0]
            return True
        return False
