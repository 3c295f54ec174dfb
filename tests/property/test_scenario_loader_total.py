"""Whatever a file holds, the loader gives a scenario or says what is wrong and where."""

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.scenario.fmt import formatted
from conformance.scenario.lint import lint
from conformance.scenario.loader import LoadError, load_all, read

CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028-\u202e]")
FOLDERS = [Path("fixtures/messages")]
SEEDS = [
    path.read_text("utf-8")
    for path in sorted(Path("scenarios").rglob("*.yaml"))[::12]
    if "begins:" not in path.read_text("utf-8")
]
SPICE = [
    *"\t:-#'\"[]{}()&*!|>%@`<>$\\,.\n \x1b\u2028é😀",
    *("uid(", "seq(x)", "$x", "$_", "...", "message(", "- ", "either:", "must not:", "- together:"),
    *("cases: {a: {x: 1}}\n", "<x>", "begins: x\n", "null", "~", "? ", "<<: ", "OK [", '~{"x"+}'),
]


def no_worse(text):
    """Hold that reading ends in a scenario or in problems that have a place in the file."""
    try:
        return read(text, "f.yaml", "x", FOLDERS)
    except LoadError as error:
        problems = error.problems
    lines = len(re.split("\r\n|[\n\r\x85\u2028\u2029]", text))
    assert problems
    for problem in problems:
        assert problem.place.file == "f.yaml"
        assert 1 <= problem.place.line <= lines + 1
        assert problem.place.column >= 1
        assert not CONTROL.search(str(problem))
    return None


@settings(deadline=None, max_examples=60)
@given(st.text() | st.lists(st.sampled_from(SPICE)).map("".join))
def test_any_text(text):
    no_worse(text)


@st.composite
def spoiled(draw):
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        gone = draw(st.integers(0, 12))
        text = text[:at] + draw(st.sampled_from(SPICE) | st.just("")) + text[at + gone :]
    return text


@settings(deadline=None, max_examples=100)
@given(spoiled())
def test_a_scenario_that_was_spoiled(text):
    scenario = no_worse(text)

    if scenario is not None:
        for problem in lint([scenario], {}):
            assert not CONTROL.search(str(problem))
        try:
            again = formatted(text, "f.yaml", "x", FOLDERS)
        except ValueError:
            return  # it says that it would lose something
        assert read(again, "f.yaml", "x", FOLDERS) == scenario


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200))
def test_any_octets(tmp_path_factory, octets):
    path = tmp_path_factory.getbasetemp() / "f.yaml"
    path.write_bytes(octets)

    problems = ()
    try:
        load_all(path, messages=[])
    except LoadError as error:
        problems = error.problems
    assert {problem.place.file for problem in problems} <= {str(path)}
