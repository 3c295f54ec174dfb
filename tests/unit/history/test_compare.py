from dataclasses import replace

import pytest

from conformance.events import RunStarted, ScenarioFinished, ServerReady
from conformance.history.compare import compare, sides, with_times
from conformance.history.timing import command_times, pace, slower
from conformance.verdict import Finding, Outcome, Verdict
from conformance.wire.transcript import Kind, Transcript

BUG = Finding(
    "expectation", Verdict.FAIL, "'* 2 EXPUNGE' came", rule="RFC9051:7.5.1", level="MUST NOT"
)
OTHER = Finding("expectation", Verdict.FAIL, "no response")
SHOULD = Finding("expectation", Verdict.WARN, "nothing came", level="SHOULD")
SERVER = "docker:dovecot:2.4"


def side(*plays, capabilities=("IDLE",), server=SERVER, strict=False):
    events = [
        RunStarted("0", "t", "c", 1, (server,), 1, strict),
        ServerReady(server, "dovecot", "2.4.1", (), capabilities, 0.1),
        *plays,
    ]
    return sides(events)[server]


def play(scenario="a/b", *findings, verdict=None, server=SERVER, **more):
    verdict = (
        max((f.verdict for f in findings), default=Verdict.PASS) if verdict is None else verdict
    )
    return ScenarioFinished(Outcome(scenario, server, verdict, findings, **more), "t", "f")


def test_the_same_run_twice_differs_in_nothing():
    one = side(play("a/b", BUG, behaviours={"row": "kept"}), play("a/c"))
    result = compare(one, one)

    assert result.same
    assert result.common == 2


def test_new_and_mended_failures():
    result = compare(side(play("a/b", BUG), play("a/c")), side(play("a/b"), play("a/c", OTHER)))

    assert [(c.scenario, c.finding) for c in result.new] == [("a/c", OTHER)]
    assert [(c.scenario, c.finding) for c in result.mended] == [("a/b", BUG)]
    assert not result.same


def test_another_failure_of_the_same_scenario_is_new_and_mended():
    result = compare(side(play("a/b", BUG)), side(play("a/b", OTHER)))

    assert [c.finding for c in result.new] == [OTHER]
    assert [c.finding for c in result.mended] == [BUG]


def test_numbers_in_a_message_do_not_make_it_another():
    again = replace(BUG, message="'* 7 EXPUNGE' came")

    assert compare(side(play("a/b", BUG)), side(play("a/b", again))).same


EVERYWHERE = Finding("grammar", Verdict.FAIL, "no such response")


def test_what_is_the_same_everywhere_is_one_change():
    left = side(play("a"), play("b"), play("c"))
    right = side(play("a", EVERYWHERE), play("b", EVERYWHERE), play("c", BUG))
    new = compare(left, right).new

    assert [(c.scenario, c.finding, c.more) for c in new] == [("a", EVERYWHERE, 1), ("c", BUG, 0)]


def test_and_it_is_no_change_where_another_scenario_meets_it():
    result = compare(side(play("a", EVERYWHERE), play("b")), side(play("a"), play("b", EVERYWHERE)))

    assert result.same


def test_warnings_are_kept_apart_unless_the_run_was_strict():
    result = compare(side(play()), side(play("a/b", SHOULD)))
    assert (len(result.new), len(result.warned)) == (0, 1)

    result = compare(side(play(), strict=True), side(play("a/b", SHOULD), strict=True))
    assert (len(result.new), len(result.warned)) == (1, 0)


def test_what_was_not_judged_is_not_called_mended():
    skipped = side(play(verdict=Verdict.SKIP))
    result = compare(side(play("a/b", BUG)), skipped)

    assert result.mended == []
    assert result.verdicts == {"a/b": (Verdict.FAIL, Verdict.SKIP)}
    back = compare(skipped, side(play("a/b", BUG)))
    assert [c.before for c in back.new] == [False]


def test_a_failure_of_some_repeats_is_marked():
    flaky = side(play("a/b", BUG), play("a/b", repeat=1))

    assert [c.always for c in compare(side(play()), flaky).new] == [False]
    assert compare(flaky, flaky).same


def test_legal_choices_capabilities_and_scenarios():
    left = side(play(behaviours={"row": "kept", "other": "x"}), play("only/left"))
    right = side(
        play(behaviours={"row": "refused", "third": "y"}),
        play("only/right"),
        capabilities=("MOVE",),
    )
    result = compare(left, right)

    assert result.behaviours == {"row": (frozenset({"kept"}), frozenset({"refused"}))}
    assert (result.gained, result.lost) == (["MOVE"], ["IDLE"])
    assert (result.only_left, result.only_right) == (["only/left"], ["only/right"])


def test_vendors_of_one_run_are_sides_too():
    events = [
        RunStarted("0", "t", "c", 1, ("a:a", "b:b"), 1),
        play("x", BUG, server="a:a"),
        play("x", server="b:b"),
    ]
    both = sides(events)

    assert [c.finding for c in compare(both["a:a"], both["b:b"]).mended] == [BUG]


def recorded(seconds, count=5):
    made = Transcript()
    at = 0.0
    for n in range(count):
        made.add(at, "phone", Kind.SENT, b"p%d uid fetch 1:* (FLAGS)\r\n" % n)
        made.add(at, "phone", Kind.RECEIVED, b"* 1 FETCH (UID 1)\r\n")
        made.add(at + seconds, "phone", Kind.RECEIVED, b"p%d OK done\r\n" % n)
        at += 1
    made.add(at, "phone", Kind.SENT, b"p99 IDLE\r\n")
    made.add(at + 9, "phone", Kind.SENT, b"DONE\r\n")
    made.add(at + 9, "phone", Kind.RECEIVED, b"p99 OK\r\n")
    return made


def test_times_are_of_commands_until_their_tagged_answer():
    assert command_times(recorded(0.25, 1)) == {"UID FETCH": [0.25]}


@pytest.mark.parametrize(
    ("before", "after", "count", "found"),
    [
        (0.010, 0.030, 5, True),
        (0.010, 0.019, 5, False),  # less than twice as long
        (0.001, 0.004, 5, False),  # less than 5 ms
        (0.010, 0.030, 4, False),  # too few to say
        (0.030, 0.010, 5, False),
    ],
)
def test_slower_is_said_only_of_what_is_clearly_slower(before, after, count, found):
    steady = {name: [0.01] * 5 for name in ("NOOP", "STORE", "SEARCH")}
    left = {**command_times(recorded(before, count)), **steady}
    right = {**command_times(recorded(after, count)), **steady}

    assert bool(list(slower(left, right))) is found
    result = compare(with_times(side(play()), left), with_times(side(play()), right))
    assert bool(result.slower) is found
    assert result.same  # times alone are no difference


def test_a_busy_machine_slows_all_and_no_command_is_accused():
    left = {name: [0.01] * 5 for name in ("NOOP", "STORE", "SEARCH", "FETCH")}
    right = {name: [0.03] * 5 for name in left}

    assert pace(left, right) == pytest.approx(3)
    assert not list(slower(left, right))
    right["FETCH"] = [0.09] * 5
    assert [name for name, _, _ in slower(left, right)] == ["FETCH"]
    assert pace({}, {}) == 1.0
