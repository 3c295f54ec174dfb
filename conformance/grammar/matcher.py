"""The exact matcher: follows every alternative at once, octet by octet, without recursion.

It is a recogniser for any context-free grammar (a graph-structured stack, walked
position by position), so no order of alternatives can lead it astray and no depth
of nesting can overflow it. It is slow, though less so where the next octet leaves
one way on; the fast path decides nearly every frame.
"""

import re
from dataclasses import dataclass, field
from heapq import heappop, heappush

from conformance.grammar.network import Head, Machine, Network
from conformance.grammar.states import LEAVE, SEVERAL, Kind, State

__all__ = ["Call", "Failure", "match", "match_on"]

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

    network    what was walked
    refused    a guarded item that was complete here and failed its guard
    exhausted  the steps ran out before an answer; ``offset`` is how far they went
    """

    offset: int
    waiting: tuple[tuple[State, Call], ...]
    network: Network
    refused: Call | None = None
    exhausted: bool = False


def match(network: Network, octets: bytes, steps: int = STEPS) -> Failure | None:
    """Return None if ``octets`` is a sentence of the network's root, else where it fails."""
    head = _HEAD(octets)
    key = (b"# " if head[1] else b"") + head[2] if head else b""
    known = network.heads.get(key) if head else None
    if head and known:
        position, state, call = _resumed(known, head.end())
        head = None
    else:
        position, state, call = 0, network.root.entry, Call(network.root, 0, [(State(), None)])
    while True:
        before = position, state, call
        steps, position, state, call = _alone(octets, position, state, call, steps)
        if head and position > head.end():
            _keep(network, key, head.end(), before)
            head = None
        result = _together(network, octets, position, [(state, call)], steps)
        if result is None or isinstance(result, Failure):
            return result
        steps, position, state, call = result


def match_on(failure: Failure, octets: bytes, steps: int = STEPS) -> Failure | None:
    """Go on from a failure with ``octets`` that differ only from there on."""
    result = _together(failure.network, octets, failure.offset, list(failure.waiting), steps)
    while result is not None and not isinstance(result, Failure):
        steps, position, state, call = _alone(octets, *result[1:], result[0])
        result = _together(failure.network, octets, position, [(state, call)], steps)
    return result


_HEAD = re.compile(rb"\* ([1-9][0-9]{0,8} )?([A-Z]{1,20}(?=[ \r]))").match
"""How most responses begin: nothing but the number can differ, so the way is known.

No string of a grammar holds a space, so none reaches beyond a head, and no rule that begins with
another octet than these can be under way in it.
"""
_AT_FRONT = 2  # before the number; what comes later is counted from the end of the head


def _keep(network: Network, key: bytes, end: int, at: tuple[int, State, Call]) -> None:
    """Remember how far the head of a frame leads, if that is to one place only."""
    position, state, call = at
    chain = []
    step: Call | None = call
    while step is not None:
        if len(step.returns) != 1:
            return
        back, caller = step.returns[0]
        start = step.start if step.start <= _AT_FRONT else step.start - end - 1
        chain.append((step.machine, start, back))
        step = caller
    if _AT_FRONT < position <= end:
        network.heads[key] = (position - end, state, tuple(reversed(chain)))


def _resumed(known: Head, end: int) -> tuple[int, State, Call]:
    position, state, chain = known
    call: Call | None = None
    for machine, start, back in chain:
        call = Call(machine, start if start >= 0 else end + start + 1, [(back, call)])
    assert call is not None
    return end + position, state, call


def _alone(
    octets: bytes, position: int, state: State, call: Call, steps: int
) -> tuple[int, int, State, Call]:
    """Follow the one way on as long as there is but one; return where that ends.

    It ends at the last octet that was taken, so what waits there is found anew by ``_together``.
    """
    size = len(octets)
    arrived = position, state, call
    while steps > 0:
        steps -= 1
        octet = octets[position] if position < size else 256
        move = state.only.get(octet)
        if move is None:
            move = state.one(octet)
        if move is LEAVE:
            passes = call.machine.passes
            back, caller = call.returns[0]
            if caller is None or len(call.returns) > 1:
                break
            if passes is not None and not passes(octets[call.start : position]):
                break
            state, call = back, caller
            continue
        if move is SEVERAL:
            break
        kind = move.kind
        if kind is Kind.CALL:
            machine = move.callee
            assert machine is not None
            found = machine.shortcut(octets, position) if machine.shortcut else None
            if found is None:
                call = Call(machine, position, [(move.target, call)])
                state = machine.entry
                continue
            position = found.end()
        elif kind is Kind.OCTET:
            position += 1
        elif kind is Kind.RUN:
            assert move.run is not None
            run = move.run(octets, position)
            assert run is not None
            position = run.end()
        else:
            end = position + len(move.text)
            text = octets[position:end]
            if (text if move.exact else text.upper()) != move.text:
                break
            position = end
        state = move.target
        arrived = position, state, call
    return steps, *arrived


def _together(  # noqa: PLR0915 - one loop, kept flat for speed
    network: Network, octets: bytes, position: int, items: list[tuple[State, Call]], steps: int
) -> tuple[int, int, State, Call] | Failure | None:
    """Follow every way on at once, until one is left (it is returned) or none."""
    size = len(octets)
    todo: dict[int, list[tuple[State, Call]]] = {position: items}
    heap = [position]
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
            return Failure(position, tuple(waiting), network, exhausted=True)
        if len(heap) == 1 and len(todo[heap[0]]) == 1:
            return steps, heap[0], *todo[heap[0]][0]
    return Failure(position, tuple(waiting), network, refused)
