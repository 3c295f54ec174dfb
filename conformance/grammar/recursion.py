"""Which rules contain themselves, and the octets that stand for them while a frame is checked."""

from conformance.grammar.compose import Grammar
from conformance.grammar.nodes import references

__all__ = ["LITERAL", "MARKS", "marked"]

MARKS = bytes(range(0xF5, 0xFF))
"""Octets that are in no UTF-8 and so in no frame but inside literals, which are cut out."""
LITERAL = 0xFF
"""Likewise; it stands for a literal in a skeleton that is ASCII otherwise."""

_FIRST_CHOICE = ("body", "body-extension", "search-key", "tagged-ext-comp", "thread-nested")


def marked(grammar: Grammar, names: list[str]) -> list[str]:
    """Return rules such that no rule contains itself other than through one of them."""
    uses = {name: set(references(grammar.rule(name).node)) for name in names}
    found: list[str] = []
    while True:
        looping = _looping(uses)
        if not looping:
            return found
        choice = next((name for name in _FIRST_CHOICE if name in looping), None)
        if choice is None:
            choice = max(sorted(looping), key=lambda name: name in uses[name])
        found.append(choice)
        for used in uses.values():
            used.discard(choice)


def _looping(uses: dict[str, set[str]]) -> set[str]:
    """Return what remains when rules that use nothing, or that nothing uses, are taken away."""
    left = {name: set(used) for name, used in uses.items()}
    while True:
        used = set().union(*left.values()) if left else set()
        gone = [name for name, needs in left.items() if not needs or name not in used]
        if not gone:
            return set(left)
        for name in gone:
            del left[name]
        for needs in left.values():
            needs.difference_update(gone)
