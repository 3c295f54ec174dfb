import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from conformance import events
from conformance.reports.base import ReportError
from conformance.reports.junit import JUnit
from conformance.verdict import Verdict
from conformance.wire.transcript import Kind, Transcript


def made(sample, **more):
    path = sample.folder / "reports" / "junit.xml"
    sample.into(JUnit(path, sample.folder, explain=lambda *_: "Our words.", **more))
    return ET.parse(path).getroot()


def test_a_suite_is_a_server_and_a_case_a_scenario(sample, expunge, dovecot):
    sample.start(dovecot, "embedded:pymap")
    sample.add(events.ServerReady(dovecot, "dovecot", "2.4.1", ("imap",), ("IDLE", "MOVE"), 1.0))
    sample.play("devices/expunge", Verdict.FAIL, expunge)
    sample.play("devices/star", Verdict.PASS, repeat=1)
    sample.play("devices/star", Verdict.PASS, server="embedded:pymap")
    sample.finish()
    root = made(sample)

    suites = root.findall("testsuite")
    assert [s.get("name") for s in suites] == [dovecot, "embedded:pymap"]
    assert [(s.get("tests"), s.get("failures"), s.get("errors")) for s in suites] == [
        ("2", "1", "0"),
        ("1", "0", "0"),
    ]
    assert suites[0].get("timestamp") == "2026-11-24T17:00:00"
    properties = {p.get("name"): p.get("value") for p in suites[0].iter("property")}
    assert properties["seed"] == "7"
    assert properties["server.version"] == "2.4.1"
    assert properties["server.capabilities"] == "IDLE MOVE"
    failed, passed = suites[0].findall("testcase")
    assert failed.attrib == {
        "name": "expunge",
        "classname": "docker:dovecot:2_4.devices",
        "file": "scenarios/devices/expunge.yaml",
        "line": "10",
        "time": "0.420000",
    }
    assert passed.get("name") == "star #2"


def test_strict_has_no_attribute_that_the_xunit_plug_in_s_schema_lacks(sample, expunge, dovecot):
    sample.start(dovecot)
    sample.play("devices/expunge", Verdict.FAIL, expunge)
    root = made(sample, strict=True)

    common = {"name", "time", "tests", "failures", "errors"}
    assert set(root.attrib) == common - {"name"}
    assert set(root[0].attrib) <= common | {"skipped", "timestamp"}
    assert all(set(case.attrib) == {"name", "classname", "time"} for case in root.iter("testcase"))


def test_times_are_plain_decimals(sample, dovecot):
    sample.start(dovecot)
    event = sample.play("x")
    sample.said[-1] = replace(event, outcome=replace(event.outcome, seconds=0.00001))
    root = made(sample)

    assert (root.get("time"), root[0].get("time")) == ("0.000", "0.000")
    assert next(root.iter("testcase")).get("time") == "0.000010"


def test_a_failure_is_a_finding_with_its_rule_as_type(sample, expunge, grammar, dovecot):
    sample.start(dovecot)
    sample.play("devices/expunge", Verdict.FAIL, expunge, grammar)
    first, second = made(sample).iter("failure")

    assert first.get("message") == "'* 2 EXPUNGE' came, and must not"
    assert first.get("type") == "RFC9051:7.5.1 MUST NOT"
    assert "0.419 phone  < * 2 EXPUNGE  <-- here" in first.text
    assert '"Our words."' in first.text
    assert second.get("type") == "RFC9051:9 MUST"


def test_the_command_to_see_it_again_is_in_the_output(sample, expunge, dovecot):
    sample.start(dovecot)
    sample.play("devices/expunge", Verdict.FAIL, expunge, log="Panic: file x.c")
    case = next(made(sample).iter("testcase"))

    assert "--server docker:dovecot:2.4 --seed 7" in case.find("system-out").text
    assert case.find("system-err").text == "Panic: file x.c"


def test_known_failures_are_skipped_with_their_reason(sample, expunge, dovecot):
    sample.start(dovecot)
    sample.play("x", Verdict.FAIL, expunge, known={expunge.fingerprint("x"): "bug 12"})
    suite = made(sample).find("testsuite")

    assert (suite.get("failures"), suite.get("skipped")) == ("0", "1")
    assert next(suite.iter("skipped")).get("message") == "known: bug 12"
    assert "came, and must not" in next(suite.iter("system-out")).text


def test_a_new_failure_beside_a_known_one_fails(sample, expunge, grammar, dovecot):
    sample.start(dovecot)
    known = {expunge.fingerprint("x"): "bug 12"}
    sample.play("x", Verdict.FAIL, expunge, grammar, known=known)
    root = made(sample)

    assert [f.get("type") for f in root.iter("failure")] == ["RFC9051:9 MUST"]
    assert not list(root.iter("skipped"))


def test_other_verdicts(sample, late, dovecot):
    sample.start(dovecot)
    sample.play("a", Verdict.SKIP, reason="needs IDLE")
    sample.play("b", Verdict.INCONCLUSIVE, reason="set-up: NO")
    sample.play("c", Verdict.WARN, late)
    sample.play("d", Verdict.PASS, mended={"0123abcd": "bug 12"})
    sample.play("e", Verdict.ERROR, reason="the check 'views' crashed")
    sample.add(events.ServerLost(dovecot, "it is gone", "look at its log", "Panic"))
    cases = {case.get("name"): case for case in made(sample).iter("testcase")}

    assert cases["a"].find("skipped").get("message") == "needs IDLE"
    assert cases["b"].find("skipped").get("message") == "inconclusive: set-up: NO"
    assert [child.tag for child in cases["c"]] == ["system-out"]
    assert "nothing came within 5 s" in cases["c"].find("system-out").text
    assert cases["d"].find("failure").get("type") == "UnexpectedPass"
    assert cases["e"].find("error").get("message") == "the check 'views' crashed"
    assert cases["the server starts and stays"].find("error").get("message") == "it is gone"


def test_hostile_text_leaves_well_formed_xml_that_says_what_came(sample, expunge, dovecot):
    evil = "]]><script>alert(1)</script>&lol;\x00\x1b[31m\x0b\udcff\ufffe\U0001ffff\x85<!--"
    recorded = Transcript()
    recorded.add(0.1, "phone", Kind.RECEIVED, evil.encode("utf-8", "surrogateescape") * 3)
    finding = replace(expunge, message=evil, rule=evil, culprit=0, detail=(evil,), expected=(evil,))
    sample.start(dovecot, evil)
    sample.add(
        events.ServerReady(dovecot, evil, evil, (evil,), (evil,), 1.0),
        events.ServerLost(evil, evil, evil, evil),
    )
    sample.play("x", Verdict.FAIL, finding, log=evil)
    sample.play("y", Verdict.FAIL, finding, recorded=recorded, reason=evil)
    root = made(sample)

    message = next(root.iter("failure")).get("message")
    assert message == (
        r"]]><script>alert(1)</script>&lol;\x00\x1b[31m\x0b\u{dcff}\u{fffe}\u{1ffff}\x85<!--"
    )
    assert not list(root.iter("script"))


def test_a_huge_line_does_not_make_a_huge_report(sample, expunge, dovecot):
    recorded = Transcript()
    recorded.add(0.1, "phone", Kind.RECEIVED, b"* OK " + b"x" * 10_000_000 + b"\r\n")
    sample.start(dovecot)
    sample.play(
        "x", Verdict.FAIL, replace(expunge, culprit=0, message="m" * 10_000_000), recorded=recorded
    )
    made(sample)

    assert (sample.folder / "reports" / "junit.xml").stat().st_size < 20_000


def test_a_file_that_cannot_be_written_is_one_clear_error(sample, dovecot):
    (sample.folder / "file").write_text("")
    sample.start(dovecot)

    with pytest.raises(
        ReportError, match=r"cannot write .*junit\.xml: (Not a directory|File exists)"
    ):
        sample.into(JUnit(sample.folder / "file" / "junit.xml", sample.folder))
