"""Patterns that can never fit, and branches that are never reached."""

from collections.abc import Iterator

from conformance.scenario.general import covers, expectations_cover, nodes
from conformance.scenario.lint_flow import bound_before
from conformance.scenario.model import Expectations, Level, Pattern, Scenario, Step
from conformance.scenario.pattern import (
    Any,
    Atom,
    Capture,
    ListNode,
    Message,
    Node,
    Quoted,
    Rest,
    Seq,
    Set,
)
from conformance.scenario.problems import Problem, suggest
from conformance.verdict import Place

__all__ = ["patterns"]

_NUMBERED = frozenset({"EXISTS", "RECENT", "EXPUNGE", "FETCH", "UIDFETCH"})
_CONDITIONS = frozenset({"OK", "NO", "BAD", "BYE", "PREAUTH"})
# Keywords of untagged responses: RFC 9051 section 7, RFC 3501 section 7, and extensions.
_KEYWORDS = frozenset(
    {"ACL", "ANNOTATION", "CAPABILITY", "COMPARATOR", "CONVERSION", "CONVERTED", "ENABLED"}
    | {"ESEARCH", "EXPUNGE", "FLAGS", "GENURLAUTH", "ID", "JMAPACCESS", "LANGUAGE", "LIST"}
    | {"LISTRIGHTS", "LSUB", "METADATA", "MYRIGHTS", "NAMESPACE", "QUOTA", "QUOTAROOT"}
    | {"SEARCH", "SORT", "STATUS", "THREAD", "UIDBATCHES", "URLFETCH", "URLMECH", "VANISHED"}
    | {"XLIST"}
)
# FETCH items whose value is always in parentheses.
_LISTS = frozenset({"FLAGS", "MODSEQ", "ENVELOPE", "BODYSTRUCTURE"})


def patterns(scenario: Scenario) -> Iterator[Problem]:
    """Yield what no response can ever fit."""
    speaks = {actor.name: actor.speaks for actor in scenario.actors}
    start = Place(scenario.file, 1, 1)
    for step, bound in bound_before(scenario):
        sets = (step.expectations, *(branch.expectations for branch in step.either))
        for expectations in sets:
            if speaks.get(step.actor) == "imap":
                for level in Level:
                    for pattern in expectations.at(level):
                        if message := impossible(nodes(pattern)):
                            yield Problem(pattern.place or start, message)
            yield from _contradictions(expectations, step.expectations, bound, start)
        yield from _shadowed(step, bound, start)
        ordered = [step.expectations.at(level) for level in (Level.MUST, Level.SHOULD)]
        if step.expectations.in_order and all(len(patterns) < 2 for patterns in ordered):
            message = "'in order' needs two patterns under 'must' or 'should'"
            yield Problem(step.place or start, message)


def impossible(pattern: tuple[Node, ...]) -> str:
    """Return why no IMAP response fits ``pattern``; empty if one may."""
    if not pattern:
        return ""
    first = pattern[0]
    if isinstance(first, Quoted | ListNode | Message):
        return "a response begins with a word or a number"
    if isinstance(first, Atom) and not first.text.isdigit():
        word = first.text.upper()
        if word in _NUMBERED:
            return f"a number stands before {word}: $_ {word}"
        if word not in _KEYWORDS | _CONDITIONS | {"+"}:
            return f"'{first.text}' is no response of IMAP{suggest(word, _KEYWORDS | _NUMBERED)}"
        return ""
    if len(pattern) == 1:
        return "" if isinstance(first, Any | Rest) else "a number is no response"
    second = pattern[1]
    if not isinstance(second, Atom):
        return ""
    word = second.text.upper()
    if word not in _NUMBERED:
        return "" if isinstance(first, Any | Capture) else _not_numbered(second.text)
    if isinstance(first, Set):
        return f"a single number stands before {word}"
    if isinstance(first, Seq) and word in ("EXISTS", "RECENT"):
        return f"{word} counts messages; seq() is one message's number"
    if word in ("EXISTS", "RECENT", "EXPUNGE") and len(pattern) > 2:
        return f"nothing follows {word}"
    if word == "FETCH" and len(pattern) > 2 and isinstance(pattern[2], ListNode):
        return _items(pattern[2].items)
    return ""


def _not_numbered(word: str) -> str:
    return f"no number stands before '{word}'{suggest(word.upper(), _NUMBERED)}"


def _items(items: tuple[Node, ...]) -> str:
    pairs = [node for node in items if not isinstance(node, Rest)]
    for at in range(0, len(pairs), 2):
        name = pairs[at]
        if not isinstance(name, Atom):
            return "FETCH holds names and values in turn, and here stands a value"
        if at + 1 == len(pairs):
            return f"FETCH holds names and values in turn, and {name.text} has no value"
        value = pairs[at + 1]
        if name.text.upper() in _LISTS and isinstance(value, Atom | Quoted):
            return f"the value of {name.text} stands in parentheses"
        if name.text.upper() == "UID" and isinstance(value, Seq):
            return "the value of UID is a UID: uid(x), not seq(x)"
    return ""


def _contradictions(
    expectations: Expectations, common: Expectations, bound: frozenset[str], start: Place
) -> Iterator[Problem]:
    """Yield patterns that have to come and have to stay away, and such as stand twice."""
    for wanted in expectations.at(Level.MUST):
        for forbidden in (*expectations.at(Level.MUST_NOT), *common.at(Level.MUST_NOT)):
            if covers(nodes(forbidden), nodes(wanted), bound):
                message = f"'{wanted.text}' must come, and by '{forbidden.text}' it must not"
                yield Problem(forbidden.place or start, message)
    for level in (Level.MUST_NOT, Level.SHOULD_NOT):
        seen: set[str] = set()
        for pattern in expectations.at(level):
            if pattern.text in seen:
                yield Problem(pattern.place or start, f"'{pattern.text}' stands twice")
            seen.add(pattern.text)


def _shadowed(step: Step, bound: frozenset[str], start: Place) -> Iterator[Problem]:
    """Yield branches that no response reaches, as an earlier one fits whatever they fit."""
    ends = step.expectations.ends
    for number, branch in enumerate(step.either):
        for earlier in step.either[:number]:
            if expectations_cover(earlier.expectations, branch.expectations, ends, bound):
                place = _place(branch.expectations) or step.place or start
                message = (
                    f"branch '{branch.name}' is never reached: "
                    f"'{earlier.name}', which stands before it, fits whatever it fits"
                )
                yield Problem(place, message)
                break


def _place(expectations: Expectations) -> Place | None:
    every: list[Pattern] = [p for level in Level for p in expectations.at(level)]
    if expectations.ends is not None:
        every.append(expectations.ends)
    return next((p.place for p in every if p.place), None)
