"""Turn a failure of the exact matcher into a violation that a person understands."""

import re
from collections.abc import Callable, Collection
from functools import cache

from conformance.grammar import library
from conformance.grammar.cutter import Skeleton
from conformance.grammar.deviations import Quirk
from conformance.grammar.matcher import Call, Failure
from conformance.grammar.nodes import Rule
from conformance.grammar.quirks import seen
from conformance.grammar.states import State
from conformance.grammar.violation import Kind, Violation
from conformance.grammar.words import expected, frontier, stack

__all__ = ["came", "extension", "twice", "violation"]


def violation(
    skeleton: Skeleton, failure: Failure, *, kind: Kind = "syntax", quirk: Quirk | None = None
) -> Violation:
    """Return the violation for a failure."""
    octets = skeleton.octets
    states = frontier(failure)
    if (
        failure.refused is not None
        and kind == "strict"
        and quirk is None
        and not _elsewhere(states, failure.refused)
    ):
        return _refused(skeleton, failure, failure.refused)
    words = expected(state for state, _ in states)
    calls = _blamed(states)
    innermost = calls[-1].machine
    message = f"{came(octets, failure.offset)} where {_either(words)} should stand"
    if failure.exhausted:
        message = f"too much to check: no answer after {failure.offset:,} octets"
        words = ()
    elif quirk is not None:
        message = f"{message}: {quirk.sentence}"
        if places := seen(quirk):
            message += f" (seen in {places})"
    return Violation(
        offset=skeleton.offset(failure.offset),
        rule=innermost.name,
        section=innermost.section,
        expected=words,
        message=message,
        stack=tuple(call.machine.name for call in calls),
        kind="quirk" if quirk else kind,
        quirk=quirk.name if quirk else "",
        inconclusive=failure.exhausted,
    )


def _blamed(states: list[tuple[State, Call]]) -> tuple[Call, ...]:
    """Return the innermost rule that holds every possibility, and those around it."""
    strong = [call for state, call in states if any(not move.again for move in state.moves)]
    stacks = [stack(call) for call in strong or [call for _, call in states]]
    deepest = max(stacks, key=len)
    shared = [calls for calls in zip(*stacks, strict=False) if len(set(calls)) == 1]
    if len(shared) < 2 or all(deepest[: len(calls)] == calls for calls in stacks):
        return deepest
    return deepest[: len(shared)]


def _elsewhere(states: list[tuple[State, Call]], refused: Call) -> bool:
    """Whether something else than what a guard refused was waiting to go on."""
    return any(
        refused not in stack(call) and any(not move.again for move in state.moves)
        for state, call in states
    )


def _refused(skeleton: Skeleton, failure: Failure, call: Call) -> Violation:
    guard = call.machine.guard
    assert guard is not None
    calls = stack(call)
    names = [c.machine.name for c in calls]
    return Violation(
        offset=skeleton.offset(call.start),
        rule=call.machine.name,
        section=guard.section or call.machine.section,
        expected=(),
        message=f"{_shown(skeleton.octets[call.start : failure.offset])} is {guard.says}",
        stack=tuple(n for i, n in enumerate(names) if i == 0 or names[i - 1] != n),
        kind="strict",
    )


def twice(skeleton: Skeleton, name: bytes, position: int) -> Violation:
    """Return the violation for a FETCH item that comes a second time."""
    return Violation(
        offset=skeleton.offset(position),
        rule="msg-att",
        section="RFC9051:7.5.2",
        expected=("another item", "')'"),
        message=f"{_shown(name)} a second time in the same FETCH data",
        stack=("server-frame", "response-data", "message-data", "msg-att"),
        kind="strict",
    )


def extension(
    skeleton: Skeleton, failure: Failure, found: tuple[Rule, str] | None, other: str
) -> Violation:
    """Return the violation for well-formed data of an extension that is not in use.

    found  the addition that would let it pass, and the capabilities it comes with
    other  what it belongs to if there is no such addition
    """
    states = frontier(failure)
    calls = _blamed(states)
    shown = came(skeleton.octets, failure.offset)
    rule, section, what = calls[-1].machine.name, calls[-1].machine.section, other
    if found is not None:
        addition, names = found
        rule, section, what = addition.name, addition.section, names
    return Violation(
        offset=skeleton.offset(failure.offset),
        rule=rule,
        section=section,
        expected=expected(state for state, _ in states),
        message=f"{shown} belongs to {what}, neither advertised nor enabled",
        stack=tuple(call.machine.name for call in calls),
        kind="extension",
    )


_NEAR = 48
_TOKEN = re.compile(rb"[A-Za-z][A-Za-z0-9.=-]*")
_NEXT = re.compile(rb'[ ("]*+([A-Za-z][A-Za-z0-9.=-]*+)')
_WORD_END = re.compile(rb"[A-Za-z0-9.=-]+\Z")
_QUOTED = re.compile(r'"([A-Za-z][A-Za-z0-9.=-]*)"')


@cache
def _own_words() -> frozenset[bytes]:
    """Return the words that only extensions, or only one of the bases, have."""
    words: list[set[bytes]] = []
    for files in ((library.load("rfc3501"),), (library.load("rfc9051"),), library.extensions()):
        rules = [rule for file in files for rule in file.rules]
        found = {word.upper() for rule in rules for word in _QUOTED.findall(rule.source)}
        words.append({word.encode("ascii") for word in found})
    rev1, rev2, extensions = words
    return frozenset((rev1 ^ rev2) | extensions)


def _start(octets: bytes, offset: int) -> int:
    """Return where the word begins in which ``offset`` lies, as LIST begins LISTRIGHTS."""
    before = _WORD_END.search(octets, max(0, offset - 40), offset)
    return before.start() if before and _TOKEN.match(octets, offset) else offset


def foreign(octets: bytes, offset: int) -> bool:
    """Whether what fails at ``offset`` may belong to something not spoken, by its first word."""
    if octets[offset : offset + 1] in (b"~", b"\r", b""):
        return True
    word = _NEXT.match(octets, _start(octets, offset))
    return word is not None and word[1].upper() in _own_words()


def source(
    octets: bytes, offset: int, fits: Callable[[str], Collection[str]]
) -> tuple[Rule, str] | None:
    """Return the addition that would let the frame pass, and the capabilities it comes with.

    ``fits`` returns the names of the rules that count if all of the file named counts and
    the frame is then well-formed; else nothing.
    """
    near = octets[_start(octets, offset) : offset + _NEAR]
    words = [word.upper() for word in _TOKEN.findall(near) if word.upper() in _own_words()]
    word = words[0].decode("ascii") if words else "~{"
    for file in library.extensions():
        likely = [
            rule
            for rule in file.rules
            if f'"{word}' in rule.source.upper() and rule.name != "capability"
        ]
        counting = fits(file.name.removesuffix(".abnf")) if likely else ()
        likely = [rule for rule in likely if rule.name.lower() in counting]
        if likely:
            gated = next((rule for rule in likely if rule.needs or rule.after), likely[0])
            names = gated.needs or gated.after or file.capabilities or file.enable
            return gated, " or ".join(sorted(names)) or f"RFC {file.rfc}"
    return None


def came(octets: bytes, position: int) -> str:
    """Return what stands at ``position``, as a reader would name it."""
    rest = octets[position : position + 40]
    if not rest:
        return "the end"
    if rest.startswith(b"\r\n"):
        return "CRLF"
    for octet, name in ((b"\n", "LF"), (b"\r", "CR"), (b" ", "a space"), (b"\0", "NUL")):
        if rest.startswith(octet):
            return name
    if rest[0] >= 0x80 or rest[:1] in b'()"[]{}<>':
        return _shown(rest[:1])
    end = min(
        (i for i in (rest.find(s) for s in (b" ", b"\r", b")", b"(", b"]")) if i > 0), default=40
    )
    return _shown(rest[:end])


def _shown(octets: bytes) -> str:
    text = octets.decode("ascii", "backslashreplace")
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return f"'{text[:40]}…'" if len(text) > 41 else f"'{text}'"


def _either(words: tuple[str, ...]) -> str:
    if len(words) < 2:
        return words[0] if words else "the end"
    if len(words) > 9:
        return f"{', '.join(words[:8])} or one of {len(words) - 8} more"
    return ", ".join(words[:-1]) + " or " + words[-1]
