"""report, merge, compare and baseline update: commands over runs that are stored already."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from conformance import events
from conformance.cli.app import app
from conformance.cli.errors import UserError
from conformance.history.baseline import load
from conformance.reports.run_jsonl import RunWriter
from conformance.verdict import Finding, Outcome, Verdict

SERVER = "docker:dovecot:2.4"
BUG = Finding("expectation", Verdict.FAIL, "'* 2 EXPUNGE' came", rule="RFC9051:7.5.1")


def stored(folder, *plays, servers=(SERVER,)):
    writer = RunWriter(folder / "run.jsonl")
    writer.handle(events.RunStarted("0.1.0", "2026-11-24T17:00:00+00:00", "run", 7, servers, 1))
    for server in servers:
        writer.handle(events.ServerReady(server, "dovecot", "2.4.1", (), ("IDLE",), 0.1))
    for play in plays:
        writer.handle(play)
    writer.handle(events.RunFinished(1.0, 1))
    writer.close()
    return folder


def play(scenario, *findings, server=SERVER):
    verdict = max((f.verdict for f in findings), default=Verdict.PASS)
    return events.ScenarioFinished(Outcome(scenario, server, verdict, findings), "t", "f.yaml")


def type_(*words):
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def failing(tmp_path):
    return stored(tmp_path / "new", play("a/b", BUG), play("a/c"))


@pytest.fixture
def passing(tmp_path):
    return stored(tmp_path / "old", play("a/b"), play("a/c"))


def test_report_shows_a_stored_run(failing):
    result = type_("report", failing)

    assert result.output.startswith("FAIL   a/b  docker:dovecot:2.4")
    assert "1 pass  1 fail (new)" in result.output


def test_report_makes_files(failing, tmp_path):
    type_("report", failing, "html", f"json:{tmp_path}/x.json", "junit", "sarif", "badge")

    assert (failing / "index.html").exists()
    assert (failing / "junit.xml").exists()
    assert json.loads((tmp_path / "x.json").read_text())["counts"]["fail"] == 1


def test_what_is_no_report_or_no_run_is_one_clear_error(failing, tmp_path):
    with pytest.raises(UserError, match="'htm' is no report"):
        type_("report", failing, "htm")
    with pytest.raises(UserError, match="cannot read"):
        type_("report", tmp_path / "none")
    with pytest.raises(UserError, match="cannot read"):
        type_("compare", tmp_path / "none")


def test_compare_and_its_exit_status(passing, failing, tmp_path):
    assert "new failures: 1" in type_("compare", passing, failing).output
    assert type_("compare", passing, failing).exit_code == 0
    assert type_("compare", passing, failing, "--fail-on", "new").exit_code == 1
    assert type_("compare", failing, passing, "--fail-on", "new").exit_code == 0
    assert type_("compare", failing, passing, "--fail-on", "any").exit_code == 1
    assert type_("compare", failing, failing, "--fail-on", "any").exit_code == 0
    assert type_("compare", passing, failing, "-f", "markdown").output.startswith("### IMAP")
    type_("compare", passing, failing, "-f", "html", "-o", tmp_path / "c.html")
    assert "new failures" in (tmp_path / "c.html").read_text("utf-8")


def test_compare_two_vendors_of_one_run(tmp_path):
    cyrus = "docker:cyrus:3.6"
    run = stored(tmp_path, play("a", BUG), play("a", server=cyrus), servers=(SERVER, cyrus))

    result = type_("compare", run, "--left", cyrus, "--right", SERVER)
    assert "new failures: 1" in result.output
    assert type_("compare", run).output.count("nothing differs") == 2
    with pytest.raises(UserError, match=r"--left: the run has docker:dovecot:2\.4, docker:cyrus"):
        type_("compare", run, "--left", "x", "--right", SERVER)


def test_runs_without_a_common_server_ask_which(tmp_path):
    one = stored(tmp_path / "one", servers=("a:a", "b:b"))
    two = stored(tmp_path / "two", servers=("c:c", "d:d"))

    with pytest.raises(UserError, match="no server is in both runs") as caught:
        type_("compare", one, two)
    assert "--left" in caught.value.hint


def test_merge(tmp_path, passing, failing):
    assert (
        str(tmp_path / "out") in type_("merge", passing, failing, "--out", tmp_path / "out").output
    )
    assert "3 pass  1 fail (new)" in type_("report", tmp_path / "out").output
    with pytest.raises(UserError, match="into itself"):
        type_("merge", passing, "--out", passing)


def test_baseline_update_writes_a_file_for_each_server(tmp_path, failing, passing):
    result = type_("baseline", "update", failing, "--into", tmp_path / "known")

    assert "1 added, 0 removed; replace each 'not looked into yet' by a reason" in result.output
    (entry,) = load(tmp_path / "known" / "dovecot-2.4.toml").entries
    assert entry.fingerprint == BUG.fingerprint("a/b")
    result = type_("baseline", "update", passing, "--into", tmp_path / "known")
    assert "0 added, 1 removed" in result.output
    assert load(tmp_path / "known" / "dovecot-2.4.toml").entries == ()


def test_a_new_baseline_is_for_every_build_of_the_image(tmp_path):
    mine = "docker:dovecot@under-test:4711"
    run = stored(tmp_path / "run", play("a/b", BUG, server=mine), servers=(mine,))
    type_("baseline", "update", run, "--into", tmp_path / "known")

    (path,) = (tmp_path / "known").iterdir()
    assert (path.name, load(path).server) == (
        "dovecot-under-test-2.4.1.toml",
        "docker:dovecot@under-test",
    )


def test_baseline_update_keeps_what_people_wrote(tmp_path, failing):
    file = tmp_path / "mine.toml"
    type_("baseline", "update", failing, "--file", file)
    file.write_text("# ours\n" + file.read_text().replace("not looked into yet", "bug 12"))
    before = file.read_text()
    type_("baseline", "update", failing, "--file", file)

    assert file.read_text() == before


def test_baseline_update_says_what_is_wrong(tmp_path, failing):
    (tmp_path / "bad.toml").write_text("known = 3")
    with pytest.raises(UserError, match="each entry begins with"):
        type_("baseline", "update", failing, "--file", tmp_path / "bad.toml")
    both = stored(tmp_path / "both", servers=("a:a", "b:b"))
    with pytest.raises(UserError, match="--file is for a run of one server"):
        type_("baseline", "update", both, "--file", tmp_path / "x.toml")
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot write"):
        type_("baseline", "update", failing, "--into", tmp_path / "file")


def test_a_hostile_message_does_not_reach_the_terminal(tmp_path):
    evil = replace(BUG, message="\x1b]0;pwned\x07")
    run = stored(tmp_path / "run", play("a/b", evil))

    for words in (
        ("report", run),
        ("compare", stored(tmp_path / "old", play("a/b")), run),
        ("baseline", "update", run, "--into", tmp_path / "known"),
    ):
        assert "\x1b" not in type_(*words).output
    assert "\x1b" not in (tmp_path / "known" / "dovecot-2.4.toml").read_text()
