"""Does a response fit a pattern? Typed, not textual: forms of strings and orders of sets are equal.

Each function takes what was captured so far and returns it with what this match
binds, or None if the pattern does not fit.
"""

from collections.abc import Callable

from conformance.check.facts import Captures, Facts
from conformance.imap.response import CONDITIONS, Response, item_name
from conformance.imap.session import Seen
from conformance.imap.sets import expand
from conformance.imap.tree import Atom, Node, is_nil
from conformance.imap.world import mailbox_name
from conformance.scenario import pattern as p

__all__ = ["Matcher", "kind_of"]

_NUMBERED = frozenset({"EXISTS", "RECENT", "EXPUNGE", "FETCH", "UIDFETCH"})
_SETS = frozenset({"ENABLED", "CAPABILITY", "FLAGS"})
# Responses that begin with a mailbox's name.
_NAMED = frozenset({"ACL", "LISTRIGHTS", "METADATA", "MYRIGHTS", "QUOTAROOT"})
_FLAG_CODES = frozenset({"PERMANENTFLAGS", "CAPABILITY", "BADCHARSET"})

Compare = Callable[[p.Node, Node, Captures], Captures | None]


def _is_uid(node: p.Node) -> bool:
    return isinstance(node, p.Atom) and node.text.upper() == "UID"


def kind_of(pattern: tuple[p.Node, ...]) -> str:
    """Return the kind of response that ``pattern`` speaks of, such as FETCH; empty if any."""
    for node in pattern[:2]:
        if isinstance(node, p.Atom) and not node.text.isdigit():
            return node.text.upper()
    return ""


class Matcher:
    """Matches patterns against one response; ``seen`` is None for single values."""

    def __init__(self, facts: Facts, seen: Seen | None = None) -> None:
        """Match in the light of ``facts`` and of what the client knew when ``seen`` came."""
        self._facts = facts
        self._seen = seen

    # --- whole responses

    def response(self, pattern: tuple[p.Node, ...], captures: Captures) -> Captures | None:
        """Match a whole response."""
        if self._seen is None:
            return None
        response = self._seen.response
        first = pattern[0]
        if len(pattern) > 1 and isinstance(pattern[1], p.Atom):
            kind = pattern[1].text.upper()
            if kind in _NUMBERED and not (isinstance(first, p.Atom) and not first.text.isdigit()):
                return self._numbered(kind, pattern, captures)
        if isinstance(first, p.Any) and len(pattern) == 1:
            return captures
        if not isinstance(first, p.Atom) or first.text.upper() != response.kind:
            return None
        rest = pattern[1:]
        if response.kind in CONDITIONS or response.kind == "+":
            return self.condition(rest, response, captures)
        return self._data(response, rest, captures)

    def condition(
        self, pattern: tuple[p.Node, ...], response: Response, captures: Captures
    ) -> Captures | None:
        """Match what follows OK, NO, BAD …: the response code if one is asked for; text never."""
        if not pattern or not isinstance(pattern[0], p.Bracket):
            return captures
        name, *arguments = pattern[0].items
        if not isinstance(name, p.Atom) or name.text.upper() != response.code:
            return None
        if response.code in _FLAG_CODES:
            wanted = arguments
            data: tuple[Node, ...] = response.data
            if len(wanted) == 1 and isinstance(wanted[0], p.ListNode):
                if not data or not isinstance(data[0], tuple):
                    return None
                return self._flags(wanted[0].items, data[0], captures)
            return self._unordered(tuple(wanted), data, captures, self.value)
        return self._sequence(tuple(arguments), response.data, captures)

    def _numbered(
        self, kind: str, pattern: tuple[p.Node, ...], captures: Captures
    ) -> Captures | None:
        seen = self._seen
        if seen is None or seen.response.kind != kind or seen.response.number is None:
            return None
        number = Atom(b"%d" % seen.response.number)
        bound = self.value(pattern[0], number, captures)
        if bound is None or not kind.endswith("FETCH") or len(pattern) == 2:
            return bound
        if isinstance(pattern[2], p.Any | p.Rest):
            return bound
        if not isinstance(pattern[2], p.ListNode):
            return None
        return self._fetch(pattern[2].items, bound)

    def _fetch(self, pattern: tuple[p.Node, ...], captures: Captures) -> Captures | None:
        """Match the items asked for, in any order; others may come too."""
        items = self._seen.response.items if self._seen else {}
        bound: Captures | None = captures
        at = 0
        while at < len(pattern) and bound is not None:
            name = pattern[at]
            if isinstance(name, p.Rest):
                at += 1
                continue
            if not isinstance(name, p.Atom) or at + 1 >= len(pattern):
                return None
            key = item_name(name.text.encode())
            if key not in items:
                return None
            value = items[key]
            wanted = pattern[at + 1]
            if key == "FLAGS" and isinstance(wanted, p.ListNode):
                bound = self._flags(wanted.items, value, bound)
            else:
                bound = self.value(wanted, value, bound)
            at += 2
        return bound

    def _data(
        self, response: Response, pattern: tuple[p.Node, ...], captures: Captures
    ) -> Captures | None:
        kind, data = response.kind, response.data
        if kind == "FLAGS" and pattern and isinstance(pattern[0], p.ListNode):
            return self._flags(pattern[0].items, data[0], captures) if data else None
        if kind in _SETS:
            return self._unordered(pattern, data, captures, self.value)
        if kind in ("SEARCH", "SORT"):
            return self._numbers(pattern, data, captures, in_order=kind == "SORT")
        if kind == "STATUS" and len(pattern) == 2 and len(data) == 2:
            bound = self._mailbox(pattern[0], data[0], captures)
            return None if bound is None else self._status(pattern[1], data[1], bound)
        if kind in ("LIST", "LSUB") and len(pattern) >= 3 and len(data) >= 3:
            return self._list(pattern, data, captures)
        if kind == "ESEARCH":
            return self._esearch(pattern, data, captures)
        if kind in _NAMED and len(pattern) > 1 and data:
            bound = self._mailbox(pattern[0], data[0], captures)
            return None if bound is None else self._sequence(pattern[1:], data[1:], bound)
        return self._sequence(pattern, data, captures)

    def _esearch(
        self, pattern: tuple[p.Node, ...], data: tuple[Node, ...], captures: Captures
    ) -> Captures | None:
        """Match what ESEARCH answers, then its items in any order: RFC 4731 fixes none."""
        start = sum(isinstance(node, p.ListNode) or _is_uid(node) for node in pattern[:2])
        plain = [node for node in pattern[start:] if not isinstance(node, p.Rest)]
        wanted = list(zip(plain[::2], plain[1::2], strict=False))
        if len(plain) % 2 or not all(isinstance(name, p.Atom) for name, _ in wanted):
            return self._sequence(pattern, data, captures)
        bound = self._sequence(pattern[:start], data[:start], captures)
        values = data[start:]
        left = list(zip(values[::2], values[1::2], strict=False))
        for pair in wanted:
            for at, found in enumerate(left):
                fits = None if bound is None else self._sequence(pair, found, bound)
                if fits is not None:
                    bound = fits
                    del left[at]
                    break
            else:
                return None
        return bound if len(plain) < len(pattern) - start or not left else None

    def _status(self, wanted: p.Node, value: Node, captures: Captures) -> Captures | None:
        """Match the STATUS items asked for, in any order; others may come too."""
        if not isinstance(wanted, p.ListNode):
            return self.value(wanted, value, captures)
        if not isinstance(value, tuple):
            return None
        items = {
            name.upper(): item
            for name, item in zip(value[::2], value[1::2], strict=False)
            if isinstance(name, bytes)
        }
        pairs = [node for node in wanted.items if not isinstance(node, p.Rest)]
        bound: Captures | None = captures
        for name, expected in zip(pairs[::2], pairs[1::2], strict=False):
            if bound is None or not isinstance(name, p.Atom):
                return None
            found = items.get(name.text.upper().encode())
            bound = None if found is None else self.value(expected, found, bound)
        return bound

    def _list(
        self, pattern: tuple[p.Node, ...], data: tuple[Node, ...], captures: Captures
    ) -> Captures | None:
        attributes, delimiter, name, *extended = pattern
        bound: Captures | None = captures
        if isinstance(attributes, p.ListNode):
            listed = data[0] if isinstance(data[0], tuple) else ()
            bound = self._unordered(attributes.items, listed, captures, self.value)
        else:
            bound = self.value(attributes, data[0], captures)
        if delimiter == p.Quoted(b"/"):
            delimiter = p.Quoted(self._facts.namespace.separator.encode())
        bound = None if bound is None else self.value(delimiter, data[1], bound)
        bound = None if bound is None else self._mailbox(name, data[2], bound)
        return None if bound is None else self._sequence(tuple(extended), data[3:], bound)

    # --- parts

    def value(self, wanted: p.Node, value: Node, captures: Captures) -> Captures | None:
        """Match one value."""
        match wanted:
            case p.Any():
                return captures
            case p.Capture(name):
                if name not in captures:
                    return {**captures, name: value}
                return captures if _same(captures[name], value) else None
            case p.Atom(text):
                return captures if _is_atom(text, value) else None
            case p.Quoted(octets):
                same = isinstance(value, bytes) and bytes(value) == octets and not is_nil(value)
                return captures if same else None
            case p.Message(name):
                content = self._facts.messages.get(name)
                same = content is not None and isinstance(value, bytes) and bytes(value) == content
                return captures if same else None
            case p.ListNode(items):
                if not isinstance(value, tuple):
                    return None
                return self._sequence(items, value, captures)
            case p.Uid() | p.Seq() | p.Set():
                if not isinstance(value, Atom):
                    return None
                expected = self._expand(wanted, captures)
                return captures if expected and expected == _numbers_of(value) else None
            case _:
                return None

    def _sequence(
        self, wanted: tuple[p.Node, ...], values: tuple[Node, ...], captures: Captures
    ) -> Captures | None:
        """Match values in order; ``...`` stands for any number of them."""
        if not wanted:
            return captures if not values else None
        if isinstance(wanted[0], p.Rest):
            for skipped in range(len(values) + 1):
                bound = self._sequence(wanted[1:], values[skipped:], captures)
                if bound is not None:
                    return bound
            return None
        if not values:
            return None
        bound = self.value(wanted[0], values[0], captures)
        return None if bound is None else self._sequence(wanted[1:], values[1:], bound)

    def _unordered(
        self,
        wanted: tuple[p.Node, ...],
        values: tuple[Node, ...],
        captures: Captures,
        compare: Compare,
    ) -> Captures | None:
        """Match values in any order; others only where ``...`` stands."""
        others = any(isinstance(node, p.Rest) for node in wanted)
        # What is fixed claims its value before captures take what is left.
        fixed = sorted(
            (node for node in wanted if not isinstance(node, p.Rest)),
            key=lambda node: isinstance(node, p.Capture | p.Any),
        )
        left = list(values)
        for node in fixed:
            for at, value in enumerate(left):
                bound = compare(node, value, captures)
                if bound is not None:
                    captures = bound
                    del left[at]
                    break
            else:
                return None
        return captures if others or not left else None

    def _flags(
        self, wanted: tuple[p.Node, ...], value: Node, captures: Captures
    ) -> Captures | None:
        r"""Match flags as a set; \Recent counts only where the pattern names it."""
        if not isinstance(value, tuple):
            return None
        named = any(isinstance(node, p.Atom) and node.text.lower() == "\\recent" for node in wanted)
        flags: dict[bytes, Node] = {}
        for flag in value:
            if isinstance(flag, bytes) and (named or flag.lower() != b"\\recent"):
                flags.setdefault(flag.lower(), flag)
        return self._unordered(wanted, tuple(flags.values()), captures, self.value)

    def _numbers(
        self,
        wanted: tuple[p.Node, ...],
        data: tuple[Node, ...],
        captures: Captures,
        *,
        in_order: bool,
    ) -> Captures | None:
        """Match SEARCH's numbers as a set, SORT's in order.

        A trailing (MODSEQ n) counts only where it is written.
        """
        found: list[Node] = [node for node in data if not isinstance(node, tuple)]
        lists: tuple[Node, ...] = tuple(node for node in data if isinstance(node, tuple))
        plain: list[p.Node] = []
        trailing: list[p.Node] = []
        for node in wanted:
            if isinstance(node, p.ListNode):
                trailing.append(node)
            elif isinstance(node, p.Set):
                numbers = self._expand(node, captures)
                if numbers is None:
                    return None
                plain += [p.Atom(str(number)) for number in sorted(numbers)]
            else:
                plain.append(node)
        if in_order:
            bound = self._sequence(tuple(plain), tuple(found), captures)
        else:
            bound = self._unordered(tuple(plain), tuple(found), captures, self.value)
        if bound is None or not trailing:
            return bound
        return self._sequence(tuple(trailing), lists, bound)

    def _mailbox(self, wanted: p.Node, value: Node, captures: Captures) -> Captures | None:
        """Match a mailbox's name: exact, but INBOX in any case."""
        if isinstance(wanted, p.Atom | p.Quoted) and isinstance(value, bytes):
            text = wanted.text if isinstance(wanted, p.Atom) else wanted.data.decode()
            name = self._facts.namespace.real(text).encode()
            return captures if mailbox_name(name) == mailbox_name(bytes(value)) else None
        return self.value(wanted, value, captures)

    def _expand(self, node: p.Node, captures: Captures) -> set[int] | None:
        """Return the numbers that a set stands for; None if one of its names is not known."""
        match node:
            case p.Uid(name):
                uid = self._facts.uids.get(name)
                return None if uid is None else {uid}
            case p.Seq(name):
                number = self._number(name)
                return None if number is None else {number}
            case p.Capture(name):
                value = captures.get(name)
                return _numbers_of(value) if isinstance(value, bytes) else None
            case p.Atom(text):
                return {int(text)} if text.isdigit() else None
            case p.Set(members):
                numbers: set[int] = set()
                for member in members:
                    low = self._expand(member.low, captures)
                    high = low if member.high is None else self._expand(member.high, captures)
                    if not low or not high:
                        return None
                    ends = low | high
                    if member.high is None:
                        numbers |= low
                    else:
                        numbers |= set(range(min(ends), max(ends) + 1))
                return numbers
            case _:
                return None

    def _number(self, name: str) -> int | None:
        """Return this client's number for a message when the response came."""
        uid = self._facts.uids.get(name)
        seen = self._seen
        if uid is None or seen is None:
            return None
        if seen.slots:
            return seen.slots.number(uid)
        return seen.response.number if seen.uid == uid else None


def _numbers_of(value: bytes) -> set[int] | None:
    numbers = expand(value.decode("latin-1"))
    return None if numbers is None else set(numbers)


def _is_atom(text: str, value: Node) -> bool:
    """Whether ``value`` is ``text``: words in any case, strings exactly, NIL never a string."""
    if not isinstance(value, bytes):
        return False
    wanted = text.encode()
    if isinstance(value, Atom):
        if wanted.upper() == value.upper() and "[" not in text:
            return True
        return "[" in text and item_name(wanted) == item_name(value)
    return bytes(value) == wanted and text.upper() != "NIL"


def _same(one: Node, other: Node) -> bool:
    """Whether two values are the same whatever their form: sets by their numbers, flags by case."""
    if isinstance(one, tuple) or isinstance(other, tuple):
        return (
            isinstance(one, tuple)
            and isinstance(other, tuple)
            and len(one) == len(other)
            and all(map(_same, one, other))
        )
    if is_nil(one) != is_nil(other):
        return False
    if bytes(one) == bytes(other):
        return True
    if isinstance(one, Atom) and isinstance(other, Atom):
        left, right = _numbers_of(one), _numbers_of(other)
        if left is not None and right is not None:
            return left == right
        return one.upper() == other.upper()
    return False
