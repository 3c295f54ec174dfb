"""explain and coverage: what they say of requirements and rules of the grammar."""

import pytest

from conformance.cli.errors import UserError
from conformance.requirements.catalogue import by_section, catalogue

CLAIMS = """\
scenario: Nothing happens
why: It has to be possible.
rules: [RFC9051:7.5.1/1]
actors:
  phone: {user: alice}
steps:
- phone: NOOP
"""


@pytest.fixture
def one(tmp_path):
    path = tmp_path / "one.yaml"
    path.write_text(CLAIMS)
    return path


def test_a_section_is_explained_with_its_requirements(typed):
    result = typed("explain", "rfc9051:7.5.1")

    assert result.exit_code == 0
    assert result.output.startswith("RFC9051:7.5.1  EXPUNGE Response — ")
    for asked in by_section("RFC9051:7.5.1"):
        assert f"  {asked.id}  {asked.level.upper()}\n" in result.output
    assert "scenarios: " in result.output


def test_a_requirement_that_no_client_sees_says_why(typed):
    hidden = next(r for r in catalogue().requirements.values() if r.reason)

    output = typed("explain", hidden.id).output

    assert f"not tested: {hidden.reason.split()[0]}" in output
    assert "nothing tests it yet" not in output


def test_a_rule_of_the_grammar_is_explained(typed):
    result = typed("explain", "RESP-TEXT")

    assert result.exit_code == 0
    assert "RFC9051:9" in result.output
    assert "RFC3501:9" in result.output
    assert "    resp-text" in result.output
    assert "resp-text-code (RFC" in result.output


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("resp-txt", "perhaps resp-text"),
        ("RFC9051:99", "RFC9051 has no section 99"),
        ("RFC9051:7.5.1/999", "not in the catalogue"),
        ("RFC1", "RFC1 is not one of the RFCs"),
        ("RFC9051:", "not a rule"),
    ],
)
def test_what_there_is_not_is_one_message(typed, word, message):
    with pytest.raises(UserError, match=message):
        typed("explain", word)


def test_coverage_counts_what_a_scenario_claims(typed, one):
    result = typed("coverage", one, "--rfc", "9051", "--rfc", "RFC3501")

    assert result.exit_code == 0
    head, rev2, rev1, total = (line.split() for line in result.output.splitlines())
    assert head[0] == "RFC"
    assert (rev2[0], rev1[0], total[0]) == ("RFC9051", "RFC3501", "all")
    assert int(rev2[3]) == 1
    asks = [int(row[1]) for row in (rev2, rev1, total)]
    assert asks[0] + asks[1] == asks[2]
    for _, _, testable, by_scenario, by_check, left, _ in (rev2, rev1, total):
        assert int(by_scenario) + int(by_check) + int(left) == int(testable)


def test_coverage_of_a_level_is_less(typed, one):
    def asks(*words):
        return int(
            typed("coverage", one, "--rfc", "9051", *words).output.splitlines()[1].split()[1]
        )

    assert 0 < asks("--level", "must") < asks()


def test_what_is_open_is_listed_without_what_is_claimed(typed, one):
    output = typed("coverage", one, "--rfc", "9051", "--open").output

    assert "RFC9051:7.5.1/1 " not in output
    assert "RFC9051:5.4/1 " in output  # half an hour of silence: no scenario waits for it
    listed = [line for line in output.splitlines() if line.startswith("RFC9051:")]
    assert output.splitlines()[-1] == f"{len(listed)} open"


def test_an_rfc_that_the_catalogue_lacks_is_one_message(typed, one):
    with pytest.raises(UserError, match="no RFC1"):
        typed("coverage", one, "--rfc", "1")
