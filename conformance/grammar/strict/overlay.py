"""Narrow a grammar to what the prose allows, rule by rule.

Each function takes the rules and changes its own; where a rule is missing (another
base, no such extension) it does nothing.
"""

from collections.abc import Callable, MutableMapping
from dataclasses import replace

from conformance.grammar.compose import Grammar, single
from conformance.grammar.nodes import Alt, Cat, Chars, Guard, Lit, Node, Ref, Rep, Rule, replaced

__all__ = ["Rules", "narrowed"]

Rules = MutableMapping[str, Rule]

SP = Ref("sp")
_NIL = Ref("nil")


def narrowed(grammar: Grammar, *, base: str, rev1_too: bool, utf8: bool, server: bool) -> Grammar:
    """Return ``grammar`` without what the prose forbids.

    base      ``rev1`` or ``rev2``
    rev1_too  IMAP4rev1 is offered as well, so its obsolete data may come
    utf8      mailbox names are UTF-8, not modified UTF-7
    server    what servers send is meant, not what clients send
    """
    rules = dict(grammar.rules)
    for narrow in _BOTH:
        narrow(rules)
    if server:
        for narrow in _SERVER:
            narrow(rules)
        if base == "rev1" and not utf8:
            _mailbox_names(rules)
        if base == "rev2" and not rev1_too:
            _no_obsolete(rules)
    return Grammar(rules, grammar.files)


def _set(rules: Rules, name: str, node: Node) -> None:
    rules[name] = replace(rules[name], node=node)


def _new(rules: Rules, name: str, like: str, node: Node) -> Ref:
    rules[name] = replace(rules[like], node=node)
    return Ref(name)


_RANGES = {
    "number": ("32 bits", "above 4,294,967,295", "RFC9051:9"),
    "nz-number": ("32 bits, not 0", "above 4,294,967,295", "RFC9051:9"),
    "number64": ("63 bits", "above 9,223,372,036,854,775,807", "RFC9051:9"),
    "nz-number64": ("63 bits, not 0", "above 9,223,372,036,854,775,807", "RFC9051:9"),
    "mod-sequence-value": ("63 bits, not 0", "not from 1 to 2^63-1", "RFC7162:7"),
    "mod-sequence-valzer": ("63 bits", "above 9,223,372,036,854,775,807", "RFC7162:7"),
}


def _ranges(rules: Rules) -> None:
    """Numbers fit their 32 or 63 bits."""
    for name, (test, says, section) in _RANGES.items():
        if name in rules and isinstance(rules[name].node, (Rep, Cat)):
            _set(rules, name, Guard(rules[name].node, test, says=says, section=section))


def _dates(rules: Rules) -> None:
    """Days, hours and zones exist."""
    says = "no date or time that exists"
    for name, test in (("date-time", "date-time"), ("date-text", "date")):
        if name in rules:
            node = rules[name].node
            _set(rules, name, Guard(node, test, says=says, section="RFC5322:3.3"))


def code_names(node: Node) -> frozenset[bytes]:
    """Return the names with which the alternatives of resp-text-code begin."""
    return frozenset(_first_words(node, {}))


def _first_words(node: Node, rules: "Rules | dict[str, Rule]") -> list[bytes]:
    match node:
        case Lit(text, _):
            return [text.upper()]
        case Cat(items) if items:
            return _first_words(items[0], rules)
        case Alt(items):
            return [word for item in items for word in _first_words(item, rules)]
        case Ref(name) if name in rules and name != "atom":
            return _first_words(rules[name].node, rules)
        case _:
            return []


def _response_codes(rules: Rules) -> None:
    """Hold known response codes to their own syntax: '[' in the text begins a code."""
    code = rules["resp-text-code"].node
    known = frozenset(_first_words(code, rules))
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
    _set(rules, "resp-text-code", Alt(narrow))
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
        plain = _new(rules, "text-without-code", "text", Cat((head, rest)))
        with_code = Cat((Lit(b"["), Ref("resp-text-code"), Lit(b"]"), SP))
        whole = rules["resp-text"].node
        versions = whole.items if isinstance(whole, Alt) else (whole,)
        optional = Cat((Rep(with_code, 0, 1), Rep(Ref("text"), 0, 1))) in versions
        after = Rep(Ref("text"), 0, 1) if optional else Ref("text")
        bare: Node = Rep(plain, 0, 1) if optional else plain
        _set(rules, "resp-text", Alt((Cat((*with_code.items, after)), bare)))


def _text_mask(rules: Rules) -> int:
    return single(rules["text-char"].node, {}) or 0


def _media(rules: Rules) -> None:
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
    _set(rules, "media-basic", whole)


def _groups(rules: Rules) -> None:
    """In a list of addresses, groups begin and end (RFC 9051 section 7.5.2, ENVELOPE)."""
    if "address" not in rules:
        return
    parts = (Lit(b"("), Ref("addr-name"), SP, Ref("addr-adl"), SP)
    host = Cat((*parts, Ref("addr-mailbox"), SP, Ref("string"), Lit(b")")))
    start = Cat((*parts, Ref("string"), SP, _NIL, Lit(b")")))
    end = Cat((Lit(b"("), _NIL, SP, _NIL, SP, _NIL, SP, _NIL, Lit(b")")))
    plain = _new(rules, "address-of-mailbox", "address", host)
    first = _new(rules, "address-group-start", "address", start)
    last = _new(rules, "address-group-end", "address", end)
    group = _new(rules, "address-group", "address", Cat((first, Rep(plain, 0, None), last)))
    old = Rep(Ref("address"), 1, None)
    new = Rep(Alt((plain, group)), 1, None)
    for name in ("from", "sender", "reply-to", "to", "cc", "bcc"):
        key = f"env-{name}"
        _set(rules, key, replaced(rules[key].node, old, new))


def _recent(rules: Rules) -> None:
    r"""Only FETCH shows \Recent; it is no flag to set (RFC 3501 section 9, flag)."""
    guard = Guard(
        rules["flag-extension"].node,
        words=frozenset({rb"\RECENT"}),
        says="no flag that can be set or kept",
        section=rules["flag-extension"].section,
    )
    _set(rules, "flag-extension", guard)


def _sets(rules: Rules) -> None:
    """Let sets in responses name real numbers: no '*', no '$'."""
    if "sequence-set" not in rules:
        return
    number = Ref("nz-number")
    span = Cat((number, Rep(Cat((Lit(b":"), number)), 0, 1)))
    node = Cat((span, Rep(Cat((Lit(b","), span)), 0, None)))
    plain = _new(rules, "sequence-set-of-numbers", "sequence-set", node)
    for name in ("search-return-data", "expunged-resp", "known-uids", "known-sequence-set"):
        if name in rules:
            _set(rules, name, replaced(rules[name].node, Ref("sequence-set"), plain))
    data = rules.get("search-return-data")
    if data is not None and "search-modifier-name" in rules:
        words = frozenset(_first_words(data.node, rules))
        guard = Guard(
            rules["search-modifier-name"].node,
            words=words,
            says="known search data without its proper value",
            section=data.section,
        )
        _set(rules, "search-modifier-name", guard)


def _no_plus(rules: Rules) -> None:
    """Let servers send literals without '+' only (RFC 9051 section 4.3, RFC 7888 section 4)."""
    for name in ("literal", "literal8"):
        if name not in rules:
            continue
        node = replaced(rules[name].node, Rep(Lit(b"+"), 0, 1), Cat(()))
        versions = node.items if isinstance(node, Alt) else (node,)
        kept = [
            item for item in versions if not isinstance(item, Cat) or Lit(b"+") not in item.items
        ]
        _set(rules, name, kept[0] if len(kept) == 1 else Alt(tuple(kept)))


def _mailbox_names(rules: Rules) -> None:
    """In IMAP4rev1 a mailbox name is modified UTF-7 in its one canonical form."""
    guard = Guard(
        Ref("astring"),
        "modified UTF-7",
        says="no modified UTF-7 in its canonical form",
        section="RFC3501:5.1.3",
    )
    _set(rules, "mailbox", replaced(rules["mailbox"].node, Ref("astring"), guard))


def _no_obsolete(rules: Rules) -> None:
    """Take the obsolete data from a server of IMAP4rev2 alone."""
    _set(rules, "flag-fetch", Ref("flag"))
    gone = {Ref("obsolete-search-response"), Ref("obsolete-recent-response")}
    data = rules["mailbox-data"].node
    if isinstance(data, Alt):
        _set(rules, "mailbox-data", Alt(tuple(i for i in data.items if i not in gone)))


_BOTH: tuple[Callable[[Rules], None], ...] = (_ranges, _dates)
_SERVER: tuple[Callable[[Rules], None], ...] = (
    _response_codes,
    _media,
    _groups,
    _recent,
    _no_plus,
    _sets,
)
