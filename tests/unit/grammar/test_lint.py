"""Captures in all their forms: where in the file, on which line, and what."""

import io
import json

import pytest

from conformance.grammar import lint
from conformance.grammar.lint import recognise
from conformance.wire.transcript import Kind, Transcript

MARKED = b"""# a session
S: * OK [CAPABILITY IMAP4rev1] ready
C: a1 LOGIN x {3}
S: + go
C: abc
S: a1 OK done
C: a2 FETCH 1 BODY[]
S: * 1 FETCH (BODY[] {12}
Hello
foo
 UID x)
S: * 3 EXITS
S: * LIST (\\Noselect)
       "/" "a b"
C: a3 FOO
S: a3 BAD what
"""


def cut(octets, size):
    return [octets[i : i + size] for i in range(0, len(octets), size)]


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_text_with_marks(size, end):
    octets = MARKED.replace(b"\n", end)
    found = list(lint(cut(octets, size)))
    assert [(one.line, one.rule, one.side) for one in found] == [
        (11, "msg-att-static", "server"),
        (12, "response-data", "server"),
        (15, "command", "client"),
    ]
    assert [octets[one.offset : one.offset + 3] for one in found] == [
        b"x)" + end[:1],
        b"EXI",
        b"FOO",
    ]


RAW = b"* OK hi\r\n* 1 FETCH (BODY[] {5}\r\na\0\r\nb UID x)\r\n* 3 EXISTS\n* 4 EXISTS"


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_raw_octets_of_one_side(size):
    found = list(lint(cut(RAW, size), "server"))
    assert [(one.line, one.offset, one.rule) for one in found] == [
        (4, RAW.index(b"\0"), "literal"),
        (4, RAW.index(b"x)"), "msg-att-static"),
        (5, RAW.index(b"\n* 4"), "response-data"),
        (6, len(RAW), "response-data"),
    ]


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_what_small_literals_hold(size):
    header = b"From: a\r\nTo: b\r\n\r\n"
    octets = (
        b"* OK [CAPABILITY IMAP4rev1] hi\r\n"
        b'* LIST () "/" {5}\r\n&AGE-\r\n'
        b'* LIST () "/" {5}\r\n&AOQ-\r\n'
        b"* 1 FETCH (BODY[HEADER.FIELDS (FROM)] {%d}\r\n%b)\r\n" % (len(header), header)
    )
    found = list(lint(cut(octets, size)))
    assert [(one.line, one.offset, one.rule) for one in found] == [
        (3, octets.index(b"&AGE-"), "mailbox"),
        (8, octets.index(b"To:"), "section-msgtext"),
    ]


def test_a_literal_that_stops_short():
    (found,) = lint([b"* 1 FETCH (BODY[] {500}\r\nabc"], "server")
    assert "497 octets shorter" in found.message


def test_a_transcript_of_ours():
    transcript = Transcript({"server": "x"})
    transcript.add(0, "l1", Kind.RECEIVED, b"* OK [CAPABILITY IMAP4rev1 QRESYNC] hi\r\n")
    transcript.add(0, "l2", Kind.RECEIVED, b"* OK [CAPABILITY IMAP4rev1] hi\r\n")
    transcript.add(1, "l1", Kind.SENT, b"a1 SELECT INBOX\r\n")
    transcript.note(1, "l1", note="step", step="1")
    transcript.add(2, "l1", Kind.RECEIVED, b"* 1 FETCH (BODY[] {6}\r\na\r\n\xff\r\n UID 5)\r\n")
    transcript.add(2, "l1", Kind.RECEIVED, b"* VANISHED 5\r\n")
    transcript.add(3, "l2", Kind.RECEIVED, b"* 1 FETCH (BODY[] {6}\r\na\r\n\xff\r\n UID q)\r\n")
    transcript.add(4, "l3", Kind.RECEIVED, b"+OK POP3 is not for us\r\n")
    text = io.StringIO()
    transcript.dump(text)
    octets = text.getvalue().encode()
    found = list(lint([octets]))
    assert [(one.connection, one.kind, one.rule) for one in found] == [
        ("l1", "extension", "expunged-resp"),
        ("l2", "syntax", "msg-att-static"),
    ]
    assert octets[found[0].offset :].startswith(b"VANISHED 5")
    assert octets[found[1].offset :].startswith(b"q)")
    assert octets[: found[1].offset].count(b"\n") + 1 == found[1].line


def test_capabilities_are_learnt_and_can_be_given():
    text = b"S: * OK [CAPABILITY IMAP4rev1] hi\nS: * SORT 1\n"
    assert [one.kind for one in lint([text])] == ["extension"]
    assert list(lint([text], capabilities=["SORT"])) == []
    enabled = b"S: * OK [CAPABILITY IMAP4rev1 QRESYNC] hi\nS: * ENABLED QRESYNC\nS: * VANISHED 1\n"
    assert list(lint([enabled])) == []
    assert [one.line for one in lint([enabled.replace(b"ENABLED QRESYNC", b"ENABLED X")])] == [3]


def test_as_json_holds_what_tools_need():
    (found,) = lint([b"S: * 1 FETCH (UID x)\n"])
    values = json.loads(json.dumps(found.as_json()))
    assert values["offset"] == 18
    assert values["line"] == 1
    assert values["rule"] == "msg-att-static"
    assert values["section"].startswith("RFC")
    assert values["expected"] == ["a UID"]
    assert "'x'" in values["message"]


def test_an_empty_capture():
    assert list(lint([])) == []
    assert list(lint([b""])) == []


@pytest.mark.parametrize(
    ("start", "form"),
    [
        (b"# imap-conformance transcript 1\n", "transcript"),
        (b"\nC: a1 NOOP\n", "marked"),
        (b"* OK hi\r\n", "server"),
        (b"a1 OK done\r\n", "server"),
        (b"a1 NOOP\r\n", "client"),
    ],
)
def test_the_form_is_recognised(start, form):
    assert recognise(start) == form
