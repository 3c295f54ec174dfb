"""Hold one frame against the grammar of a dialect."""

from collections.abc import Sequence
from functools import lru_cache

from conformance.grammar import quirks, reasons
from conformance.grammar.cutter import Skeleton, cut, stripped
from conformance.grammar.dialect import CLIENT, SERVER, Dialect, dialect
from conformance.grammar.matcher import Failure, match
from conformance.grammar.strict.fetch import repeated
from conformance.grammar.strict.literals import (
    Fault,
    Literal,
    faults,
    harmless,
    telling,
    violation_of,
)
from conformance.grammar.violation import Violation

__all__ = ["check_command", "check_contents", "check_response", "check_skeleton"]


def check_response(frame: bytes, dialect: Dialect) -> tuple[Violation, ...]:
    """Return what is wrong with a whole response of a server, literals and CRLF included."""
    tried = False
    if _BRACE not in frame:
        if frame.isascii():
            if dialect.takes_response(frame):
                return ()
            tried = True
    else:
        plain = stripped(frame)
        if plain is not None:
            if not dialect.takes_response(plain):
                tried = True
            # With a word for a number, a literal can be a mailbox name.
            elif plain[2] < _COLON and (plain.find(_FIELDS) < 0 or harmless(frame, plain)):
                return ()
    if len(frame) < _KEPT:
        return _kept(frame, dialect, tried)
    return _check(frame, dialect, SERVER, tried=tried)


_BRACE = 0x7B  # as a number it is found several times sooner than as bytes
_COLON = 0x3A  # digits come before it
_FIELDS = b"HEADER.FIELDS"
_KEPT = 512


@lru_cache(maxsize=512)
def _kept(frame: bytes, spoken: Dialect, tried: bool) -> tuple[Violation, ...]:  # noqa: FBT001
    """Judge a short frame once: a server that is wrong says the same thing again and again."""
    return _check(frame, spoken, SERVER, tried=tried)


def check_command(frame: bytes, dialect: Dialect) -> tuple[Violation, ...]:
    """Return what is wrong with a whole command of a client, or a line that continues one."""
    return _check(frame, dialect, CLIENT)


def _check(
    frame: bytes, spoken: Dialect, root: str, *, tried: bool = False
) -> tuple[Violation, ...]:
    skeleton = cut(frame)
    if tried:
        accepted = spoken.comes_round_to_response(skeleton.octets)
        found = _judge(skeleton, spoken, root, accepted=accepted)
    else:
        found = check_skeleton(skeleton, spoken, root)
    if skeleton.payloads:
        found = (*_literals(frame, skeleton), *found)
    if found or not skeleton.payloads or root != SERVER:
        return found
    literals: dict[Literal, int] = {}
    gone = 0
    for payload in skeleton.payloads:
        octets = frame[payload.start : payload.end]
        literals[Literal(octets, payload.start - gone)] = payload.start
        gone += len(octets)
    faults = check_contents(skeleton.octets, list(literals), spoken)
    return tuple(violation_of(fault, literals[fault.literal] + fault.at) for fault in faults)


def check_contents(
    octets: bytes, literals: Sequence[Literal], spoken: Dialect
) -> tuple[Fault, ...]:
    """Return what is wrong with the literals of a well-formed response, ``octets`` without them."""

    def named(quoted: bytes, position: int) -> bool:
        broken = quoted[:position] + b'"&"' + quoted[position + len(b'"&-"') :]
        failure = _match(broken, spoken, SERVER, strict=True)
        guard = failure.refused.machine.guard if failure and failure.refused else None
        return guard is not None and guard.name == "modified UTF-7"

    return tuple(faults(octets, literals, named)) if telling(octets) else ()


def check_skeleton(skeleton: Skeleton, spoken: Dialect, root: str) -> tuple[Violation, ...]:
    """Return what is wrong with a frame whose literals have been cut out already."""
    quick = spoken.quick_response if root == SERVER else spoken.quick_command
    return _judge(skeleton, spoken, root, accepted=quick(skeleton.octets))


def _judge(
    skeleton: Skeleton, spoken: Dialect, root: str, *, accepted: bool
) -> tuple[Violation, ...]:
    octets = skeleton.octets
    if not accepted:
        wide = _match(octets, spoken, root)
        if wide is not None:
            return (_rejected(skeleton, wide, spoken, root),)
        narrow = _match(octets, spoken, root, strict=True)
        if narrow is not None:
            return (_too_lax(skeleton, narrow, spoken, root),)
    if root == SERVER and (not accepted or octets.count(b"[") > 1):
        twice = repeated(octets)
        if twice is not None:
            return (reasons.twice(skeleton, *twice),)
    return ()


def _rejected(skeleton: Skeleton, wide: Failure, spoken: Dialect, root: str) -> Violation:
    """Say why a frame that the grammar of the RFCs rejects is wrong, and how wrong it is."""
    octets = skeleton.octets
    if wide.exhausted:
        return reasons.violation(skeleton, wide)
    known = (
        spoken.permissive
        or not reasons.foreign(octets, wide.offset)
        or _match(octets, dialect(), root) is not None
    )
    if not known:
        found = reasons.source(octets, wide.offset, lambda name: _fits(octets, spoken, root, name))
        if found is not None:
            return reasons.extension(skeleton, wide, found, "")
    quirk = None
    if root == SERVER and len(octets) < _MENDED:
        # The fast path is enough to name a quirk: what it accepts is well-formed.
        quirk = quirks.find(
            octets,
            wide.offset,
            spoken.usual_response,
            lambda: _match(octets, spoken, root, strict=True) if len(octets) < _SEVERAL else None,
        )
    if not known and quirk is None:
        return reasons.extension(skeleton, wide, None, spoken.other)
    return reasons.violation(skeleton, wide, quirk=quirk)


def _too_lax(skeleton: Skeleton, narrow: Failure, spoken: Dialect, root: str) -> Violation:
    """Say what the prose forbids in a frame that the published ABNF lets pass."""
    quirk = None
    if root == SERVER and quirks.lacks_text(skeleton.octets, spoken.usual_response):
        quirk = quirks.MISSING_TEXT
    return reasons.violation(skeleton, narrow, kind="strict", quirk=quirk)


_SEVERAL = 8_192
"""The longest frame in which several quirks are looked for, which takes longer."""
_MENDED = 65_536
"""The longest frame in which quirks are looked for."""


def _fits(octets: bytes, spoken: Dialect, root: str, file: str) -> list[str]:
    """Return the rules that count if all of one more file does, if the frame then passes."""
    wider = spoken.widened(file)
    if _match(octets, wider, root) is not None:
        return []
    return wider.grammars(root)[0].reachable(root)


def _match(octets: bytes, spoken: Dialect, root: str, *, strict: bool = False) -> Failure | None:
    """Return the failure that got furthest, or None if any of the dialect's grammars matches."""
    furthest: Failure | None = None
    for network in spoken.networks(root, strict=strict):
        failure = match(network, octets)
        if failure is None or failure.exhausted:
            return failure
        if furthest is None or failure.offset > furthest.offset:
            furthest = failure
    return furthest


def _literals(frame: bytes, skeleton: Skeleton) -> list[Violation]:
    found = []
    for payload in skeleton.payloads:
        nul = -1 if payload.binary else frame.find(b"\0", payload.start, payload.end)
        if nul >= 0:
            found.append(
                Violation(
                    offset=nul,
                    rule="literal",
                    section="RFC9051:4.3",
                    expected=("any octet but NUL",),
                    message="a NUL in a literal that is not binary",
                    stack=("literal", "CHAR8"),
                )
            )
    if skeleton.short:
        found.append(
            Violation(
                offset=len(frame),
                rule="literal",
                section="RFC9051:4.3",
                expected=(f"{skeleton.short:,} more octets of the literal",),
                message=f"the literal is {skeleton.short:,} octets shorter than announced",
                stack=("literal",),
            )
        )
    return found
