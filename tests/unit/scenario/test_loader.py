from pathlib import Path

import pytest

from conformance.scenario.loader import load, read, scenario_id
from conformance.scenario.model import (
    Actor,
    Branch,
    Expectations,
    Given,
    GivenMessage,
    Level,
    Pattern,
    Scenario,
    Step,
)
from conformance.scenario.select import files
from conformance.scenario.writer import dump

WHOLE = r"""
scenario: 'A title: with a colon'
why: >
  Two lines
  of reasons.
rules: [RFC9051:7.5.1, RFC9051:A.2/1]
needs: [MOVE | IMAP4rev2, pop3]
tags: [idle, two-devices]
actors:
  phone:
  office: {speaks: pop3, user: bob, via: tls}
  old: {client: imaplib}
messages: {reply: plain.eml, big: ten-megabytes.eml}
given:
  INBOX:
  - one
  - two: {message: reply, flags: [\Seen, $Junk], date: ' 7-Jul-2026 02:44:25 +0200'}
  bob:
    INBOX: []
steps:
- phone: SELECT INBOX
  must:
  - 2 EXISTS
  - OK [UIDVALIDITY $v]
  should: FLAGS ($_)
  may: $_ RECENT
  must not: [$_ EXPUNGE]
  should not: [$_ FETCH]
  only: yes
  in order: no
  ends: OK [READ-WRITE]
  check: [$v > 0, $v != 5]
  if: IDLE
  within: 300ms
  rule: [RFC9051:6.3.2, RFC9051:6.3.3]
  note: NO and 2:4 are texts.
- phone: UID STORE 2:4 +FLAGS (\Seen)
  behaviour: a choice
  either:
    yes: {must: $_ FETCH ...}
    NO: {ends: NO}
- phone: sends "x\r\n"
- office: delivers message(reply)
- server: is killed
- network: delays phone 1.5s
- phone: NOOP
  in pieces: CRLF
- together:
  - phone: APPEND INBOX message(reply)
  - - office: STAT
    - office: QUIT
  note: at once
found: {by: explore, seed: 7, server: 'docker:dovecot:2.4', date: 2026-11-24}
"""


def test_every_word_becomes_a_value(tmp_path):
    (tmp_path / "plain.eml").touch()

    found = read(WHOLE, "f.yaml", "some/id", [tmp_path])

    assert found == Scenario(
        id="some/id",
        title="A title: with a colon",
        why="Two lines of reasons.",
        rules=("RFC9051:7.5.1", "RFC9051:A.2/1"),
        needs=(("MOVE", "IMAP4rev2"), ("pop3",)),
        tags=("idle", "two-devices"),
        actors=(
            Actor("phone"),
            Actor("office", "pop3", "bob", "tls"),
            Actor("old", client="imaplib"),
        ),
        messages={"reply": "plain.eml", "big": "ten-megabytes.eml"},
        given=(
            Given(
                "INBOX",
                (
                    GivenMessage("one"),
                    GivenMessage("two", "reply", r"\Seen $Junk", " 7-Jul-2026 02:44:25 +0200"),
                ),
            ),
            Given("INBOX", (), "bob"),
        ),
        steps=(
            Step(
                "phone",
                command="SELECT INBOX",
                expectations=Expectations(
                    {
                        Level.MUST: (Pattern("2 EXISTS"), Pattern("OK [UIDVALIDITY $v]")),
                        Level.SHOULD: (Pattern("FLAGS ($_)"),),
                        Level.MAY: (Pattern("$_ RECENT"),),
                        Level.MUST_NOT: (Pattern("$_ EXPUNGE"),),
                        Level.SHOULD_NOT: (Pattern("$_ FETCH"),),
                    },
                    ends=Pattern("OK [READ-WRITE]"),
                    only=True,
                    in_order=False,
                    check=(Pattern("$v > 0"), Pattern("$v != 5")),
                ),
                within=0.3,
                needs=(("IDLE",),),
                rules=("RFC9051:6.3.2", "RFC9051:6.3.3"),
                note="NO and 2:4 are texts.",
            ),
            Step(
                "phone",
                command=r"UID STORE 2:4 +FLAGS (\Seen)",
                behaviour="a choice",
                either=(
                    Branch("yes", Expectations({Level.MUST: (Pattern("$_ FETCH ..."),)})),
                    Branch("NO", Expectations(ends=Pattern("NO"))),
                ),
            ),
            Step("phone", "sends", r'"x\r\n"'),
            Step("office", "delivers", "message(reply)"),
            Step("server", "is killed"),
            Step("network", "delays", "phone 1.5s"),
            Step("phone", command="NOOP", pieces="CRLF"),
            Step(
                together=(
                    (Step("phone", command="APPEND INBOX message(reply)"),),
                    (Step("office", command="STAT"), Step("office", command="QUIT")),
                ),
                note="at once",
            ),
        ),
        found={
            "by": "explore",
            "seed": "7",
            "server": "docker:dovecot:2.4",
            "date": "2026-11-24",
        },
    )
    assert read(dump(found), "f.yaml", "some/id", [tmp_path]) == found


def test_places_lead_to_what_was_written(tmp_path):
    (tmp_path / "plain.eml").touch()

    found = read(WHOLE, "f.yaml", "x", [tmp_path])

    lines = WHOLE.splitlines()
    for step in found.steps[:-1]:
        assert lines[step.place.line - 1][step.place.column - 1 :].startswith(f"{step.actor}:")
        patterns = [p for found in step.expectations.patterns.values() for p in found]
        for pattern in (*patterns, *step.expectations.check):
            assert lines[pattern.place.line - 1][pattern.place.column - 1 :].startswith(
                pattern.text
            )


@pytest.mark.parametrize("path", files(Path("scenarios")), ids=str)
def test_the_bundled_scenarios_load_and_are_written_the_same(path):
    scenario = load(path)

    folders = [path.parent, Path("fixtures/messages")]
    assert read(dump(scenario), str(path), scenario.id, folders) == scenario


def test_the_id_is_the_path_below_the_root(tmp_path):
    assert scenario_id(tmp_path / "a" / "b.yaml", tmp_path) == "a/b"
    assert scenario_id(tmp_path / "a" / "b.yaml") == "b"
    assert scenario_id(Path("scenarios/devices/x.yaml")) == "devices/x"
