"""Hold one frame against the grammar of a dialect."""

from conformance.grammar.cutter import Skeleton, cut
from conformance.grammar.dialect import CLIENT, SERVER, Dialect, dialect
from conformance.grammar.matcher import Failure, match
from conformance.grammar.violation import Violation
from conformance.grammar.words import expected, frontier, stack

__all__ = ["check_command", "check_response"]


def check_response(frame: bytes, dialect: Dialect) -> tuple[Violation, ...]:
    """Return what is wrong with a whole response of a server, literals and CRLF included."""
    return _check(frame, dialect, SERVER)


def check_command(frame: bytes, dialect: Dialect) -> tuple[Violation, ...]:
    """Return what is wrong with a whole command of a client, or a line that continues one."""
    return _check(frame, dialect, CLIENT)


def _check(frame: bytes, spoken: Dialect, root: str) -> tuple[Violation, ...]:
    skeleton = cut(frame)
    found = _literals(frame, skeleton)
    failure = _match(skeleton.octets, spoken, root)
    if failure is not None:
        if not spoken.permissive and not failure.exhausted:
            needed = _needs(skeleton, root, failure)
            if needed is not None:
                return (*found, needed)
        found.append(_violation(skeleton, failure))
    return tuple(found)


def _match(octets: bytes, spoken: Dialect, root: str) -> Failure | None:
    """Return the failure that got furthest, or None if any of the dialect's grammars matches."""
    furthest: Failure | None = None
    for network in spoken.networks(root):
        failure = match(network, octets)
        if failure is None:
            return None
        if furthest is None or failure.exhausted or failure.offset > furthest.offset:
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


def _violation(skeleton: Skeleton, failure: Failure) -> Violation:
    states = frontier(failure)
    calls = max((stack(call) for _, call in states), key=len)
    innermost = calls[-1].machine
    words = expected(state for state, _ in states)
    message = f"{_came(skeleton.octets, failure.offset)} where {_either(words)} should stand"
    if failure.exhausted:
        message = "too much to check: no answer within the steps allowed"
    return Violation(
        offset=skeleton.offset(failure.offset),
        rule=innermost.name,
        section=innermost.section,
        expected=words,
        message=f"{message} (in {innermost.name})",
        stack=tuple(call.machine.name for call in calls),
        inconclusive=failure.exhausted,
    )


def _needs(skeleton: Skeleton, root: str, failure: Failure) -> Violation | None:
    """Return the finding for data of an extension that was neither advertised nor enabled."""
    if _match(skeleton.octets, dialect(), root) is not None:
        return None
    states = frontier(failure)
    calls = max((stack(call) for _, call in states), key=len)
    innermost = calls[-1].machine
    return Violation(
        offset=skeleton.offset(failure.offset),
        rule=innermost.name,
        section=innermost.section,
        expected=expected(state for state, _ in states),
        message=f"{_came(skeleton.octets, failure.offset)} belongs to an extension that was"
        f" neither advertised nor enabled",
        stack=tuple(call.machine.name for call in calls),
        kind="extension",
    )


def _came(octets: bytes, position: int) -> str:
    rest = octets[position : position + 24]
    if not rest:
        return "the end"
    if rest.startswith(b"\r\n"):
        return "CRLF"
    word = rest.split(b" ", 1)[0].split(b"\r", 1)[0] or rest[:1]
    if word == b" ":
        return "a space"
    text = "".join(chr(c) if 0x20 <= c < 0x7F else f"\\x{c:02x}" for c in word)
    return f"'{text}'"


def _either(words: tuple[str, ...]) -> str:
    if len(words) < 2:
        return words[0] if words else "the end"
    return ", ".join(words[:-1]) + " or " + words[-1]
