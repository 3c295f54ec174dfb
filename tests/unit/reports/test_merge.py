from dataclasses import replace

import pytest

from conformance import events
from conformance.reports.base import ReportError
from conformance.reports.merge import merge
from conformance.reports.run_jsonl import read_run
from conformance.reports.tally import State, Tally
from conformance.verdict import Verdict
from conformance.wire.transcript import Transcript


def other(sample, name):
    made = type(sample)(sample.folder / name)
    made.folder.mkdir()
    return made


def test_shards_make_one_run(sample, expunge, dovecot):
    one, two = other(sample, "one"), other(sample, "two")
    for shard in (one, two):
        shard.start(dovecot, scenarios=1)
        shard.add(events.ServerReady(dovecot, "dovecot", "2.4.1", (), (), 1.0))
    for number, shard in enumerate((one, two), 1):
        shard.said[0] = replace(shard.said[0], command=f"run --shard {number}/2")
    one.play("devices/a", Verdict.FAIL, expunge)
    two.play("devices/b")
    one.finish(1)
    two.finish(0)
    out = sample.folder / "out"
    tested = (events.Coverage("RFC9051", "IMAP4rev2", 2, 120, 200),)
    asked = []

    def covered(ids):
        asked.append(ids)
        return tested

    path = merge([one.store(), two.store() / "run.jsonl"], out, covered)
    merged = list(read_run(path))
    tally = Tally()
    for event in merged:
        tally.handle(event)

    both = "run --shard 1/2; run --shard 2/2"
    assert merged[0] == replace(one.said[0], command=both, scenarios=2, coverage=tested)
    assert asked == [{"devices/a", "devices/b"}]
    assert tally.total == {State.FAIL: 1, State.PASS: 1}
    assert [type(e).__name__ for e in merged].count("ServerReady") == 1
    assert merged[-1] == events.RunFinished(14.2, 1)
    for event in merged:
        if isinstance(event, events.ScenarioFinished):
            assert (out / event.transcript).exists()
            assert (out / event.text).exists()


def test_the_same_scenario_in_two_shards_keeps_both_transcripts(sample, dovecot):
    one, two = other(sample, "one"), other(sample, "two")
    one.start(dovecot)
    two.start(dovecot)
    one.play("devices/a")
    two.play("devices/a", recorded=Transcript({"scenario": "other"}))
    out = sample.folder / "out"
    merge([one.store(), two.store()], out)
    plays = [e for e in read_run(out) if isinstance(e, events.ScenarioFinished)]

    assert [play.outcome.repeat for play in plays] == [0, 1]
    assert plays[0].text == plays[1].text
    texts = [(out / play.transcript).read_text() for play in plays]
    assert "other" in texts[1]
    assert texts[0] != texts[1]


def test_a_shard_that_was_cut_short_cuts_the_whole(sample, dovecot):
    one, two = other(sample, "one"), other(sample, "two")
    one.start(dovecot)
    two.start(dovecot)
    one.finish(0)
    merge([one.store(), two.store()], sample.folder / "out")

    assert not any(isinstance(e, events.RunFinished) for e in read_run(sample.folder / "out"))


def test_a_missing_transcript_is_no_reason_to_stop(sample, dovecot):
    one = other(sample, "one")
    one.start(dovecot)
    event = one.play("devices/a")
    one.store()
    (one.folder / event.transcript).unlink()
    merge([one.folder], sample.folder / "out")

    assert len(list(read_run(sample.folder / "out"))) == 2


def test_what_cannot_be_merged_is_said(sample, dovecot):
    one = other(sample, "one")
    one.start(dovecot)
    one.store()

    with pytest.raises(ReportError, match="into itself"):
        merge([one.folder], one.folder)
    with pytest.raises(ReportError, match="cannot read"):
        merge([sample.folder / "none"], sample.folder / "out")
    event = one.play("devices/a")
    one.said[-1] = replace(event, text="../../secret")
    one.store()
    with pytest.raises(ReportError, match="outside the run's folder"):
        merge([one.folder], sample.folder / "out")
