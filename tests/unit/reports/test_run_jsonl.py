import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import events
from conformance.reports.base import ReportError
from conformance.reports.codec import CodecError, from_json, to_json
from conformance.reports.run_jsonl import RunWriter, read_run
from conformance.verdict import Finding, Outcome, Place, Verdict

FINDING = Finding(
    "expectation",
    Verdict.FAIL,
    "'* 2 EXPUNGE' came, and must not \x1b[31m \udce9",
    rule="RFC9051:7.5.1",
    level="MUST NOT",
    key="expunge",
    actor="phone",
    step=4,
    place=Place("scenarios/a.yaml", 37, 5),
    culprit=12,
    offset=3,
    expected=("nothing", "OK"),
    known=(3, 4),
    detail=("a line",),
)
FINISHED = events.ScenarioFinished(
    Outcome(
        "devices/a", "docker:dovecot:2.4", Verdict.FAIL, (FINDING,), "", {"row": "kept"}, 0.25, 1
    ),
    title="A",
    file="scenarios/a.yaml",
    text="text/a.yaml",
    transcript="transcripts/a.txt",
    why="because",
    rules=("RFC9051:7.5.1",),
    tags=("idle",),
    known={"0123abcd": "a bug"},
    log="\x1b]0;pwned\x07",
    mended={"ffff0000": "was a bug"},
)
ALL = [
    events.RunStarted(
        "0.1.0",
        "2026-11-24T17:00:00Z",
        "run",
        7,
        ("embedded:pymap",),
        3,
        strict=True,
        coverage=(events.Coverage("RFC9051", "IMAP4rev2", 30, 120, 200),),
    ),
    events.ServerReady("embedded:pymap", "pymap", "0.36.7", ("imap",), ("IDLE",), 0.5),
    events.ServerLost("docker:x:1", "no image", "make one", "log"),
    events.ScenarioStarted("embedded:pymap", "devices/a"),
    FINISHED,
    events.RunFinished(1.5, 1, interrupted=True),
]


@pytest.mark.parametrize("event", ALL, ids=lambda e: type(e).__name__)
def test_an_event_survives_json_exactly(event):
    text = json.dumps(to_json(event))

    assert from_json(json.loads(text)) == event


texts = st.text(st.characters())
findings = st.builds(
    Finding,
    check=texts,
    verdict=st.sampled_from(Verdict),
    message=texts,
    key=texts,
    step=st.none() | st.integers(),
    place=st.none() | st.builds(Place, texts, st.integers(), st.integers()),
    offset=st.none() | st.integers(),
    expected=st.lists(texts).map(tuple),
    known=st.lists(st.integers()).map(tuple),
)


@given(findings, st.floats(allow_nan=False, allow_infinity=False), st.dictionaries(texts, texts))
@settings(max_examples=50, deadline=None)
def test_any_finding_survives_json_exactly(finding, seconds, behaviours):
    outcome = Outcome("s", "v", Verdict.WARN, (finding,), behaviours=behaviours, seconds=seconds)
    event = events.ScenarioFinished(outcome, "t", "f")

    assert from_json(json.loads(json.dumps(to_json(event)))) == event


def test_fields_of_a_newer_version_are_ignored_and_of_an_older_one_defaulted():
    value = to_json(FINISHED) | {"colour": "blue"}
    del value["mended"]

    assert from_json(value).mended == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"event": "Party"}, "'event' is 'Party'"),
        ({"title": 3}, "'title' is 3, which is not a string"),
        ({"rules": "x"}, "'rules' is not a list"),
        ({"rules": ["a", 1]}, r"'rules\[1\]' is 1"),
        ({"known": ["x"]}, "'known' is not an object"),
        ({"known": {"x": None}}, "'known.x' is None"),
        ({"outcome": {"scenario": "a"}}, "'outcome.server' is missing"),
    ],
)
def test_what_is_no_event_is_refused_by_the_field_s_name(change, message):
    with pytest.raises(CodecError, match=message):
        from_json(to_json(FINISHED) | change)


def test_true_is_no_number():
    with pytest.raises(CodecError, match="'seconds' is True"):
        from_json(to_json(events.RunFinished(1.0, 0)) | {"seconds": True})


@pytest.fixture
def stored(tmp_path):
    writer = RunWriter(tmp_path / "out" / "run.jsonl")
    for event in ALL:
        writer.handle(event)
    writer.close()
    return tmp_path / "out"


def test_a_run_is_read_back_from_its_folder_or_its_file(stored):
    assert list(read_run(stored)) == ALL
    assert list(read_run(stored / "run.jsonl")) == ALL


def test_each_event_is_on_disk_before_the_next(tmp_path):
    writer = RunWriter(tmp_path / "run.jsonl")
    writer.handle(ALL[0])

    assert list(read_run(tmp_path)) == ALL[:1]
    writer.close()


def test_a_last_line_cut_short_is_passed_over(stored):
    file = stored / "run.jsonl"
    os.truncate(file, file.stat().st_size - 5)

    assert list(read_run(stored)) == ALL[:-1]


def test_a_broken_line_is_named(stored):
    file = stored / "run.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([lines[0], b"{oops\n", *lines[2:]]))

    with pytest.raises(ReportError, match=r"run\.jsonl:2: not JSON"):
        list(read_run(stored))


def test_a_line_of_another_shape_is_named(stored):
    with (stored / "run.jsonl").open("a") as stream:
        stream.write('["nested"]\n')

    with pytest.raises(ReportError, match=r"run\.jsonl:7: an event is a JSON object"):
        list(read_run(stored))


def test_a_run_that_is_not_there_is_one_clear_error(tmp_path):
    with pytest.raises(ReportError, match=r"cannot read .*none.*: No such file"):
        list(read_run(tmp_path / "none"))


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "out").write_text("a file where the folder should be")

    with pytest.raises(ReportError, match="cannot write"):
        RunWriter(tmp_path / "out" / "run.jsonl")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_clear_error(tmp_path):
    (tmp_path / "run.jsonl").symlink_to("/dev/full")
    writer = RunWriter(tmp_path / "run.jsonl")

    with pytest.raises(ReportError, match=r"cannot write .*run\.jsonl: No space left on device"):
        writer.handle(ALL[0])


def test_a_line_that_did_not_fit_leaves_no_trace(tmp_path, monkeypatch):
    writer = RunWriter(tmp_path / "run.jsonl")
    writer.handle(ALL[0])
    write = os.write

    def half(file, data):
        if len(data) < 40:
            raise OSError(28, "No space left on device")
        return write(file, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(ReportError, match="No space left"):
        writer.handle(FINISHED)
    monkeypatch.undo()
    writer.handle(ALL[-1])
    writer.close()

    assert list(read_run(tmp_path)) == [ALL[0], ALL[-1]]
