"""The small pieces of regular expressions, kept short: compiling costs by the octet."""

from functools import cache

from conformance.grammar.nodes import octets

__all__ = ["char_class", "count", "literally", "one_of"]

_ALL = (1 << 256) - 1


def char_class(mask: int) -> bytes:
    """Return the expression for one octet of ``mask``."""
    inside, outside = _spans(mask), _spans(_ALL & ~mask)
    return b"[" + inside + b"]" if len(inside) <= len(outside) else b"[^" + outside + b"]"


def _spans(mask: int) -> bytes:
    spans: list[list[int]] = []
    for value in octets(mask):
        if spans and spans[-1][1] == value - 1:
            spans[-1][1] = value
        else:
            spans.append([value, value])
    parts = []
    for low, high in spans:
        parts.append(_escaped(low))
        if high > low:
            parts.append(_escaped(high) if high == low + 1 else b"-" + _escaped(high))
    return b"".join(parts)


@cache
def one_of(mask: int) -> bytes:
    """Return the expression for one octet of ``mask``, which may be empty or hold one only."""
    if not mask & _ALL:
        return b"(?!)"
    if mask & (mask - 1) == 0:
        return _escaped(mask.bit_length() - 1)
    return char_class(mask)


def _escaped(value: int) -> bytes:
    char = bytes((value,))
    return char if char.isalnum() or char in b' "' or not 0x20 < value < 0x7F else b"\\" + char


def literally(text: bytes, *, fold: bool) -> bytes:
    """Return the expression for ``text``, with ``fold`` in any case."""
    parts = []
    for value in text:
        char = bytes((value,))
        if fold and char.isalpha():
            parts.append(b"[" + char.upper() + char.lower() + b"]")
        else:
            parts.append(_escaped(value))
    return b"".join(parts)


def count(least: int, most: int | None) -> bytes:
    """Return how an expression says that something comes ``least`` to ``most`` times."""
    if most is None:
        return {0: b"*", 1: b"+"}.get(least, b"{%d,}" % least)
    if (least, most) == (0, 1):
        return b"?"
    return b"{%d}" % least if least == most else b"{%d,%d}" % (least, most)
