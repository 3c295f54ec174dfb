"""What an ABNF rule is made of (RFC 5234 section 3): plain values, compared by content."""

from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Alt", "Cat", "Chars", "Lit", "Node", "Ref", "Rep", "Rule", "octets", "references"]


@dataclass(frozen=True, slots=True)
class Lit:
    """A string; letters match in either case unless ``exact`` (RFC 7405)."""

    text: bytes
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Chars:
    """One octet out of a set; bit n of ``mask`` stands for octet n."""

    mask: int


@dataclass(frozen=True, slots=True)
class Ref:
    """Another rule, by its name in lower case."""

    name: str


@dataclass(frozen=True, slots=True)
class Cat:
    """One item after the other."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Alt:
    """Any one of the items; their order means nothing."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Rep:
    """``item`` from ``least`` to ``most`` times; None is without end."""

    item: "Node"
    least: int
    most: int | None


Node = Lit | Chars | Ref | Cat | Alt | Rep

EMPTY = Cat(())


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as one file states it.

    name         as written in the RFC
    node         its definition
    section      where it stands, such as ``RFC9051:9``
    file, line   where our copy stands
    incremental  stated with ``=/``, so it adds alternatives to a rule of that name
    """

    name: str
    node: Node
    section: str = ""
    file: str = ""
    line: int = 0
    incremental: bool = False
    source: str = field(default="", compare=False)


def octets(mask: int) -> Iterator[int]:
    """Yield the octets of a mask in order."""
    for value in range(256):
        if mask >> value & 1:
            yield value


def references(node: Node) -> Iterator[str]:
    """Yield the names of all rules that ``node`` refers to."""
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, Ref):
            yield node.name
        elif isinstance(node, (Cat, Alt)):
            stack.extend(reversed(node.items))
        elif isinstance(node, Rep):
            stack.append(node.item)
