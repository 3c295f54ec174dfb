"""What goes out in pieces is the same octets, cut where it was said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.actors.base import Literal
from conformance.actors.connection import Ended
from conformance.actors.cutting import cutter
from conformance.actors.imap import ImapActor
from conformance.wire.transcript import Kind, Transcript
from tests.fakes.imap_script import scripted


@pytest.mark.parametrize(
    ("how", "writes", "pieces"),
    [
        ("1", [b"a NOOP"], [b"a", b" ", b"N", b"O", b"O", b"P"]),
        ("4", [b"a NOOP\r\n"], [b"a NO", b"OP\r\n"]),
        ("CRLF", [b"a NOOP\r\nb NOOP\r\n"], [b"a NOOP\r", b"\nb NOOP\r", b"\n"]),
        ("literal", [b"a NOOP\r\n"], [b"a NOOP\r\n"]),
        ("literal", [b"a X {4+}\r\nabcd\r\n"], [b"a X {4+}\r\nab", b"cd\r\n"]),
        ("literal", [b"a X {4}\r\n", b"abcd {2}\r\n", b"ef\r\n"],
         [b"a X {4}\r\n", b"ab", b"cd {2}\r\n", b"e", b"f\r\n"]),
        ("literal", [b"a X {1+}\r\nx {0+}\r\n {2+}\r\nyz\r\n"],
         [b"a X {1+}\r\nx {0+}\r\n {2+}\r\ny", b"z\r\n"]),
    ],
)  # fmt: skip
def test_where_it_is_cut(how, writes, pieces):
    cut = cutter(how)

    assert [piece for write in writes for piece in cut(write)] == pieces


@given(st.sampled_from(["1", "3", "CRLF", "literal"]), st.lists(st.binary(min_size=1), max_size=4))
def test_nothing_is_lost_or_empty(how, writes):
    cut = cutter(how)
    for write in writes:
        pieces = list(cut(write))
        assert b"".join(pieces) == write
        assert all(pieces)


@pytest.mark.parametrize("how", ["0", "-1", "crlf", ""])
def test_what_is_no_way_to_cut(how):
    with pytest.raises(ValueError, match=r".*"):
        cutter(how)


async def test_pieces_are_writes_of_their_own_and_one_event():
    transcript = Transcript()
    async with scripted() as server:
        phone = ImapActor(
            "phone",
            lambda: server.info.services["imap"],
            lambda name, kind, octets: transcript.add(0.0, name, kind, octets),
        )
        await phone.connect(5)
        written = []
        transport = phone.connection._transport
        phone.connection._transport = spy = type(
            "Spy",
            (),
            {
                "write": lambda _, octets: (written.append(octets), transport.write(octets)),
                "close": lambda _: transport.close(),
            },
        )()
        assert spy is phone.connection._transport
        phone.connection.cut(cutter("CRLF"))
        reply = await phone.command([b"NOOP"], 5)
        phone.connection.cut(cutter("literal"))
        await phone.command([b"APPEND INBOX ", Literal(b"abcd")], 5)
        phone.connection.cut(None)
        await phone.command([b"CHECK"], 5)
        phone.close()

    assert reply.ended is Ended.ANSWERED
    assert written == [
        b"p1 NOOP\r", b"\n", b"p2 APPEND INBOX {4}\r\n", b"ab", b"cd\r\n", b"p3 CHECK\r\n",
    ]  # fmt: skip
    sent = [event.octets for event in transcript.events if event.kind is Kind.SENT]
    assert sent == [b"p1 NOOP\r\n", b"p2 APPEND INBOX {4}\r\n", b"abcd\r\n", b"p3 CHECK\r\n"]
    assert [note["pieces"] for _, _, note in transcript.notes("written")] == [2, 2]
