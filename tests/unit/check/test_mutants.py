"""Plays with one response changed: the tool that asks whether a scenario's lines can fail."""

import json

from conformance.check.facts import Facts
from conformance.scenario.pattern import parse_pattern
from conformance.wire.transcript import Kind
from tests.benchmarks._mutants import added, forbidden, otherwise, refused, variants
from tests.fakes.script import transcript

PLAY = r"""
a< * OK ready
a= {"note":"begin","step":"0"}
a> a1 NOOP
a< * 2 EXISTS
a< a1 OK done
a= {"note":"end","step":"0","how":"answered","after":3,"at":6}
"""


def _end(mutant):
    return json.loads(next(e.octets for e in mutant.events if b'"end"' in e.octets))


def _received(mutant):
    return [event.octets for event in mutant.events if event.kind is Kind.RECEIVED]


def test_a_response_taken_away_moves_the_window():
    play = transcript(PLAY)
    assert play.events[5].octets == b"* 2 EXISTS\r\n"
    mutant = otherwise(play, {5: None})
    assert b"* 2 EXISTS\r\n" not in _received(mutant)
    assert (_end(mutant)["after"], _end(mutant)["at"]) == (3, 5)


def test_a_response_added_lies_in_the_window_before_its_end():
    mutant = added(transcript(PLAY), "a", 3, 6, b"* 1 EXPUNGE\r\n")
    end = _end(mutant)
    window = [event.octets for event in mutant.events[end["after"] + 1 : end["at"] + 1]]
    assert window[-2:] == [b"* 1 EXPUNGE\r\n", b"a1 OK done\r\n"]


def test_a_response_added_to_an_empty_window_is_in_it():
    play = transcript(PLAY.replace('"after":3,"at":6', '"after":6,"at":6'))
    mutant = added(play, "a", 6, 6, b"* 1 EXPUNGE\r\n")
    end = _end(mutant)
    assert (end["after"], end["at"]) == (6, 7)
    assert mutant.events[7].octets == b"* 1 EXPUNGE\r\n"


def test_words_numbers_flags_and_literals_are_changed_one_at_a_time():
    made = set(variants(b"* 1 FETCH (UID 5 FLAGS (\\Seen) BODY[] {2}\r\nab)\r\n"))
    assert b"* 1 FETCH (UID 6 FLAGS (\\Seen) BODY[] {2}\r\nab)\r\n" in made
    assert b"* 1 FETCH (UID 5 FLAGS (\\Draft) BODY[] {2}\r\nab)\r\n" in made
    assert b"* 1 FETCH (UID 5 FLAGS (\\Seen) BODY[] {2}\r\nxb)\r\n" in made


def test_completions_are_turned_round():
    assert set(refused(b"a1 OK done\r\n")) == {b"a1 NO otherwise\r\n", b"a1 BAD otherwise\r\n"}
    assert b"a1 OK otherwise\r\n" in set(refused(b"a1 BAD what\r\n"))
    assert list(refused(b"+OK 2 300\r\n")) == [b"-ERR no\r\n"]
    assert not list(refused(b"* 2 EXISTS\r\n"))


def test_a_response_may_be_added_in_front():
    mutant = added(transcript(PLAY), "a", 3, 6, b"* 1 EXPUNGE\r\n", first=True)
    end = _end(mutant)
    window = [event.octets for event in mutant.events[end["after"] + 1 : end["at"] + 1]]
    assert window[0] == b"* 1 EXPUNGE\r\n"
    assert window[-1] == b"a1 OK done\r\n"


def test_what_is_forbidden_is_written_with_the_uids_of_the_play():
    facts = Facts(uids={"two": 102})
    made = set(forbidden(parse_pattern("SEARCH uid(two)"), facts, {}, imap=False))
    assert b"SEARCH 102\r\n" in made
