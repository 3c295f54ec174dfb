"""Body structures and envelopes: what the ABNF of RFC 9051 leaves too lax in them."""

from conformance.grammar.nodes import Alt, Cat, Guard, Lit, Ref, Rep, replaced
from conformance.grammar.strict.rules import SP, Rules, add, put

__all__ = ["groups", "media"]

_NIL = Ref("nil")


def media(rules: Rules) -> None:
    """Keep text and messages, which have fields of their own, out of the basic body type."""
    media = rules.get("media-basic")
    if media is None:
        return
    says = "a media type that needs its number of lines"
    node = Guard(Ref("string"), words=frozenset({b'"TEXT"'}), says=says, section="RFC9051:7.5.2")
    whole = Guard(
        Cat((node, SP, Ref("media-subtype"))),
        words=frozenset({b'"MESSAGE" "RFC822"', b'"MESSAGE" "GLOBAL"'})
        if "RFC9051" in media.section
        else frozenset({b'"MESSAGE" "RFC822"'}),
        says="a media type that needs an envelope, a body and a number of lines",
        section="RFC9051:7.5.2",
    )
    put(rules, "media-basic", whole)


def groups(rules: Rules) -> None:
    """In a list of addresses, groups begin and end (RFC 9051 section 7.5.2, ENVELOPE)."""
    if "address" not in rules:
        return
    parts = (Lit(b"("), Ref("addr-name"), SP, Ref("addr-adl"), SP)
    host = Cat((*parts, Ref("addr-mailbox"), SP, Ref("string"), Lit(b")")))
    start = Cat((*parts, Ref("string"), SP, _NIL, Lit(b")")))
    end = Cat((Lit(b"("), _NIL, SP, _NIL, SP, _NIL, SP, _NIL, Lit(b")")))
    plain = add(rules, "address-of-mailbox", "address", host)
    first = add(rules, "address-group-start", "address", start)
    last = add(rules, "address-group-end", "address", end)
    group = add(rules, "address-group", "address", Cat((first, Rep(plain, 0, None), last)))
    old = Rep(Ref("address"), 1, None)
    new = Rep(Alt((plain, group)), 1, None)
    for name in ("from", "sender", "reply-to", "to", "cc", "bcc"):
        key = f"env-{name}"
        put(rules, key, replaced(rules[key].node, old, new))
