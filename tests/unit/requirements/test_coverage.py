import pytest

from conformance.requirements import rule as rules
from conformance.requirements.catalogue import Catalogue, catalogue
from conformance.requirements.coverage import cover, explain, named_rules
from conformance.requirements.document import read_document
from conformance.requirements.results import per_requirement, tally
from conformance.scenario.model import Level, Scenario, Step
from conformance.verdict import Finding, Outcome, Verdict

TEXT = """
rfc = 9051
[[requirement]]
id = "RFC9051:7.5.1/1"
level = "MUST NOT"
text = "No EXPUNGE while idle."
[[requirement]]
id = "RFC9051:7.5.1/2"
level = "MAY"
text = "It may come."
[[requirement]]
id = "RFC9051:7.5.1/3"
level = "MUST"
text = "Inside."
who = "inside"
reason = "hidden"
[[requirement]]
id = "RFC9051:9/1"
level = "MUST"
text = "Grammar."
checks = ["grammar"]
"""
OLDER = """
rfc = 3501
[[requirement]]
id = "RFC3501:7.4.1/1"
level = "MUST NOT"
text = "No EXPUNGE while idle."
same = ["RFC9051:7.5.1/1"]
"""


@pytest.fixture
def known():
    documents = [read_document(TEXT), read_document(OLDER)]
    return Catalogue(
        {each.rfc: each for each in documents},
        {entry.id: entry for each in documents for entry in each.requirements},
    )


def scenario(name, *rules, **more):
    return Scenario(id=name, title=name, rules=rules, **more)


def test_a_section_alone_claims_nothing(known):
    coverage = cover([scenario("a", "RFC9051:7.5.1", "RFC9051")], known=known)
    assert coverage.scenarios == {}
    assert coverage.row("RFC9051").open == ("RFC9051:7.5.1/1", "RFC9051:7.5.1/2")


def test_ids_claim_and_steps_count_in_lanes_too(known):
    lane = Step(actor="phone", command="NOOP", rules=("RFC9051:7.5.1/2",))
    steps = (Step(actor="a", rules=("RFC9051:7.5.1/1",)), Step(together=((lane,),)))
    one = scenario("a", "RFC9051:7", steps=steps)
    assert named_rules(one) == ("RFC9051:7", "RFC9051:7.5.1/1", "RFC9051:7.5.1/2")
    row = cover([one], known=known).row("RFC9051")
    assert (row.requirements, row.by_scenario, row.by_check, row.untestable) == (4, 2, 1, 1)
    assert (row.open, row.testable, row.share) == ((), 3, 1.0)


def test_rows_by_level(known):
    coverage = cover([scenario("a", "RFC9051:7.5.1/1")], known=known)
    row = coverage.row("RFC9051", Level.MAY)
    assert (row.requirements, row.share, row.open) == (1, 0.0, ("RFC9051:7.5.1/2",))
    assert [row.rfc for row in coverage.table()] == ["RFC3501", "RFC9051"]
    assert coverage.row("RFC3501", Level.SHOULD).share == 1.0


def test_the_same_of_another_rfc_is_claimed_both_ways(known):
    both = {"RFC9051:7.5.1/1", "RFC3501:7.4.1/1"}
    assert set(cover([scenario("a", "RFC3501:7.4.1/1")], known=known).scenarios) == both
    assert set(cover([scenario("a", "RFC9051:7.5.1/1")], known=known).scenarios) == both
    assert set(cover([], {"views": ["RFC9051:7.5.1/1"]}, known=known).checks) > both


def test_no_requirement_stands_for_two_of_one_rfc():
    claims = cover([scenario(each, each) for each in catalogue().requirements]).scenarios
    for name, claimed_by in claims.items():
        others = [each for each in claimed_by if each != name]
        assert rules.parse(name).rfc not in {rules.parse(each).rfc for each in others}


def test_a_scenario_for_imap4rev2_alone_claims_only_what_it_names(known):
    alone = scenario("a", "RFC9051:7.5.1/1", needs=(("IMAP4rev2",),))
    either = scenario("b", "RFC9051:7.5.1/1", needs=(("MOVE", "IMAP4rev2"),))
    assert "RFC3501:7.4.1/1" not in cover([alone], known=known).scenarios
    assert cover([alone, either], known=known).scenarios["RFC3501:7.4.1/1"] == ("b",)


def test_unknown_ids_are_reported_and_sections_are_not(known):
    coverage = cover([scenario("a", "RFC9051:9/9", "RFC9051:9")], {"x": ["RFC9051:8/1"]}, known)
    assert coverage.unknown == ("RFC9051:8/1", "RFC9051:9/9")


def test_scenarios_that_name_the_section_are_hints_for_its_requirements(known):
    coverage = cover([scenario("a", "RFC9051:7.5.1"), scenario("b", "RFC9051:7.5")], known=known)
    assert coverage.hints("RFC9051:7.5.1/1") == ("a",)
    assert coverage.hints("RFC9051:9/1") == ()


def test_explain_brings_requirements_tests_and_mentions(known):
    coverage = cover(
        [
            scenario("a", "RFC9051:7.5.1/1"),
            scenario("b", "RFC9051:7.5.1"),
            scenario("c", "RFC9051:7"),
        ],
        {"views": ["RFC9051:7.5.1/2"]},
        known,
    )
    told = explain("RFC9051:7.5.1", coverage)
    assert told.title == "EXPUNGE Response"
    assert [(e.requirement.id, e.scenarios, e.checks) for e in told.requirements] == [
        ("RFC9051:7.5.1/1", ("a",), ()),
        ("RFC9051:7.5.1/2", (), ("views",)),
        ("RFC9051:7.5.1/3", (), ()),
    ]
    assert told.scenarios == ("a", "b")
    assert explain("RFC9051", coverage).scenarios == ("a", "b", "c")
    with pytest.raises(ValueError, match="is not a rule"):
        explain("7.5.1", coverage)


def outcome(name, verdict, *findings):
    return Outcome(name, "docker:x:1", verdict, findings)


def finding(verdict, rule=""):
    return Finding("expectation", verdict, "came", rule)


def on_server(coverage, *outcomes):
    return per_requirement(coverage, outcomes)["docker:x:1"]


def test_a_pass_counts_for_what_the_scenario_claims_and_for_the_checks(known):
    coverage = cover([scenario("a", "RFC9051:7.5.1/2")], known=known)
    assert on_server(coverage, outcome("a", Verdict.PASS)) == {
        "RFC9051:7.5.1/2": Verdict.PASS,
        "RFC9051:9/1": Verdict.PASS,
    }
    assert on_server(coverage, outcome("a", Verdict.SKIP)) == {"RFC9051:7.5.1/2": Verdict.SKIP}


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ("RFC9051:7.5.1/1", Verdict.FAIL, Verdict.INCONCLUSIVE),
        ("RFC9051:7.5.1", Verdict.FAIL, Verdict.FAIL),
        ("", Verdict.FAIL, Verdict.FAIL),
        ("RFC9051:6", Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE),
        ("none of ours", Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE),
    ],
)
def test_a_failure_counts_against_what_its_rule_names(known, rule, first, second):
    coverage = cover([scenario("a", "RFC9051:7.5.1/1", "RFC9051:7.5.1/2")], known=known)
    seen = on_server(coverage, outcome("a", Verdict.FAIL, finding(Verdict.FAIL, rule)))
    assert (seen["RFC9051:7.5.1/1"], seen["RFC9051:7.5.1/2"]) == (first, second)
    assert seen["RFC9051:9/1"] is Verdict.PASS


def test_a_check_that_finds_something_counts_in_any_scenario(known):
    coverage = cover([], known=known)
    bad = outcome("other", Verdict.FAIL, finding(Verdict.FAIL, "RFC9051:9/1"))
    assert on_server(coverage, bad)["RFC9051:9/1"] is Verdict.FAIL
    assert on_server(coverage, bad, outcome("more", Verdict.PASS))["RFC9051:9/1"] is Verdict.FAIL


def test_one_pass_outweighs_skips_and_nothing_outweighs_a_failure(known):
    coverage = cover([scenario(n, "RFC9051:7.5.1/2") for n in "abc"], known=known)
    passed = outcome("a", Verdict.PASS)
    skipped = outcome("b", Verdict.SKIP)
    failed = outcome("c", Verdict.FAIL, finding(Verdict.FAIL))
    assert on_server(coverage, skipped, passed)["RFC9051:7.5.1/2"] is Verdict.PASS
    assert on_server(coverage, failed, passed)["RFC9051:7.5.1/2"] is Verdict.FAIL
    unsure = outcome("c", Verdict.INCONCLUSIVE)
    assert on_server(coverage, skipped, unsure)["RFC9051:7.5.1/2"] is Verdict.INCONCLUSIVE
    assert tally(on_server(coverage, passed))[Verdict.PASS] == 2
