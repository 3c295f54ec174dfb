"""Editors complain about what the loader refuses, as far as a schema can tell, and no more."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

from conformance.scenario.schema import document
from conformance.scenario.select import files
from conformance.scenario.words import ACTOR, BRANCH, HEAD, RESERVED, STEP

SCHEMA = Path("conformance/scenario.schema.json")
HEADER = "scenario: T\nactors: {phone: , laptop: }\n"


class Texts(yaml.SafeLoader):
    """YAML 1.2 as editors read it: only true and false are no texts."""


Texts.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag == "tag:yaml.org,2002:null"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


VALIDATOR = Draft7Validator(document())


def errors(text):
    value = yaml.load(text, Loader=Texts)
    return [error.message for error in VALIDATOR.iter_errors(value)]


def test_the_file_is_what_the_tables_give():
    assert json.loads(SCHEMA.read_text("utf-8")) == document(), "run ci/schema"


def test_it_is_a_schema():
    Draft7Validator.check_schema(document())


@pytest.mark.parametrize("path", files(Path("scenarios")), ids=str)
def test_the_bundled_scenarios_fit(path):
    assert errors(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "stepz: []\n",
        HEADER + "steps: []\n",
        "scenario: T\nsteps: [phone: NOOP]\n",
        "scenario: T\nactors: {phone: {speak: imap}}\nsteps: [phone: NOOP]\n",
        "scenario: T\nactors: {phone: {speaks: imapp}}\nsteps: [phone: NOOP]\n",
        HEADER + "rules: [9051:7]\nsteps: [phone: NOOP]\n",
        HEADER + "given: {INBOX: one}\nsteps: [phone: NOOP]\n",
        HEADER + "given: {INBOX: [one: {flag: x}]}\nsteps: [phone: NOOP]\n",
        HEADER + "steps:\n- phone: NOOP\n  mustnt: [x]\n",
        HEADER + "steps:\n- phone: NOOP\n  must: {a: b}\n",
        HEADER + "steps:\n- phone: NOOP\n  within: 5\n",
        HEADER + "steps:\n- phone: NOOP\n  only: perhaps\n",
        HEADER + "steps:\n- phone: NOOP\n  either: {a: {}}\n",
        HEADER + "steps:\n- phone: NOOP\n  either: {a: {}, b: {end: NO}}\n",
        HEADER + "steps:\n- server: restart\n",
        HEADER + "steps:\n- network: cut phone\n",
        HEADER + "steps:\n- together: [phone: NOOP]\n",
        HEADER + "found: {sead: 7}\nsteps: [phone: NOOP]\n",
    ],
)
def test_what_is_wrong_is_marked(text):
    assert errors(text) != []


def test_every_word_has_its_meaning():
    schema = document()
    definitions = schema["definitions"]

    for words, found in (
        (HEAD, schema),
        (ACTOR, definitions["actor"]),
        (BRANCH, definitions["branch"]),
        ({**STEP, **RESERVED}, definitions["step"]),
    ):
        assert {word: found["properties"][word]["description"] for word in words} == dict(words)
