"""The examples of scenarios/README.md are what it says they are."""

import re
from pathlib import Path

import pytest

from conformance.scenario.lint import lint
from conformance.scenario.loader import read, read_all
from conformance.scenario.words import BRANCH, HEAD, NETWORK, SERVER, STEP, VERBS


class Anything:
    def __contains__(self, _):
        return True


README = Path("scenarios/README.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
HEADER = "scenario: T\nactors: {phone: , laptop: , other: {user: bob}}\n"
GIVEN = "given: {INBOX: [one, two]}\n"


def whole(block):
    if block.startswith("scenario:"):
        return block
    if block.startswith("- "):
        return f"{HEADER}{GIVEN}steps:\n{block}"
    return f"{HEADER}{block}steps:\n- phone: NOOP\n"


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n")[0])
def test_every_example_loads(block):
    scenario = read(whole(block), "README.md", "x", [Path("fixtures/messages")])

    assert scenario.steps


def test_the_cases_are_called_as_it_says():
    (block,) = [block for block in BLOCKS if "cases:" in block]

    for scenario in read_all(block, "README.md", "search-by-flag", []):
        assert f"`{scenario.id}`" in README


@pytest.mark.parametrize("word", [*HEAD, *STEP, *BRANCH, *VERBS, *SERVER, *NETWORK])
def test_every_word_is_taught(word):
    assert re.search(rf"(?<![a-z]){word}(?![a-z])", README)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n")[0])
def test_no_example_looks_wrong(block):
    scenarios = read_all(whole(block), "README.md", "x", [Path("fixtures/messages")])

    found = [problem.message for problem in lint(scenarios, {"RFC9051": Anything()})]
    # A fragment leaves some of what it does not show unused.
    loose = ("does nothing", "is never used")
    assert [message for message in found if not message.endswith(loose)] == []
