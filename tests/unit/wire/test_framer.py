"""Frames are cut where the protocol says, whatever the pieces they arrive in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.framer import Flood, Framer, MultilineFramer
from conformance.wire.replies import ReplyFramer

FRAMES = [
    b"* OK hi\r\n",
    b"* 1 FETCH (BODY[] {5}\r\na\r\nbc FLAGS ())\r\n",
    b"* 2 FETCH (BODY[1] {0}\r\n BODY[2] {2}\r\n\r\n)\r\n",
    b"* 1 FETCH (BINARY[1] ~{3}\r\n\0\n} X)\r\n",
    b"a1 OK {5}x\r\n",
    b"* only LF\n",
    b"\r\n",
    b"}\r\n",
]


@given(st.lists(st.sampled_from(FRAMES)), st.data())
def test_any_pieces_give_the_same_frames(frames, data):
    stream = b"".join(frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    framer = Framer()

    found = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += framer.feed(stream[start:end])

    assert found == frames
    assert framer.rest == b""


def test_a_non_synchronizing_literal_is_part_of_the_command():
    assert Framer().feed(b"a APPEND x {3+}\r\n\r\n\r\r\n") == [b"a APPEND x {3+}\r\n\r\n\r\r\n"]


def test_what_is_missing_of_a_literal_is_known():
    framer = Framer()
    framer.feed(b"* 1 FETCH (BODY[] {10}\r\nabc")

    assert framer.wanting == 7
    assert framer.take_rest() == b"* 1 FETCH (BODY[] {10}\r\nabc"
    assert framer.wanting == 0


def test_a_line_without_end_is_a_flood():
    framer = Framer(max_line=1000)

    framer.feed(b"x" * 1000)
    with pytest.raises(Flood, match="1,000 octets without an end"):
        framer.feed(b"x")


def test_an_announced_literal_is_refused_before_it_comes():
    with pytest.raises(Flood, match="4,294,967,296 octets was announced"):
        Framer().feed(b"* 1 FETCH (BODY[] {4294967296}\r\n")


def test_pop3_answers_end_with_a_line_or_with_a_dot():
    framer = MultilineFramer()
    framer.due += [False, True, True, False]

    frames = framer.feed(b"+OK hi\r\n+OK\r\n1 2\r\n..\r\n.\r\n-ERR no\r\n+OK 1\r\n")

    assert frames == [b"+OK hi\r\n", b"+OK\r\n1 2\r\n..\r\n.\r\n", b"-ERR no\r\n", b"+OK 1\r\n"]


def test_smtp_replies_end_with_the_line_without_a_dash():
    frames = ReplyFramer().feed(b"250-a\r\n250 b\r\n354 go\r\n")

    assert frames == [b"250-a\r\n250 b\r\n", b"354 go\r\n"]
