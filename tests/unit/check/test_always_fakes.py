"""Every fault is caught by its check, every oddity passes, and the README tells of both."""

from pathlib import Path

import pytest

from conformance.verdict import Verdict
from tests.fakes.bases import BASES
from tests.fakes.bend import bend, put
from tests.fakes.faults import FAULTS
from tests.fakes.oddities import ODDITIES
from tests.fakes.script import findings
from tests.fakes.table import table

README = Path(__file__).parents[2] / "fakes" / "README.md"


@pytest.mark.parametrize("base", BASES)
def test_a_faultless_conversation_is_not_blamed(base):
    assert findings(BASES[base]) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.base}: {fault.name}")
def test_a_fault_is_caught_with_its_section(fault):
    found = findings(bend(fault))

    hits = [f for f in found if f.check == fault.check and f.key.startswith(fault.key)]
    assert hits, [(f.check, f.key) for f in found]
    assert hits[0].rule == fault.rule
    assert hits[0].culprit is not None
    assert all(index < hits[0].culprit or index == hits[0].culprit for index in hits[0].known)
    assert not [f for f in found if f.verdict is Verdict.ERROR]


@pytest.mark.parametrize("oddity", ODDITIES, ids=lambda oddity: oddity[0])
def test_an_oddity_is_not_blamed(oddity):
    _, base, old, new = oddity

    assert [(f.check, f.key, f.message) for f in findings(put(BASES[base], old, new))] == []


def test_there_are_enough_and_each_has_a_name_of_its_own():
    names = [(fault.base, fault.name) for fault in FAULTS]
    assert len(set(names)) == len(names) >= 150
    assert len({oddity[0] for oddity in ODDITIES}) == len(ODDITIES) >= 30


def test_the_readme_has_the_table():
    assert table() in README.read_text(encoding="utf-8"), "python -m tests.fakes.table writes it"
