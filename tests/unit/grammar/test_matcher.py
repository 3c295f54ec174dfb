"""The exact matcher on grammars that lead others astray."""

import pytest

from conformance.grammar import dialect
from conformance.grammar.abnf_reader import read
from conformance.grammar.compose import GrammarError, compose
from conformance.grammar.cutter import cut
from conformance.grammar.dialect import SERVER
from conformance.grammar.matcher import match
from conformance.grammar.network import Network
from conformance.grammar.reasons import violation
from tests.unit.grammar.test_bad_responses import CASES, REV1, parts


def accepts(text, octets, root="s"):
    return match(Network(compose([read(text)]), root), octets) is None


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ('s = ("a" / "ab") "c"\n', [b"ac", b"abc", b"AbC"], [b"a", b"abb", b"abcc"]),
        ('s = *"a" "a"\n', [b"a", b"aaaa"], [b"", b"ab"]),
        ('s = ["a"] "a" ["a"]\n', [b"a", b"aa", b"aaa"], [b"", b"aaaa"]),
        ('s = s "x" / "x"\n', [b"x", b"xxx"], [b""]),
        ('s = *t\nt = *"x"\n', [b"", b"xx"], [b"y"]),
        ('s = "(" *s ")"\n', [b"()", b"((()())())"], [b"(", b"())"]),
        ('s = t u\nt = "a" / "a" "b"\nu = "b" "c" / "c"\n', [b"abc", b"ac", b"abbc"], [b"ab"]),
        ('s = %s"a" %x80-ff\n', [b"a\x80", b"a\xff"], [b"A\x80", b"a\x7f"]),
        ('s = 2*3"a"\n', [b"aa", b"aaa"], [b"a", b"aaaa"]),
        ('s = e s2\ne = ["x"]\ns2 = e "y"\n', [b"y", b"xy", b"xxy"], [b"xxxy"]),
    ],
)
def test_sentences(text, yes, no):
    assert all(accepts(text, octets) for octets in yes)
    assert not any(accepts(text, octets) for octets in no)


def test_nesting_has_no_limit():
    text = 's = "(" *s ")"\n'
    assert accepts(text, b"(" * 9_000 + b")" * 9_000)


def test_the_failure_is_the_furthest():
    network = Network(compose([read('s = "a" "b" "c" / "a" "x"\n')]), "s")
    failure = match(network, b"abx")
    assert failure is not None
    assert failure.offset == 2


def test_steps_run_out():
    network = Network(compose([read('s = *("a" / "a" "a")\n')]), "s")
    failure = match(network, b"a" * 500, steps=200)
    assert failure is not None
    assert failure.exhausted


def test_a_missing_rule_is_named():
    with pytest.raises(GrammarError, match="no rule 'u'"):
        Network(compose([read("s = u\n")]), "s")


@pytest.mark.parametrize("strict", [False, True])
def test_words_taken_as_a_whole_change_no_explanation(strict):
    spoken = dialect(REV1, {"QRESYNC"})
    (grammar,) = spoken.grammars(SERVER, strict=strict)
    (network,) = spoken.networks(SERVER, strict=strict)
    plain = Network(grammar, SERVER)
    told = 0
    for text, _ in CASES:
        skeleton = cut(parts(text)[0])
        with_words, without = (_told(skeleton, one) for one in (network, plain))
        assert with_words == without, text
        told += without is not None
    assert told > 60


def _told(skeleton, network):
    failure = match(network, skeleton.octets)
    if failure is None:
        return None
    told = violation(skeleton, failure)
    return told.offset, told.rule, sorted(told.expected)
