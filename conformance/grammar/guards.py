"""The tests that a grammar's guards name: ranges, dates, mailbox names.

Each has a predicate for the exact matcher and, where there is one, a regular
expression for the fast path that accepts only (not necessarily all) text that passes.
"""

import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from conformance.grammar.nodes import Guard

__all__ = ["FAST", "Tested", "known", "test", "utf7_fault"]


@dataclass(frozen=True, slots=True)
class Tested:
    """A test: whether octets pass, and the pattern the fast path uses instead of the rule's."""

    passes: Callable[[bytes], bool]
    fast: bytes


def _up_to(most: int, least: int = 0) -> Callable[[bytes], bool]:
    digits = len(str(most))
    return lambda octets: (
        len(octets.lstrip(b"0")) <= digits and least <= int(octets or b"0") <= most
    )


_MONTHS = (b"JAN", b"FEB", b"MAR", b"APR", b"MAY", b"JUN", b"JUL", b"AUG", b"SEP", b"OCT", b"NOV")
_MONTH = {name: number for number, name in enumerate((*_MONTHS, b"DEC"), 1)}


def _exists(day: bytes, month: bytes, year: bytes) -> bool:
    try:
        date(max(int(year), 1), _MONTH[month.upper()], int(day))
    except (KeyError, ValueError):
        return False
    return True


def _date(octets: bytes) -> bool:
    return _exists(*octets.split(b"-"))


def _date_time(octets: bytes) -> bool:
    day, clock, zone = octets.strip(b'"').lstrip().split(b" ")
    hours, minutes, seconds = (int(part) for part in clock.split(b":"))
    return (
        _exists(*day.split(b"-"))
        and hours < 24
        and minutes < 60
        and seconds <= 60
        and int(zone[1:3]) < 24
        and int(zone[3:]) < 60
    )


_SHIFT = re.compile(rb"&([^-]*)(-?)")
_DIRECT = range(0x20, 0x7F)
_AMPERSAND = 0x26  # as a number it is found several times sooner than as bytes


def utf7_fault(name: bytes) -> str:
    """Return what keeps ``name`` from being modified UTF-7 in its one form; empty if nothing does.

    RFC 3501 section 5.1.3: no null shifts, no shift for what can stand for itself.
    """
    if _AMPERSAND not in name:
        return ""
    end = -1
    for shift in _SHIFT.finditer(name):
        encoded, close = shift[1], shift[2]
        if not close:
            return "not closed by '-'"
        if not encoded:
            end = -1
            continue
        if end == shift.start():
            return "shifted out and in again"
        end = shift.end()
        padded = encoded.replace(b",", b"/") + b"=" * (-len(encoded) % 4)
        if b"/" in encoded:
            return "BASE64 with '/' instead of ','"
        try:
            units = a2b_base64(padded, strict_mode=True)
            text = units.decode("utf-16-be")
        except ValueError:
            return "not BASE64 of UTF-16"
        if padded.rstrip(b"=") != _base64(units):
            return "BASE64 with bits left over"
        if any(ord(char) in _DIRECT for char in text):
            return "an encoded character that stands for itself"
    return ""


def _base64(units: bytes) -> bytes:
    return b2a_base64(units, newline=False).rstrip(b"=")


def _mailbox(octets: bytes) -> bool:
    if _AMPERSAND not in octets:
        return True
    name = octets
    if name.startswith(b'"'):
        name = re.sub(rb"\\(.)", rb"\1", name[1:-1])
    return not utf7_fault(name)


def _ranges(octets: bytes) -> list[tuple[int, int]]:
    """Return the low and the high end of each range of a set."""
    ends = [[int(end) for end in span.split(b":")] for span in octets.split(b",")]
    return [(min(span), max(span)) for span in ends]


def _ascending(octets: bytes) -> bool:
    """Whether a set goes from low to high, both from range to range and within each."""
    ends = [int(end) for end in octets.replace(b":", b",").split(b",")]
    return ends == sorted(ends)


def _descending(octets: bytes) -> bool:
    """Whether each range comes after a higher one."""
    spans = _ranges(octets)
    return all(
        low > next_low and high > next_high
        for (low, high), (next_low, next_high) in pairwise(spans)
    )


_31 = rb"31-(?:Jan|Mar|May|Jul|Aug|Oct|Dec)"
_30 = rb"(?:29|30)-(?:Jan|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_MONTH_NAMES = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_28 = rb"(?:[0 ][1-9]|1\d|2[0-8])-" + _MONTH_NAMES

_TESTS = {
    "32 bits": Tested(_up_to(2**32 - 1), rb"(?:[0-3]\d{0,9}+|[4-9]\d{0,8}+)"),
    "32 bits, not 0": Tested(_up_to(2**32 - 1), rb"(?:[1-3]\d{0,9}+|[4-9]\d{0,8}+)"),
    "63 bits": Tested(_up_to(2**63 - 1), rb"\d{1,18}+"),
    "63 bits, not 0": Tested(_up_to(2**63 - 1, 1), rb"[1-9]\d{0,17}+"),
    "date": Tested(_date, rb"(?:[1-9]|1\d|2[0-8])-" + _MONTH_NAMES + rb"-[12]\d{3}"),
    "date-time": Tested(
        _date_time,
        rb'"(?:' + _28 + rb"|" + _31 + rb"|" + _30 + rb")-[12]\d{3}"
        rb' (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d [-+][01]\d[0-5]\d"',
    ),
    "ascending": Tested(_ascending, rb"[1-9]\d{0,8}+"),
    "low to high": Tested(_ascending, rb"(?!)"),
    "descending": Tested(_descending, rb"[1-9]\d{0,8}+:[1-9]\d{0,8}+"),
    "modified UTF-7": Tested(_mailbox, b""),
}

FAST = {name: tested.fast for name, tested in _TESTS.items()}


def known(name: str) -> Tested:
    """Return the test ``name``; KeyError if there is none."""
    return _TESTS[name]


def test(guard: Guard) -> Callable[[bytes], bool]:
    """Return the predicate of ``guard``."""
    if guard.name:
        return _TESTS[guard.name].passes
    words = guard.words
    return lambda octets: octets.upper() not in words
