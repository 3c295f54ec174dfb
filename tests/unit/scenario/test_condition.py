import pytest

from conformance.scenario.condition import OPERATORS, Condition, Operand, parse_condition
from conformance.scenario.pattern import Capture, PatternError, Uid


def test_a_condition_compares_two_values():
    assert parse_condition("$after > $before") == Condition(
        Operand(Capture("after")), ">", Operand(Capture("before"))
    )
    assert parse_condition("uid(one)+1<= 5 - 2") == Condition(
        Operand(Uid("one"), 1), "<=", Operand(5, -2)
    )
    assert parse_condition('$text != "a b"') == Condition(
        Operand(Capture("text")), "!=", Operand(b"a b")
    )


@pytest.mark.parametrize("text", ["", "$a", "$a >", "$a == $b", "$A > $b", "$a > $b > $c", "a > b"])
def test_anything_else_is_refused(text):
    with pytest.raises(PatternError):
        parse_condition(text)


def test_operators_do_what_they_say():
    assert [word for word, holds in OPERATORS.items() if holds(1, 2)] == ["!=", "<=", "<"]
