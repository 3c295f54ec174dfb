"""FETCH data in which an item comes twice: no context-free grammar can forbid it."""

import re
from collections.abc import Iterator

__all__ = ["items", "repeated"]

_FETCH = re.compile(rb"\* [0-9]+ (?:UID)?FETCH \(", re.IGNORECASE)
_NAME = re.compile(
    rb"""((?:BODY|BINARY(?:\.SIZE)?)\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\](?:<[0-9]+>)?
    |[^ \[\]()<>]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_VALUE = re.compile(rb'"(?:[^"\\]|\\.)*"|[()]|[^"() ]+| ')


def items(skeleton: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the name of each item of well-formed FETCH data, and its offset."""
    head = _FETCH.match(skeleton)
    if head is None:
        return
    position = head.end()
    while True:
        name = _NAME.match(skeleton, position)
        if name is None:
            return
        yield name[1].upper(), position
        position = name.end()
        depth = 0
        for token in _VALUE.finditer(skeleton, position + 1):
            depth += (token[0] == b"(") - (token[0] == b")")
            if depth < 0:
                return
            if depth == 0 and token[0] == b" ":
                position = token.end()
                break
        else:
            return


def repeated(skeleton: bytes) -> tuple[bytes, int] | None:
    """Return the first item that comes a second time, and where; None if there is none."""
    seen: set[bytes] = set()
    for name, position in items(skeleton):
        if name in seen:
            return name, position
        seen.add(name)
    return None
