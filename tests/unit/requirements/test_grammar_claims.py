"""Each requirement said to be covered by the grammar check has a response that the check rejects."""

import pytest

from conformance.grammar import check_response, dialect
from conformance.requirements.catalogue import catalogue

STRUCTURE = b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)'
BROKEN = {
    "2.2": b"* 5 EXISTS\n",
    "uid": b"* 1 FETCH (UID 4294967296)\r\n",
    "uid set": b"a OK [COPYUID 1 1:* 2:3] done\r\n",
    "literal": b'* LIST () "/" {3+}\r\nabc\r\n',
    "binary": b"* 1 FETCH (BODY[1] {3}\r\na\0b)\r\n",
    "quoted": '* LIST () "/" "é"\r\n'.encode(),
    "prefix": b"5 EXISTS\r\n",
    "range": b"a OK [APPENDUID 1 5:5] done\r\n",
    "order": b"* 1 FETCH (BODYSTRUCTURE (" + STRUCTURE + b' "MIXED" ("inline" NIL) ("a" "b")))\r\n',
    "spaces": b"* 5  EXISTS\r\n",
    "nul": b'* LIST () "/" "a\0b"\r\n',
    "8-bit name": b'* LIST () "/" "x\xc3\xa9"\r\n',
    "8-bit prefix": b'* NAMESPACE (("\xc3\xa9" "/")) NIL NIL\r\n',
    "printable encoded": b'* LIST () "/" "&AGE-b"\r\n',
    "unfinished base64": b'* LIST () "/" "a&AOk"\r\n',
    "long separator": b'* LIST () "//" x\r\n',
    "usage": b'* QUOTA "" (STORAGE 9223372036854775808 1)\r\n',
    "limit": b'* QUOTA "" (STORAGE 1 none)\r\n',
    "object id": b"* OK [MAILBOXID (a.b)] done\r\n",
    "unasked": b"* XFOO bar\r\n",
    "unknown": b"* FOO bar\r\n",
    "basic": b'* 1 FETCH (BODY ("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 1))\r\n',
}
CLAIMS = {
    "RFC9051:2.2/1": "2.2",
    "RFC9051:2.3.1.1/13": "uid",
    "RFC9051:4.1.1/1": "uid set",
    "RFC9051:4.3/1": "literal",
    "RFC9051:4.3.1/6": "binary",
    "RFC9051:5.1.1/1": "long separator",
    "RFC9051:6.5/2": "unasked",
    "RFC9051:7/2": "prefix",
    "RFC9051:7.1/1": "range",
    "RFC9051:7.5.2/9": "order",
    "RFC9051:9/1": "spaces",
    "RFC9051:9/3": "nul",
    "RFC9051:9/5": "basic",
    "RFC9051:A/1": "quoted",
    "RFC9051:A.1/1": "printable encoded",
    "RFC9051:A.1/2": "unfinished base64",
    "RFC3501:2.2/1": "2.2",
    "RFC3501:2.3.1.1/11": "uid",
    "RFC3501:4.3/2": "quoted",
    "RFC3501:4.3.1/3": "binary",
    "RFC3501:5.1/2": "8-bit name",
    "RFC3501:5.1.1/1": "long separator",
    "RFC3501:5.1.3/1": "printable encoded",
    "RFC3501:5.1.3/2": "unfinished base64",
    "RFC3501:6.5.1/2": "unknown",
    "RFC3501:6.5.1/3": "unasked",
    "RFC3501:7/2": "prefix",
    "RFC3501:7.4.2/5": "order",
    "RFC3501:9/1": "spaces",
    "RFC3501:9/4": "basic",
    "RFC2342:6/1": "8-bit prefix",
    "RFC4315:3/4": "range",
    "RFC4315:3/9": "uid set",
    "RFC6855:3/2": "quoted",
    "RFC7888:3/1": "literal",
    "RFC8474:7/2": "object id",
    "RFC9208:3.1.2/2": "usage",
    "RFC9208:3.1.2/3": "limit",
}
BOTH = ("IMAP4rev1", "IMAP4rev2")
SPEAKS = {
    "RFC9051": ("IMAP4rev2",),
    "RFC9051:A": BOTH,
    "RFC9051:A.1": BOTH,
    "RFC3501": ("IMAP4rev1",),
    "RFC2342": ("IMAP4rev1", "NAMESPACE"),
    "RFC4315": ("IMAP4rev1", "UIDPLUS"),
    "RFC6855": ("IMAP4rev1", "UTF8=ACCEPT"),
    "RFC7888": ("IMAP4rev1", "LITERAL+"),
    "RFC8474": ("IMAP4rev1", "OBJECTID"),
    "RFC9208": ("IMAP4rev1", "QUOTA", "QUOTA=RES-STORAGE"),
}


def test_every_claim_has_its_example():
    claimed = {r.id for r in catalogue().requirements.values() if "grammar" in r.checks}
    assert claimed == set(CLAIMS)


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_grammar_check_rejects_the_example(claim):
    section = claim.partition("/")[0]
    spoken = dialect(frozenset(SPEAKS.get(section) or SPEAKS[section.split(":")[0]]), frozenset())
    assert check_response(BROKEN[CLAIMS[claim]], spoken)


@pytest.mark.parametrize("capability", BOTH)
def test_the_same_responses_without_the_fault_pass(capability):
    spoken = dialect(frozenset({capability}), frozenset())
    for response in (
        b"* 5 EXISTS\r\n",
        b"* 1 FETCH (UID 4294967295)\r\n",
        b'* LIST () "/" {3}\r\nabc\r\n',
        b"* 1 FETCH (BODYSTRUCTURE (" + STRUCTURE + b' "MIXED" ("a" "b") ("inline" NIL)))\r\n',
    ):
        assert not check_response(response, spoken), response
