"""Rows as columns of text, for terminals and pipes alike."""

from collections.abc import Iterable, Sequence

__all__ = ["columns"]


def columns(rows: Iterable[Sequence[str]], *, right: Iterable[int] = ()) -> list[str]:
    """Return a line a row, cells two blanks apart; those numbered in ``right`` end together."""
    table = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    to_right = set(right)
    return [
        "  ".join(
            f"{cell:>{width}}" if number in to_right else f"{cell:<{width}}"
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]
