"""What came, as patterns for a draft: what another server would say too, and no more."""

from collections.abc import Iterator, Mapping, Sequence

from conformance.imap.session import Seen
from conformance.imap.tree import Atom, Node
from conformance.scenario.model import Pattern
from conformance.scenario.pattern import PatternError, parse_pattern

__all__ = ["patterns"]

_MOST = 20


def patterns(seen: Sequence[Seen], names: Mapping[int, str]) -> tuple[Pattern, ...]:
    """Return patterns for the untagged responses of a window; at most some twenty.

    names  UID -> the message that has it
    """
    by_uid = any(item.command is not None and item.command.name.startswith("UID ") for item in seen)
    found = dict.fromkeys(
        text for item in seen if not item.response.tagged for text in _texts(item, names, by_uid)
    )
    return tuple(Pattern(text) for text in list(found)[:_MOST] if _readable(text))


def _readable(text: str) -> bool:
    try:
        parse_pattern(text)
    except PatternError:
        return False
    return True


def _texts(seen: Seen, names: Mapping[int, str], by_uid: bool) -> Iterator[str]:  # noqa: FBT001
    response = seen.response
    match response.kind:
        case "EXISTS" | "EXPUNGE":
            yield f"{response.number} {response.kind}"
        case "FETCH":
            told = [_item(name, value, names) for name, value in response.items.items()]
            yield f"{response.number} FETCH ({' '.join(told)})"
        case "SEARCH":
            yield " ".join(("SEARCH", *_found(response.data, names, by_uid)))
        case "STATUS" if len(response.data) == 2:
            yield from _status(*response.data)
        case "LIST" | "LSUB" if len(response.data) >= 3:
            yield f"{response.kind} $_ $_ {_word(response.data[2])}"


def _status(mailbox: Node, items: Node) -> Iterator[str]:
    if isinstance(items, tuple):
        pairs = zip(items[::2], items[1::2], strict=False)
        shown = " ".join(f"{_word(name)} {_count(name, value)}" for name, value in pairs)
        yield f"STATUS {_word(mailbox)} ({shown})"


def _item(name: str, value: Node, names: Mapping[int, str]) -> str:
    if name == "FLAGS" and isinstance(value, tuple):
        flags = [_word(flag) for flag in value if bytes(flag).upper() != b"\\RECENT"]  # type: ignore[arg-type]
        return f"FLAGS ({' '.join(flags)})"
    if name == "UID" and isinstance(value, Atom) and value.isdigit() and int(value) in names:
        return f"UID uid({names[int(value)]})"
    return f"{name} $_"


def _found(data: Sequence[Node], names: Mapping[int, str], by_uid: bool) -> Iterator[str]:  # noqa: FBT001
    for node in data:
        if not isinstance(node, Atom) or not node.isdigit():
            continue
        known = names.get(int(node)) if by_uid else None
        yield f"uid({known})" if known else ("$_" if by_uid else node.decode())


def _count(name: Node, value: Node) -> str:
    """Return a number that another server would give too, or a wildcard."""
    same = isinstance(name, bytes) and name.upper() in (b"MESSAGES", b"UNSEEN", b"DELETED")
    return _word(value) if same else "$_"


def _word(node: Node) -> str:
    if not isinstance(node, bytes):
        return "$_"
    text = node.decode("utf-8", "replace")
    if isinstance(node, Atom):
        return f"\\{text}" if text.startswith("$") and text[1:2].islower() else text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
