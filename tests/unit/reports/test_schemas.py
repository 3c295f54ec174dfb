"""The formats of others, held against the schemas that their readers use."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
import xmlschema

from conformance import events
from conformance.reports.junit import JUnit
from conformance.reports.sarif import Sarif
from conformance.verdict import Verdict

SCHEMAS = Path(__file__).parent / "schemas"
SARIF = jsonschema.Draft7Validator(
    json.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_text("utf-8")),
    format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER,
)


def sarif(sample):
    path = sample.folder / "x.sarif"
    sample.into(Sarif(path, explain=lambda rule, _="": f"what {rule} asks"))
    return json.loads(path.read_text("utf-8"))


def broken(document):
    return [f"{error.json_path}: {error.message[:200]}" for error in SARIF.iter_errors(document)]


def cut_short(sample):
    del sample.said[1:]
    return sample


@pytest.mark.parametrize("name", ["run", "hostile"])
def test_sarif_is_what_its_schema_says(name, request):
    sample = request.getfixturevalue(name)
    document = sarif(sample)

    assert broken(document) == []
    assert sum(len(each["results"]) for each in document["runs"]) > 0
    assert broken(sarif(cut_short(sample))) == []


def test_the_schema_of_sarif_refuses_what_it_does_not_know(run):
    document = sarif(run)
    document["runs"][0]["results"][0]["level"] = "fatal"

    assert any("fatal" in words for words in broken(document))


@pytest.fixture(scope="module")
def jenkins():
    return xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")


def junit(sample, **more):
    path = sample.folder / "x.xml"
    sample.into(JUnit(path, sample.folder, explain=lambda rule, _="": f"what {rule} asks", **more))
    return path


@pytest.mark.parametrize("name", ["run", "hostile"])
def test_strict_junit_is_what_the_xunit_plug_in_of_jenkins_takes(name, request, jenkins):
    sample = request.getfixturevalue(name)
    sample.add(events.ServerLost("docker:late:1", "gone", "why", "log"))
    sample.play("err", Verdict.ERROR, reason="the check crashed")
    sample.play("inc", Verdict.INCONCLUSIVE, reason="no set-up")
    sample.play("fixed", Verdict.PASS, mended={"0123abcd": "bug"}, behaviours={"a": "b"})

    jenkins.validate(junit(sample, strict=True))
    jenkins.validate(junit(cut_short(sample), strict=True))


def test_plain_junit_has_no_more_than_file_and_line_besides(run, jenkins):
    path = junit(run)
    root = ET.parse(path).getroot()
    extra = {name for case in root.iter("testcase") for name in case.attrib}
    reasons = [error.reason for error in jenkins.iter_errors(path)]

    assert extra == {"name", "classname", "time", "file", "line"}
    assert reasons
    assert all(re.search(r"'(file|line)' attribute not allowed", words) for words in reasons)
