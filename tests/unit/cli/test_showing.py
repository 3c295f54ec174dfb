"""show: the wire log of a stored play, in lines and in lanes, safe to look at."""

import pytest

from conformance import events
from conformance.cli.errors import UserError
from conformance.reports.run_jsonl import RunWriter
from conformance.verdict import Finding, Outcome, Verdict
from conformance.wire.transcript import Kind, Transcript

SERVER = "docker:dovecot:2.4"


def wire():
    transcript = Transcript({"scenario": "a/b"})
    transcript.add(0.1, "laptop", Kind.SENT, b"l1 FETCH 1 FLAGS\r\n")
    transcript.note(0.15, "laptop", note="end", step="1")
    transcript.add(0.2, "phone", Kind.CONNECTION, b"closed")
    transcript.add(0.3, "laptop", Kind.RECEIVED, b"* 2 EXPUNGE\x1b[2J\r\n")
    return transcript


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "out"
    (folder / "transcripts").mkdir(parents=True)
    with (folder / "transcripts/a.txt").open("w") as stream:
        wire().dump(stream)
    bug = Finding("view", Verdict.FAIL, "it came\x07, and must not", culprit=3)
    writer = RunWriter(folder / "run.jsonl")
    outcomes = [
        (Outcome("a/b", SERVER, Verdict.FAIL, (bug,)), "transcripts/a.txt"),
        (Outcome("a/b[one]", "other", Verdict.PASS, ()), "transcripts/gone.txt"),
        (Outcome("a/c", SERVER, Verdict.SKIP, (), reason="needs IDLE"), ""),
    ]
    for outcome, transcript in outcomes:
        writer.handle(events.ScenarioFinished(outcome, "t", "f.yaml", transcript=transcript))
    writer.close()
    return folder


def test_the_log_marks_the_culprit_and_obeys_nothing(typed, run):
    result = typed("show", run / "a/b")

    assert result.exit_code == 0
    assert "\x1b" not in result.output
    assert "\x07" not in result.output
    lines = result.output.splitlines()
    assert lines[0] == f"FAIL  a/b  {SERVER}"
    assert lines[2].split() == ["0.100", "laptop", ">", "l1", "FETCH", "1", "FLAGS"]
    assert "* 2 EXPUNGE\\x1b[2J" in lines[4]
    assert lines[4].endswith("<-- it came\\x07, and must not")
    assert "note" not in result.output


def test_notes_are_shown_when_asked_for(typed, run):
    assert '"note":"end"' in typed("show", run, "a/b", "--notes").output


def test_each_client_has_its_lane(typed, run):
    lines = typed("show", run, "a/b", "--lanes").output.splitlines()

    head = next(line for line in lines if "laptop" in line and "phone" in line)
    left, right = head.index("laptop"), head.index("phone")
    sent = next(line for line in lines if "FETCH" in line)
    closed = next(line for line in lines if "closed" in line)
    assert (sent[left], sent[right]) == (">", "·")
    assert (closed[left], closed[right]) == ("·", "!")
    arrow = next(line for line in lines if "must not" in line)
    assert arrow.index("^") == left


def test_without_a_scenario_the_plays_are_listed(typed, run):
    lines = typed("show", run).output.splitlines()

    assert [line.split()[:2] for line in lines] == [
        ["fail", "a/b"],
        ["pass", "a/b[one]"],
        ["skip", "a/c"],
    ]
    assert lines[0].endswith("it came\\x07, and must not")
    assert typed("show", run / "run.jsonl").output.splitlines() == lines
    assert typed("show", run, "-s", "other").output.count("\n") == 1


def test_what_is_missing_is_said(typed, run):
    assert "(not shown: transcript transcripts/gone.txt" in typed("show", run, "a/b[one]").output
    assert "nothing was played: needs IDLE" in typed("show", run, "a/c").output


def test_a_transcript_alone_is_shown(typed, run):
    output = typed("show", run / "transcripts/a.txt").output

    assert output.splitlines()[0].endswith("l1 FETCH 1 FLAGS")


@pytest.mark.parametrize(
    ("words", "message"),
    [(("out/nothing",), "did not play 'nothing'"), (("elsewhere",), "there is no run")],
)
def test_what_is_not_there_is_one_message(typed, run, words, message):
    with pytest.raises(UserError, match=message):
        typed("show", run.parent / words[0])


def test_a_damaged_transcript_is_one_message(typed, tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("# imap-conformance transcript 1\nnonsense\n")

    with pytest.raises(UserError, match="line 2: not"):
        typed("show", path)
