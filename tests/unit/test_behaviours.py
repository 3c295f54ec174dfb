"""The tables of scenarios/devices/README.md name all forty behaviours, and scenarios that exist."""

import importlib.machinery
import importlib.util
from pathlib import Path

from conformance.verdict import Verdict

ROOT = Path(__file__).resolve().parents[2]


def _script():
    path = str(ROOT / "ci/behaviours")
    spec = importlib.util.spec_from_loader(
        "behaviours", importlib.machinery.SourceFileLoader("behaviours", path)
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


behaviours = _script()


def test_each_of_the_forty_has_a_row():
    marks = [mark for mark, _, _ in behaviours.rows()]
    assert [mark for mark in marks if mark.isdigit()] == [str(n) for n in range(1, 41)]
    assert [mark for mark in marks if not mark.isdigit()] == list("abcdefghijklm")


def test_each_row_names_scenarios_that_are_there():
    named = {name for _, _, names in behaviours.rows() for name in names}
    assert [n for n in sorted(named) if not (ROOT / "scenarios" / f"{n}.yaml").is_file()] == []


def test_a_cell_shows_the_worst_and_how_often():
    assert behaviours.cell([Verdict.PASS, Verdict.SKIP, Verdict.FAIL]) == "fail (1 of 2)"
    assert behaviours.cell([Verdict.PASS, Verdict.SKIP]) == "pass"
    assert behaviours.cell([Verdict.SKIP]) == "-"
