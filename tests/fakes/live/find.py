"""SEARCH and SORT over mails, as RFC 9051 and RFC 5256 say."""

import re
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime

from conformance.check.always.mime import fields, unfold
from conformance.imap.sets import ranges
from conformance.imap.tree import Atom
from tests.fakes.live.store import Mail

_FLAGS = ("ANSWERED", "DELETED", "DRAFT", "FLAGGED", "SEEN")


class Bad(Exception):  # noqa: N818 - the answer
    pass


def inside(number: int, text: str, largest: int) -> bool:
    spans = ranges(text, largest)
    if spans is None:
        raise Bad("no set")
    return any(low <= number <= high for low, high in spans)


class Search:
    """One search program over a view."""

    def __init__(self, view: list[Mail], saved: list[Mail]) -> None:
        self.view = view
        self.saved = saved
        self.modseq = False

    def run(self, nodes) -> list[Mail]:
        left = list(nodes)
        keys = []
        while left:
            keys.append(self._key(left))
        return [m for n, m in enumerate(self.view, 1) if all(key(n, m) for key in keys)]

    def _key(self, left):
        if not left:
            raise Bad("a key is missing")
        node = left.pop(0)
        if isinstance(node, tuple):
            inner, keys = list(node), []
            while inner:
                keys.append(self._key(inner))
            return lambda n, m: all(key(n, m) for key in keys)
        word = node.decode("latin-1").upper()

        def value() -> str:
            if not left or isinstance(left[0], tuple):
                raise Bad("a value is missing")
            return left.pop(0).decode("latin-1")

        if word in _FLAGS or (word.startswith("UN") and word[2:] in _FLAGS):
            flag = "\\" + word.removeprefix("UN").capitalize()
            return lambda n, m: (flag in m.flags) != word.startswith("UN")
        if word == "ALL":
            return lambda n, m: True
        if word == "OLD":
            return lambda n, m: True
        if word in ("NEW", "RECENT"):
            return lambda n, m: False
        if word == "NOT":
            key = self._key(left)
            return lambda n, m: not key(n, m)
        if word == "OR":
            one, other = self._key(left), self._key(left)
            return lambda n, m: one(n, m) or other(n, m)
        if word in ("KEYWORD", "UNKEYWORD"):
            flag = value().lower()
            return lambda n, m: (flag in {f.lower() for f in m.flags}) == (word == "KEYWORD")
        if word in ("LARGER", "SMALLER"):
            size = int(value())
            sign = 1 if word == "LARGER" else -1
            return lambda n, m: (len(m.octets) - size) * sign > 0
        if word == "UID":
            uids = value()
            if uids == "$":
                return lambda n, m: m in self.saved
            top = max((m.uid for m in self.view), default=0)
            return lambda n, m: inside(m.uid, uids, top)
        if word == "MODSEQ":
            least = int(value())
            self.modseq = True
            return lambda n, m: m.modseq >= least
        if word in ("SUBJECT", "FROM", "TO", "CC", "BCC"):
            needle = value()
            return lambda n, m: _header(m, word, needle)
        if word == "HEADER":
            name, needle = value(), value()
            return lambda n, m: _header(m, name, needle)
        if word in ("BODY", "TEXT"):
            needle = value().lower().encode("latin-1")
            return lambda n, m: (
                needle
                in (m.octets if word == "TEXT" else m.octets.partition(b"\r\n\r\n")[2]).lower()
            )
        if word.endswith(("BEFORE", "ON", "SINCE")):
            limit = datetime.strptime(value(), "%d-%b-%Y").replace(tzinfo=UTC).date()
            return lambda n, m: _day(m, word, limit)
        if word == "$":
            return lambda n, m: m in self.saved
        if re.fullmatch(r"[\d:,*]+", word):
            top = len(self.view)
            return lambda n, m: inside(n, word, top)
        raise Bad(f"no key {word}")


def _values(mail: Mail, name: str) -> list[str]:
    header = mail.octets.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    found = fields(header) or ()
    return [unfold(f).decode("latin-1") for n, f in found if n == name.upper().encode()]


def _header(mail: Mail, name: str, needle: str) -> bool:
    return any(needle.lower() in value.lower() for value in _values(mail, name))


def sent(mail: Mail) -> datetime:
    for value in _values(mail, "DATE"):
        try:
            found = parsedate_to_datetime(value)
        except ValueError:
            break
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return internal(mail)


def internal(mail: Mail) -> datetime:
    return datetime.strptime(mail.date.strip(), "%d-%b-%Y %H:%M:%S %z")


def _day(mail: Mail, word: str, limit) -> bool:
    day = (sent(mail) if word.startswith("SENT") else internal(mail)).date()
    if word.endswith("BEFORE"):
        return day < limit
    return day >= limit if word.endswith("SINCE") else day == limit


def _base(mail: Mail) -> str:
    value = " ".join((_values(mail, "SUBJECT") or [""])[0].split())
    while True:
        cut = re.sub(
            r"(?i)^(re|fwd?)\s*(\[[^]]*\])?:\s*|\s*\(fwd\)$|^\[[^]]*\]\s*(?=\S)", "", value
        )
        if cut == value:
            return value.lower()
        value = cut.strip()


def _address(mail: Mail, name: str) -> str:
    found = getaddresses(_values(mail, name)[:1])
    return found[0][1].partition("@")[0].lower() if found else ""


def ordered(mails: list[Mail], view: list[Mail], criteria) -> list[Mail]:
    """Return ``mails`` as SORT orders them."""
    words = [word.decode().upper() for word in criteria]
    numbers = {id(mail): number for number, mail in enumerate(view)}
    result = sorted(mails, key=lambda mail: numbers[id(mail)])
    pairs = []
    reverse = False
    for word in words:
        if word == "REVERSE":
            reverse = True
            continue
        pairs.append((word, reverse))
        reverse = False
    keys = {
        "ARRIVAL": internal,
        "DATE": sent,
        "SIZE": lambda mail: len(mail.octets),
        "SUBJECT": _base,
        "FROM": lambda mail: _address(mail, "FROM"),
        "TO": lambda mail: _address(mail, "TO"),
        "CC": lambda mail: _address(mail, "CC"),
    }
    for word, backwards in reversed(pairs):
        if word not in keys:
            raise Bad(f"no criterion {word}")
        # Equal ones keep their order, so the last criterion is sorted by first.
        result.sort(key=keys[word], reverse=backwards)
    return result


def atoms(nodes) -> list[str]:
    return [node.decode("latin-1").upper() for node in nodes if isinstance(node, Atom)]
