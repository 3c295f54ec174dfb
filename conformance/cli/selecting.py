"""From the words of a command line to the scenarios they mean."""

from collections.abc import Sequence

from conformance.cli.errors import UserError
from conformance.play.run import EXIT
from conformance.scenario.model import Scenario
from conformance.scenario.select import SelectionError, find

__all__ = ["scenarios"]


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
