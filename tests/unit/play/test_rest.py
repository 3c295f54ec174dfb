"""The look at rest: once the steps are done all clients synchronize, and a set-up connection looks."""

import pytest

from conformance.check.judge import judge
from conformance.play.player import Settings, play
from conformance.play.recorder import Recorder
from conformance.scenario.loader import load
from conformance.verdict import Verdict
from conformance.wire.transcript import Kind
from tests.fakes.imap_script import scripted

HEAD = """\
scenario: test
why: test
rules: [RFC9051:5.2]
actors:
  phone: {user: alice}
given:
  INBOX: [one]
steps:
"""
OPEN = (
    "* FLAGS (\\Seen \\Deleted)\r\n* 1 EXISTS\r\n* 0 RECENT\r\n* OK [PERMANENTFLAGS ()] ok\r\n"
    "* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 2] ok\r\n%TAG OK [READ-ONLY] done\r\n"
)


def told(*, phone="()", looking="()", item="FLAGS"):
    """Answer UID FETCH: the phone's tags begin with p, those of the set-up connection with s."""

    def answer(command):
        flags = phone if command.startswith("p") else looking
        return f"* 1 FETCH (UID 1 {item} {flags} RFC822.SIZE 244)\r\n%TAG OK done\r\n"

    return answer


@pytest.fixture
def looked(tmp_path):
    """Return what plays steps and looks: (steps, answers) -> (server, transcript, judgement)."""

    async def run(steps, answers=None):
        path = tmp_path / "test.yaml"
        path.write_text(HEAD + steps)
        scenario = load(path, tmp_path)
        async with scripted({"EXAMINE": OPEN, "UID": told(), **(answers or {})}) as server:
            settings = Settings(within=0.5, look=True)
            result = await play(scenario, server, "s", Recorder({}), settings)
        return server, result.transcript, judge(result.transcript, scenario)

    return run


def lines(transcript, actor, kind=Kind.SENT):
    return [e.octets.decode() for e in transcript.events if e.actor == actor and e.kind is kind]


def between(judgement):
    return [finding for finding in judgement.findings if finding.check == "between"]


async def test_clients_synchronize_and_the_set_up_connection_looks_without_a_new_login(looked):
    server, transcript, judgement = await looked("- phone: SELECT INBOX\n")

    assert server.connections == 2
    assert lines(transcript, "phone")[2:] == ["p3 NOOP\r\n", "p4 UID FETCH 1:* (FLAGS)\r\n"]
    sent = lines(transcript, "set-up-alice")
    assert sent[-1].startswith("s3 EXAMINE INBOX\r\ns4 UID FETCH 1:* (FLAGS RFC822.SIZE)")
    assert not any("LOGOUT" in line for line in sent)
    assert between(judgement) == []


async def test_nothing_is_sent_on_a_client_before_the_steps_are_done(looked):
    _, transcript, _ = await looked("- phone: SELECT INBOX\n")
    rest = next(i for i, e in enumerate(transcript.events) if b'"note":"rest"' in e.octets)
    sent = [e.octets for e in transcript.events[:rest] if (e.actor, e.kind) == ("phone", ">")]

    assert len(sent) == 2, "LOGIN and SELECT"


async def test_mod_sequences_are_asked_for_where_a_client_has_heard_of_them(looked):
    _, transcript, _ = await looked(
        "- phone: SELECT INBOX\n- phone: UID FETCH 1 (MODSEQ)\n",
        {"UID": told(item="FLAGS () MODSEQ", phone="(5)", looking="(5)")},
    )

    assert "UID FETCH 1:* (FLAGS MODSEQ)" in lines(transcript, "phone")[-1]


async def test_a_client_that_sees_other_flags_is_named(looked):
    _, _, judgement = await looked(
        "- phone: SELECT INBOX\n", {"UID": told(phone="()", looking="(\\Seen)")}
    )

    assert [finding.key for finding in between(judgement)] == ["clients see other flags"]


async def test_a_mod_sequence_that_nobody_else_has_is_named(looked):
    _, _, judgement = await looked(
        "- phone: SELECT INBOX\n- phone: UID FETCH 1 (MODSEQ)\n",
        {"UID": told(item="FLAGS () MODSEQ", phone="(9)", looking="(5)")},
    )

    (finding,) = between(judgement)
    assert (finding.key, finding.rule) == ("clients see other modseqs", "RFC7162:3.1")
    assert finding.verdict is Verdict.FAIL


async def test_a_checkpoint_looks_in_the_middle_and_is_the_place_of_what_it_finds(looked):
    _, transcript, judgement = await looked(
        "- phone: SELECT INBOX\n- everyone: checkpoint\n- phone: NOOP\n",
        {"UID": told(phone="()", looking="(\\Seen)")},
    )

    (finding,) = between(judgement)
    assert (finding.step, finding.place.line) == (1, 10)
    notes = [e.octets for e in transcript.events if b'"note":"rest' in e.octets]
    assert len(notes) == 4, "two looks, with begin and end"


async def test_what_a_client_hears_at_a_checkpoint_belongs_to_no_step(looked):
    _, _, judgement = await looked(
        "- phone: SELECT INBOX\n- everyone: checkpoint\n- phone: NOOP\n"
        "  must not:\n  - 1 FETCH (UID $_ FLAGS () ...)\n"
    )

    assert judgement.verdict is Verdict.PASS, [f.message for f in judgement.findings]
