"""What a FETCH, STORE or STATUS asks for: messages as UIDs or numbers, items by name."""

import re

from conformance.check.always.client import Flags, Sent
from conformance.imap.response import item_name
from conformance.imap.sets import ranges
from conformance.imap.tree import Atom, Node

__all__ = [
    "asked_action",
    "asked_items",
    "asked_ranges",
    "asked_set",
    "canonical",
    "modifiers",
    "within",
]

_MACROS = {
    "ALL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"),
    "FAST": ("FLAGS", "INTERNALDATE", "RFC822.SIZE"),
    "FULL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"),
}
_KNOWN = re.compile(
    r"(FLAGS|UID|INTERNALDATE|RFC822(\.SIZE|\.HEADER|\.TEXT)?|ENVELOPE|BODYSTRUCTURE|MODSEQ"
    r"|BODY(\[[^\]]*\](<\d+>)?)?|BINARY\[[0-9.]*\](<\d+>)?|BINARY\.SIZE\[[0-9.]*\])\Z",
    re.DOTALL,
)
_PARTIAL = re.compile(r"<(\d+)\.\d+>\Z")


def asked_items(sent: Sent) -> list[str]:
    """Return the items that a FETCH asks for, by the names that its answer must have."""
    args = sent.command.args
    if len(args) < 2:
        return []
    nodes: tuple[Node, ...] = args[1] if isinstance(args[1], tuple) else args[1:2]
    names: list[str] = []
    for node in nodes:
        if not isinstance(node, Atom):
            continue
        if node.count(b"{"):
            continue  # a header's name as a literal
        name = item_name(node)
        if name in _MACROS and not isinstance(args[1], tuple):
            names += _MACROS[name]
            continue
        name = name.replace("BODY.PEEK[", "BODY[", 1).replace("BINARY.PEEK[", "BINARY[", 1)
        name = _PARTIAL.sub(r"<\1>", name)
        if _KNOWN.match(name):
            names.append(canonical(name))
    if sent.command.name.startswith("UID "):
        names.append("UID")
    return list(dict.fromkeys(names))


def canonical(name: str) -> str:
    """Return an item's name with its header fields in one order: their list is a set."""
    at = name.find("HEADER.FIELDS")
    if at < 0:
        return name
    start, end = name.find("(", at), name.find(")", at)
    if start < 0 or end < 0:
        return name
    return f"{name[:start]}({' '.join(sorted(name[start + 1 : end].split()))}){name[end + 1 :]}"


def modifiers(sent: Sent) -> list[str]:
    """Return the words of a FETCH's or STORE's modifiers, such as CHANGEDSINCE."""
    at = 1 if sent.command.name.endswith("STORE") else 2
    found: list[str] = []
    for node in sent.command.args[at:]:
        if isinstance(node, tuple):
            found += [word.decode("latin-1").upper() for word in node if isinstance(word, Atom)]
        elif at == 1:
            break
    return found


def asked_set(sent: Sent) -> bytes:
    """Return the set of messages as it was written; empty if there is none."""
    node = sent.command.args[0] if sent.command.args else b""
    return bytes(node) if isinstance(node, bytes) else b""


def asked_action(sent: Sent) -> tuple[str, Flags]:
    """Return what a STORE does (``+FLAGS.SILENT`` …) and with which flags; empty in doubt."""
    args = sent.command.args
    for at, node in enumerate(args[1:], start=1):
        if isinstance(node, Atom) and b"FLAGS" in node.upper():
            rest = args[at + 1 :]
            if not rest:
                break  # no flags at all: the syntax is wrong
            nodes = rest[0] if isinstance(rest[0], tuple) else rest
            flags = frozenset(flag.lower() for flag in nodes if isinstance(flag, bytes))
            return node.decode("latin-1").upper(), flags
    return "", frozenset()


def asked_ranges(sent: Sent) -> list[tuple[int, int]] | None:
    """Return the set of messages that a command names; None if ``$`` or no set.

    ``*`` stands for the number of messages, or in UID commands for no known UID.
    """
    args = sent.command.args
    if not args or not isinstance(args[0], Atom):
        return None
    text = args[0].decode("latin-1")
    if sent.command.name.startswith("UID "):
        if "*" in text:
            # What it was when it was sent, or what the answer has told since.
            now = sent.box.numbers.highest if sent.box is not None else 0
            return ranges(text, max(sent.highest, now, 1))
        return ranges(text)
    return ranges(text, sent.count)


def within(number: int, spans: list[tuple[int, int]]) -> bool:
    """Return whether ``number`` is in the set."""
    return any(low <= number <= high for low, high in spans)
