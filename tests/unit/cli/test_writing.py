"""new, fmt and check: files that are begun, brought to form and looked at."""

import pytest

from conformance.cli.errors import UserError
from conformance.paths import scenarios_dir

ODD = """\
# Kept.
why:   It has to be possible.
scenario: Nothing happens
rules: [RFC9051:6.1.2]
actors:
    phone: {user: alice}
steps:
- phone: NOOP   # here
"""
CANONICAL = ODD.replace("why:   It has to be possible.\n", "").replace(
    "happens\n", "happens\nwhy: It has to be possible.\n"
)
CANONICAL = CANONICAL.replace("NOOP   #", "NOOP  #").replace("    phone:", "  phone:")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_scenario_is_written_and_well_formed(typed, here):
    result = typed("new", "mine/first-try")

    path = here / "mine/first-try.yaml"
    assert result.exit_code == 0
    assert result.output.startswith("mine/first-try.yaml")
    assert "scenario: First try" in path.read_text()
    assert typed("check", path, "--strict", "--no-grammar").exit_code == 0


def test_nothing_is_written_over(typed, here):
    (here / "mine.yaml").write_text("mine")

    with pytest.raises(UserError, match=r"mine\.yaml is there already"):
        typed("new", "mine")
    assert (here / "mine.yaml").read_text() == "mine"


def test_in_a_checkout_an_id_is_a_place_among_the_bundled(typed, monkeypatch, tmp_path):
    (tmp_path / "scenarios/devices").mkdir(parents=True)
    monkeypatch.setattr("conformance.paths.scenarios_dir", lambda: tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)

    typed("new", "devices/mine")

    assert (tmp_path / "scenarios/devices/mine.yaml").is_file()


def test_fmt_brings_a_file_to_form_once(typed, here):
    path = here / "odd.yaml"
    path.write_text(ODD)

    would = typed("fmt", "--check", "odd.yaml")
    assert (would.exit_code, would.stdout) == (1, "odd.yaml\n")
    assert would.stderr == "1 of 1 files would change\n"
    assert path.read_text() == ODD

    assert typed("fmt", "odd.yaml").exit_code == 0
    assert "# Kept." in path.read_text()
    assert "NOOP  # here" in path.read_text()
    assert path.read_text().index("scenario:") < path.read_text().index("why:")

    again = typed("fmt", "--check", "odd.yaml")
    assert (again.exit_code, again.stdout) == (0, "")


def test_fmt_says_what_is_no_scenario(typed, here):
    (here / "bad.yaml").write_text("steps: 1\n")

    with pytest.raises(UserError, match=r"bad\.yaml:1:"):
        typed("fmt", "bad.yaml")


BASE = CANONICAL.replace("  # here", "\n  must: [$n EXISTS]")
FURTHER = """\
scenario: It goes on
begins: base
steps:
- phone: SELECT INBOX
  must: ["$n EXISTS"]
"""


def test_fmt_knows_files_that_begin_with_others(typed, here):
    (here / "base.yaml").write_text(BASE)
    (here / "further.yaml").write_text(FURTHER)

    assert typed("fmt", "further.yaml").exit_code == 0
    assert typed("fmt", "--check", "further.yaml").exit_code == 0
    assert "begins: base\n" in (here / "further.yaml").read_text()


def test_fmt_takes_a_file_with_cases_once(typed):
    of = scenarios_dir()
    cases = next(p for p in sorted(of.rglob("*.yaml")) if "\ncases:" in p.read_text())

    result = typed("fmt", "--check", cases.relative_to(of).with_suffix(""))

    assert result.stderr.splitlines()[-1] in (
        "0 of 1 files would change",
        "1 of 1 files would change",
    )


WARNED = ODD.replace("alice}", "alice}\n    watch: {user: alice}")


def test_check_warns_and_fails_only_if_strict(typed, here):
    (here / "a.yaml").write_text(WARNED)

    result = typed("check", "a.yaml")

    assert result.exit_code == 0
    warning, count = result.output.splitlines()
    assert warning == "a.yaml:7:5: actor 'watch' does nothing (warning)"
    assert count == "1 scenarios are well-formed, 1 warning"
    assert typed("check", "a.yaml", "--strict").exit_code == 1


def test_check_warns_of_requirements_that_do_not_exist(typed, here):
    (here / "a.yaml").write_text(ODD.replace("6.1.2]", "6.1.2/999, RFC9051:99]"))

    output = typed("check", "a.yaml").output

    assert "a.yaml:4:9: 'RFC9051:6.1.2/999' is not in the catalogue" in output
    assert "RFC9051 has no section 99" in output
    assert "2 warnings" in output


def test_check_warns_of_patterns_that_fit_nothing(typed, here):
    (here / "a.yaml").write_text(ODD + "  must: [VANISHED EARLIER 1]\n")

    assert "the grammar knows no response" in typed("check", "a.yaml").output
    assert "the grammar knows no response" not in typed("check", "a.yaml", "--no-grammar").output


def test_what_a_beginning_captures_may_be_used_by_what_goes_on(typed, here, monkeypatch):
    (here / "base.yaml").write_text(BASE)
    alone = typed("check", "base.yaml", "--no-grammar").output
    assert "$n is captured and never used" in alone

    (here / "further.yaml").write_text(FURTHER)
    monkeypatch.setattr("conformance.paths.scenarios_dir", lambda: here)

    assert typed("check", "base.yaml", "--no-grammar").output == "1 scenarios are well-formed\n"
