"""Whether a message matches search keys (RFC 9051 section 6.4.4): True, False, or None in doubt."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

from conformance.check.always.message import Message
from conformance.imap.sets import ranges
from conformance.imap.tree import Atom, Node

__all__ = ["Key", "Unclear", "program"]

Truth = bool | None
Key = Callable[[Message], Truth]


class Unclear(Exception):  # noqa: N818 - a state of affairs
    """The search program has something that this module does not know."""


_FLAGS = {
    "ANSWERED": b"\\answered",
    "DELETED": b"\\deleted",
    "DRAFT": b"\\draft",
    "FLAGGED": b"\\flagged",
    "SEEN": b"\\seen",
}
_HEADERS = {"SUBJECT": b"SUBJECT", "FROM": b"FROM", "TO": b"TO", "CC": b"CC", "BCC": b"BCC"}
_DATES = frozenset({"BEFORE", "ON", "SINCE", "SENTBEFORE", "SENTON", "SENTSINCE"})
_SIMPLE = re.compile(rb"[A-Za-z0-9]+(?:[ .@-][A-Za-z0-9]+)*")


def program(nodes: Sequence[Node]) -> Key:
    """Return the conjunction of the keys in ``nodes``; Unclear if one is not known."""
    left = list(nodes)
    keys: list[Key] = []
    while left:
        keys.append(_key(left))
    return _all(keys)


def _all(keys: list[Key]) -> Key:
    def truth(message: Message) -> Truth:
        results = [key(message) for key in keys]
        if False in results:
            return False
        return None if None in results else True

    return truth


def _not(key: Key) -> Key:
    def truth(message: Message) -> Truth:
        result = key(message)
        return None if result is None else not result

    return truth


def _or(one: Key, other: Key) -> Key:
    return _not(_all([_not(one), _not(other)]))


def _key(left: list[Node]) -> Key:
    node = left.pop(0)
    if isinstance(node, tuple):
        return program(node)
    word = node.decode("latin-1").upper() if isinstance(node, Atom) else ""
    if word in _FLAGS:
        return _flag(_FLAGS[word])
    if word.startswith("UN") and word[2:] in _FLAGS:
        return _not(_flag(_FLAGS[word[2:]]))
    if word == "ALL":
        return lambda _: True
    if word == "NOT":
        return _not(_key(left))
    if word == "OR":
        return _or(_key(left), _key(left))
    if word in ("KEYWORD", "UNKEYWORD"):
        key = _flag(_string(left).lower())
        return key if word == "KEYWORD" else _not(key)
    if word in ("LARGER", "SMALLER"):
        return _size(word, int(_string(left)))
    if word == "UID":
        return _uids(_string(left).decode("latin-1"))
    if word in _HEADERS:
        return _header(_HEADERS[word], _string(left))
    if word == "HEADER":
        name = _string(left).upper()
        return _header(name, _string(left))
    if word in ("TEXT", "BODY"):
        return _text(_string(left), header=word == "TEXT")
    if word in _DATES:
        return _date(word, _string(left))
    if word and ranges(word, 1) is not None:
        return _numbers(word)
    raise Unclear(word)


def _string(left: list[Node]) -> bytes:
    if not left or not isinstance(left[0], bytes):
        raise Unclear
    node = left.pop(0)
    return bytes(node) if isinstance(node, bytes) else b""


def _flag(flag: bytes) -> Key:
    def truth(message: Message) -> Truth:
        if message.uid is None:
            return None
        known = message.box.flags.get(message.uid)
        client, sent = message.moment.client, message.moment.sent
        if known is None or known[1] <= client.stirred:
            return None
        if sent is not None and known[1] > sent.index:
            return None  # it was told meanwhile, maybe of what came after the search
        if message.lens.disturbed(client, known[1]):
            return None
        return flag in known[0]

    return truth


def _numbers(text: str) -> Key:
    def truth(message: Message) -> Truth:
        spans = ranges(text, message.count)
        return spans is not None and any(low <= message.number <= high for low, high in spans)

    return truth


def _uids(text: str) -> Key:
    spans = ranges(text) if "*" not in text else None

    def truth(message: Message) -> Truth:
        if message.uid is None or spans is None:
            return None
        return any(low <= message.uid <= high for low, high in spans)

    return truth


def _size(word: str, limit: int) -> Key:
    def truth(message: Message) -> Truth:
        size = message.size
        if size is None:
            return None
        return size > limit if word == "LARGER" else size < limit

    return truth


def _header(name: bytes, needle: bytes) -> Key:
    def truth(message: Message) -> Truth:
        values = message.values(name)
        if values is None:
            return None
        if not needle:
            return bool(values) if name not in _HEADERS.values() else None
        if not _SIMPLE.fullmatch(needle):
            return None
        if any(b"=?" in value or not value.isascii() for value in values):
            return None
        text = [value.lower() for value in values]
        if any(needle.lower() in value for value in text):
            # The name of an address and its parts are looked at one by one by some.
            if name in (b"FROM", b"TO", b"CC", b"BCC") and re.search(rb"[ @]", needle):
                return None
            return True
        return (
            None
            if any(b'"' in value or b"(" in value or b"\t" in value for value in text)
            else False
        )

    return truth


def _text(needle: bytes, *, header: bool) -> Key:
    def truth(message: Message) -> Truth:
        part = message.parsed
        if part is None or not part.sure or not _SIMPLE.fullmatch(needle):
            return None
        if part.type != b"TEXT" or part.subtype != b"PLAIN":
            return None
        if part.encoding not in (b"7BIT", b"8BIT") or not part.body.isascii():
            return None
        text = part.body
        if header:
            if b"=?" in part.header:
                return None
            text = part.header + part.body
        return needle.lower() in text.lower() or (None if b" " in needle else False)

    return truth


def _date(word: str, text: bytes) -> Key:
    try:
        limit = datetime.strptime(text.decode("latin-1"), "%d-%b-%Y").replace(tzinfo=UTC).date()
    except ValueError:
        raise Unclear from None

    def compare(day: date) -> bool:
        if word.endswith("BEFORE"):
            return day < limit
        return day >= limit if word.endswith("SINCE") else day == limit

    def truth(message: Message) -> Truth:
        moment = message.date if word.startswith("SENT") else message.internal
        if moment is None:
            return None
        # Time and zone are to be disregarded; where the zone decides, nobody is blamed.
        days = {moment.date(), moment.astimezone(UTC).date()}
        results = {compare(day) for day in days}
        return results.pop() if len(results) == 1 else None

    return truth
