from conformance.scenario.problems import LoadError, Problem, suggest
from conformance.verdict import Place


def test_problems_stand_in_the_files_order_and_once():
    one, two = Problem(Place("f", 2, 1), "b"), Problem(Place("f", 1, 9), "a")

    error = LoadError([one, two, one])

    assert error.problems == (two, one)
    assert str(error) == "f:1:9: a\nf:2:1: b"


def test_nothing_that_a_terminal_obeys_is_shown():
    problem = Problem(Place("f\x1b[0m", 1, 1), "'\x1b]0;x\x07\x9b\u202e\ud800ü😀' is no step")

    assert str(problem) == r"f\x1b[0m:1:1: '\x1b]0;x\x07\x9b\u202e\ud800ü😀' is no step"


def test_suggestions_are_near():
    assert suggest("mustnt", ["must", "must not"]) == " (did you mean 'must not'?)"
    assert suggest("x", ["must"]) == ""
