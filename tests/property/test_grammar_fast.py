"""The fast path never accepts what the exact matcher refuses: on sentences, and on edited ones."""

import re
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.grammar import dialect, library
from conformance.grammar.cutter import cut, stripped
from conformance.grammar.dialect import CLIENT, SERVER
from conformance.grammar.generate import Sentences, edits
from conformance.grammar.matcher import match
from conformance.grammar.network import Network
from conformance.grammar.recursion import LITERAL

ALL = frozenset().union(*(file.capabilities for file in library.extensions()))
DIALECTS = {
    "rev1": dialect({"IMAP4rev1"}),
    "rev2": dialect({"IMAP4rev2"}),
    "everything": dialect(ALL | {"IMAP4rev1"}, {"QRESYNC", "UIDONLY", "UTF8=ACCEPT"}),
}


@cache
def tools(name, root):
    spoken = DIALECTS[name]
    (narrow,) = spoken.grammars(root, strict=True)
    (network,) = spoken.networks(root, strict=True)
    quick = spoken.quick_response if root == SERVER else spoken.quick_command
    return narrow, network, quick


@pytest.mark.parametrize("root", [SERVER, CLIENT])
@pytest.mark.parametrize("name", DIALECTS)
def test_on_sentences_and_edits(name, root):
    narrow, network, quick = tools(name, root)
    random = Random(f"{name} {root}")
    sentences = Sentences(narrow, random)
    quickly = 0
    for _ in range(250):
        octets = cut(sentences.sentence(root)).octets
        assert match(network, octets) is None, octets
        quickly += quick(octets)
        for _ in range(4):
            edited = edits(octets, random, lambda _: False)
            if quick(edited):
                assert match(network, edited) is None, edited
    assert quickly > 200  # else it would be of no use


@pytest.mark.parametrize("root", [SERVER, CLIENT])
@pytest.mark.parametrize("name", ["rev1", "everything"])
def test_the_exact_matcher_finds_the_same_without_its_shortcuts(name, root):
    narrow, network, _ = tools(name, root)
    plain = Network(narrow, root)
    random = Random(f"{name} {root} plain")
    sentences = Sentences(narrow, random, depth=20)
    for _ in range(120):
        octets = cut(sentences.sentence(root)).octets
        for one in (octets, *(edits(octets, random, lambda _: False) for _ in range(4))):
            short, long = match(network, one), match(plain, one, steps=10**7)
            assert (short is None) == (long is None), one
            assert short is None or short.offset == long.offset, one


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(sorted(DIALECTS)),
    st.lists(
        st.sampled_from(
            [
                b"* ",
                b"1 ",
                b"FETCH ",
                b"(",
                b")",
                b" ",
                b"UID 5",
                b"FLAGS ()",
                b"BODY ",
                b'"',
                b"NIL",
                b'"TEXT"',
                b'"PLAIN"',
                b"\r\n",
                b"\n",
                b"\\",
                b"{3}\r\n",
                b"abc",
                b"OK",
                b"[",
                b"]",
                b"\xf5",
                b"\xff",
                b"\xc3\xa4",
                b"\x00",
                b"LIST",
                b"&",
                b"-",
                b'("A" "B" NIL NIL NIL "C" 1)',
            ]
        ),
        max_size=14,
    ),
)
def test_on_pieces(name, pieces):
    octets = b"".join(pieces)
    _, network, quick = tools(name, SERVER)
    for end in (b"", b"\r\n", b"\n", b"\r\n\n"):
        if stripped(octets + end) == octets + end and DIALECTS[name].takes_response(octets + end):
            assert match(network, octets + end) is None
        if quick(octets + end):
            assert match(network, octets + end) is None


@given(st.binary(max_size=60), st.lists(st.binary(max_size=9), max_size=3))
def test_both_ways_to_cut_literals_out_agree(before, payloads):
    frame = before + b"".join(b"{%d}\r\n%b x" % (len(one), one) for one in payloads) + b"\r\n"
    plain = stripped(frame)
    if plain is not None:
        assert b"\0" not in frame
        heads = re.compile(rb"\{[0-9]+\}\r\n(?!\Z)")
        assert plain == heads.sub(bytes((LITERAL,)), cut(frame).octets)
        assert not cut(frame).short


@given(st.lists(st.binary(max_size=9), max_size=3), st.integers(0, 40))
def test_offsets_lead_back_into_the_frame(payloads, position):
    frame = b"".join(b"x {%d}\r\n%b" % (len(one), one) for one in payloads) + b" UID 5)\r\n"
    skeleton = cut(frame)
    if position < len(skeleton.octets):
        offset = skeleton.offset(position)
        assert frame[offset] == skeleton.octets[position]
