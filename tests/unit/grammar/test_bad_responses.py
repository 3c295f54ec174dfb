"""Responses that are wrong, each in another way: the octet to blame and what should stand there.

``¦`` marks the octet (counted without the mark), ``\\n`` stands for CRLF.
"""

import pytest

from conformance.grammar import check_response, dialect

REV1 = {"IMAP4rev1", "UIDPLUS", "QRESYNC", "ESEARCH", "NAMESPACE", "SORT", "THREAD=REFERENCES"} | {
    "ACL",
    "QUOTA",
    "ID",
    "LIST-EXTENDED",
    "BINARY",
    "METADATA",
}
TEXT = '("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "7BIT" 5 1)'
ENVELOPE = '"Mon, 7 Feb 1994 21:52:25 -0800" "Hi" '
ALICE = '(("Alice" NIL "alice" "example.org"))'

CASES = [
    # At the front
    ("FETCH ¦1 (UID 5)\n", ("'OK'", "'NO'", "'BAD'")),
    ("¦\n", ("'*'", "a tag", "'+'")),
    ("*¦OK done\n", ("a space",)),
    ("* ¦ OK done\n", None),
    ("a1 ¦DONE\n", ("'OK'", "'NO'", "'BAD'")),
    ("a1 OK¦\n", ("a space",)),
    ("* OK¦AY done\n", ("a space",)),
    ("+¦\n", ("a space",)),
    ("* ¦-1 EXISTS\n", None),
    ("* ¦EXISTS 5\n", None),
    # Status responses and codes
    ("a1 OK [UIDNEXT ¦abc] x\n", ("a number above 0",)),
    ("a1 OK [UIDNEXT ¦0] x\n", ("a number above 0",)),
    ("a1 OK [UIDVALIDITY 5¦ ] x\n", ("']'",)),
    ("a1 OK [APPENDUID 5¦] x\n", ("a space",)),
    ("a1 OK [COPYUID 5 1:2 ¦*] x\n", ("a set of UIDs",)),
    ("* OK [PERMANENTFLAGS ¦\\Seen] x\n", ("'('",)),
    ("* OK [PERMANENTFLAGS (\\Seen¦] x\n", ("a space", "')'")),
    ("* OK [UNSEEN 1]¦x\n", ("a space",)),
    ("* OK [HIGHESTMODSEQ ¦-4] x\n", ("a number above 0",)),
    ("* OK text with ¦\x00 in it\n", ("CRLF",)),
    ("* OK caf¦é\n", ("CRLF",)),
    ("* OK two¦\rlines\n", ("CRLF",)),
    # Numbers alone
    ("* 5 ¦EXISTZ\n", ("'EXISTS'", "'RECENT'", "'EXPUNGE'", "'FETCH'")),
    ("* 0 ¦EXPUNGE\n", ("'EXISTS'", "'RECENT'")),
    ("* 5¦EXISTS\n", ("a space",)),
    ("* 5 EXISTS¦ \n", ("CRLF",)),
    ("* 5 EXPUNGE¦ now\n", ("CRLF",)),
    # Flags
    ("* FLAGS ¦\\Seen\n", ("a list of flags in parentheses",)),
    ("* FLAGS (\\Seen ¦)\n", ("a flag",)),
    ("* FLAGS (\\Seen¦\n", ("a space", "')'")),
    ("* FLAGS (\\Seen¦\\Draft)\n", ("a space", "')'")),
    ("* FLAGS (\\¦)\n", ("an atom",)),
    ('* FLAGS (¦"x")\n', ("a flag", "')'")),
    # Mailboxes
    ('* LIST ¦NIL "/" x\n', ("mailbox attributes in parentheses",)),
    ("* LIST () ¦/ x\n", ("'\"'", "NIL")),
    ('* LIST () "/¦/" x\n', ("'\"'",)),
    ('* LIST () "/"¦\n', ("a space",)),
    ('* LIST () "/" ¦(x)\n', ("a mailbox name",)),
    ('* LIST (¦Marked) "/" x\n', None),
    ("* STATUS x ¦MESSAGES 5\n", ("'('",)),
    ("* STATUS x (MESSAGES¦)\n", ("a space",)),
    ("* STATUS x (MESSAGES ¦many)\n", ("a number",)),
    ("* STATUS x (¦NEWS 5)\n", ("a status item", "')'")),
    ("* SEARCH 1 ¦0\n", ("a number above 0",)),
    ("* SEARCH 1¦,2\n", ("a space", "CRLF")),
    ("* SEARCH ¦\n", ("a number above 0",)),
    ("* CAPABILITY IMAP4rev1 ¦\n", ("a capability",)),
    # FETCH, at the front, middle and end
    ("* 1 FETCH ¦FLAGS ()\n", ("FETCH data in parentheses",)),
    ("* 1 FETCH (UID 5 ¦FLAG (\\Seen))\n", ("a FETCH data item",)),
    ("* 1 FETCH (UID ¦0)\n", ("a UID",)),
    ("* 1 FETCH (UID 5¦,6)\n", ("a space", "')'")),
    ("* 1 FETCH (UID 5)¦)\n", ("CRLF",)),
    ("* 1 FETCH (UID 5¦\n", ("a space", "')'")),
    ("* 1 FETCH (UID 5 ¦)\n", ("a FETCH data item",)),
    ("* 1 FETCH (FLAGS ¦NIL)\n", ("'('",)),
    ('* 1 FETCH (RFC822.SIZE ¦"5")\n', ("a number",)),
    ("* 1 FETCH (MODSEQ ¦5)\n", ("'('",)),
    ("* 1 FETCH (INTERNALDATE ¦17-Jul-1996)\n", ("a date and time in quotes",)),
    ('* 1 FETCH (INTERNALDATE "17-Jul¦i-1996 02:44:25 -0700")\n', None),
    ('* 1 FETCH (INTERNALDATE "17-Jul-96¦ 02:44:25 -0700")\n', None),
    ('* 1 FETCH (INTERNALDATE "17-Jul-1996 02:44:25 ¦GMT")\n', ("a zone such as +0000",)),
    ("* 1 FETCH (BODY[¦0] NIL)\n", None),
    ("* 1 FETCH (BODY[1.¦] NIL)\n", None),
    ("* 1 FETCH (BODY[HEADER.FIELDS ¦DATE] NIL)\n", ("header field names in parentheses",)),
    ("* 1 FETCH (BODY[]¦NIL)\n", ("a space", "'<'")),
    ("* 1 FETCH (BODY[]<5¦.10> NIL)\n", ("'>'",)),
    ("* 1 FETCH (BODY[] ¦hello)\n", ("a string or NIL",)),
    # After literals
    ("* 1 FETCH (BODY[] {5}\nhello¦UID 5)\n", ("a space", "')'")),
    ("* 1 FETCH (BODY[] {5}\nhello UID ¦x)\n", ("a UID",)),
    ('* 1 FETCH (BODY[1] {3}\n("{ BODY[2] {4}\n)"}\\ UID¦)\n', ("a space",)),
    # Envelopes
    (f'* 1 FETCH (ENVELOPE ({ENVELOPE}¦"Alice" NIL NIL NIL NIL NIL NIL NIL))\n', None),
    (
        f"* 1 FETCH (ENVELOPE ({ENVELOPE}{ALICE} {ALICE} {ALICE} {ALICE} NIL NIL NIL¦))\n",
        ("a space",),
    ),
    (
        f'* 1 FETCH (ENVELOPE ({ENVELOPE}(("Alice" NIL "alice"¦)) NIL NIL NIL NIL NIL NIL NIL))\n',
        ("a space",),
    ),
    (
        f"* 1 FETCH (ENVELOPE ({ENVELOPE}(¦) NIL NIL NIL NIL NIL NIL NIL))\n",
        ("an address in parentheses",),
    ),
    # Bodies, in the depth
    (f"* 1 FETCH (BODY ({TEXT}{TEXT} ¦MIXED))\n", ("a media subtype as a string",)),
    (f"* 1 FETCH (BODY ({TEXT}{TEXT}¦))\n", ("a space", "a body structure in parentheses")),
    (
        f'* 1 FETCH (BODY (({TEXT}("TEXT" "HTML" ¦x NIL NIL "7BIT" 5 1) "ALTERNATIVE"){TEXT} "MIXED"))\n',
        ("parameters in parentheses or NIL",),
    ),
    ('* 1 FETCH (BODY ("TEXT" "PLAIN" ("CHARSET"¦) NIL NIL "7BIT" 5 1))\n', ("a space",)),
    ('* 1 FETCH (BODY ("IMAGE" "PNG" NIL NIL NIL ¦NIL 5))\n', ("a transfer encoding as a string",)),
    ('* 1 FETCH (BODY ("IMAGE" "PNG" NIL NIL NIL "BASE64" ¦"5"))\n', ("a number of octets",)),
    (
        '* 1 FETCH (BODYSTRUCTURE ("IMAGE" "PNG" NIL NIL NIL "BASE64" 5 NIL ¦"inline"))\n',
        ("a disposition in parentheses or NIL",),
    ),
    # Extensions
    ('* ESEARCH (¦"a1") UID\n', ("'TAG'",)),
    ('* ESEARCH (TAG "a1") UID COUNT ¦x\n', ("a number",)),
    ("* VANISHED ¦(LATER) 5\n", None),
    ("* VANISHED (EARLIER) ¦\n", None),
    ("* THREAD (1 ¦)\n", None),
    ('* NAMESPACE (("" "/"))¦\n', ("a space",)),
    ('* ID ¦"name"\n', None),
    ('* QUOTA "" (STORAGE 5¦)\n', ("a space",)),
    ("* ACL x alice¦\n", ("a space",)),
]


def parts(text):
    """Return octets and offset of a case."""
    before, after = (piece.replace("\n", "\r\n").encode() for piece in text.split("¦"))
    return before + after, len(before)


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_the_offset_is_exact_and_the_expectation_reads_well(text, expected):
    frame, offset = parts(text)
    found = check_response(frame, dialect(REV1, {"QRESYNC"}))
    assert [one.offset for one in found] == [offset], found
    if expected is not None:
        assert set(expected) <= set(found[0].expected), found[0].expected
        assert len(found[0].expected) <= 4 or len(expected) >= 3
    assert found[0].message
    assert found[0].section.startswith("RFC")
    assert found[0].stack[-1] == found[0].rule


def test_there_are_many_kinds():
    assert len(CASES) >= 60
    assert len({text for text, _ in CASES}) == len(CASES)
