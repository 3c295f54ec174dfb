"""A second and a third opinion: PyPI's abnf with its grammar of RFC 9051, and imap-codec.

Sentences and edited sentences are judged by both. Where a peer disagrees, the case has to be
one of those listed here, each with the passage that settles it.
"""

import re
from functools import cache
from random import Random

import pytest

from conformance.grammar import dialect, library
from conformance.grammar.compose import compose
from conformance.grammar.dialect import SERVER
from conformance.grammar.generate import Sentences, edits
from conformance.grammar.matcher import match
from conformance.grammar.network import Network

abnf = pytest.importorskip("abnf")
imap_codec = pytest.importorskip("imap_codec")
SENTENCES = 350

ABNF_SETTLED = {
    "RFC 9051 section 6.4.5.1 and RFC 3516 section 4.3: a partial BINARY has its origin octet": (
        rb"BINARY\[[0-9.]*\]<"
    ),
    "framing: DONE (RFC 9051 section 6.3.13) and SASL data (6.2.2) come in frames of their own": (
        rb"\S+ (?:IDLE|AUTHENTICATE )"
    ),
}
CODEC_SETTLED = {
    "RFC 3501 section 9, greeting: another part of imap-codec decodes PREAUTH": rb"\* PREAUTH",
    "RFC 3501 section 7.1: known response codes keep their arguments; imap-codec falls back to text": (
        rb"\S+ (?:OK|NO|BAD|BYE) \["
    ),
    "RFC 3501 section 9, continue-req: '+ ' and text; imap-codec reads base64 and codes by itself": (
        rb"\+"
    ),
    "RFC 3501 section 9, capability-data: IMAP4rev1 is among the capabilities": rb"\* CAPABILITY",
    "RFC 3501 section 2.2: lines end in CRLF; imap-codec is built to take LF too": rb"(?s).*[^\r]\n",
    "RFC 3501 section 9, time and date-year: any two and four digits; a minute may have 61 seconds": (
        rb'.* INTERNALDATE "[^"]*(?::60 |-0\d{3} )'
    ),
    "RFC 3501 section 9, nz-number: begins with no 0": rb".*[^0-9]0[0-9]",
    "RFC 3501 section 5.1.3: a mailbox name is modified UTF-7": rb"\* (?:LIST|LSUB|STATUS) .*&",
}


@cache
def rev2():
    return compose([library.load(name) for name in ("core", "rfc9051", "frame")])


def parses(rule, octets):
    try:
        rule.parse_all(octets.decode("latin-1"))
    except abnf.ParseError:
        return False
    return True


def unsettled(octets, settled):
    return not any(re.match(pattern, octets, re.IGNORECASE) for pattern in settled.values())


@pytest.mark.parametrize("root", ["response-data", "response-tagged", "continue-req", "command"])
def test_abnf_agrees(root):
    from abnf.grammars import rfc9051

    network, random = Network(rev2(), root), Random(root)
    sentences, theirs = Sentences(rev2(), random, depth=12), rfc9051.Rule(root)
    both = {True: 0, False: 0}
    for _ in range(SENTENCES):
        sentence = sentences.sentence(root)
        for octets in (sentence, edits(sentence, random, lambda _: False)):
            if b"{" in octets or len(octets) > 200:
                continue  # abnf cannot count a literal, and takes long
            ours = match(network, octets) is None
            if ours == parses(theirs, octets):
                both[ours] += 1
            else:
                assert not unsettled(octets, ABNF_SETTLED), (ours, octets)
    assert min(both.values()) > 20


def decodes(octets):
    failures = (
        imap_codec.DecodeFailed,
        imap_codec.DecodeIncomplete,
        imap_codec.DecodeLiteralFound,
    )
    try:
        rest, _ = imap_codec.ResponseCodec.decode(octets)
    except failures:
        return False
    return rest == b""


def test_imap_codec_agrees():
    spoken = dialect({"IMAP4rev1"})
    (grammar,) = spoken.grammars(SERVER, strict=True)
    (network,) = spoken.networks(SERVER, strict=True)
    random = Random("imap-codec")
    sentences = Sentences(grammar, random, depth=14)
    both = {True: 0, False: 0}
    for _ in range(6 * SENTENCES):
        sentence = sentences.sentence(SERVER)
        for octets in (sentence, edits(sentence, random, lambda _: False)):
            if b"{" in octets:
                continue
            ours = match(network, octets) is None
            if ours == decodes(octets):
                both[ours] += 1
            else:
                assert not unsettled(octets, CODEC_SETTLED), (ours, octets)
    assert min(both.values()) > 300
