"""What a network is made of: states, and the moves that lead from one to another."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from conformance.grammar.nodes import Node

if TYPE_CHECKING:
    import re

    from conformance.grammar.network import Machine

__all__ = ["LEAVE", "SEVERAL", "Kind", "Move", "State"]


class Kind(IntEnum):
    """What a move does."""

    OCTET = 0
    RUN = 1
    TEXT = 2
    CALL = 3


@dataclass(slots=True, eq=False)
class Move:
    """One way on from a state.

    mask    the octets it can begin with
    length  of the text it matches
    match   for a run: finds its end; for a text of letters: None or the text folded
    again   it only continues a loop over a class, so nobody would name it as missing
    words   what reports call it, once one has
    """

    kind: Kind
    mask: int
    target: "State"
    text: bytes = b""
    exact: bool = False
    callee: "Machine | None" = None
    run: Callable[[bytes, int], "re.Match[bytes] | None"] | None = None
    again: bool = False
    node: Node | None = None
    words: dict[str, None] | None = None


@dataclass(slots=True, eq=False)
class State:
    """A place within a rule.

    follow  where the rule may end here: the octets that can come after it
    """

    accept: bool = False
    moves: list[Move] = field(default_factory=list)
    table: dict[int, tuple[Move, ...]] = field(default_factory=dict)
    only: "dict[int, Move]" = field(default_factory=dict)
    follow: int = 0

    def ways(self, octet: int) -> tuple[Move, ...]:
        """Return the moves that can begin with ``octet`` (256 at the end), and remember them."""
        bit = 1 << octet
        found = tuple(
            move
            for move in self.moves
            if move.mask & bit or (move.callee is not None and move.callee.nullable)
        )
        self.table[octet] = found
        return found

    def one(self, octet: int) -> "Move":
        """Return the only move that ``octet`` leaves, LEAVE if the rule ends, SEVERAL otherwise."""
        ways = self.table.get(octet)
        if ways is None:
            ways = self.ways(octet)
        leaves = self.accept and self.follow >> octet & 1
        found = SEVERAL
        if not ways and leaves:
            found = LEAVE
        elif len(ways) == 1 and not leaves:
            callee = ways[0].callee
            if callee is None or not callee.nullable:
                found = ways[0]
        self.only[octet] = found
        return found


LEAVE = Move(Kind.CALL, 0, State())
SEVERAL = Move(Kind.CALL, 0, State())
