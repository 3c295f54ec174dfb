"""Ways to make sessions smaller."""

import pytest

from conformance.explore.arguments import simpler, wellformed
from conformance.explore.reduce import passes, sensible, size, tidy
from conformance.grammar import dialect
from conformance.scenario.loader import read
from conformance.scenario.writer import dump

SPOKEN = dialect({"IMAP4REV1", "CONDSTORE", "ESEARCH", "LITERAL+"})
HEAD = """\
scenario: x
actors:
  phone: {user: alice}
  laptop: {user: alice}
given:
  INBOX: [m1, m2]
steps:
"""


def session(steps):
    return read(HEAD + steps, "x.yaml", "x", [])


def test_forms_of_a_command_have_less_in_them_and_are_commands():
    command = r"UID FETCH uid(m1):* (FLAGS BODY.PEEK[HEADER.FIELDS (TO)]<0.20>) (CHANGEDSINCE 1)"
    forms = list(simpler(command, SPOKEN))

    assert "UID FETCH uid(m1):* (FLAGS BODY.PEEK[HEADER.FIELDS (TO)]<0.20>)" in forms
    assert "UID FETCH uid(m1):* (FLAGS) (CHANGEDSINCE 1)" in forms
    assert all(wellformed(form, SPOKEN) for form in forms)


def test_what_was_broken_may_stay_broken():
    assert not wellformed("FETCH (((", SPOKEN)
    assert list(simpler("FETCH ((( 1", SPOKEN))


@pytest.mark.parametrize(
    "steps",
    [
        "- phone: done\n- laptop: NOOP\n",
        "- phone: idles\n- phone: NOOP\n",
        "- phone: leaves\n",
        "- together:\n  - phone: idles\n  - laptop: NOOP\n  times: 2\n- phone: done\n",
    ],
)
def test_what_makes_no_sense_is_no_candidate(steps):
    assert not sensible(session(steps))


def test_tidy_drops_who_does_nothing_and_captures_that_nobody_uses():
    tidied = tidy(session("- phone: SELECT INBOX\n  may:\n  - OK [UIDVALIDITY $v]\n"))

    assert [actor.name for actor in tidied.actors] == ["phone"]
    assert not tidied.steps[0].expectations.patterns


def test_the_passes_go_down_to_one_step():
    current = session(
        "- phone: SELECT INBOX\n- laptop: SELECT INBOX\n"
        "- together:\n  - phone: NOOP\n  - laptop: STORE 1 +FLAGS (\\Seen \\Deleted)\n  times: 4\n"
        "- phone: NOOP\n"
    )
    shrinking = True
    while shrinking:
        shrinking = False
        for reduce in passes(SPOKEN):
            for candidate in map(tidy, reduce(current)):
                if candidate != current and sensible(candidate) and "STORE" in dump(candidate):
                    current, shrinking = candidate, True
                    break
    assert size(current) == 1
    assert current.steps[0].command.startswith("STORE 1 +FLAGS")
    assert not current.given
