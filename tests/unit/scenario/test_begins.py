import pytest

from conformance.scenario.loader import LoadError, load, load_all
from conformance.scenario.model import Actor, Given, GivenMessage
from conformance.scenario.writer import dump

FIRST = """
scenario: Two devices look at INBOX
needs: [IDLE]
actors:
  phone:
  laptop:
messages: {reply: a.eml}
given:
  INBOX: [one]
steps:
- phone: SELECT INBOX
- laptop: SELECT INBOX
"""
SECOND = """
scenario: And a third
begins: common/two
needs: [MOVE, IDLE]
actors:
  office: {speaks: pop3}
given:
  Sent: []
  INBOX: [two]
steps:
- phone: UID FETCH uid(one),uid(two) FLAGS
- office: STAT
- laptop: APPEND Sent message(reply)
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "a.eml").touch()
    (tmp_path / "a.eml").touch()
    (tmp_path / "common" / "two.yaml").write_text(FIRST)
    (tmp_path / "x.yaml").write_text(SECOND)
    return tmp_path


def test_the_beginning_comes_first(root):
    (played,) = load_all(root / "x.yaml", root, [])

    assert played.id == "x"
    assert played.title == "And a third"
    assert played.needs == (("IDLE",), ("MOVE",))
    assert played.actors == (Actor("phone"), Actor("laptop"), Actor("office", "pop3"))
    assert played.messages == {"reply": "a.eml"}
    assert played.given == (
        Given("INBOX", (GivenMessage("one"), GivenMessage("two"))),
        Given("Sent"),
    )
    assert [step.actor for step in played.steps] == ["phone", "laptop", "phone", "office", "laptop"]
    assert played.steps[0].place.file == str(root / "common" / "two.yaml")
    assert played.beginning == load_all(root / "common" / "two.yaml", root, [])[0]


def test_as_written_only_the_name_is_kept(root):
    written = load(root / "x.yaml", root, [])

    assert written.begins == "common/two"
    assert len(written.steps) == 3
    (root / "x.yaml").write_text(dump(written))
    assert load(root / "x.yaml", root, []) == written


def test_a_beginning_may_lie_beside(root):
    (root / "common" / "y.yaml").write_text(SECOND.replace("common/two", "two"))

    assert len(load_all(root / "common" / "y.yaml", None, [])[0].steps) == 5


def test_a_beginning_may_begin_with_another(root):
    (root / "z.yaml").write_text("scenario: T\nbegins: x\nsteps:\n- office: QUIT\n")

    (played,) = load_all(root / "z.yaml", root, [])

    assert [step.command for step in played.steps][-2:] == ["APPEND Sent message(reply)", "QUIT"]
    assert len(played.steps) == 6


@pytest.mark.parametrize(
    ("head", "place", "message"),
    [
        ("begins: common/tow", "2:9", "there is no scenario 'common/tow' to begin with"),
        ("begins: ../x", "2:9", "there is no scenario '../x' to begin with"),
        ("begins: /etc/x", "2:9", "there is no scenario '/etc/x' to begin with"),
        ("begins: bad", "2:9", "'begins' leads in a circle: bad → bad"),
        ("begins: [x]", "2:9", "the beginning is a text, not a list"),
        ("begins: cases", "2:9", "'cases' has cases and cannot be a beginning"),
        ("begins: x\nactors: {phone: }", "3:10", "the beginning 'x' has an actor 'phone' already"),
        (
            "begins: x\nmessages: {reply: a.eml}",
            "3:12",
            "the beginning 'x' has a message 'reply' already",
        ),
        ("begins: x\ngiven: {A: [one]}", "3:13", "message 'one' is given twice (also in 'x')"),
        ("begins: x\ngiven: {bob: {A: []}}", "3:9", "there is no user 'bob'"),
    ],
)
def test_what_is_wrong_with_a_beginning(root, head, place, message):
    (root / "cases.yaml").write_text(FIRST + "cases: {a: {x: 1}}\n")
    (root / "bad.yaml").write_text(f"scenario: T\n{head}\nsteps:\n- phone: NOOP\n")

    with pytest.raises(LoadError) as caught:
        load(root / "bad.yaml", root, [])

    assert str(caught.value.problems[0]).startswith(f"{root}/bad.yaml:{place}: {message}")
    assert len(caught.value.problems) == 1


def test_what_is_wrong_in_a_beginning_is_said_where_it_is(root):
    (root / "common" / "two.yaml").write_text(FIRST.replace("SELECT", "slect"))

    with pytest.raises(LoadError) as caught:
        load(root / "x.yaml", root, [])

    assert {p.place.file for p in caught.value.problems} == {str(root / "common" / "two.yaml")}


def test_a_message_of_the_beginning_is_found_from_here_too(root):
    (root / "a.eml").unlink()

    with pytest.raises(LoadError, match=r"x.yaml:3:9: 'common/two' needs the message file 'a.eml'"):
        load(root / "x.yaml", root, [])


def test_a_circle_of_two(root):
    (root / "p.yaml").write_text("scenario: T\nbegins: q\nsteps:\n- a: NOOP\n")
    (root / "q.yaml").write_text("scenario: T\nbegins: p\nsteps:\n- a: NOOP\n")

    with pytest.raises(LoadError, match=r"q.yaml:2:9: 'begins' leads in a circle: p → q → p"):
        load(root / "p.yaml", root, [])
