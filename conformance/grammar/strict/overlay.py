"""Narrow a grammar to what the prose allows, rule by rule.

Each function takes the rules and changes its own; where a rule is missing (another
base, no such extension) it does nothing.
"""

from collections.abc import Callable

from conformance.grammar.compose import Grammar
from conformance.grammar.nodes import Alt, Cat, Guard, Lit, Ref, Rep, replaced
from conformance.grammar.strict import bodies, codes, sets
from conformance.grammar.strict.rules import Rules, put

__all__ = ["narrowed"]


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
    for narrow in _SERVER if server else _CLIENT:
        narrow(rules)
    if server:
        if base == "rev1" and not utf8:
            _mailbox_names(rules)
        if base == "rev2" and not rev1_too:
            _no_obsolete(rules)
    return Grammar(rules, grammar.files)


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
            put(rules, name, Guard(rules[name].node, test, says=says, section=section))


def _dates(rules: Rules) -> None:
    """Days, hours and zones exist."""
    says = "no date or time that exists"
    for name, test in (("date-time", "date-time"), ("date-text", "date")):
        if name in rules:
            node = rules[name].node
            put(rules, name, Guard(node, test, says=says, section="RFC5322:3.3"))


def _recent(rules: Rules) -> None:
    r"""Only FETCH shows \Recent; it is no flag to set (RFC 3501 section 9, flag)."""
    guard = Guard(
        rules["flag-extension"].node,
        words=frozenset({rb"\RECENT"}),
        says="no flag that can be set or kept",
        section=rules["flag-extension"].section,
    )
    put(rules, "flag-extension", guard)


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
        put(rules, name, kept[0] if len(kept) == 1 else Alt(tuple(kept)))


def _mailbox_names(rules: Rules) -> None:
    """In IMAP4rev1 a mailbox name is modified UTF-7 in its one canonical form."""
    guard = Guard(
        Ref("astring"),
        "modified UTF-7",
        says="no modified UTF-7 in its canonical form",
        section="RFC3501:5.1.3",
    )
    put(rules, "mailbox", replaced(rules["mailbox"].node, Ref("astring"), guard))


def _no_obsolete(rules: Rules) -> None:
    """Take the obsolete data from a server of IMAP4rev2 alone."""
    put(rules, "flag-fetch", Ref("flag"))
    gone = {Ref("obsolete-search-response"), Ref("obsolete-recent-response")}
    data = rules["mailbox-data"].node
    if isinstance(data, Alt):
        put(rules, "mailbox-data", Alt(tuple(i for i in data.items if i not in gone)))


_BOTH: tuple[Callable[[Rules], None], ...] = (_ranges, _dates)
_CLIENT: tuple[Callable[[Rules], None], ...] = (sets.paired,)
_SERVER: tuple[Callable[[Rules], None], ...] = (
    codes.response_codes,
    bodies.media,
    bodies.groups,
    _recent,
    _no_plus,
    sets.numbers,
    sets.descending,
)
