"""What the ABNF lets pass and the prose does not: each check with what it catches and what it lets pass."""

import pytest

from conformance.grammar import check_command, check_response, dialect

REV1 = dialect({"IMAP4rev1", "ESEARCH", "QRESYNC", "UIDPLUS", "LIST-EXTENDED"}, {"QRESYNC"})
REV2 = dialect({"IMAP4rev2"})
BOTH = dialect({"IMAP4rev1", "IMAP4rev2"}, {"IMAP4rev2"})
BATCHES = dialect({"IMAP4rev1", "UIDBATCHES"})
FROM = "BODY[HEADER.FIELDS (FROM)]"

CAUGHT = [
    (REV1, "* OK [UIDNEXT x] done\n", 14, "resp-text-code"),
    (REV1, "* OK [READ-ONLY now] done\n", 15, "resp-text"),
    (REV1, "* OK [broken done\n", 17, "resp-text"),
    (REV1, "* 4294967296 EXISTS\n", 2, None),
    (REV1, "* 1 FETCH (UID 4294967296)\n", 15, "nz-number"),
    (REV1, "* 1 FETCH (MODSEQ (9223372036854775808))\n", 19, "mod-sequence-value"),
    (REV1, '* 1 FETCH (INTERNALDATE "31-Feb-2020 00:00:00 +0000")\n', 24, "date-time"),
    (REV1, '* 1 FETCH (INTERNALDATE "29-Feb-2021 00:00:00 +0000")\n', 24, "date-time"),
    (REV1, '* 1 FETCH (INTERNALDATE "01-Jan-2020 24:00:00 +0000")\n', 24, "date-time"),
    (REV1, '* 1 FETCH (INTERNALDATE "01-Jan-2020 00:00:00 +0060")\n', 24, "date-time"),
    (REV1, "* 1 FETCH (UID 5 FLAGS () UID 5)\n", 26, "msg-att"),
    (REV1, '* 1 FETCH (BODY[1] NIL BODY[2] NIL body[1] "x")\n', 35, "msg-att"),
    (REV1, '* 1 FETCH (BODY ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5))\n', 52, "body-type-text"),
    (REV1, '* 1 FETCH (BODY ("message" "rfc822" NIL NIL NIL "7BIT" 5))\n', 56, "body-type-msg"),
    (REV1, '* 1 FETCH (ENVELOPE (NIL NIL ((NIL NIL "g" NIL)) NIL NIL NIL NIL NIL NIL NIL))\n', 47, "address"),
    (REV1, "* 1 FETCH (ENVELOPE (NIL NIL ((NIL NIL NIL NIL)) NIL NIL NIL NIL NIL NIL NIL))\n", 43, "address"),
    (REV1, "* FLAGS (\\Seen \\Recent)\n", 15, "flag-extension"),
    (REV1, '* ESEARCH (TAG "a") UID ALL 1:*\n', 30, "sequence-set"),
    (REV1, '* LIST () "/" "&AGE-"\n', 14, "mailbox"),
    (REV1, '* LIST () "/" "&AOQ"\n', 14, "mailbox"),
    (REV1, '* LIST () "/" "&AOQ-&AOQ-"\n', 14, "mailbox"),
    (REV1, '* LIST () "/" &AOR-\n', 14, "mailbox"),
    (REV2, "* 1 FETCH (BODY[] {3+}\nabc)\n", 20, "literal"),
    (REV2, "* 1 FETCH (FLAGS (\\Recent))\n", 18, "flag-extension"),
    (REV2, "* 5 RECENT\n", 4, None),
    (REV2, "* SEARCH 1 2\n", 2, None),
    (REV2, '* 1 FETCH (BODY ("MESSAGE" "GLOBAL" NIL NIL NIL "8BIT" 5))\n', 56, "body-type-msg"),
    (BATCHES, '* UIDBATCHES (TAG "a") 50:1,100:51\n', 23, "uidbatches-response"),
    (BATCHES, '* UIDBATCHES (TAG "a") 100:51,70:1,80:2\n', 23, "uidbatches-response"),
    (REV1, '* LIST () "/" {5}\n&AGE-\n', 19, "mailbox"),
    (REV1, "* STATUS {4}\n&AOQ (MESSAGES 1)\n", 14, "mailbox"),
    (REV1, '* LSUB () "/" {2}\n\u00e4\n', 19, "mailbox"),
    (REV1, f"* 1 FETCH ({FROM} {{16}}\nFrom: a\nTo: b\n UID 5)\n", 53, "section-msgtext"),
    (REV1, f"* 1 FETCH (UID 5 {FROM} {{13}}\nFrom: a\n\nhi)\n", 61, "section-msgtext"),
    (REV1, "* 1 FETCH (BODY[1.HEADER.FIELDS.NOT (TO)] {6}\nTo:x\n)\n", 47, "section-msgtext"),
]  # fmt: skip

LET_PASS = [
    (REV1, "* OK [XYZZY] done\n"),
    (REV1, "* OK [XYZZY any old ( thing] done\n"),
    (REV1, "* OK text with [brackets]\n"),
    (REV1, "* 4294967295 EXISTS\n"),
    (REV1, "* 0000000000000005 EXISTS\n"),
    (REV1, "* 1 FETCH (UID 4294967295 MODSEQ (9223372036854775807))\n"),
    (REV1, '* 1 FETCH (INTERNALDATE " 1-Jan-2020 23:59:60 -1200")\n'),
    (REV1, '* 1 FETCH (INTERNALDATE "29-feb-2024 00:00:00 +1400")\n'),
    (REV1, "* 1 FETCH (BODY[1] NIL BODY[1]<5> NIL BODY[1.MIME] NIL)\n"),
    (REV1, '* 1 FETCH (BODY ("APPLICATION" "RFC822" NIL NIL NIL "7BIT" 5))\n'),
    (REV1, '* 1 FETCH (BODY ("MESSAGE" "DELIVERY-STATUS" NIL NIL NIL "7BIT" 5))\n'),
    (REV1, '* 1 FETCH (BODY ("MESSAGE" "GLOBAL" NIL NIL NIL "8BIT" 5))\n'),
    (REV1, "* 1 FETCH (FLAGS (\\Recent))\n"),
    (REV1, "* 5 RECENT\n"),
    (REV1, '* LIST () "/" "&AOQ-"\n'),
    (REV1, '* LIST () "/" "R&-D &AOQA5A-"\n'),
    (REV2, '* LIST () "/" "R&D &AGE-"\n'),
    (BATCHES, '* UIDBATCHES (TAG "a") 100:51,50:1\n'),
    (BATCHES, '* UIDBATCHES (TAG "a") 51:100,1:50\n'),
    (REV1, '* LIST () "/" {6}\n&AOQ-x\n'),
    (REV2, '* LIST () "/" {2}\n\u00e4\n'),
    (REV1, "* 1 FETCH (ENVELOPE (NIL {4}\n&AOQ NIL NIL NIL NIL NIL NIL NIL NIL))\n"),
    (REV1, f"* 1 FETCH ({FROM} {{17}}\nfrom: a\n\tTo: b\n)\n"),
    (REV1, f"* 1 FETCH ({FROM} {{2}}\n\n)\n"),
    (REV1, f"* 1 FETCH ({FROM}<0> {{5}}\nTo: b)\n"),
    (REV1, "* 1 FETCH (BODY[HEADER] {7}\nTo: b\n)\n"),
    (REV1, "* 25 FETCH (FLAGS (\\Recent) BODY[1] NIL BODY[2] NIL)\n"),
    (BOTH, "* 5 RECENT\n"),
    (BOTH, "* 1 FETCH (FLAGS (\\Recent))\n"),
    (
        REV1,
        (
            '* 1 FETCH (ENVELOPE (NIL NIL ((NIL NIL "g" NIL)("A" NIL "a" "b.c")(NIL NIL NIL NIL))'
            " NIL NIL NIL NIL NIL NIL NIL))\n"
        ),
    ),
]


def frame(text):
    return text.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("spoken", "text", "offset", "rule"), CAUGHT, ids=lambda v: v[:60] if isinstance(v, str) else ""
)
def test_caught(spoken, text, offset, rule):
    (found,) = check_response(frame(text), spoken)
    assert found.kind in ("strict", "quirk"), found
    assert found.offset == offset, found
    assert rule is None or found.rule == rule, found


@pytest.mark.parametrize(
    ("spoken", "text"), LET_PASS, ids=lambda v: v[:60] if isinstance(v, str) else ""
)
def test_let_pass(spoken, text):
    assert check_response(frame(text), spoken) == ()


def test_a_code_without_text_is_called_what_it_is():
    (found,) = check_response(b"* OK [CLOSED]\r\n", REV1)
    assert (found.quirk, found.offset) == ("missing-text", 13)
    (found,) = check_response(b"* OK [CLOSED] \r\n", REV1)
    assert (found.quirk, found.offset) == ("missing-text", 14)


ORDERED = [
    ("a SELECT x (QRESYNC (1 2 1:9 (1,3,5 2,4,6)))\n", None),
    ("a SELECT x (QRESYNC (1 2 1:9 (1,5,3 2,4,6)))\n", 30),
    ("a SELECT x (QRESYNC (1 2 1:9 (1,3,5 6,4,2)))\n", 36),
    ("a UIDBATCHES 2000 1:4\n", None),
    ("a UIDBATCHES 2000 4:1\n", 18),
    ("a UIDBATCHES 2000 4\n", 19),
]


@pytest.mark.parametrize(("text", "offset"), ORDERED)
def test_clients_go_from_low_to_high(text, offset):
    spoken = dialect({"IMAP4rev1", "QRESYNC", "UIDBATCHES"}, {"QRESYNC"})
    found = check_command(frame(text), spoken)
    assert [one.offset for one in found] == ([] if offset is None else [offset]), found


def test_nul_in_a_literal_is_found_where_it_is():
    found = check_response(b"* 1 FETCH (BODY[] {5}\r\nab\0cd)\r\n", REV1)
    assert [(one.offset, one.rule) for one in found] == [(25, "literal")]


def test_nul_in_a_binary_literal_is_fine():
    frame = b"* 1 FETCH (BINARY[1] ~{5}\r\nab\0cd)\r\n"
    assert check_response(frame, dialect({"IMAP4rev1", "BINARY"})) == ()
