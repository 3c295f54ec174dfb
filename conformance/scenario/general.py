"""Whether one pattern fits whatever another fits, as far as their texts tell."""

from conformance.scenario.model import Expectations, Level, Pattern
from conformance.scenario.pattern import (
    Any,
    Atom,
    Bracket,
    Capture,
    ListNode,
    Node,
    PatternError,
    Rest,
    parse_ends,
    parse_pattern,
    walk,
)

__all__ = ["captures", "covers", "ends_cover", "expectations_cover", "nodes"]


def nodes(pattern: Pattern) -> tuple[Node, ...]:
    """Return the pattern's nodes; none if it cannot be read."""
    try:
        return parse_pattern(pattern.text)
    except PatternError:
        return ()


def captures(found: tuple[Node, ...]) -> list[str]:
    """Return the names of captures among the nodes, in order."""
    return [node.name for node in walk(found) if isinstance(node, Capture)]


def covers(general: tuple[Node, ...], special: tuple[Node, ...], bound: frozenset[str]) -> bool:
    """Whether whatever fits ``special`` fits ``general``; ``bound`` are captures with a value."""
    if general[:1] and isinstance(general[-1], Rest):
        head = general[:-1]
        return len(special) >= len(head) and _each(head, special[: len(head)], bound)
    return len(general) == len(special) and _each(general, special, bound)


def _each(general: tuple[Node, ...], special: tuple[Node, ...], bound: frozenset[str]) -> bool:
    names = [name for name in captures(general) if name not in bound]
    if len(set(names)) < len(names):  # an unbound capture that stands twice asks for equals
        return general == special
    return all(_covers(one, other, bound) for one, other in zip(general, special, strict=True))


def _covers(general: Node, special: Node, bound: frozenset[str]) -> bool:
    if isinstance(general, Any) or (isinstance(general, Capture) and general.name not in bound):
        return not isinstance(special, Rest)
    if isinstance(general, Atom) and isinstance(special, Atom):
        return general.text.upper() == special.text.upper()
    if isinstance(general, ListNode) and isinstance(special, ListNode):
        return covers(general.items, special.items, bound)
    if isinstance(general, Bracket) and isinstance(special, Bracket):
        return covers(general.items, special.items, bound)
    return general == special


def ends_cover(general: Pattern | None, special: Pattern | None, bound: frozenset[str]) -> bool:
    """Whether every completion that fits ``special`` fits ``general``; None is OK."""
    try:
        wide = parse_ends(general.text if general else "OK")
        narrow = parse_ends(special.text if special else "OK")
    except PatternError:
        return False
    if not wide:
        return True
    return bool(narrow) and all(
        any(_completion(one, other, bound) for one in wide) for other in narrow
    )


def _completion(
    general: tuple[Node, ...], special: tuple[Node, ...], bound: frozenset[str]
) -> bool:
    if general[0] != special[0]:
        return False
    code = general[1:2]
    if not code or not isinstance(code[0], Bracket):
        return True
    return bool(special[1:2]) and _covers(code[0], special[1], bound)


def expectations_cover(
    general: Expectations, special: Expectations, ends: Pattern | None, bound: frozenset[str]
) -> bool:
    """Whether ``general`` fits whenever ``special`` does; ``ends`` is for those that name none."""
    if (general.only and not special.only) or (general.in_order and not special.in_order):
        return False
    if not {c.text for c in general.check} <= {c.text for c in special.check}:
        return False
    if not ends_cover(general.ends or ends, special.ends or ends, bound):
        return False
    for level in (Level.MUST, Level.SHOULD):
        if not _matched(general.at(level), special.at(level), bound):
            return False
    return all(
        any(covers(nodes(one), nodes(other), bound) for one in special.at(level))
        for level in (Level.MUST_NOT, Level.SHOULD_NOT)
        for other in general.at(level)
    )


def _matched(
    general: tuple[Pattern, ...], special: tuple[Pattern, ...], bound: frozenset[str]
) -> bool:
    """Whether each pattern of ``general`` is met by another one of ``special``."""
    left = list(special)
    for pattern in general:
        for other in left:
            if covers(nodes(pattern), nodes(other), bound):
                left.remove(other)
                break
        else:
            return False
    return True
