"""The exact matcher: follows every alternative at once, octet by octet, without recursion.

It is a recogniser for any context-free grammar (a graph-structured stack, walked
position by position), so no order of alternatives can lead it astray and no depth
of nesting can overflow it. It is slow, though less so where the next octet leaves
one way on; the fast path decides nearly every frame.
"""

import re

from conformance.grammar.network import Head, Network
from conformance.grammar.states import State
from conformance.grammar.walk import Call, Failure, Ways, alone, together

__all__ = ["Call", "Failure", "match", "match_on"]

STEPS = 420_000


def match(network: Network, octets: bytes, steps: int = STEPS) -> Failure | None:
    """Return None if ``octets`` is a sentence of the network's root, else where it fails."""
    head = _HEAD(octets)
    key = (b"# " if head[1] else b"") + head[2] if head else b""
    known = network.heads.get(key) if head else None
    if head and known:
        return _on(network, octets, _resumed(known, head.end()), steps)
    start = 0, network.root.entry, Call(network.root, 0, [(State(), None)])
    return _on(network, octets, start, steps, unknown=(key, head.end()) if head else None)


def match_on(failure: Failure, octets: bytes, steps: int = STEPS) -> Failure | None:
    """Go on from a failure with ``octets`` that differ only from there on."""
    network, position, ways = failure.network, failure.offset, list(failure.waiting)
    result = together(network, octets, position, ways, steps)
    if result is None or isinstance(result, Failure):
        return _exact(octets, result, position, ways, None)
    anchor = (position, ways) if result[4] else None
    return _on(network, octets, result[1:4], result[0], anchor)


def _on(
    network: Network,
    octets: bytes,
    at: tuple[int, State, Call],
    steps: int,
    anchor: tuple[int, Ways] | None = None,
    unknown: tuple[bytes, int] | None = None,
) -> Failure | None:
    """Go on from one place. ``anchor`` is where the last way to it began, if a word is on it."""
    while True:
        steps, position, state, call, last = alone(octets, *at, steps)
        if unknown and position > unknown[1]:
            _keep(network, *unknown, at)
            unknown = None
        if position > at[0]:
            anchor = last
        ways = [(state, call)]
        result = together(network, octets, position, ways, steps)
        if result is None or isinstance(result, Failure):
            return _exact(octets, result, position, ways, anchor)
        anchor = (position, ways) if result[4] else None
        steps, at = result[0], result[1:4]


def _exact(
    octets: bytes,
    failure: Failure | None,
    position: int,
    ways: Ways,
    anchor: tuple[int, Ways] | None,
) -> Failure | None:
    """Walk the last of the way again where a word ends at the failure, for all that waits there.

    It was followed from ``position`` in ``ways``; the way that led to there began at ``anchor``.
    """
    if failure is None or failure.exhausted:
        return failure
    if failure.offset > position:
        anchor = (position, ways) if failure.leapt else None
    while anchor is not None:
        result = together(failure.network, octets, *anchor, STEPS, words=False)
        if isinstance(result, Failure):
            return failure if result.exhausted else result
        anchor = (result[1], [result[2:4]]) if result else None
    return failure


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
