"""Sequence sets and UID sets (RFC 9051, sequence-set and uid-set) as ranges and as numbers."""

import re

__all__ = ["expand", "ranges"]

_SET = re.compile(r"(?:\d{1,10}|\*)(?::(?:\d{1,10}|\*))?(?:,(?:\d{1,10}|\*)(?::(?:\d{1,10}|\*))?)*")


def ranges(text: str, largest: int | None = None) -> list[tuple[int, int]] | None:
    """Return the set as (low, high) pairs in the order written; None if it is no set.

    ``*`` stands for ``largest``; None if it is written and ``largest`` is not known.
    """
    if not _SET.fullmatch(text):
        return None
    pairs = []
    for part in text.split(","):
        first, _, last = part.partition(":")
        bounds = []
        for bound in (first, last or first):
            if bound == "*":
                if largest is None:
                    return None
                bounds.append(largest)
            else:
                bounds.append(int(bound))
        pairs.append((min(bounds), max(bounds)))
    return pairs


def expand(text: str, largest: int | None = None, limit: int = 1_000_000) -> list[int] | None:
    """Return the numbers of the set in the order written; None if it is none or over ``limit``."""
    pairs = ranges(text, largest)
    if pairs is None or sum(high - low + 1 for low, high in pairs) > limit:
        return None
    return [number for low, high in pairs for number in range(low, high + 1)]
