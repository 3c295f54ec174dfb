"""What the catalogue says of always-on checks is shown by a fault that they catch."""

import pytest

from conformance.requirements.catalogue import catalogue
from conformance.requirements.coverage import cover
from conformance.requirements.results import per_requirement
from conformance.verdict import Finding, Outcome, Verdict
from tests.fakes.bend import bend
from tests.fakes.breaks import BREAKS
from tests.fakes.script import findings


def test_the_catalogue_and_the_faults_say_the_same():
    claimed = {
        entry.id: {check for check in entry.checks if ": " in check}
        for entry in catalogue().requirements.values()
        if any(": " in check for check in entry.checks)
    }
    shown = {
        identifier: {f"{fault.check}: {fault.key}" for fault in faults}
        for identifier, faults in BREAKS.items()
    }
    assert claimed == shown


@pytest.mark.parametrize("identifier", BREAKS)
def test_a_server_that_breaks_it_is_caught_by_what_is_claimed(identifier):
    claims = catalogue().requirements[identifier].checks
    for fault in BREAKS[identifier]:
        said = [finding.said for finding in findings(bend(fault))]
        assert any(one.startswith(claim) for one in said for claim in claims), (fault.name, said)


def test_a_finding_of_a_check_counts_against_what_the_check_claims():
    coverage = cover([])
    finding = Finding("view", Verdict.FAIL, "fell", "RFC9051:5.2", key="EXISTS shrinks")
    outcome = Outcome("any", "docker:x:1", Verdict.FAIL, (finding,))
    seen = per_requirement(coverage, [outcome])["docker:x:1"]
    assert seen["RFC9051:5.2/3"] is Verdict.FAIL
    assert seen["RFC3501:5.2/3"] is Verdict.FAIL
    assert seen["RFC9051:7.5.1/1"] is Verdict.PASS
