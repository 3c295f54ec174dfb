"""Sessions repeat by seed, can be written and read, and make sense."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.explore.generate import Offer, generate, numbered
from conformance.explore.mixes import MIXES, together
from conformance.explore.reduce import sensible, tidy
from conformance.paths import fixtures_dir
from conformance.scenario.loader import read
from conformance.scenario.writer import dump

OFFER = Offer(
    frozenset(
        [
            "IMAP4REV1",
            "LITERAL+",
            "ENABLE",
            "IDLE",
            "NAMESPACE",
            "ID",
            "UIDPLUS",
            "MOVE",
            "UNSELECT",
            "ESEARCH",
            "SEARCHRES",
            "SORT",
            "BINARY",
            "CONDSTORE",
            "QRESYNC",
            "CHILDREN",
            "LIST-EXTENDED",
            "LIST-STATUS",
            "QUOTA",
            "ACL",
            "METADATA",
            "THREAD=REFERENCES",
            "MULTIAPPEND",
            "NOTIFY",
            "OBJECTID",
            "SAVEDATE",
            "PREVIEW",
            "WITHIN",
            "PARTIAL",
            "REPLACE",
            "COMPRESS=DEFLATE",
            "MULTISEARCH",
            "UIDONLY",
            "STATUS=SIZE",
            "SEARCH=FUZZY",
        ]
    ),
    frozenset({"lmtp", "pop3"}),
)
MESSAGES = fixtures_dir() / "messages"


def again(scenario):
    return read(dump(scenario), f"{scenario.id}.yaml", scenario.id, [MESSAGES])


def test_the_same_seed_and_number_give_the_same_session():
    one, other = (generate(numbered(7, 3), OFFER, "s") for _ in range(2))
    assert one == other
    assert generate(numbered(7, 4), OFFER, "s") != one
    assert generate(numbered(8, 3), OFFER, "s") != one


@given(st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_chance_says_a_session_is_a_scenario_that_makes_sense(chance):
    session = generate(chance, OFFER, "s")

    assert again(session) == session
    assert sensible(session)
    assert sensible(tidy(session))
    assert again(tidy(session)) == tidy(session)


def test_rude_sessions_can_be_written_too():
    rude = Offer(OFFER.capabilities, rude=True)
    sessions = [generate(numbered(1, number), rude, "s") for number in range(6)]

    assert all(again(session) == session for session in sessions)
    assert any(step.verb == "sends" for session in sessions for step in session.steps)


def test_what_is_not_offered_is_not_asked_for():
    text = "".join(
        dump(generate(numbered(1, number), Offer(frozenset({"IMAP4REV1"})), "s"))
        for number in range(40)
    )
    for word in ("idles", "MOVE", "SORT", "ENABLE", "QRESYNC", "BINARY", "RETURN", "UNSELECT"):
        assert f" {word}" not in text, word
    for word in ("SELECT", "FETCH", "STORE", "SEARCH", "APPEND", "COPY", "EXPUNGE", "together"):
        assert word in text, word


def test_every_kind_is_drawn_sooner_or_later():
    text = "".join(dump(generate(numbered(1, n), OFFER, "s")) for n in range(300))
    for word in ("QRESYNC ($", "CHANGEDSINCE", "SAVE", "PARTIAL", "delivers", "RETR", "drops"):
        assert word in text, word


@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize("clients", [1, 4])
def test_sessions_for_stress_are_scenarios(mix, clients):
    session = together(Random(1), OFFER.capabilities, MIXES[mix], clients, 30)

    assert again(session) == session
    assert sensible(session)
    assert len(session.actors) == clients
