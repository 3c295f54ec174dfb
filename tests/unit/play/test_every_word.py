r"""Every word of the language at work: a scenario that passes, and one that fails as it should.

A row is word -> passing steps, failing steps, and what is said of the latter. Answers that
stand behind a step's text are the server's for both; a row may have others for the failing one.
"""

from dataclasses import dataclass, field

import pytest

from conformance.scenario.model import Level
from conformance.scenario.words import (
    ACTOR,
    BRANCH,
    EVERYONE,
    FOUND,
    GIVEN_MESSAGE,
    HEAD,
    NETWORK,
    RESERVED,
    SERVER,
    STEP,
    VERBS,
)
from conformance.verdict import Verdict


@dataclass(frozen=True)
class Row:
    good: str
    bad: str
    said: str
    answers: dict = field(default_factory=dict)
    worse: dict = field(default_factory=dict)  # answers for the failing one
    verdict: Verdict = Verdict.FAIL


SELECTED = "- phone: SELECT INBOX\n"
NEWS = {"NOOP": "* 2 EXISTS\r\n* 2 EXPUNGE\r\n%TAG OK done\r\n"}
REFUSED = {"NOOP": "%TAG NO not now\r\n"}
GONE = {"NOOP": "CLOSE"}
IDLING = "- phone: SELECT INBOX\n- phone: idles\n"
PUSH = {"IDLE": "+ idling\r\n* 2 EXISTS\r\n"}

ROWS = {
    "must": Row(
        SELECTED + "- phone: NOOP\n  must: [2 EXISTS]\n",
        SELECTED + "- phone: NOOP\n  must: [3 EXISTS]\n",
        "3 EXISTS did not come",
        NEWS,
    ),
    "should": Row(
        SELECTED + "- phone: NOOP\n  should: [2 EXISTS]\n",
        SELECTED + "- phone: NOOP\n  should: [3 EXISTS]\n",
        "3 EXISTS did not come",
        NEWS,
        verdict=Verdict.WARN,
    ),
    "may": Row(
        SELECTED + "- phone: NOOP\n  may: [2 EXISTS, 2 EXPUNGE]\n  only: yes\n",
        SELECTED + "- phone: NOOP\n  may: [2 EXISTS]\n  only: yes\n",
        "* 2 EXPUNGE came, and nothing else may",
        NEWS,
    ),
    "must not": Row(
        SELECTED + "- phone: NOOP\n  must not: [3 EXPUNGE]\n",
        SELECTED + "- phone: NOOP\n  must not: [2 EXPUNGE]\n",
        "* 2 EXPUNGE came, and must not (2 EXPUNGE)",
        NEWS,
    ),
    "should not": Row(
        SELECTED + "- phone: NOOP\n  should not: [3 EXPUNGE]\n",
        SELECTED + "- phone: NOOP\n  should not: [$_ EXPUNGE]\n",
        "* 2 EXPUNGE came, and should not ($_ EXPUNGE)",
        NEWS,
        verdict=Verdict.WARN,
    ),
    "only": Row(
        SELECTED + "- phone: NOOP\n  must: [2 EXISTS, 2 EXPUNGE]\n  only: yes\n",
        SELECTED + "- phone: NOOP\n  must: [2 EXPUNGE]\n  only: yes\n",
        "* 2 EXISTS came, and nothing else may",
        NEWS,
    ),
    "in order": Row(
        SELECTED + "- phone: NOOP\n  must: [2 EXISTS, 2 EXPUNGE]\n  in order: yes\n",
        SELECTED + "- phone: NOOP\n  must: [2 EXPUNGE, 2 EXISTS]\n  in order: yes\n",
        "2 EXISTS did not come",
        NEWS,
    ),
    "ends": Row(
        "- phone: NOOP\n  ends: NO | BAD\n",
        "- phone: NOOP\n  ends: BAD\n",
        "answered p2 NO not now",
        REFUSED,
    ),
    "check": Row(
        SELECTED + "- phone: NOOP\n  must: [$n EXISTS]\n  check: $n = 2\n",
        SELECTED + "- phone: NOOP\n  must: [$n EXISTS]\n  check: $n > 2\n",
        "$n > 2 does not hold: 2 > 2",
        NEWS,
    ),
    "either": Row(
        "- phone: NOOP\n  either: {done: {}, refused: {ends: NO}}\n",
        "- phone: NOOP\n  either: {done: {}, broken: {ends: BAD}}\n",
        "none of the legal alternatives fits",
        REFUSED,
    ),
    "behaviour": Row(
        "- phone: NOOP\n  behaviour: how\n  either: {done: {}, refused: {ends: NO}}\n",
        "- phone: NOOP\n  behaviour: how\n  either: {done: {}, broken: {ends: BAD}}\n",
        "none of the legal alternatives fits",
        REFUSED,
    ),
    "if": Row(
        "- phone: NOOP\n  if: MOVE\n- phone: CHECK\n  if: IDLE\n",
        "- phone: NOOP\n  if: MOVE | IDLE\n",
        "answered p2 NO not now",
        REFUSED,
    ),
    "within": Row(
        IDLING + "- phone: hears\n  within: 5s\n  must: [2 EXISTS]\n",
        IDLING + "- phone: hears\n  within: 50ms\n  must: [3 EXISTS]\n",
        "3 EXISTS did not come",
        PUSH,
    ),
    "rule": Row(
        "- phone: NOOP\n  rule: RFC9051:6.1.2\n",
        "- phone: NOOP\n  rule: RFC9051:6.1.2\n",
        "answered p2 NO not now",
        worse=REFUSED,
    ),
    "note": Row(
        "- phone: NOOP\n  note: nothing\n",
        "- phone: NOOP\n  note: nothing\n",
        "answered p2 NO not now",
        worse=REFUSED,
    ),
    "times": Row(
        "- together: [phone: NOOP, laptop: CHECK]\n  times: 3\n",
        "- together: [phone: NOOP, laptop: CHECK]\n  times: 3\n",
        "the server closed the connection: phone: NOOP",
        worse=GONE,
    ),
    "together": Row(
        "- together:\n  - phone: NOOP\n  - - laptop: CHECK\n    - laptop: NOOP\n",
        "- together:\n  - phone: NOOP\n    must: [2 EXISTS]\n  - laptop: CHECK\n",
        "2 EXISTS did not come",
    ),
    "in pieces": Row(
        "- phone: SELECT INBOX\n  in pieces: 1\n- phone: NOOP\n  in pieces: CRLF\n"
        '- phone: APPEND INBOX {"abcd"}\n  in pieces: literal\n',
        "- phone: NOOP\n  in pieces: 1\n",
        "answered p2 NO not now",
        worse=REFUSED,
    ),
    "connects": Row(
        "- phone: connects\n- phone: LOGIN $user $password\n- phone: NOOP\n",
        "- phone: connects\n- phone: LOGIN $user $password\n",
        "answered p1 NO who",
        worse={"LOGIN": lambda line: f"%TAG {'NO who' if line[0] == 'p' else 'OK in'}\r\n"},
    ),
    "idles": Row(IDLING, IDLING, "answered p3 BAD no", worse={"IDLE": "%TAG BAD no\r\n"}),
    "done": Row(
        IDLING + "- phone: done\n",
        IDLING + "- phone: done\n",
        "answered p3 NO still idling",
        worse={"DONE": "p3 NO still idling\r\n"},
    ),
    "hears": Row(
        IDLING + "- phone: hears\n  must: [2 EXISTS]\n",
        IDLING + "- phone: hears\n  must: [3 EXISTS]\n",
        "3 EXISTS did not come",
        PUSH,
    ),
    "polls": Row(
        SELECTED + "- phone: polls\n  must: [2 EXISTS]\n",
        SELECTED + "- phone: polls\n  within: 50ms\n  must: [3 EXISTS]\n",
        "3 EXISTS did not come",
        NEWS,
    ),
    "drops": Row(
        "- phone: NOOP\n- phone: drops\n- phone: NOOP\n",
        "- phone: NOOP\n- phone: drops\n- phone: NOOP\n  must: [2 EXISTS]\n",
        "2 EXISTS did not come",
    ),
    "leaves": Row(
        "- phone: NOOP\n- phone: leaves\n",
        "- phone: NOOP\n- phone: leaves\n",
        "answered p3 NO stay",
        worse={"LOGOUT": lambda line: f"%TAG {'NO stay' if line[0] == 'p' else 'OK bye'}\r\n"},
    ),
    "sends": Row(
        '- phone: NOOP\n- phone: sends "x NOOP\\r\\n"\n  must: [2 EXISTS]\n',
        '- phone: NOOP\n- phone: sends "x NOOP\\r\\n"\n  must: [3 EXISTS]\n',
        "3 EXISTS did not come",
        NEWS,
    ),
    "meets": Row(
        "- together:\n  - - phone: NOOP\n    - phone: meets\n    - phone: CHECK\n"
        "  - - laptop: meets\n    - laptop: NOOP\n  times: 2\n",
        "- together:\n  - - phone: NOOP\n    - phone: meets\n    - phone: CHECK\n"
        "  - - laptop: meets\n    - laptop: CHECK\n",
        "the server closed the connection: phone: NOOP",
        worse=GONE,
    ),
    "restarts": Row(
        "- phone: NOOP\n- server: restarts\n- phone: NOOP\n",
        "- phone: NOOP\n- server: restarts\n- phone: NOOP\n  must: [2 EXISTS]\n",
        "2 EXISTS did not come",
    ),
    "is killed": Row(
        "- phone: NOOP\n- server: is killed\n- phone: NOOP\n",
        "- phone: NOOP\n- server: is killed\n- phone: NOOP\n  must: [2 EXISTS]\n",
        "2 EXISTS did not come",
    ),
    "stops": Row(
        "- phone: NOOP\n- server: stops\n- server: starts\n- phone: NOOP\n",
        "- phone: NOOP\n- server: stops\n- phone: NOOP\n",
        "the server refused the connection: phone: NOOP",
    ),
    "starts": Row(
        "- server: stops\n- server: starts\n- phone: NOOP\n",
        "- server: stops\n- server: starts\n- phone: NOOP\n",
        "answered p2 NO not now",
        worse=REFUSED,
    ),
    "is paused": Row(
        "- phone: NOOP\n- server: is paused\n- server: resumes\n- phone: NOOP\n",
        "- phone: NOOP\n- server: is paused\n- phone: NOOP\n",
        "no answer in time: phone: NOOP",
    ),
    "resumes": Row(
        "- phone: CHECK\n- server: is paused\n- server: resumes\n- phone: NOOP\n",
        "- phone: CHECK\n- server: is paused\n- server: resumes\n- phone: NOOP\n",
        "answered p3 NO not now",
        worse=REFUSED,
    ),
    "cuts": Row(
        "- phone: NOOP\n- network: cuts phone\n- phone: NOOP\n",
        "- phone: NOOP\n- network: cuts phone\n- phone: NOOP\n  must: [2 EXISTS]\n",
        "2 EXISTS did not come",
    ),
    "delays": Row(
        "- network: delays phone 1ms\n- phone: NOOP\n",
        "- phone: NOOP\n- network: delays phone 9s\n- phone: NOOP\n",
        "no answer in time: phone: NOOP",
    ),
    "splits": Row(
        "- network: splits phone 1\n- phone: NOOP\n",
        "- network: splits phone 1\n- phone: NOOP\n",
        "answered p2 NO not now",
        worse=REFUSED,
    ),
    "slows": Row(
        "- network: slows phone 100000\n- phone: NOOP\n",
        "- phone: NOOP\n- network: slows phone 1\n- phone: NOOP\n",
        "no answer in time: phone: NOOP",
    ),
    "heals": Row(
        "- phone: NOOP\n- network: slows phone 1\n- network: heals phone\n- phone: NOOP\n",
        "- phone: NOOP\n- network: heals phone\n- phone: NOOP\n  must: [2 EXISTS]\n",
        "2 EXISTS did not come",
    ),
}
ELSEWHERE = {"delivers", "checkpoint"}  # test_delivery.py, test_rest.py


def test_every_word_has_a_row():
    words = {*STEP, *BRANCH, *VERBS, *SERVER, *NETWORK, *EVERYONE, *RESERVED, *map(str, Level)}
    assert words - {"server", "network", "everyone"} == ROWS.keys() | ELSEWHERE


def told(judgement):
    return [finding.message for finding in judgement.findings], judgement.reason


@pytest.mark.parametrize("word", ROWS)
async def test_it_passes_where_all_is_right(played, word):
    row = ROWS[word]
    _, _, judgement = await played(row.good, row.answers, within=10)

    assert judgement.verdict is Verdict.PASS, told(judgement)


@pytest.mark.parametrize("word", ROWS)
async def test_it_fails_as_it_should(played, word):
    row = ROWS[word]
    patient = 0.4 if "no answer" in row.said else 10
    _, _, judgement = await played(row.bad, {**row.answers, **row.worse}, within=patient)

    assert told(judgement) == ([row.said], "")
    assert judgement.verdict is row.verdict
    (finding,) = judgement.findings
    assert finding.rule == ("RFC9051:6.1.2" if word == "rule" else "RFC9051:6.4.6")
    assert finding.place is not None


TITLE = "scenario: test\nrules: [RFC9051:6.4.6]\n"
ONE = TITLE + "actors: {phone: {}}\n"
BOTH = "* 2 EXISTS\r\n%TAG OK done\r\n"
HEAD_ROWS = {
    "scenario": (ONE, "- phone: NOOP\n", {}),
    "why": (ONE + "why: because\n", "- phone: NOOP\n", {}),
    "rules": (ONE, "- phone: NOOP\n", {}),
    "tags": (ONE + "tags: [one]\n", "- phone: NOOP\n", {}),
    "found": (
        ONE + f"found: {{{', '.join(f'{word}: 7' for word in FOUND)}}}\n",
        "- phone: NOOP\n",
        {},
    ),
    "actors": (TITLE + "actors: {phone: {}, other: {}}\n", "- other: CHECK\n- phone: NOOP\n", {}),
    "speaks": (TITLE + "actors: {phone: {speaks: imap}}\n", "- phone: NOOP\n", {}),
    "user": (TITLE + "actors: {phone: {user: bob}}\n", "- phone: NOOP\n", {}),
    "login": (TITLE + "actors: {phone: {login: PLAIN}}\n", "- phone: NOOP\n",
              {"AUTHENTICATE": "+ \r\n"}),
    "client": (TITLE + "actors: {phone: {client: imaplib}}\n", "- phone: NOOP\n", {}),
    "messages": (
        ONE + "messages: {mail: test.eml}\n",
        "- phone: APPEND INBOX message(mail)\n- phone: NOOP\n",
        {},
    ),
    "given": (
        ONE + "given: {INBOX: [one, two]}\n",
        "- phone: SELECT INBOX\n  must: [2 EXISTS]\n- phone: NOOP\n",
        {"SELECT": BOTH},
    ),
    "cases": (ONE + "cases: {x: {what: NOOP}}\n", "- phone: <what>\n", {}),
    "begins": (TITLE + "begins: first\n", "- phone: NOOP\n", {}),
}  # fmt: skip
# test_stage.py skips without what is needed; TLS needs a server that has it (tests/live);
# given messages' own words are what the set-up sends (test_player.py).
HEAD_ELSEWHERE = {"needs", "steps", "via", *GIVEN_MESSAGE}


@pytest.mark.parametrize(
    ("wanted", "verdict"),
    [
        ("should: [2 EXISTS, 2 EXPUNGE]", Verdict.PASS),
        ("should: [2 EXPUNGE, 2 EXISTS]", Verdict.WARN),
        ("may: [2 EXPUNGE, 2 EXISTS]", Verdict.PASS),
    ],
)
async def test_what_should_come_should_come_in_order(played, wanted, verdict):
    steps = f"{SELECTED}- phone: NOOP\n  {wanted}\n  in order: yes\n"
    _, _, judgement = await played(steps, NEWS, within=10)

    assert judgement.verdict is verdict


def test_every_word_of_the_head_has_a_row():
    assert {*HEAD, *ACTOR, *GIVEN_MESSAGE} == HEAD_ROWS.keys() | HEAD_ELSEWHERE


@pytest.mark.parametrize("word", HEAD_ROWS)
async def test_a_word_of_the_head_passes_and_fails(played, tmp_path, word):
    head, steps, answers = HEAD_ROWS[word]
    (tmp_path / "test.eml").write_bytes(b"Subject: x\r\n\r\ny\r\n")
    (tmp_path / "first.yaml").write_text(ONE + "steps:\n- phone: CHECK\n")
    head += "steps:\n"

    _, _, judgement = await played(steps, answers, head=head, within=10)
    assert judgement.verdict is Verdict.PASS, told(judgement)

    answers = {**answers, "NOOP": "%TAG NO not now\r\n"}
    _, _, judgement = await played(steps, answers, head=head, within=10)
    (message,), reason = told(judgement)
    assert (message.split(" ", 2)[2], reason) == ("NO not now", "")
