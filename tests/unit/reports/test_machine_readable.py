"""JSON, SARIF, GitHub's commands and the badge: what machines read."""

import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import jsonschema
import pytest

from conformance import events
from conformance.reports.badge import Badge
from conformance.reports.base import ReportError
from conformance.reports.github import GitHub
from conformance.reports.html import Html
from conformance.reports.kinds import make_report
from conformance.reports.sarif import Sarif
from conformance.reports.summary_json import SummaryJson, schema
from conformance.reports.words import KINDS
from conformance.verdict import Verdict


def as_json(sample):
    path = sample.folder / "summary.json"
    sample.into(SummaryJson(path))
    return json.loads(path.read_text("utf-8"))


def test_json_is_what_its_schema_says(run):
    document = as_json(run)
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(document)

    assert document["counts"]["fail"] == 2
    assert document["counts"]["known"] == 1
    assert document["servers"][2]["lost"] == "no image"
    assert document["run"]["status"] == 1
    known = next(s for s in document["scenarios"] if s["scenario"] == "devices/known")
    assert known["state"] == "known"
    assert known["findings"][0]["known"] == "bug"


def test_json_of_a_hostile_run_and_of_one_that_broke_off(hostile):
    jsonschema.Draft202012Validator(schema()).validate(as_json(hostile))
    del hostile.said[1:]
    jsonschema.Draft202012Validator(schema()).validate(as_json(hostile))


def test_the_schema_refuses_what_it_does_not_describe(run):
    document = as_json(run)
    document["scenarios"][0]["colour"] = "blue"

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema()).validate(document)


def as_sarif(sample):
    path = sample.folder / "x.sarif"
    sample.into(Sarif(path, explain=lambda rule, _="": f"what {rule} asks"))
    return json.loads(path.read_text("utf-8"))


def test_sarif_has_a_run_for_each_server_and_a_result_for_each_finding(run, expunge):
    document = as_sarif(run)
    first = document["runs"][0]
    result = first["results"][0]

    assert document["version"] == "2.1.0"
    assert [len(each["results"]) for each in document["runs"]] == [4, 1, 0]
    assert result["ruleId"] == "RFC9051:7.5.1"
    assert first["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "RFC9051:7.5.1"
    assert result["partialFingerprints"] == {
        "imapConformance/v1": expunge.fingerprint("devices/expunge")
    }
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "scenarios/devices/expunge.yaml"
    assert place["region"] == {"startLine": 10, "startColumn": 5}
    assert first["results"][3]["suppressions"] == [{"kind": "external", "justification": "bug"}]
    assert document["runs"][1]["results"][0]["level"] == "warning"


def test_sarif_of_a_hostile_run_holds_no_control_characters(hostile):
    text = json.dumps(as_sarif(hostile), ensure_ascii=False)

    assert not re.search("[\x00-\x1f\x7f-\x9f\ud800-\udfff]", text)
    assert not re.search(r"\\u00[01]|\\ud[89a-f]", text)


def github(sample):
    stream, summary = io.StringIO(), sample.folder / "summary.md"
    summary.unlink(missing_ok=True)
    sample.into(GitHub(stream, summary, sample.folder))
    return stream.getvalue(), summary.read_text("utf-8")


def test_github_gets_an_annotation_for_each_cause(run):
    printed, summary = github(run)

    assert printed == (
        "::error title=docker%3Ax%3A1 did not start or was lost::no image\n"
        "::error title=devices/expunge on docker%3Adovecot%3A2.4,"
        "file=scenarios/devices/expunge.yaml,line=10::"
        "'* 2 EXPUNGE' came, and must not (RFC9051:7.5.1 MUST NOT)\n"
        "::error title=devices/expunge on docker%3Adovecot%3A2.4,"
        "file=scenarios/devices/expunge.yaml::"
        "not a response by RFC 9051's grammar (RFC9051:9 MUST)\n"
        "::warning title=late on embedded%3Apymap,file=scenarios/devices/expunge.yaml::"
        "nothing came within 5 s (RFC2177:3 SHOULD)\n"
    )
    assert "| `docker:dovecot:2.4` | `dovecot 2.4.1` | 0 | 2 |" in summary
    assert "**fail** `devices/expunge` on `docker:dovecot:2.4`, and 1 more" in summary
    assert "0.419 phone  < * 2 EXPUNGE  <-- here" in summary


def test_a_hostile_server_gives_github_no_commands_and_no_markup(hostile):
    printed, summary = github(hostile)

    assert all(line.startswith("::error title=") for line in printed.splitlines())
    assert len(printed.splitlines()) == 2
    assert not re.search("[\x00-\x09\x0b-\x1f\ud800-\udfff]", printed + summary)
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", summary, flags=re.DOTALL)
    assert "<script>" not in outside
    assert "@all" not in outside
    assert "`" not in outside


def test_many_failures_make_a_summary_that_github_takes(sample, expunge, dovecot):
    sample.start(dovecot)
    for n in range(60):
        sample.play(
            f"devices/{n}", Verdict.FAIL, replace(expunge, key=f"k{n}", message="m" * 10_000_000)
        )
    printed, summary = github(sample)

    assert len(printed.splitlines()) == 10
    assert len(summary) < 1_000_000
    assert "… and 40 more." in summary


def badge(sample):
    path = sample.folder / "badge.svg"
    sample.into(Badge(path))
    return ET.parse(path).getroot().get("aria-label")


def test_badges(sample, expunge, dovecot):
    sample.start(dovecot)
    assert badge(sample) == "IMAP conformance: did not run"
    sample.play("x")
    assert badge(sample) == "IMAP conformance: incomplete"
    sample.finish(0)
    assert badge(sample) == "IMAP conformance: 1 pass"
    sample.play("y", Verdict.FAIL, expunge, known={expunge.fingerprint("y"): "bug"})
    assert badge(sample) == "IMAP conformance: 1 pass, 1 known"
    sample.play("z", Verdict.FAIL, expunge)
    assert badge(sample) == "IMAP conformance: 1 of 3 fail, 1 known"
    sample.add(events.ServerLost(dovecot, "gone"))
    assert badge(sample) == "IMAP conformance: incomplete"


def test_strict_counts_a_broken_should_as_a_failure(sample, late, dovecot):
    start = sample.start(dovecot)
    sample.said[0] = replace(start, strict=True)
    sample.play("x", Verdict.WARN, late)
    sample.finish()

    assert badge(sample) == "IMAP conformance: 1 of 1 fail"
    assert as_json(sample)["scenarios"][0]["state"] == "fail"
    assert as_sarif(sample)["runs"][0]["results"][0]["level"] == "error"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_asked_for_and_lies_in_the_run_s_folder(run, kind, monkeypatch, capsys):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    before = set(run.folder.rglob("*"))
    run.into(make_report(kind, run.folder))

    assert (set(run.folder.rglob("*")) - before) or kind == "github"
    assert ("::error" in capsys.readouterr().out) is (kind == "github")


def test_a_target_may_be_given(run, tmp_path):
    run.into(make_report(f"html:{tmp_path}/a/b", run.folder))

    assert (tmp_path / "a" / "b" / "index.html").exists()
    assert isinstance(make_report("html", run.folder), Html)


@pytest.mark.parametrize("word", ["htm", "", "github:x", ":x"])
def test_what_is_no_report_is_refused_with_what_there_is(word, tmp_path):
    with pytest.raises(ReportError, match="is no report; there are html:DIR junit:FILE"):
        make_report(word, tmp_path)
