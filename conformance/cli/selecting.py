"""From the words of a command line to the scenarios they mean."""

import re
from collections.abc import Sequence

from conformance.cli.errors import UserError
from conformance.scenario.model import Scenario
from conformance.scenario.select import SelectionError, find
from conformance.status import EXIT

__all__ = ["scenarios", "shard"]


def scenarios(words: Sequence[str], tags: str = "") -> list[Scenario]:
    """Return what ``words`` and ``tags`` select; UserError if a file is broken or nothing fits."""
    try:
        selection = find(words, tags)
    except SelectionError as error:
        raise UserError(str(error)) from None
    if selection.problems:
        raise UserError("\n".join(map(str, selection.problems)))
    if not selection.scenarios:
        raise UserError("no scenario is selected", status=EXIT.NOTHING)
    return list(selection.scenarios)


_PART = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})")


def shard(selected: list[Scenario], part: str) -> list[Scenario]:
    """Return the Nth of M parts of ``selected`` for ``N/M``; all for an empty ``part``.

    Neighbours go to different parts: a folder's scenarios take about the same time.
    UserError if ``part`` is none, or an empty one.
    """
    if not part:
        return selected
    found = _PART.fullmatch(part)
    if not found or int(found[1]) > int(found[2]):
        raise UserError(f"'{part}' is no shard", hint="write 2/5 for the second of five parts")
    chosen = selected[int(found[1]) - 1 :: int(found[2])]
    if not chosen:
        raise UserError(f"shard {part} of {len(selected)} scenarios is empty", status=EXIT.NOTHING)
    return chosen
