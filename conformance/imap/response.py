"""One response as a value: what came (tagged, untagged or continuation) and its parts.

RFC 9051 section 7; nothing here judges. A frame that cannot be taken apart gives a
Response whose kind is empty: the grammar says what is wrong with it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from conformance.imap.tree import Atom, Malformed, Node, read

__all__ = ["CONDITIONS", "Response", "fetch_items", "item_name", "parse_response"]

CONDITIONS = frozenset({"OK", "NO", "BAD", "PREAUTH", "BYE"})
_NUMBERED = frozenset({"EXISTS", "RECENT", "EXPUNGE", "FETCH", "UIDFETCH"})

_HEAD = re.compile(rb"(\*|\+|[^\x00-\x20(){%*\"\\+\x7f-\xff]+)(?: |(?=\r?\n)|\Z)")
_WORD = re.compile(rb"(?:(\d+) )?([A-Za-z0-9.=+\-]+)(?: |(?=\r?\n)|\Z|(?=\())")
_CODE = re.compile(rb"\[([A-Za-z0-9.\-=+/]+)(?: ((?:\"(?:[^\"\\]|\\.)*\"|[^\]\"])*))?\] ?")


@dataclass(frozen=True)
class Response:
    """A response, taken apart.

    tag     ``*``, ``+`` or the tag
    kind    the keyword in upper case (OK, FETCH, EXISTS, LIST …); ``+`` for a
            continuation; empty if the frame could not be taken apart
    number  the number before the keyword, for EXISTS, RECENT, EXPUNGE and FETCH
    code    the response code's name in upper case; empty if there is none
    data    the response code's arguments, or what follows the keyword
    text    the human-readable text of a condition or continuation
    """

    tag: bytes
    kind: str
    number: int | None = None
    code: str = ""
    data: tuple[Node, ...] = ()
    text: bytes = b""

    @property
    def untagged(self) -> bool:
        """Whether the response carries no tag."""
        return self.tag == b"*"

    @property
    def tagged(self) -> bool:
        """Whether the response completes a command."""
        return self.tag not in (b"*", b"+")

    @cached_property
    def items(self) -> Mapping[str, Node]:
        """The items of a FETCH or UIDFETCH (RFC 9586) by their names in upper case."""
        if (
            self.kind not in ("FETCH", "UIDFETCH")
            or not self.data
            or not isinstance(self.data[0], tuple)
        ):
            return {}
        return fetch_items(self.data[0])


def fetch_items(pairs: tuple[Node, ...]) -> dict[str, Node]:
    """Return name -> value of a list of pairs; a name that stands twice keeps its last value."""
    items: dict[str, Node] = {}
    for name, value in zip(pairs[::2], pairs[1::2], strict=False):
        if isinstance(name, bytes):
            items[item_name(name)] = value
    return items


_SPACES = re.compile(r"\s+")
_FIELDS = re.compile(r"\(([^()]*)\)")
_LITERAL = re.compile(r"\{\d+\}\r?\n")


def item_name(name: bytes) -> str:
    """Return a FETCH item's name in one spelling: upper case, header names unquoted and sorted.

    No RFC fixes the order in which a server repeats the names of header fields.
    """
    return _usual_name(name) if len(name) <= _USUAL else _name(name)


def _name(name: bytes) -> str:
    text = name.decode("latin-1").upper()
    if "[" not in text:
        return text
    text = _SPACES.sub(" ", _LITERAL.sub("", text).replace('"', ""))
    return _FIELDS.sub(lambda m: f"({' '.join(sorted(m[1].split()))})", text)


_USUAL = 64  # longer ones are not worth keeping
_usual_name = lru_cache(maxsize=512)(_name)


def parse_response(frame: bytes) -> Response:
    """Return ``frame``, a whole response with its literals and CRLF, as a value."""
    end = len(frame)
    while end and frame[end - 1] in b"\r\n":
        end -= 1
    head = _HEAD.match(frame)
    if not head:
        return Response(b"", "")
    tag = head[1]
    position = head.end()
    if tag == b"+":
        return Response(tag, "+", text=frame[position:end])
    word = _WORD.match(frame, position)
    if not word:
        return Response(tag, "")
    kind = word[2].upper().decode("ascii")
    position = word.end()
    if kind in CONDITIONS and word[1] is None:
        code = _CODE.match(frame, position, end)
        if code is None:
            return Response(tag, kind, text=frame[position:end])
        try:
            data = read(code[2]) if code[2] else ()
        except Malformed:
            data = (code[2],)
        return Response(
            tag, kind, code=code[1].upper().decode("ascii"), data=data, text=frame[code.end() : end]
        )
    if (word[1] is not None) != (kind in _NUMBERED):
        return Response(tag, "")
    number = int(word[1]) if word[1] is not None and len(word[1]) < 20 else None
    try:
        return Response(tag, kind, number, data=read(frame, position, end))
    except Malformed:
        return Response(tag, "")


def atoms(nodes: tuple[Node, ...]) -> list[str]:
    """Return the words among ``nodes``, in upper case."""
    return [node.decode("latin-1").upper() for node in nodes if isinstance(node, Atom)]
