"""The IMAP actor sends what it is told, waits where the protocol says, and records all of it."""

import asyncio

import pytest

from conformance.actors.base import Literal
from conformance.actors.connection import Connection, Ended
from conformance.actors.imap import ImapActor, astring
from conformance.servers.base import Credentials, Endpoint
from conformance.wire.transcript import Kind, Transcript
from tests.fakes.imap_script import scripted


def actor(server, transcript):
    return ImapActor(
        "phone",
        lambda: server.info.services["imap"],
        lambda name, kind, octets: transcript.add(0.0, name, kind, octets),
    )


async def test_a_command_is_answered_by_its_tag():
    transcript = Transcript()
    async with scripted({"NOOP": "* 1 EXISTS\r\n%TAG OK fine\r\n"}) as server:
        phone = actor(server, transcript)
        await phone.connect(5)
        reply = await phone.command([b"NOOP"], 5)

    assert (reply.ended, reply.octets) == (Ended.ANSWERED, b"p1 OK fine\r\n")
    assert transcript.events[reply.at].octets == b"p1 OK fine\r\n"
    assert [(e.kind, e.octets) for e in transcript.events] == [
        (Kind.CONNECTION, b"connected"),
        (Kind.RECEIVED, b"* OK hi\r\n"),
        (Kind.SENT, b"p1 NOOP\r\n"),
        (Kind.RECEIVED, b"* 1 EXISTS\r\n"),
        (Kind.RECEIVED, b"p1 OK fine\r\n"),
    ]


@pytest.mark.parametrize("end", ["close", "drop"])
async def test_who_waits_is_told_when_we_end_the_connection(end):
    """Another task may end it, as a library's does at LOGOUT; the alarm goes with the connection."""
    async with scripted({"NOOP": None}) as server:
        phone = actor(server, Transcript())
        await phone.connect(5)
        waiting = asyncio.ensure_future(phone.command([b"NOOP"], 60))
        while not any(b"NOOP" in line for line in server.sent):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
        getattr(phone, end)()
        reply = await asyncio.wait_for(waiting, 20)

    assert reply.ended is Ended.CLOSED


async def test_a_literal_waits_for_the_continuation():
    transcript = Transcript()
    async with scripted() as server:
        phone = actor(server, transcript)
        await phone.connect(5)
        reply = await phone.command([b"APPEND INBOX ", Literal(b"abc")], 5)

    wire = [event.octets for event in transcript.events[2:]]
    assert wire[:3] == [b"p1 APPEND INBOX {3}\r\n", b"+ go on\r\n", b"abc\r\n"]
    assert reply.octets.startswith(b"p1 OK [APPENDUID")


async def test_a_refused_literal_is_not_sent():
    transcript = Transcript()
    async with scripted(greeting="* OK hi\r\np1 NO too big\r\n") as server:
        phone = actor(server, transcript)
        await phone.connect(5)
        # The fake answered before it was asked, as a server may refuse before the literal.
        reply = await phone.command([b"APPEND INBOX ", Literal(b"abc")], 5)

    assert reply.octets == b"p1 NO too big\r\n"
    assert b"abc\r\n" not in [event.octets for event in transcript.events]


async def test_a_literal_with_plus_goes_in_one_write():
    transcript = Transcript()
    async with scripted() as server:
        phone = actor(server, transcript)
        await phone.connect(5)
        await phone.command([b"APPEND INBOX ", Literal(b"abc", plus=True)], 5)

    assert transcript.events[2].octets == b"p1 APPEND INBOX {3+}\r\nabc\r\n"


async def test_idle_waits_for_the_plus_and_ends_with_done():
    transcript = Transcript()
    async with scripted() as server:
        phone = actor(server, transcript)
        await phone.connect(5)
        begun = await phone.idle(5)
        ended = await phone.done(5)

    assert begun.octets == b"+ idling\r\n"
    assert ended.octets == b"p1 OK done\r\n"


async def test_no_answer_is_a_timeout_and_no_connection_is_a_refusal():
    transcript = Transcript()
    async with scripted({"NOOP": None}) as server:
        phone = actor(server, transcript)
        await phone.connect(5)
        assert (await phone.command([b"NOOP"], 0.05)).ended is Ended.TIMEOUT
    gone = ImapActor(
        "phone",
        lambda: Endpoint("127.0.0.1", 1),
        lambda name, kind, octets: transcript.add(0.0, name, kind, octets),
    )
    assert (await gone.connect(5)).ended is Ended.REFUSED
    assert b"connect to 127.0.0.1:1 failed" in transcript.events[-1].octets


async def test_what_the_server_leaves_unfinished_is_kept():
    transcript = Transcript()
    async with scripted({"NOOP": "* 1 FETCH (BODY[] {100}\r\nhalf", "LOGOUT": "CLOSE"}) as server:
        phone = actor(server, transcript)
        await phone.connect(5)
        phone.connection.send(b"p1 NOOP\r\n")
        reply = await phone.command([b"LOGOUT"], 5)

    assert reply.ended is Ended.CLOSED
    assert transcript.events[-2].octets == b"* 1 FETCH (BODY[] {100}\r\nhalf"
    assert transcript.events[-1].octets == b"closed by server"


async def test_a_flood_ends_the_connection():
    transcript = Transcript()
    async with scripted({"NOOP": "* 1 FETCH (BODY[] {99999999999}\r\n"}) as server:
        phone = actor(server, transcript)
        await phone.connect(5)
        reply = await phone.command([b"NOOP"], 5)

    assert reply.ended is Ended.FLOOD
    assert b"99,999,999,999 octets was announced" in transcript.events[-1].octets


async def test_done_after_a_refused_idle_waits_for_nothing():
    transcript = Transcript()
    async with scripted({"IDLE": "%TAG NO not now\r\n"}) as server:
        phone = actor(server, transcript)
        await phone.connect(5)
        await phone.idle(5)
        reply = await phone.done(5)

    assert reply.ended is Ended.ANSWERED
    assert [e.octets for e in transcript.events if e.kind is Kind.SENT] == [b"p1 IDLE\r\n"]


async def test_an_authenticate_that_is_challenged_is_cancelled():
    transcript = Transcript()
    answers = {"AUTHENTICATE": "+ \r\n", "RESPONSE": "%TAG BAD cancelled\r\n"}
    async with scripted(answers) as server:
        phone = actor(server, transcript)
        await phone.connect(5)
        reply = await phone.command([b"AUTHENTICATE PLAIN"], 5)

    assert reply.octets == b"p1 BAD cancelled\r\n"
    assert [e.octets for e in transcript.events if e.kind is Kind.SENT] == [
        b"p1 AUTHENTICATE PLAIN\r\n",
        b"*\r\n",
    ]


async def test_an_authenticate_without_any_answer_is_waited_for_once(monkeypatch):
    waits = []
    until = Connection.until

    async def counted(self, ready, within):
        waits.append(within)
        return await until(self, ready, within)

    async with scripted({"AUTHENTICATE": None}) as server:
        phone = actor(server, Transcript())
        await phone.connect(5)
        monkeypatch.setattr(Connection, "until", counted)
        reply = await phone.command([b"AUTHENTICATE PLAIN"], 0.05)

    assert reply.ended is Ended.TIMEOUT
    assert waits == [0.05]


async def test_login_quotes_what_is_no_atom():
    transcript = Transcript()
    async with scripted() as server:
        phone = actor(server, transcript)
        await phone.connect(5)
        await phone.login(Credentials("al ice", 'se"cret'), 5)

    assert transcript.events[2].octets == b'p1 LOGIN "al ice" "se\\"cret"\r\n'


@pytest.mark.parametrize(
    ("octets", "sent"),
    [
        (b"INBOX", b"INBOX"),
        (b"a b", b'"a b"'),
        (b"", b'""'),
        (b'a"\\', b'"a\\"\\\\"'),
        (b"caf\xc3\xa9", Literal(b"caf\xc3\xa9")),
        (b"a\r\nb", Literal(b"a\r\nb")),
    ],
)
def test_a_string_takes_the_plainest_form_that_can_hold_it(octets, sent):
    assert astring(octets) == sent
