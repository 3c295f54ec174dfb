"""Known response codes keep their arguments; what begins with '[' is one (RFC 9051 section 7.1)."""

from conformance.grammar.compose import single
from conformance.grammar.nodes import Alt, Cat, Chars, Guard, Lit, Node, Ref, Rep
from conformance.grammar.strict.rules import SP, Rules, add, first_words, put

__all__ = ["response_codes"]


def response_codes(rules: Rules) -> None:
    """Hold known response codes to their own syntax: '[' in the text begins a code."""
    code = rules["resp-text-code"].node
    known = frozenset(first_words(code, rules))
    atom = Guard(
        Ref("atom"),
        words=known,
        says="a known response code without its proper arguments",
        section="RFC9051:7.1",
    )
    items = code.items if isinstance(code, Alt) else (code,)
    narrow = tuple(
        Cat((atom, *item.items[1:]))
        if isinstance(item, Cat) and item.items[0] == Ref("atom")
        else item
        for item in items
    )
    put(rules, "resp-text-code", Alt(narrow))
    text = rules["text"].node
    if isinstance(text, Rep):
        mask = single(text.item, {"text-char": _text_mask(rules)})
        rest = Rep(text.item, 0, None)
        heads: list[Node] = []
        if mask is not None:
            heads = [Chars(mask & ~(1 << 0x5B))]
        elif isinstance(text.item, Alt):
            heads = [
                Chars(_text_mask(rules) & ~(1 << 0x5B)) if item == Ref("text-char") else item
                for item in text.item.items
            ]
        head = heads[0] if len(heads) == 1 else Alt(tuple(heads))
        plain = add(rules, "text-without-code", "text", Cat((head, rest)))
        with_code = Cat((Lit(b"["), Ref("resp-text-code"), Lit(b"]"), SP))
        whole = rules["resp-text"].node
        versions = whole.items if isinstance(whole, Alt) else (whole,)
        optional = Cat((Rep(with_code, 0, 1), Rep(Ref("text"), 0, 1))) in versions
        after = Rep(Ref("text"), 0, 1) if optional else Ref("text")
        bare: Node = Rep(plain, 0, 1) if optional else plain
        put(rules, "resp-text", Alt((Cat((*with_code.items, after)), bare)))


def _text_mask(rules: Rules) -> int:
    return single(rules["text-char"].node, {}) or 0
