"""Input made to take long, or to fill memory: an answer within the steps allowed, and no error."""

import tracemalloc

import pytest

from conformance.grammar import check_response, dialect, lint
from tests.benchmarks.hostile import HOSTILE, MANY

TEXT = b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1)'
SPOKEN = dialect({"IMAP4rev1", "THREAD=REFERENCES", "UIDPLUS", "LIST-EXTENDED"})


@pytest.mark.parametrize("name", HOSTILE)
def test_an_answer_comes(name):
    check_response(b"* 1 FETCH (FLAG)\r\n", SPOKEN)  # what is made once is not counted
    check_response(HOSTILE[name][:40] + b"\r\n", SPOKEN)
    found = check_response(HOSTILE[name], SPOKEN)  # how soon: python -m tests.benchmarks hostile
    assert found
    assert all(one.message for one in found)


def test_legal_but_long_passes():
    flags = b"* FLAGS (" + b" ".join(b"\\f%d" % n for n in range(MANY)) + b")\r\n"
    numbers = b"* SEARCH" + b"".join(b" %d" % n for n in range(1, MANY)) + b"\r\n"
    words = b"* CAPABILITY IMAP4rev1" + b"".join(b" X%d" % n for n in range(200_000)) + b"\r\n"
    bodies = b"* 1 FETCH (BODY " + b"(" * 10_000 + TEXT + b' "M")' * 10_000 + b")\r\n"
    for frame in (flags, numbers, words, bodies):
        assert check_response(frame, SPOKEN) == ()


def test_out_of_steps_is_no_pass():
    (found,) = check_response(HOSTILE["threads"], SPOKEN)
    assert found.inconclusive
    assert "too much to check" in found.message


def test_a_literal_of_100_mb_is_linted_in_little_memory():
    size = 100 * 1024 * 1024

    def chunks():
        yield b"* OK [CAPABILITY IMAP4rev1] hi\r\n* 1 FETCH (BODY[] {%d}\r\n" % size
        block = b"x" * 65_536
        for _ in range(size // len(block)):
            yield block
        yield b" UID x)\r\n"

    list(lint([b"* OK hi\r\n* 1 FETCH (UID 5 UID x)\r\n"]))
    tracemalloc.start()
    try:
        found = list(lint(chunks()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [one.rule for one in found] == ["msg-att-static"]
    assert found[0].line == 3
    assert peak < 32 * 1024 * 1024
