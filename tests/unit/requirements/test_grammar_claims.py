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
    "basic": b'* 1 FETCH (BODY ("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 1))\r\n',
}
CLAIMS = {
    "RFC9051:2.2/1": "2.2",
    "RFC9051:2.3.1.1/13": "uid",
    "RFC9051:4.1.1/1": "uid set",
    "RFC9051:4.3/1": "literal",
    "RFC9051:4.3.1/6": "binary",
    "RFC9051:7/2": "prefix",
    "RFC9051:7.1/1": "range",
    "RFC9051:7.5.2/9": "order",
    "RFC9051:9/1": "spaces",
    "RFC9051:9/3": "nul",
    "RFC9051:9/5": "basic",
    "RFC3501:2.2/1": "2.2",
    "RFC3501:2.3.1.1/11": "uid",
    "RFC3501:4.3/2": "quoted",
    "RFC3501:4.3.1/3": "binary",
    "RFC3501:7/2": "prefix",
    "RFC3501:7.4.2/5": "order",
    "RFC3501:9/1": "spaces",
    "RFC3501:9/4": "basic",
}
SPEAKS = {"RFC9051": "IMAP4rev2", "RFC3501": "IMAP4rev1"}


def test_every_claim_has_its_example():
    base = [catalogue().documents[rfc] for rfc in SPEAKS]
    claimed = {r.id for each in base for r in each.requirements if "grammar" in r.checks}
    assert claimed == set(CLAIMS)


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_grammar_check_rejects_the_example(claim):
    spoken = dialect(frozenset({SPEAKS[claim.partition(":")[0]]}), frozenset())
    assert check_response(BROKEN[CLAIMS[claim]], spoken)


@pytest.mark.parametrize("capability", SPEAKS.values())
def test_the_same_responses_without_the_fault_pass(capability):
    spoken = dialect(frozenset({capability}), frozenset())
    for response in (
        b"* 5 EXISTS\r\n",
        b"* 1 FETCH (UID 4294967295)\r\n",
        b'* LIST () "/" {3}\r\nabc\r\n',
        b"* 1 FETCH (BODYSTRUCTURE (" + STRUCTURE + b' "MIXED" ("a" "b") ("inline" NIL)))\r\n',
    ):
        assert not check_response(response, spoken), response
