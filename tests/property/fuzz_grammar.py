"""Fuzz the fast path against the exact matcher: ``python -m tests.property.fuzz_grammar [COUNT]``.

Prints how many comparisons were made, how many frames the fast path took, and each frame that it
took although the exact matcher refuses it (there should be none).
"""

import sys
from random import Random

from conformance.grammar import dialect, library
from conformance.grammar.cutter import cut
from conformance.grammar.dialect import CLIENT, SERVER
from conformance.grammar.generate import Sentences, edits
from conformance.grammar.matcher import match

ALL = frozenset().union(*(file.capabilities for file in library.extensions()))
DIALECTS = (
    dialect({"IMAP4rev1"}),
    dialect({"IMAP4rev2"}),
    dialect(ALL | {"IMAP4rev1"}, {"QRESYNC", "UIDONLY", "UTF8=ACCEPT"}),
    dialect(ALL | {"IMAP4rev1", "IMAP4rev2"}, {"IMAP4rev2", "QRESYNC"}),
)
EDITS = 30


def main(count: int, seed: int = 1) -> int:
    """Make ``count`` comparisons; return 1 if any went wrong."""
    random = Random(seed)
    compared = taken = missed = wrong = 0
    share = count // (len(DIALECTS) * 4)
    for spoken in DIALECTS:
        for root, part in ((SERVER, 3 * share), (CLIENT, share)):
            (grammar,) = spoken.grammars(root, strict=True)
            (network,) = spoken.networks(root, strict=True)
            quick = spoken.quick_response if root == SERVER else spoken.quick_command
            sentences = Sentences(grammar, random, depth=random.choice((12, 18)))
            end = compared + part
            while compared < end:
                sentence = cut(sentences.sentence(root)).octets
                missed += not quick(sentence)
                for octets in (
                    sentence,
                    *(edits(sentence, random, lambda _: False) for _ in range(EDITS)),
                ):
                    compared += 1
                    if octets and quick(octets):
                        taken += 1
                        if match(network, octets) is not None:
                            wrong += 1
                            print(f"wrongly taken: {octets!r}")
    print(f"{compared:,} comparisons, {taken:,} taken at once, {wrong} of them wrongly;")
    print(f"{missed:,} sentences were left to the exact matcher")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:] or ["100000"])))
