"""What a pattern is made of, once it is read."""

from dataclasses import dataclass
from typing import TypeAlias

__all__ = [
    "Any",
    "Atom",
    "Bracket",
    "Capture",
    "Element",
    "ListNode",
    "Message",
    "Node",
    "Quoted",
    "Range",
    "Rest",
    "Seq",
    "Set",
    "Uid",
    "walk",
]


@dataclass(frozen=True, slots=True)
class Atom:
    r"""A word as it stands: ``FETCH``, ``2``, ``\Seen``, ``$Junk``, ``+OK``, ``NIL``.

    The name of a FETCH item keeps its section and origin, whatever they hold:
    ``BODY[HEADER.FIELDS (FROM)]<0>`` is one atom.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """A string in double quotes, without them and their backslashes, as UTF-8."""

    data: bytes


@dataclass(frozen=True, slots=True)
class ListNode:
    """A parenthesized list."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Bracket:
    """A response code in brackets, ``[APPENDUID $v $u]``: its name is the first item."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Capture:
    """``$x``: binds what stands here at first, equals it later. The name has no ``$``."""

    name: str


@dataclass(frozen=True, slots=True)
class Any:
    """``$_``: exactly one of anything (an atom, a string, or a list)."""


@dataclass(frozen=True, slots=True)
class Rest:
    """``...``: further items of the same list, code or response are allowed here."""


@dataclass(frozen=True, slots=True)
class Uid:
    """``uid(x)``: the UID of message x."""

    name: str


@dataclass(frozen=True, slots=True)
class Seq:
    """``seq(x)``: this client's number for message x when the response arrives."""

    name: str


@dataclass(frozen=True, slots=True)
class Message:
    """``message(x)``: a string equal to the octets of message x."""

    name: str


@dataclass(frozen=True, slots=True)
class Range:
    """One member of a set; ``high`` is None unless it was written ``low:high``."""

    low: "Element"
    high: "Element | None" = None


@dataclass(frozen=True, slots=True)
class Set:
    """A set of numbers with ``:`` or ``,`` in it: ``uid(a),uid(b),5:7``, ``2:4``, ``$a:*``.

    A single ``uid(a)``, ``$a`` or ``5`` is no Set but that node itself.
    """

    ranges: tuple[Range, ...]


# What a set is made of; the atoms are numbers and ``*``.
Element: TypeAlias = "Atom | Uid | Seq | Capture"
Node: TypeAlias = (
    "Atom | Quoted | ListNode | Bracket | Capture | Any | Rest | Uid | Seq | Message | Set"
)


def walk(nodes: tuple[Node, ...]) -> list[Node]:
    """Return all nodes with those inside lists, codes and sets, in the order written."""
    found: list[Node] = []
    for node in nodes:
        found.append(node)
        if isinstance(node, ListNode | Bracket):
            found += walk(node.items)
        elif isinstance(node, Set):
            for member in node.ranges:
                found.append(member.low)
                if member.high is not None:
                    found.append(member.high)
    return found
