"""What failed in the last run, to be played again."""

from collections.abc import Sequence
from pathlib import Path

from conformance.cli.errors import UserError
from conformance.cli.selecting import scenarios
from conformance.events import RunStarted, ScenarioFinished
from conformance.reports.base import ReportError
from conformance.reports.run_jsonl import read_run, run_file
from conformance.scenario.model import Scenario
from conformance.status import EXIT
from conformance.verdict import Verdict

__all__ = ["failed", "last_failed"]


def last_failed(out: Path) -> dict[str, str]:
    """Return id -> file of what did not end as expected in the run in ``out``, known or not.

    UserError if there is no run there, or nothing failed in it.
    """
    if not run_file(out).is_file():
        raise UserError(f"there is no run in {out} of which to play the failures")
    try:
        found = {}
        strict = False
        for event in read_run(out):
            if isinstance(event, RunStarted):
                strict = event.strict
            elif isinstance(event, ScenarioFinished):
                judged = event.strictly() if strict else event
                if judged.outcome.verdict >= Verdict.FAIL or judged.unexpected:
                    found[event.outcome.scenario] = event.file
    except ReportError as error:
        raise UserError(str(error)) from None
    if not found:
        raise UserError(f"nothing failed in the run in {out}", status=EXIT.NOTHING)
    return found


def failed(out: Path, words: Sequence[str], tags: str = "") -> list[Scenario]:
    """Return those of ``words`` (of all that was played) that failed in the run in ``out``."""
    before = last_failed(out)
    chosen = scenarios(words or sorted(set(map(_word, before, before.values()))), tags)
    again = [scenario for scenario in chosen if scenario.id in before]
    if not again:
        raise UserError("none of these failed in the last run", status=EXIT.NOTHING)
    return again


def _word(id_: str, file: str) -> str:
    """Return what names the scenario: its file if it is there, which need not be a bundled one."""
    return file if Path(file).is_file() else id_.partition("[")[0]
