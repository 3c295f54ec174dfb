from datetime import date

import pytest

from conformance.events import RunStarted, ScenarioFinished, ServerReady
from conformance.history.baseline import (
    Annotator,
    Baseline,
    BaselineError,
    Entry,
    expired,
    known,
    load,
    mended,
)
from conformance.history.update import UNEXPLAINED, dump, file_name, update
from conformance.verdict import Finding, Outcome, Verdict

BUG = Finding("expectation", Verdict.FAIL, "'* 2 EXPUNGE' came", rule="RFC9051:7.5.1")
OTHER = Finding("expectation", Verdict.FAIL, "no response \x1b \udcff \x7f")
SHOULD = Finding("expectation", Verdict.WARN, "nothing came", level="SHOULD")
SERVER = "docker:dovecot:2.4"
DAY = date(2026, 11, 24)


def entry(finding=BUG, scenario="a/b", **more):
    return Entry(scenario, finding.fingerprint(scenario), "bug 12", **more)


def outcome(*findings, scenario="a/b", verdict=None, server=SERVER):
    verdict = (
        max((f.verdict for f in findings), default=Verdict.PASS) if verdict is None else verdict
    )
    return Outcome(scenario, server, verdict, findings)


def finished(*findings, **more):
    return ScenarioFinished(outcome(*findings, **more), "t", "f")


def test_what_is_listed_is_known_and_what_is_not_is_news():
    baseline = Baseline(SERVER, (entry(),))

    assert known(baseline, outcome(BUG, OTHER)) == {BUG.fingerprint("a/b"): "bug 12"}
    assert known(baseline, outcome(BUG, scenario="a/c")) == {}
    event = Annotator([baseline])(finished(BUG, OTHER))
    assert event.news == (OTHER,)
    assert event.unexpected


def test_a_run_with_known_failures_only_is_as_expected():
    event = Annotator([Baseline(SERVER, (entry(),))])(finished(BUG))

    assert event.news == ()
    assert not event.unexpected


def test_a_known_failure_that_stays_away_is_news():
    baseline = Baseline(SERVER, (entry(),))

    assert mended(baseline, outcome()) == {BUG.fingerprint("a/b"): "bug 12"}
    assert mended(baseline, outcome(BUG)) == {}
    assert Annotator([baseline])(finished()).unexpected


@pytest.mark.parametrize("verdict", [Verdict.SKIP, Verdict.INCONCLUSIVE, Verdict.ERROR])
def test_what_was_not_judged_mends_nothing(verdict):
    assert mended(Baseline(SERVER, (entry(),)), outcome(verdict=verdict)) == {}


def test_a_flaky_finding_may_come_or_stay_away():
    baseline = Baseline(SERVER, (entry(verdicts=(Verdict.FAIL, Verdict.PASS)),))

    assert known(baseline, outcome(BUG))
    assert not mended(baseline, outcome())


@pytest.mark.parametrize(
    ("until", "version", "over"),
    [
        ("", "9", False),
        ("2.4.3", "2.4.2", False),
        ("2.4.3", "2.4.3", True),
        ("2.4.3", "2.4.10", True),
        ("2.4", "2.4.0", True),
        ("2.10", "2.9.9", False),
        ("3", "2.3.19.1 (9b53102964)", False),
        ("2.4.3", "", False),
        ("2026-11-24", "9", False),
        ("2026-11-23", "9", True),
    ],
)
def test_an_entry_ends_with_a_version_or_a_day(until, version, over):
    baseline = Baseline(SERVER, (entry(until=until),))

    assert bool(known(baseline, outcome(BUG), version, DAY)) is not over
    assert bool(expired(baseline, outcome(BUG), version, DAY)) is over
    assert bool(mended(baseline, outcome(), version, DAY)) is not over


def test_an_expired_entry_fails_and_says_until_when_it_counted():
    annotate = Annotator([Baseline(SERVER, (entry(until="2.4.3"),))])
    annotate.see(ServerReady(SERVER, "dovecot", "2.4.5", (), (), 0.1))
    event = annotate(finished(BUG))

    assert event.news == (BUG,)
    assert event.expired == {BUG.fingerprint("a/b"): "bug 12 (until 2.4.3)"}


def test_a_baseline_of_another_server_says_nothing():
    other = Baseline("docker:cyrus:3.6", (entry(),))

    assert Annotator([other])(finished(BUG)).known == {}
    assert Annotator([Baseline("", (entry(),))])(finished(BUG)).known


@pytest.mark.parametrize(
    ("named", "server", "fits"),
    [
        ("", "docker:dovecot:2.4", True),
        ("docker:dovecot:2.4", "docker:dovecot:2.4", True),
        ("docker:dovecot:2.4", "docker:dovecot:2.3", False),
        ("docker:dovecot@mine:1", "docker:dovecot@mine:2", True),
        ("docker:dovecot@mine", "docker:dovecot@mine@sha256:0123abcd", True),
        ("docker:dovecot@reg.example:5000/mine:1", "docker:dovecot@reg.example:5000/mine", True),
        ("docker:dovecot@reg.example:5000/mine", "docker:dovecot@reg.example:5000/other", False),
        ("docker:dovecot@mine:1", "docker:dovecot@mine:2+mdbox", False),
        ("image:mine:1", "image:mine:2", True),
        ("imap://h:143", "imap://h:144", False),
    ],
)
def test_a_baseline_is_for_every_build_of_an_image(named, server, fits):
    assert Baseline(named).fits(server) is fits


def test_an_updated_baseline_is_for_the_next_build_too():
    server = "docker:dovecot@under-test:1"
    new = update(Baseline(), [finished(BUG, server=server)], server).baseline

    assert new.server == "docker:dovecot@under-test"
    assert not Annotator([new])(finished(BUG, server="docker:dovecot@under-test:2")).unexpected


def test_a_strict_run_fails_by_a_broken_should_unless_it_is_known():
    annotated = Annotator([Baseline(SERVER, (entry(SHOULD, verdicts=(Verdict.WARN,)),))])

    assert not finished(SHOULD).unexpected
    assert finished(SHOULD).strictly().unexpected
    assert not annotated(finished(SHOULD)).strictly().unexpected
    assert not annotated(finished()).unexpected


def run(*events, strict=False):
    return [RunStarted("0", "t", "c", 1, (SERVER,), 1, strict), *events]


def test_update_adds_what_is_new_and_drops_what_is_gone():
    old = Baseline(SERVER, (entry(until="9"), entry(OTHER), entry(scenario="not/played")))
    new = update(old, run(finished(BUG), finished(BUG, scenario="a/c")), SERVER)

    assert [(e.scenario, e.because) for e in new.baseline.entries] == [
        ("a/b", "bug 12"),
        ("a/c", UNEXPLAINED),
        ("not/played", "bug 12"),
    ]
    assert new.baseline.entries[0].until == "9"
    assert [e.scenario for e in new.added] == ["a/c"]
    assert new.removed == (entry(OTHER),)


def test_update_keeps_entries_of_what_was_skipped_and_ignores_other_servers():
    old = Baseline(SERVER, (entry(),))
    events = run(finished(verdict=Verdict.SKIP), finished(OTHER, server="embedded:pymap"))

    assert update(old, events, SERVER).baseline == old


def test_update_makes_flaky_what_came_in_some_repeats_only():
    new = update(Baseline(), run(finished(BUG), finished()), SERVER).baseline

    assert new.entries[0].verdicts == (Verdict.FAIL, Verdict.PASS)
    assert update(new, run(finished(), finished()), SERVER).baseline == new
    assert new.server == SERVER


EVERYWHERE = Finding("grammar", Verdict.FAIL, "not a response")


def test_what_is_the_same_everywhere_has_one_entry_for_all_scenarios():
    events = run(finished(EVERYWHERE), finished(EVERYWHERE, BUG, scenario="a/c"), finished())
    new = update(Baseline(), events, SERVER).baseline

    assert [(e.scenario, e.flaky) for e in new.entries] == [("*", False), ("a/c", False)]
    assert not Annotator([new])(finished(EVERYWHERE, scenario="not/played/before")).unexpected
    assert not Annotator([new])(finished()).unexpected


def test_such_an_entry_goes_only_with_a_whole_run_that_does_not_meet_it():
    old = update(Baseline(), run(finished(EVERYWHERE)), SERVER).baseline

    assert update(old, run(finished()), SERVER).baseline == old
    assert update(old, run(finished()), SERVER, whole=True).baseline.entries == ()
    assert update(old, run(finished(EVERYWHERE)), SERVER, whole=True).baseline == old


def test_warnings_enter_a_baseline_by_a_strict_run_only():
    assert not update(Baseline(), run(finished(SHOULD)), SERVER).added
    assert len(update(Baseline(), run(finished(SHOULD), strict=True), SERVER).added) == 1


def test_what_was_updated_is_what_the_next_run_expects(tmp_path):
    new = update(Baseline(heading="# why\n"), run(finished(BUG, OTHER)), SERVER).baseline
    path = tmp_path / file_name(SERVER)
    path.write_text(dump(new), encoding="utf-8")
    again = load(path)

    assert path.name == "dovecot-2.4.toml"
    assert again.heading == "# why\n"
    assert dump(again) == dump(new)
    assert not Annotator([again])(finished(BUG, OTHER)).unexpected


def test_what_stops_a_server_is_kept_and_is_so_for_that_server_alone(tmp_path):
    old = Baseline(SERVER, (entry(stops=True), entry(OTHER, "a/c")))
    new = update(old, run(finished(BUG), finished(OTHER, scenario="a/c")), SERVER).baseline
    path = tmp_path / file_name(SERVER)
    path.write_text(dump(new), encoding="utf-8")
    read = Annotator([load(path)])

    assert read.stops(SERVER, "a/b")
    assert not read.stops(SERVER, "a/c")
    assert not read.stops("docker:dovecot:2.3", "a/b")


def test_file_names():
    assert file_name("embedded:pymap", "0.36.7") == "pymap-0.36.7.toml"
    assert file_name("docker:dovecot:2.4", "2.4.1") == "dovecot-2.4.toml"
    assert file_name("imap://user:secret@host:143") == "host-143.toml"
    assert (
        file_name("docker:dovecot@reg.example:5000/mine:1") == "dovecot-reg.example-5000-mine.toml"
    )
    assert file_name("docker:./mine:1") == "mine-1.toml"


GOOD = '[[known]]\nscenario = "a"\nfingerprint = "0123abcd"\nbecause = "b"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("known = 3", "each entry begins with"),
        ("sever = 'x'", "'sever' is not a key of a baseline"),
        ("[[known]]\nscenario = 'a'", "entry 1: 'fingerprint' is missing"),
        (GOOD + GOOD.replace("because", "reason"), "entry 2: 'reason' is not a key"),
        (GOOD.replace('"b"', '" "'), "'because' is missing"),
        (GOOD.replace("0123abcd", "xyz"), "eight hex digits"),
        (GOOD + 'verdict = "bad"', "'bad' is not a verdict"),
        (GOOD + "verdict = 3", "entry 1"),
        (GOOD + 'stops = "yes"', "'stops' is true or false"),
        (GOOD + 'until = "soon"', "a version or a date"),
        (GOOD + 'until = "2026-13-01"', "entry 1: month must be"),
        ("[[known]", "line 1"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path, text, message):
    path = tmp_path / "x.toml"
    path.write_text(text)

    with pytest.raises(BaselineError, match=message) as caught:
        load(path)
    assert str(path) in str(caught.value)


def test_a_date_may_be_written_as_toml_has_it(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text(GOOD + "until = 2027-01-31\n")

    assert load(path).entries[0].until == "2027-01-31"


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(BaselineError, match="No such file"):
        load(tmp_path / "x.toml")
