"""Sets: of real numbers in what servers send, and in order where an RFC asks for it."""

from conformance.grammar.nodes import Cat, Guard, Lit, Ref, Rep, replaced
from conformance.grammar.strict.rules import SP, Rules, add, first_words, put

__all__ = ["descending", "numbers", "paired"]


def numbers(rules: Rules) -> None:
    """Let sets in responses name real numbers: no '*', no '$'."""
    if "sequence-set" not in rules:
        return
    number = Ref("nz-number")
    span = Cat((number, Rep(Cat((Lit(b":"), number)), 0, 1)))
    node = Cat((span, Rep(Cat((Lit(b","), span)), 0, None)))
    plain = add(rules, "sequence-set-of-numbers", "sequence-set", node)
    for name in ("search-return-data", "expunged-resp", "known-uids", "known-sequence-set"):
        if name in rules:
            put(rules, name, replaced(rules[name].node, Ref("sequence-set"), plain))
    data = rules.get("search-return-data")
    if data is not None and "search-modifier-name" in rules:
        words = frozenset(first_words(data.node, rules))
        guard = Guard(
            rules["search-modifier-name"].node,
            words=words,
            says="known search data without its proper value",
            section=data.section,
        )
        put(rules, "search-modifier-name", guard)


def descending(rules: Rules) -> None:
    """Let UIDBATCHES go from the highest UIDs down (RFC 10022 section 3.1.2)."""
    if "uidbatches-response" not in rules:
        return
    ranges = Cat((Ref("uid-range"), Rep(Cat((Lit(b","), Ref("uid-range"))), 0, None)))
    ordered = Guard(
        ranges,
        "descending",
        says="not in order: from the highest UIDs down to the lowest",
        section="RFC10022:3.1.2",
    )
    node = Cat(
        (Lit(b"UIDBATCHES"), Ref("search-correlator"), Rep(Cat((SP, ordered)), 0, 1)),
    )
    put(rules, "uidbatches-response", node)


def paired(rules: Rules) -> None:
    """Let clients go from low to high in QRESYNC's known messages and in a range of batches."""
    for name in ("known-sequence-set", "known-uid-set"):
        if name in rules:
            ordered = Guard(
                rules[name].node,
                "ascending",
                says="not in ascending order",
                section="RFC7162:3.2.5.2",
            )
            put(rules, name, ordered)
    if "message-batches" in rules:
        number = Ref("nz-number")
        span = Cat((number, Lit(b":"), number))
        ordered = Guard(
            span, "low to high", says="not from the lowest to the highest", section="RFC10022:3.1.5"
        )
        node = Cat((Lit(b"UIDBATCHES"), SP, number, Rep(Cat((SP, ordered)), 0, 1)))
        put(rules, "message-batches", node)
