"""The exact matcher: follows every alternative at once, octet by octet, without recursion.

It is a recogniser for any context-free grammar (a graph-structured stack, walked
position by position), so no order of alternatives can lead it astray and no depth
of nesting can overflow it. It is slow; the fast path decides nearly every frame.
"""

from dataclasses import dataclass, field
from heapq import heappop, heappush

from conformance.grammar.network import Kind, Machine, Network, State

__all__ = ["Call", "Failure", "match"]

STEPS = 120_000


@dataclass(slots=True, eq=False)
class Call:
    """A rule under way: where it began and, for each caller, where to go on after it."""

    machine: Machine
    start: int
    returns: list[tuple[State, "Call | None"]] = field(default_factory=list)
    empty: bool = False  # it has been left again without taking an octet


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a frame does not match: the furthest octet reached and the states waiting there.

    refused    a guarded item that was complete here and failed its guard
    exhausted  the steps ran out before an answer; ``offset`` is how far they went
    """

    offset: int
    waiting: tuple[tuple[State, Call], ...]
    refused: Call | None = None
    exhausted: bool = False


def match(  # noqa: PLR0915 - one loop, kept flat for speed
    network: Network, octets: bytes, steps: int = STEPS
) -> Failure | None:
    """Return None if ``octets`` is a sentence of the network's root, else where it fails."""
    size = len(octets)
    root = Call(network.root, 0)
    root.returns.append((State(), None))
    todo: dict[int, list[tuple[State, Call]]] = {0: [(network.root.entry, root)]}
    heap = [0]
    position = 0
    waiting: list[tuple[State, Call]] = []
    refused: Call | None = None
    while heap:
        position = heappop(heap)
        waiting = todo.pop(position)
        octet = octets[position] if position < size else 256
        calls: dict[Machine, Call] = {}
        ends: dict[Machine, int] = {}
        refused = None
        seen = set(waiting)
        waiting = list(seen) if len(seen) < len(waiting) else waiting
        index = 0
        while index < len(waiting):
            state, call = waiting[index]
            index += 1
            if state.accept:
                passes = call.machine.passes
                if passes is not None and not passes(octets[call.start : position]):
                    refused = call
                elif call.start == position:
                    call.empty = True
                for back, caller in call.returns if refused is not call else ():
                    if caller is None:
                        if position == size:
                            return None
                    elif (back, caller) not in seen:
                        seen.add((back, caller))
                        waiting.append((back, caller))
            moves = state.table.get(octet)
            for move in state.ways(octet) if moves is None else moves:
                kind = move.kind
                if kind is Kind.CALL:
                    machine = move.callee
                    assert machine is not None
                    new = calls.get(machine)
                    if new is None and machine.shortcut is not None:
                        leap = ends.get(machine)
                        if leap is None:
                            found = machine.shortcut(octets, position)
                            leap = ends[machine] = found.end() if found else -1
                        if leap > position:
                            if leap in todo:
                                todo[leap].append((move.target, call))
                            else:
                                todo[leap] = [(move.target, call)]
                                heappush(heap, leap)
                            continue
                    if new is None:
                        new = calls[machine] = Call(machine, position)
                        waiting.append((machine.entry, new))
                        seen.add((machine.entry, new))
                    new.returns.append((move.target, call))
                    if new.empty and (move.target, call) not in seen:
                        seen.add((move.target, call))
                        waiting.append((move.target, call))
                    continue
                if kind is Kind.OCTET:
                    end = position + 1
                elif kind is Kind.RUN:
                    assert move.run is not None
                    found = move.run(octets, position)
                    assert found is not None
                    end = found.end()
                else:
                    end = position + len(move.text)
                    text = octets[position:end]
                    if (text if move.exact else text.upper()) != move.text:
                        continue
                if end in todo:
                    todo[end].append((move.target, call))
                else:
                    todo[end] = [(move.target, call)]
                    heappush(heap, end)
        steps -= len(waiting)
        if steps < 0 and heap:
            return Failure(position, tuple(waiting), None, exhausted=True)
    return Failure(position, tuple(waiting), refused)
