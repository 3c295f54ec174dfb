"""Which known findings apply: those that are named, and where, or those of the suite."""

import pytest

from conformance import events
from conformance.cli.baselines import Known
from conformance.cli.errors import UserError
from conformance.verdict import Finding, Outcome, Verdict

BUG = Finding("expectation", Verdict.FAIL, "'* 2 EXPUNGE' came", rule="RFC9051:7.5.1")
MINE, OTHER = "docker:dovecot@mine:1", "docker:cyrus:3.6"
ENTRY = f"""
[[known]]
scenario = "a/b"
fingerprint = "{BUG.fingerprint("a/b")}"
because = "bug 12"
"""


def known(path, *servers):
    said = Known(str(path), servers)
    for server in servers:
        said.see(events.ServerReady(server, "dovecot", "2.4.1", (), (), 0.1))
    return said


def failed(server):
    return events.ScenarioFinished(Outcome("a/b", server, Verdict.FAIL, (BUG,)), "t", "f")


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('server = "docker:dovecot@mine"\n' + ENTRY)
    return path


def test_a_baseline_is_used_where_it_fits_and_the_rest_is_said(mine):
    both = known(mine, MINE, OTHER)

    assert both(failed(MINE)).known
    assert not both(failed(OTHER)).known
    assert both.remark == f"{mine} is of docker:dovecot@mine: not used for {OTHER}"
    assert known(mine, MINE).remark == ""


def test_a_baseline_that_fits_nothing_is_an_error(mine):
    with pytest.raises(UserError, match="is of docker:dovecot@mine, which is not played") as caught:
        known(mine, OTHER)
    assert f'server = "{OTHER}"' in caught.value.hint


def test_a_baseline_of_any_server_fits_all(tmp_path):
    path = tmp_path / "any.toml"
    path.write_text(ENTRY)
    both = known(path, MINE, OTHER)

    assert both(failed(MINE)).known
    assert both(failed(OTHER)).known
    assert both.remark == ""


def test_none_is_none_and_an_unreadable_one_an_error(tmp_path):
    assert not known("none", MINE)(failed(MINE)).known
    with pytest.raises(UserError, match="cannot read"):
        Known(str(tmp_path / "none.toml"))
