"""Say what was expected in the field's words: "a space", "a flag", "')'", "CRLF"."""

from collections.abc import Iterable

from conformance.grammar.matcher import Call, Failure
from conformance.grammar.nodes import Lit, Ref, octets
from conformance.grammar.states import Kind, Move, State

__all__ = ["expected", "frontier", "stack"]

_RULES = {
    "addr-adl": "a source route or NIL",
    "addr-host": "a host name or NIL",
    "addr-mailbox": "a mailbox local part or NIL",
    "addr-name": "a display name or NIL",
    "address": "an address in parentheses",
    "address-group": "a group of addresses",
    "address-group-end": "the end of the group",
    "address-group-start": "the start of a group",
    "address-of-mailbox": "an address in parentheses",
    "astring": "an astring",
    "atom": "an atom",
    "auth-type": "a SASL mechanism",
    "base64": "base64",
    "body": "a body structure in parentheses",
    "body-extension": "a body extension",
    "body-fld-desc": "a description or NIL",
    "body-fld-dsp": "a disposition in parentheses or NIL",
    "body-fld-enc": "a transfer encoding as a string",
    "body-fld-id": "a content id or NIL",
    "body-fld-lang": "a language, a list of languages, or NIL",
    "body-fld-lines": "a number of lines",
    "body-fld-loc": "a content location or NIL",
    "body-fld-md5": "an MD5 sum or NIL",
    "body-fld-octets": "a number of octets",
    "body-fld-param": "parameters in parentheses or NIL",
    "capability": "a capability",
    "charset": "a charset",
    "crlf": "CRLF",
    "date": "a date",
    "date-day": "a day",
    "date-day-fixed": "a day of two digits, or a space and one digit",
    "date-month": "a month such as Jan",
    "date-text": "a date",
    "date-time": "a date and time in quotes",
    "date-year": "a year of four digits",
    "digit": "a digit",
    "digit-nz": "a digit above 0",
    "dquote": "'\"'",
    "envelope": "an envelope in parentheses",
    "flag": "a flag",
    "flag-extension": "a flag",
    "flag-fetch": "a flag",
    "flag-keyword": "a keyword",
    "flag-list": "a list of flags in parentheses",
    "flag-perm": "a flag",
    "header-fld-name": "a header field name",
    "header-list": "header field names in parentheses",
    "list-mailbox": "a mailbox name or pattern",
    "literal": "a literal",
    "literal8": "a binary literal",
    "mailbox": "a mailbox name",
    "mailbox-list": "mailbox attributes in parentheses",
    "mbx-list-flags": "mailbox attributes",
    "mbx-list-oflag": "a mailbox attribute",
    "mbx-list-sflag": "a mailbox attribute",
    "media-subtype": "a media subtype as a string",
    "msg-att": "FETCH data in parentheses",
    "msg-att-dynamic": "a FETCH data item",
    "msg-att-static": "a FETCH data item",
    "namespace": "a namespace in parentheses or NIL",
    "namespace-descr": "a namespace description in parentheses",
    "nil": "NIL",
    "nstring": "a string or NIL",
    "number": "a number",
    "number64": "a number",
    "nz-number": "a number above 0",
    "nz-number64": "a number above 0",
    "mod-sequence-value": "a number above 0",
    "mod-sequence-valzer": "a number",
    "permsg-modsequence": "a number above 0",
    "partial": "a partial range such as <0.100>",
    "password": "a password",
    "quoted": "a quoted string",
    "quoted-char": "a character of a quoted string",
    "resp-text-code": "a response code",
    "search-key": "a search key",
    "section": "a section in brackets",
    "section-binary": "a part number in brackets",
    "section-part": "a part number",
    "seq-number": "a message number or '*'",
    "seq-range": "a range",
    "sequence-set": "a sequence set",
    "sp": "a space",
    "status-att": "a status item",
    "status-att-val": "a status item",
    "string": "a string",
    "tag": "a tag",
    "text": "text",
    "text-char": "text",
    "time": "a time",
    "uid-set": "a set of UIDs",
    "uniqueid": "a UID",
    "userid": "a user name",
    "utf8-2": "text",
    "utf8-3": "text",
    "utf8-4": "text",
    "zone": "a zone such as +0000",
}
_LONG = {
    "mailbox-data": "mailbox data such as 'LIST'",
    "command-any": "a command",
    "command-auth": "a command",
    "command-nonauth": "a command",
    "command-select": "a command",
    "uid": "a command",
}
"""Names for rules that begin in too many ways to tell them all."""

_SINGLE = {0x20: "a space", 0x0D: "CR", 0x0A: "LF", 0x22: "'\"'", 0x09: "a tab"}
_MANY = 12


def frontier(failure: Failure) -> list[tuple[State, Call]]:
    """Return the waiting states whose rule had begun before the failing octet."""
    begun = [(s, c) for s, c in failure.waiting if c.start < failure.offset]
    return begun or [(s, c) for s, c in failure.waiting if c.returns[0][1] is None]


def expected(states: Iterable[State]) -> tuple[str, ...]:
    """Return what could have come in any of ``states``, each possibility once, as words."""
    strong: dict[str, None] = {}
    weak: dict[str, None] = {}
    for state in states:
        for move in state.moves:
            if move.words is None:
                move.words = dict.fromkeys(_of(move, ()))
            (weak if move.again else strong).update(move.words)
    return tuple(strong or weak)


def _of(move: Move, seen: tuple[str, ...]) -> list[str]:
    if isinstance(move.node, Ref) and move.node.name in _RULES:
        return [_RULES[move.node.name]]
    if move.kind is Kind.TEXT:
        return [_quote(move.node.text if isinstance(move.node, Lit) else move.text)]
    if move.callee is None:
        values = list(octets(move.mask))
        if len(values) == 2 and chr(values[0]).lower() == chr(values[1]):
            values = values[:1]
        if len(values) <= 3:
            return [_SINGLE.get(value) or _quote(bytes((value,))) for value in values]
        return [_class(move)]
    key = move.callee.key
    if key in seen:
        return []
    words: dict[str, None] = {}
    for inner in move.callee.entry.moves:
        words.update(dict.fromkeys(_of(inner, (*seen, key))))
    if len(words) > _MANY:
        return [_LONG.get(key) or _named(move.callee.name)]
    return list(words)


def _class(move: Move) -> str:
    if isinstance(move.node, Ref):
        return _named(move.node.name)
    values = set(octets(move.mask))
    if values == set(range(0x30, 0x3A)):
        return "a digit"
    if values == set(range(0x31, 0x3A)):
        return "a digit above 0"
    if values <= set(range(0x20, 0x7F)):
        return (
            "one of " + "".join(chr(value) for value in sorted(values))
            if len(values) < 8
            else "a character"
        )
    return "text" if 0x20 in values else "an octet"


def _named(rule: str) -> str:
    article = "an" if rule[0].lower() in "aeiou" else "a"
    return f"{article} {rule}"


def _quote(text: bytes) -> str:
    return "'" + text.decode("ascii", "backslashreplace") + "'"


def stack(call: Call) -> tuple[Call, ...]:
    """Return ``call`` and those that led to it, outermost first."""
    calls = [call]
    seen = {id(call)}
    while True:
        caller = calls[-1].returns[0][1]
        if caller is None or id(caller) in seen:
            return tuple(reversed(calls))
        seen.add(id(caller))
        calls.append(caller)
