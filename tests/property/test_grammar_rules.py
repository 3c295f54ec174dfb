"""Every rule of every ABNF file: sentences that it makes, and the same with one edit too many.

What is made from the files by one way (generate) is held against another (network, matcher).
"""

from collections import Counter
from functools import cache
from random import Random

import pytest

from conformance.grammar import library
from conformance.grammar.compose import compose
from conformance.grammar.cutter import cut
from conformance.grammar.generate import Sentences, alternatives, edits
from conformance.grammar.matcher import match
from conformance.grammar.network import Network
from conformance.wire.framer import Framer

FOREIGN = {"rfc1939": "POP3", "rfc2449": "POP3", "rfc6856": "POP3", "rfc5321": "SMTP"}
EACH = 6


@cache
def grammar(kind):
    extensions = library.extensions()
    core, frame = library.load("core"), library.load("frame")
    if kind in ("POP3", "SMTP"):
        own = [library.load(name) for name, other in FOREIGN.items() if other == kind]
        return compose([core, *own], [library.load("rfc9051")], framed=False)
    base = library.load(library.BASES[kind])
    return compose([core, base, *extensions, frame], [library.load("rfc9051")])


def skeletons(sentence):
    """Return a sentence without its literals' octets; one rule makes several frames."""
    framer = Framer()
    frames = framer.feed(sentence)
    return b"".join(cut(frame).octets for frame in (*frames, framer.take_rest()))


def kinds(file):
    if file in FOREIGN:
        return [FOREIGN[file]]
    return {"rfc3501": ["rev1"], "rfc9051": ["rev2"]}.get(file, ["rev1", "rev2"])


@cache
def results(kind, name):
    """Return the alternatives a rule's sentences took, and what went wrong with them."""
    rules = grammar(kind)
    network = Network(rules, name)
    sentences = Sentences(rules, Random(f"{kind} {name}"), depth=14)
    wrong, refused = [], 0
    count = len(alternatives(rules, name) & {(name, n) for n in range(200)})
    for _ in range(EACH + 2 * count):
        sentence = skeletons(sentences.sentence(name))
        if match(network, sentence) is not None:
            wrong.append(sentence)
    for _ in range(4):
        edited = edits(sentence, Random(len(sentence)), lambda it: match(network, it) is None)
        refused += edited is not None
    used = Counter({number: n for (rule, number), n in sentences.used.items() if rule == name})
    return used, wrong, refused


@pytest.mark.parametrize("file", library.names())
def test_every_rule_makes_sentences_and_refuses_others(file):
    reached = 0
    for rule in library.load(file).rules:
        name = rule.name.lower()
        for kind in kinds(file):
            if name not in grammar(kind).rules:
                continue
            used, wrong, refused = results(kind, name)
            assert not wrong, (rule.name, wrong[0])
            assert refused, f"{rule.name} refuses nothing"
            assert used[-1]
            reached += 1
    assert reached >= len(library.load(file).rules)


def test_nearly_every_alternative_is_taken():
    missed = []
    total = 0
    for file in library.names():
        for rule in library.load(file).rules:
            name = rule.name.lower()
            for kind in kinds(file):
                rules = grammar(kind)
                if name not in rules.rules:
                    continue
                numbers = {n for key, n in alternatives(rules, name) if key == name and n >= 0}
                used, _, _ = results(kind, name)
                total += len(numbers)
                missed += [(rule.name, n) for n in numbers if not used[n]]
    assert len(missed) <= total // 20, missed[:20]
