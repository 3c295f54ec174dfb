"""A finding of the grammar quotes the rule that was broken, as its RFC states it."""

import pytest

from conformance.check.grammar import _detail
from conformance.grammar import Violation
from tests.fakes.bend import bend
from tests.fakes.faults import FAULTS
from tests.fakes.script import findings

FAULT = {fault.name: fault for fault in FAULTS if fault.check == "grammar"}


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("a list is not closed", 'flag-list = "(" [flag *(SP flag)] ")"'),
        ("MODSEQ without its list", 'fetch-mod-resp = "MODSEQ" SP "(" permsg-modsequence ")"'),
        ("a tag without a state", "response-tagged = tag SP resp-cond-state CRLF"),
    ],
)
def test_the_innermost_rule_is_quoted(name, stated):
    found = next(f for f in findings(bend(FAULT[name])) if f.check == "grammar")

    assert found.detail[-1] == stated
    assert found.detail[0].endswith(stated.partition(" ")[0])


def test_a_long_rule_is_cut():
    violation = Violation(0, "resp-text-code", "RFC9051:9", (), "what came")

    (line,) = _detail(violation)

    assert line.startswith('resp-text-code = "ALERT" / ')
    assert line.endswith(" …")
    assert len(line) < 410
