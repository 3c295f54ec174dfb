"""One pass over a frame: along the one way on, or along every way on at once.

A graph-structured stack, walked position by position; ``matcher`` goes from one pass to the next.
"""

from dataclasses import dataclass, field
from heapq import heappop, heappush

from conformance.grammar.network import Machine, Network
from conformance.grammar.states import LEAVE, SEVERAL, Kind, State

__all__ = ["Call", "Failure", "Ways", "alone", "together"]


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
    leapt      a word that was taken as a whole ends here, so what could go on in it is not waiting
    """

    offset: int
    waiting: tuple[tuple[State, Call], ...]
    network: Network
    refused: Call | None = None
    exhausted: bool = False
    leapt: bool = False


Ways = list[tuple[State, Call]]


def alone(
    octets: bytes, position: int, state: State, call: Call, steps: int
) -> tuple[int, int, State, Call, tuple[int, Ways] | None]:
    """Follow the one way on as long as there is but one; return where that ends.

    It ends at the last octet that was taken, so what waits there is found anew by ``together``.
    If a word ends there that was taken as a whole, where it began is returned, too.
    """
    size = len(octets)
    arrived = before = position, state, call
    leapt = -1
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
            if machine.word:
                before, leapt = arrived, position
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
    last = (before[0], [before[1:]]) if leapt == arrived[0] else None
    return steps, *arrived, last


def together(  # noqa: PLR0915 - one loop, kept flat for speed
    network: Network,
    octets: bytes,
    position: int,
    items: Ways,
    steps: int,
    *,
    words: bool = True,
) -> tuple[int, int, State, Call, bool] | Failure | None:
    """Follow every way on at once, until one is left (it is returned) or none.

    With the one that is left comes whether a word ends there that was taken as a whole.
    """
    size = len(octets)
    todo: dict[int, Ways] = {position: items.copy()}
    heap = [position]
    waiting: Ways = []
    refused: Call | None = None
    leapt = -1
    while heap:
        position = heappop(heap)
        waiting = todo.pop(position)
        octet = octets[position] if position < size else 256
        calls: dict[Machine, Call] = {}
        ends: dict[Machine, int] = {}
        whole: dict[Machine, Ways] = {}
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
                    if new is None and machine.shortcut is not None and (words or not machine.word):
                        leap = ends.get(machine)
                        if leap is None:
                            found = machine.shortcut(octets, position)
                            leap = ends[machine] = found.end() if found else -1
                        if leap > position and machine.word:
                            whole.setdefault(machine, []).append((move.target, call))
                            continue
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
        for machine, ways in whole.items():
            leap = ends[machine]
            leapt = max(leapt, leap)
            if leap in todo:
                todo[leap].extend(ways)
            else:
                todo[leap] = ways
                heappush(heap, leap)
        steps -= len(waiting)
        if steps < 0 and heap:
            return Failure(position, tuple(waiting), network, exhausted=True)
        if len(heap) == 1 and len(todo[heap[0]]) == 1:
            return steps, heap[0], *todo[heap[0]][0], leapt == heap[0]
    return Failure(position, tuple(waiting), network, refused, leapt=leapt == position)
