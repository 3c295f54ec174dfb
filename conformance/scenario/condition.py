"""Conditions over what was captured: ``$after > $before``, ``$next >= uid(one) + 1``."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from conformance.scenario.pattern import NAME, Capture, PatternError, Uid

__all__ = ["OPERATORS", "Condition", "Operand", "parse_condition"]


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a condition: a capture, a UID, a number or a string, plus a number."""

    value: "Value"
    plus: int = 0


Value: TypeAlias = "Capture | Uid | int | bytes"

OPERATORS: dict[str, Callable[[object, object], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,  # type: ignore[dict-item]
    ">=": operator.ge,  # type: ignore[dict-item]
    "<": operator.lt,  # type: ignore[dict-item]
    ">": operator.gt,  # type: ignore[dict-item]
}


@dataclass(frozen=True, slots=True)
class Condition:
    """``left operator right``; the operator is a key of OPERATORS.

    ``<`` and its kind compare numbers; ``=`` and ``!=`` compare numbers where both
    sides are numbers and octets otherwise.
    """

    left: Operand
    operator: str
    right: Operand


_OPERAND = (
    rf"(?:\$(?P<{{0}}capture>[a-z][a-z0-9_]*)|uid\((?P<{{0}}uid>{NAME})\)"
    rf'|(?P<{{0}}number>\d+)|"(?P<{{0}}string>[^"]*)")'
    r"(?:\s*(?P<{0}plus>[+-]\s*\d+))?"
)
_CONDITION = re.compile(
    rf"\s*{_OPERAND.format('left_')}\s*(?P<operator>!=|<=|>=|=|<|>)\s*{_OPERAND.format('right_')}\s*"
)


def parse_condition(text: str) -> Condition:
    """Return ``text`` as a Condition; PatternError if it is none."""
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise PatternError(0, "a check compares two values, such as $after > $before")
    return Condition(_operand(match, "left_"), match["operator"], _operand(match, "right_"))


def _operand(match: re.Match[str], side: str) -> Operand:
    plus = int((match[side + "plus"] or "0").replace(" ", ""))
    value: Value
    if match[side + "capture"]:
        value = Capture(match[side + "capture"])
    elif match[side + "uid"]:
        value = Uid(match[side + "uid"])
    elif match[side + "number"]:
        value = int(match[side + "number"])
    else:
        value = match[side + "string"].encode()
    return Operand(value, plus)
