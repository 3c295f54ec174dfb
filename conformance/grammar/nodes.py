"""What an ABNF rule is made of (RFC 5234 section 3): plain values, compared by content."""

from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = [
    "Alt",
    "Cat",
    "Chars",
    "Guard",
    "Lit",
    "Node",
    "Ref",
    "Rep",
    "Rule",
    "octets",
    "references",
    "replaced",
]


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


@dataclass(frozen=True, slots=True)
class Guard:
    """``item``, if what it took also passes a test that ABNF cannot state.

    name     of the test in ``conformance.grammar.guards``; empty for a list of words
    words    texts, in upper case, that the item must not be
    says     what is wrong with text that fails, after "which is"
    section  where the RFC says so
    """

    item: "Node"
    name: str = ""
    words: frozenset[bytes] = frozenset()
    says: str = ""
    section: str = ""


Node = Lit | Chars | Ref | Cat | Alt | Rep | Guard

EMPTY = Cat(())


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as one file states it.

    name         as written in the RFC
    node         its definition
    section      where it stands, such as ``RFC9051:9``
    file, line   where our copy stands
    incremental  stated with ``=/``, so it adds alternatives to a rule of that name
    needs        capabilities of which one must be advertised (``THREAD=*`` for any such)
    after        what must be enabled before such data may come; other words are for people
    """

    name: str
    node: Node
    section: str = ""
    file: str = ""
    line: int = 0
    incremental: bool = False
    needs: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
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
        elif isinstance(node, (Rep, Guard)):
            stack.append(node.item)


def replaced(node: Node, old: Node, new: Node) -> Node:
    """Return ``node`` with every ``old`` in it replaced by ``new``."""
    if node == old:
        return new
    match node:
        case Cat(items):
            return Cat(tuple(replaced(item, old, new) for item in items))
        case Alt(items):
            return Alt(tuple(replaced(item, old, new) for item in items))
        case Rep(item, least, most):
            return Rep(replaced(item, old, new), least, most)
        case Guard(item, name, words, says, section):
            return Guard(replaced(item, old, new), name, words, says, section)
        case _:
            return node
