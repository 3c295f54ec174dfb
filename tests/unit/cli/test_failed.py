"""run --failed, and what run takes about servers."""

from dataclasses import replace

import pytest

from conformance import events
from conformance.cli.errors import UserError
from conformance.cli.failed import failed
from conformance.cli.server_options import ours_to_break, without_passwords
from conformance.reports.run_jsonl import RunWriter
from conformance.servers.base import Credentials, ServerError
from conformance.verdict import Finding, Outcome, Verdict

TEXT = """\
scenario: Nothing happens
why: It has to be possible.
rules: [RFC9051:6.1.2]
actors:
  phone: {user: alice}
steps:
- phone: NOOP
"""
BUG = Finding("view", Verdict.FAIL, "it came")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("good", "bad", "broken"):
        (tmp_path / f"{name}.yaml").write_text(TEXT)
    return tmp_path


def played(folder, *, strict=False, **verdicts):
    folder.mkdir(exist_ok=True)
    writer = RunWriter(folder / "run.jsonl")
    writer.handle(events.RunStarted("0.1.0", "2026-11-24", "run", 7, ("s",), 1, strict))
    for id_, verdict in verdicts.items():
        bug = replace(BUG, verdict=verdict)
        findings = (bug,) if verdict in (Verdict.FAIL, Verdict.WARN) else ()
        outcome = Outcome(id_, "embedded:pymap", verdict, findings)
        writer.handle(events.ScenarioFinished(outcome, "t", f"{id_}.yaml"))
    writer.close()
    return folder


def test_what_failed_is_chosen(here):
    out = played(here / "out", good=Verdict.PASS, bad=Verdict.FAIL, broken=Verdict.ERROR)

    assert [s.id for s in failed(out, [])] == ["bad", "broken"]
    assert [s.id for s in failed(out, ["bad.yaml", "good.yaml"])] == ["bad"]


def test_a_broken_should_has_failed_if_the_run_was_strict(here):
    strict = played(here / "strict", strict=True, bad=Verdict.WARN, good=Verdict.PASS)
    assert [s.id for s in failed(strict, [])] == ["bad"]

    with pytest.raises(UserError, match="nothing failed"):
        failed(played(here / "out", bad=Verdict.WARN), [])


def test_a_file_that_is_gone_is_looked_for_by_its_id(here):
    out = played(here / "out", gone=Verdict.FAIL)

    with pytest.raises(UserError, match="'gone' is neither a file"):
        failed(out, [])


def test_nothing_to_play_again_has_the_status_of_nothing_selected(here):
    out = played(here / "out", good=Verdict.PASS)
    with pytest.raises(UserError, match="nothing failed") as caught:
        failed(out, [])
    assert caught.value.status == 5

    out = played(here / "other", bad=Verdict.FAIL)
    with pytest.raises(UserError, match="none of these") as caught:
        failed(out, ["good.yaml"])
    assert caught.value.status == 5


def test_without_a_run_there_is_one_message(typed, here):
    with pytest.raises(UserError, match="there is no run in out"):
        typed("run", "--failed")


def test_run_plays_the_failures_again(typed, here):
    played(here / "out", good=Verdict.PASS, bad=Verdict.FAIL)

    result = typed("run", "--failed", "--baseline", "none")

    assert result.exit_code == 0, result.output
    assert "1 pass" in result.output
    # What was mended is not played again.
    with pytest.raises(UserError, match="nothing failed"):
        typed("run", "--failed")


def test_a_server_of_someone_else_is_not_broken_unasked(typed, here):
    with pytest.raises(UserError, match="delete mail") as caught:
        typed("run", "good.yaml", "-s", "imaps://a:b@example.org")

    assert "--allow-destructive" in caught.value.hint
    ours_to_break(["imap://h"], allow_destructive=True)
    ours_to_break(["docker:dovecot", "embedded:pymap"], allow_destructive=False)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["run", "-s", "imap://a:p@ss@h:1"], ["run", "-s", "imap://h:1"]),
        (["--server=imaps://a:b@h"], ["--server=imaps://h"]),
        (["--user", "bob=b@x:secret", "x"], ["--user", "bob=b@x", "x"]),
        (["--user=bob=b:se:cret"], ["--user=bob=b"]),
        (
            ["-s", "docker:a:1", "--build-arg", "A=b:c"],
            ["-s", "docker:a:1", "--build-arg", "A=b:c"],
        ),
    ],
)
def test_passwords_do_not_get_into_reports(words, shown):
    assert without_passwords(words) == shown


def test_what_is_said_of_servers_reaches_them(typed, here, monkeypatch):
    asked = []

    def make(spec, *, run, options):
        asked.append((spec, options))
        raise ServerError("seen enough", hint="stop")

    monkeypatch.setattr("conformance.cli.carrying.server", make)
    (here / "ca.pem").write_text("")
    words = ["--user", "bob=b:secret", "--ca", "ca.pem", "--build-arg", "A=b", "--keep-server"]

    with pytest.raises(UserError, match="seen enough"):
        typed("run", "good.yaml", "-s", "imap://h", "--allow-destructive", "--fresh", *words)

    ((spec, options),) = asked
    assert spec == "imap://h"
    assert options.users == {"bob": Credentials("b", "secret")}
    assert (str(options.ca), options.build_args) == ("ca.pem", {"A": "b"})
    assert options.allow_destructive
    assert options.fresh
    assert options.keep
