"""Whether conditions over captures, such as ``$after > $before``, hold."""

from conformance.check.facts import Captures, Facts
from conformance.imap.tree import Node
from conformance.scenario.condition import OPERATORS, Condition, Operand
from conformance.scenario.pattern import Capture, Uid

__all__ = ["Unknown", "holds", "show"]


class Unknown(LookupError):  # noqa: N818 - not an error: the value is not known
    """An operand has no value (yet); the message names it."""


def holds(condition: Condition, facts: Facts, captures: Captures) -> bool:
    """Return whether the condition holds; Unknown if an operand has no value."""
    left = _value(condition.left, facts, captures)
    right = _value(condition.right, facts, captures)
    if isinstance(left, int) and isinstance(right, int):
        return OPERATORS[condition.operator](left, right)
    if condition.operator in ("=", "!="):
        return OPERATORS[condition.operator](_octets(left), _octets(right))
    return False


def show(condition: Condition, facts: Facts, captures: Captures) -> str:
    """Return the condition with its values filled in, as ``12 > 15``."""
    sides = []
    for operand in (condition.left, condition.right):
        value = _value(operand, facts, captures)
        sides.append(value.decode("latin-1") if isinstance(value, bytes) else str(value))
    return f"{sides[0]} {condition.operator} {sides[1]}"


def _value(operand: Operand, facts: Facts, captures: Captures) -> int | bytes | Node:
    value: int | bytes | Node
    match operand.value:
        case Capture(name):
            if name not in captures:
                raise Unknown(f"${name}")
            value = captures[name]
        case Uid(name):
            if name not in facts.uids:
                raise Unknown(f"uid({name})")
            value = facts.uids[name]
        case fixed:
            value = fixed
    if isinstance(value, bytes) and value.isdigit():
        value = int(value)
    return value + operand.plus if isinstance(value, int) else value


def _octets(value: int | bytes | Node) -> object:
    return str(value).encode() if isinstance(value, int) else value
