import pytest

from conformance.scenario.loader import LoadError, load_all, read, read_all
from conformance.scenario.model import Level
from conformance.scenario.select import SelectionError, find
from conformance.scenario.writer import dump

TABLE = r"""
scenario: The flag <flag> reaches the other device
rules: [RFC9051:<section>]
needs: [<needs>]
tags: [flags]
actors: {phone: {user: <user>}}
messages: {note: <file>}
given:
  <box>:
  - one: {flags: <flag>}
cases:
  seen: {flag: \Seen, section: 2.3.2, needs: IDLE, user: alice, file: a.eml, box: INBOX}
  junk: {flag: $Junk, section: 2.3, needs: MOVE | X, user: bob, file: b.eml, box: a b}
steps:
- phone: UID STORE uid(one) +FLAGS (<flag>) <literal>
  must: seq(one) FETCH (FLAGS (<flag>))
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.eml").touch()
    (tmp_path / "b.eml").touch()
    return tmp_path


def test_each_case_is_a_scenario_of_its_own(folder):
    text = TABLE.replace(" <literal>", "")

    seen, junk = read_all(text, "f.yaml", "x", [folder])

    assert (seen.id, junk.id) == ("x[seen]", "x[junk]")
    assert junk.title == "The flag $Junk reaches the other device"
    assert junk.rules == ("RFC9051:2.3",)
    assert junk.needs == (("MOVE", "X"),)
    assert junk.actors[0].user == "bob"
    assert junk.messages == {"note": "b.eml"}
    assert junk.given[0].mailbox == "a b"
    assert junk.given[0].messages[0].flags == "$Junk"
    assert junk.steps[0].command == "UID STORE uid(one) +FLAGS ($Junk)"
    assert junk.steps[0].expectations.at(Level.MUST)[0].text == "seq(one) FETCH (FLAGS ($Junk))"
    assert junk.cases == {}
    assert seen.steps[0].place == junk.steps[0].place


def test_as_written_the_table_is_kept(folder):
    text = TABLE.replace(" <literal>", "")

    written = read(text, "f.yaml", "x", [folder])

    assert written.id == "x"
    assert written.title == "The flag <flag> reaches the other device"
    assert list(written.cases) == ["seen", "junk"]
    assert written.cases["junk"]["box"] == "a b"
    assert read(dump(written), "f.yaml", "x", [folder]) == written


def test_without_a_table_angle_brackets_are_text():
    text = "scenario: T <x>\nactors: {a: }\nsteps:\n- a: SEARCH FROM <alice>\n"

    (only,) = read_all(text, "f.yaml", "x", [])

    assert only.steps[0].command == "SEARCH FROM <alice>"


BASE = "scenario: T\nactors: {a: }\n%s\nsteps:\n- a: NOOP\n"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (BASE % "cases: {}", "3:8", "'cases' names a case at least"),
        (BASE % "cases: [a]", "3:8", "'cases' is a mapping, 'name: …' on each line"),
        (BASE % "cases: {x: [a]}", "3:12", "a case is a mapping, 'name: …' on each line"),
        (BASE % "cases: {a b: {x: 1}}", "3:9", "'a b' is no case's name: letters, digits, . - _"),
        (BASE % "cases: {a: {X: 1}}", "3:13", "'X' is no value's name: a letter, then a-z, 0-9"),
        (BASE % "cases: {a: {x: [1]}}", "3:16", "a value is a text, not a list"),
        (BASE % "cases: {a: {x: 1}, b: {}}", "3:20", "'b' has no value for x"),
        (BASE % "cases: {a: {x: 1}, b: {x: 1, y: 2}}", "3:20", "only 'b' has a value for y"),
        (
            BASE.replace("NOOP", "SELECT <bax>") % "cases: {a: {box: 1}}",
            "5:13",
            "no case has a value 'bax' (did you mean 'box'?)",
        ),
        (
            BASE.replace("NOOP", "NOOP\n  within: <x>") % "cases: {a: {x: 5s}}",
            "6:11",
            "a value of cases cannot stand in 'within'",
        ),
        (
            BASE.replace("NOOP", "NOOP\n  only: <x>") % "cases: {a: {x: yes}}",
            "6:9",
            "a value of cases cannot stand in 'only'",
        ),
        (
            BASE.replace("NOOP", "NOOP\n  must: <x> EXISTS") % "cases: {a: {x: 1}, b: {x: (}}",
            "6:9",
            "'(' is not closed",
        ),
    ],
)
def test_what_is_wrong_with_a_table(text, place, message):
    with pytest.raises(LoadError) as caught:
        read(text, "f.yaml", "x", [])

    found = [str(p) for p in caught.value.problems]
    assert [line for line in found if line.startswith(f"f.yaml:{place}: {message}")], found
    assert len(found) == 1


def test_a_case_is_selected_by_its_id(folder):
    (folder / "x.yaml").write_text(TABLE.replace(" <literal>", ""))

    assert [s.id for s in load_all(folder / "x.yaml", folder)] == ["x[seen]", "x[junk]"]
    assert [s.id for s in find(["x"], root=folder).scenarios] == ["x[junk]", "x[seen]"]
    assert [s.id for s in find(["x[junk]"], root=folder).scenarios] == ["x[junk]"]
    assert [s.id for s in find([f"{folder}/x.yaml[seen]"], root=folder).scenarios] == ["x[seen]"]
    with pytest.raises(SelectionError, match=r"there is no 'x\[sen\]' \(did you mean 'x\[seen\]'"):
        find(["x[sen]"], root=folder)
