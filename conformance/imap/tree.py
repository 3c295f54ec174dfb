"""IMAP data as a tree: atoms, strings and lists, whatever the quoting.

An atom is an ``Atom`` (a kind of bytes), a quoted string or literal is plain bytes,
a parenthesized list is a tuple. NIL is the atom. The grammar decides whether the
syntax is right; this reader only takes apart what is, and says Malformed otherwise.
"""

import re
from typing import TypeAlias, Union

__all__ = ["NIL", "Atom", "Malformed", "Node", "is_nil", "read"]


class Atom(bytes):
    """An unquoted word: an atom, number, flag, or a FETCH item's name with its section."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Show it apart from a string."""
        return f"Atom({bytes(self)!r})"


Node: TypeAlias = Union[Atom, bytes, tuple["Node", ...]]  # noqa: UP007 - needed at run time

NIL = Atom(b"NIL")


class Malformed(ValueError):  # noqa: N818 - names the data
    """The octets are not IMAP data; ``offset`` says where they stop being so."""

    def __init__(self, message: str, offset: int) -> None:
        """Keep where it happened."""
        super().__init__(message)
        self.offset = offset


def is_nil(node: Node) -> bool:
    """Return whether ``node`` is the atom NIL."""
    return isinstance(node, Atom) and node.upper() == b"NIL"


# A section's brackets belong to the atom before them: BODY[HEADER.FIELDS (TO)]<0>.
_TOKEN = re.compile(
    rb"""(?P<space>[ ]+)
    |(?P<open>\()
    |(?P<close>\))
    |"(?P<quoted>[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*)"
    |~?\{(?P<literal>\d{1,18})\+?\}\r?\n
    |(?P<atom>[^\x00-\x20()"{\[\x7f]+ (?:\[(?:"[^"]*"|[^\]"])*\](?:<[0-9.]+>)?)? )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)


def read(data: bytes, start: int = 0, end: int | None = None) -> tuple[Node, ...]:
    """Return the nodes that ``data[start:end]`` holds, separated by spaces or not.

    Malformed if a list, string or literal does not end, or a character is no data.
    """
    end = len(data) if end is None else end
    position = start
    nodes: list[Node] = []
    outer: list[list[Node]] = []
    match = _TOKEN.match
    while position < end:
        token = match(data, position, end)
        if token is None:
            raise Malformed("neither atom, string, literal nor list", position)
        position = token.end()
        kind = token.lastgroup
        if kind == "atom":
            nodes.append(Atom(token["atom"]))
        elif kind == "open":
            outer.append(nodes)
            nodes = []
        elif kind == "close":
            if not outer:
                raise Malformed("')' closes nothing", position - 1)
            done = tuple(nodes)
            nodes = outer.pop()
            nodes.append(done)
        elif kind == "quoted":
            text = token["quoted"]
            nodes.append(_ESCAPE.sub(rb"\1", text) if b"\\" in text else text)
        elif kind == "literal":
            size = int(token["literal"])
            if position + size > end:
                raise Malformed("a literal goes past the end", position)
            nodes.append(data[position : position + size])
            position += size
    if outer:
        raise Malformed("a list does not end", end)
    return tuple(nodes)
