"""Responses that would fit a pattern, so that the grammar can say whether there are any."""

from collections.abc import Iterator
from itertools import islice, product

from conformance.scenario.nodes import (
    Any,
    Atom,
    Bracket,
    Capture,
    ListNode,
    Message,
    Node,
    Quoted,
    Rest,
    Seq,
    Set,
    Uid,
    walk,
)

__all__ = ["decided", "samples"]

_DATE = '"17-Jul-2026 02:44:25 +0200"'
_ENVELOPE = '("Fri, 17 Jul 2026 02:44:25 +0200" "x" NIL NIL NIL NIL NIL NIL NIL "<x@y>")'
_BODY = '("TEXT" "PLAIN" ("CHARSET" "us-ascii") NIL NIL "7BIT" 5 1)'
_VALUES = {
    "UID": "1",
    "FLAGS": r"(\Seen)",
    "MODSEQ": "(1)",
    "RFC822.SIZE": "1",
    "INTERNALDATE": _DATE,
    "SAVEDATE": _DATE,
    "ENVELOPE": _ENVELOPE,
    "BODY": _BODY,
    "BODYSTRUCTURE": _BODY,
    "EMAILID": "(M1)",
    "THREADID": "(T1)",
}
# What may stand for $x and $_ where nothing tells: the likelier, the earlier.
_ANYTHING = (
    "1",
    '"x"',
    "x",
    "NIL",
    r"(\Seen)",
    "()",
    "(1)",
    '("x" "y")',
    "1:2",
    '"/"',
    "(x)",
    "UNSEEN",
    "(1:2 1)",
)
_MOST = 400
_CONDITIONS = frozenset({"OK", "NO", "BAD", "BYE", "PREAUTH", "+"})


def samples(pattern: tuple[Node, ...]) -> Iterator[bytes]:
    """Yield whole responses, CRLF included, each of which fits ``pattern``; at most some hundred.

    Wildcards stand for likely values, so no sample being good IMAP is a strong hint,
    and no proof, that no response ever fits.
    """
    holes = _holes(pattern)
    uniform = ((value,) * holes for value in _ANYTHING)
    mixed = islice(product(_ANYTHING, repeat=holes), _MOST)
    for values in (*uniform, *(mixed if 1 < holes < 6 else ())):
        for quoted, tight in product((False, True), repeat=2):
            text = _Writer(iter(values), quoted=quoted, tight=tight).text(pattern)
            yield f"{text}\r\n".encode() if text.startswith("+") else f"* {text}\r\n".encode()


def decided(pattern: tuple[Node, ...]) -> bool:
    """Whether the samples stand for all that fits: few wildcards, and nothing left out."""
    return len(pattern) > _holes(pattern) < 3 and not any(
        isinstance(node, Rest) for node in walk(pattern)
    )


def _holes(pattern: tuple[Node, ...]) -> int:
    return sum(isinstance(node, Any | Capture) for node in walk(pattern))


class _Writer:
    """Writes one sample.

    quoted  words that need not be atoms are strings
    tight   no space stands between the lists that begin a list, as in ENVELOPE and BODY
    """

    def __init__(self, values: Iterator[str], *, quoted: bool, tight: bool) -> None:
        self.values = values
        self.quoted = quoted
        self.tight = tight

    def text(self, nodes: tuple[Node, ...]) -> str:
        """Return the nodes as a response shows them, its first word as it is."""
        first = nodes[0]
        numbered = isinstance(first, Uid | Seq | Any | Capture) or (
            isinstance(first, Atom) and first.text.isdigit()
        )
        head = nodes[: 1 + numbered]
        rest = nodes[1 + numbered :]
        words = ["1" if isinstance(n, Any | Capture) else self._one(n, word=True) for n in head]
        for node in head:
            if isinstance(node, Any | Capture):
                next(self.values, None)
        is_fetch = numbered and words[-1].upper() == "FETCH"
        if is_fetch and rest and isinstance(rest[0], ListNode):
            words.append(self._items(rest[0].items))
        elif is_fetch and rest:
            words.append("(UID 1)")
        else:
            words += self._several(rest)
            if words[0].upper() in _CONDITIONS and len(words) < 3:
                words.append("text")
        text = " ".join(words)
        # In THREAD lists always stand beside each other without a space (RFC 5256 section 4).
        return text.replace(") (", ")(") if words[0].upper() == "THREAD" else text

    def _several(self, nodes: tuple[Node, ...]) -> list[str]:
        return [self._one(node) for node in nodes if not isinstance(node, Rest)]

    def _list(self, items: tuple[Node, ...]) -> str:
        words = self._several(items)
        first = next((at for at, n in enumerate(items) if not isinstance(n, ListNode)), len(items))
        if self.tight and first > 1:
            words = ["".join(words[:first]), *words[first:]]
        return " ".join(words)

    def _items(self, items: tuple[Node, ...]) -> str:
        """Return FETCH's names and values; a wildcard stands for what its name has."""
        words = []
        pairs = [node for node in items if not isinstance(node, Rest)]
        for name, value in zip(pairs[::2], pairs[1::2], strict=False):
            word = self._one(name, word=True)
            known = _VALUES.get(word.upper())
            if isinstance(value, Any | Capture) and ("[" in word or known):
                next(self.values, None)
                words += [word, known or '"x"']
                if "BINARY.SIZE" in word.upper():
                    words[-1] = "1"
            else:
                words += [word, self._one(value, word="[" not in word)]
        return f"({' '.join(words) or 'UID 1'})"

    def _one(self, node: Node, *, word: bool = False) -> str:
        match node:
            case Atom(text):
                plain = word or not self.quoted or text.isdigit() or text.startswith(("\\", "$"))
                return text if plain or text.isupper() else f'"{text}"'
            case Quoted(octets):
                text = octets.decode("utf-8", "replace")
                escaped = text.replace("\\", "\\\\").replace('"', '\\"')
                return f'"{escaped}"'
            case ListNode(items):
                return f"({self._list(items)})"
            case Bracket(items):
                return f"[{' '.join(self._several(items))}]"
            case Any() | Capture():
                return next(self.values, "1")
            case Set(ranges):
                return ",".join("1" if r.high is None else "1:2" for r in ranges)
            case Message():
                return '"x"'
            case _:
                return "1"
