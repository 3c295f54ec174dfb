"""The threads that THREAD must answer with: ORDEREDSUBJECT and REFERENCES (RFC 5256 section 3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["Entry", "Tree", "ordered_subject", "references"]

Tree = tuple[int | None, tuple["Tree", ...]]
"""A message's number, None for a parent that is not there, and its children in order."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What threading needs of a message.

    place       its sequence number, which decides between equal dates
    name        the number that the answer has: place or UID
    date        the sent date in UTC
    subject     the base subject, casemapped; ``reply`` if it was a reply or forward
    id          its Message-ID, empty if it has none; ``ancestors`` its references
    """

    place: int
    name: int
    date: datetime
    subject: str
    reply: bool
    id: bytes = b""
    ancestors: tuple[bytes, ...] = ()


def ordered_subject(entries: Sequence[Entry]) -> tuple[Tree, ...]:
    """Return the threads of ORDEREDSUBJECT."""
    threads: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.date, entry.place)):
        threads.setdefault(entry.subject, []).append(entry)
    heads = sorted(threads.values(), key=lambda thread: (thread[0].date, thread[0].place))
    return tuple((first.name, tuple((entry.name, ()) for entry in rest)) for first, *rest in heads)


@dataclass(slots=True, eq=False)
class _Node:
    """A message, or without an entry a dummy."""

    entry: Entry | None = None
    parent: "_Node | None" = None
    children: list["_Node"] = field(default_factory=list)

    @property
    def speaker(self) -> Entry:
        """The entry whose date and subject count: its own, or its first child's."""
        return self.entry if self.entry is not None else self.children[0].speaker

    def adopt(self, child: "_Node") -> None:
        if child.parent is not None:
            child.parent.children.remove(child)
        child.parent = self
        self.children.append(child)

    def below(self, other: "_Node") -> bool:
        """Whether this is ``other`` or a descendant of it."""
        node: _Node | None = self
        while node is not None and node is not other:
            node = node.parent
        return node is other


def references(entries: Sequence[Entry]) -> tuple[Tree, ...]:
    """Return the threads of REFERENCES."""
    root = _Node()
    for node in _linked(sorted(entries, key=lambda entry: entry.place)):
        if node.parent is None:
            root.adopt(node)
    root.children = _pruned(root.children, top=True)
    for child in root.children:
        child.parent = root
        if child.entry is None:
            _sort(child)
    _sort(root)
    _gather(root)
    _sort_all(root)
    return tuple(map(_tree, root.children))


def _linked(entries: Iterable[Entry]) -> list[_Node]:
    """Step 1: link all messages, and dummies for those that are not there."""
    nodes: dict[bytes, _Node] = {}
    mine: list[tuple[Entry, _Node]] = []
    others: list[_Node] = []
    for entry in entries:
        if entry.id and entry.id not in nodes:
            node = nodes[entry.id] = _Node(entry)
        else:
            node = _Node(entry)  # a unique Message-ID of its own
            others.append(node)
        mine.append((entry, node))
    for entry, node in mine:
        before: _Node | None = None
        for name in entry.ancestors:
            ancestor = nodes.get(name)
            if ancestor is None:
                ancestor = nodes[name] = _Node()
            if before is not None and ancestor.parent is None and not before.below(ancestor):
                before.adopt(ancestor)
            before = ancestor
        if node.parent is not None:
            node.parent.children.remove(node)
            node.parent = None
        if before is not None and not before.below(node):
            before.adopt(node)
    return [*nodes.values(), *others]


def _pruned(nodes: Iterable[_Node], *, top: bool) -> list[_Node]:
    """Step 3: take out the dummies, but keep those that hold several threads together."""
    kept: list[_Node] = []
    for node in nodes:
        node.children = _pruned(node.children, top=False)
        for child in node.children:
            child.parent = node
        if node.entry is not None or (top and len(node.children) > 1):
            kept.append(node)
        else:
            kept += node.children
    return kept


def _when(node: _Node) -> tuple[datetime, int]:
    return node.speaker.date, node.speaker.place


def _sort(node: _Node) -> None:
    node.children.sort(key=_when)


def _sort_all(node: _Node) -> None:
    """Step 6: the youngest siblings first."""
    for child in node.children:
        _sort_all(child)
    _sort(node)


def _gather(root: _Node) -> None:
    """Step 5: bring threads of the same subject together."""
    table: dict[str, _Node] = {}
    for node in root.children:
        subject = node.speaker.subject
        known = table.get(subject)
        if not subject:
            continue
        if known is None or (
            known.entry is not None and (node.entry is None or (_reply(known) and not _reply(node)))
        ):
            table[subject] = node
    for node in list(root.children):
        subject = node.speaker.subject
        known = table.get(subject)
        if not subject or known is None or known is node:
            continue
        if known.entry is None and node.entry is None:
            for child in list(node.children):
                known.adopt(child)
            root.children.remove(node)
        elif known.entry is None or (_reply(node) and not _reply(known)):
            known.adopt(node)
        else:
            dummy = _Node()
            root.adopt(dummy)
            dummy.adopt(known)
            dummy.adopt(node)
            table[subject] = dummy


def _reply(node: _Node) -> bool:
    return node.entry is not None and node.entry.reply


def _tree(node: _Node) -> Tree:
    return (node.entry.name if node.entry is not None else None, tuple(map(_tree, node.children)))
