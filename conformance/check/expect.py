"""Hold one step's expectations against its window.

The player asks this to learn what was captured and whether ``hears`` is satisfied;
the judge asks it again, over the recording, for the findings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from conformance.check.assign import assign, fits
from conformance.check.conditions import Unknown, holds, show
from conformance.check.facts import Captures, Facts
from conformance.check.lines import positive
from conformance.check.match import Matcher, kind_of
from conformance.check.window import Item, Window
from conformance.imap.session import Seen
from conformance.scenario.condition import parse_condition
from conformance.scenario.model import DEFAULT_ENDS, Expectations, Level, Pattern, Step
from conformance.scenario.pattern import Node, parse_ends, parse_pattern
from conformance.verdict import Finding, Verdict
from conformance.wire.transcript import escape

__all__ = ["Judged", "evaluate"]

CHECK = "expectation"
# Steps that a response of their own ends; the others have no completion to compare.
_COMPLETED = frozenset({"", "delivers", "done", "idles", "leaves"})


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one step.

    captures    what was known before and what this step bound
    satisfied   whether every positive must and should is met
    behaviours  row of the behaviour table -> the choice that was seen
    """

    findings: tuple[Finding, ...]
    captures: Captures
    satisfied: bool
    behaviours: dict[str, str] = field(default_factory=dict)


def evaluate(
    step: Step, window: Window, facts: Facts, captures: Captures, rules: Sequence[str] = ()
) -> Judged:
    """Judge ``step`` by ``window``; ``rules`` are the scenario's, for steps that name none."""
    rule = (*step.rules, *rules, "")[0]
    if "\n" in step.command:
        window = window.pipelined()
    common = _evaluate(
        step.expectations, window, facts, captures, rule, ends=not step.either and _has_end(step)
    )
    if not step.either:
        return common
    tried: list[tuple[str, Judged]] = []
    for branch in step.either:
        judged = _evaluate(
            _inherit(branch.expectations, step.expectations),
            window,
            facts,
            common.captures,
            rule,
            ends=_has_end(step),
            in_branch=step.verb != "idles",
        )
        if not judged.findings:
            seen = {step.behaviour: branch.name} if step.behaviour else {}
            return Judged(common.findings, judged.captures, common.satisfied, seen)
        tried.append((branch.name, judged))
    finding = Finding(
        check=CHECK,
        verdict=Verdict.FAIL,
        message="none of the legal alternatives fits",
        rule=rule,
        level="MUST",
        key="either",
        actor=step.actor,
        place=step.place,
        culprit=window.end,
        expected=tuple(name for name, _ in tried),
        detail=tuple(
            f"not '{name}': {'; '.join(finding.message for finding in judged.findings)}"
            for name, judged in tried
        ),
    )
    return Judged((*common.findings, finding), common.captures, satisfied=False)


def _has_end(step: Step) -> bool:
    return step.verb in _COMPLETED


def _inherit(branch: Expectations, step: Expectations) -> Expectations:
    """Give a branch the step's completion where it names none of its own."""
    if branch.ends is not None or step.ends is None:
        return branch
    return Expectations(branch.patterns, step.ends, branch.only, branch.in_order, branch.check)


def _evaluate(
    expectations: Expectations,
    window: Window,
    facts: Facts,
    captures: Captures,
    rule: str,
    *,
    ends: bool,
    in_branch: bool = False,
) -> Judged:
    judge = _Judge(window, facts, rule)
    if ends:
        captures = judge.completion(
            expectations.ends or DEFAULT_ENDS, captures, in_branch=in_branch
        )
    elif expectations.ends is not None:
        judge.goodbye(expectations.ends)
    satisfied = True
    for level in (Level.MUST, Level.SHOULD, Level.MAY):
        captures, met = judge.positive(
            level, expectations.at(level), captures, in_order=expectations.in_order
        )
        satisfied = satisfied and (met or level is Level.MAY)
    for level in (Level.MUST_NOT, Level.SHOULD_NOT):
        judge.negative(level, expectations.at(level), captures)
    if expectations.only:
        judge.nothing_else()
    for condition in expectations.check:
        judge.condition(condition, captures)
    return Judged(tuple(judge.findings), captures, satisfied)


class _Judge:
    """Collects the findings of one set of expectations."""

    def __init__(self, window: Window, facts: Facts, rule: str) -> None:
        self.window = window
        self.facts = facts
        self.rule = rule
        self.findings: list[Finding] = []
        self.used: set[int] = set()

    def positive(
        self, level: Level, patterns: Sequence[Pattern], captures: Captures, *, in_order: bool
    ) -> tuple[Captures, bool]:
        """Find a response for each pattern; a missing one is a finding unless it only may come."""
        if not patterns:
            return captures, True
        parsed = [parse_pattern(pattern.text) for pattern in patterns]
        assignment = assign(
            parsed,
            self.window.items,
            self.facts,
            captures,
            in_order=in_order and level is not Level.MAY,
        )
        self.used.update(assignment.met.values())
        for at, pattern in enumerate(patterns):
            if at not in assignment.met and level is not Level.MAY:
                came = self._instead(parsed[at], captures)
                self._add(
                    level,
                    f"{_resolved(pattern.text, self.facts)} did not come",
                    pattern,
                    came[0].index if len(came) == 1 else self.window.end,
                    key=f"missing {pattern.text}",
                    detail=tuple(f"came instead: {_line(item)}" for item in came[-3:]),
                )
        return assignment.captures, len(assignment.met) == len(patterns)

    def negative(self, level: Level, patterns: Sequence[Pattern], captures: Captures) -> None:
        """Find the first response that fits a pattern which none may fit."""
        for pattern in patterns:
            parsed = parse_pattern(pattern.text)
            for item in self.window.items:
                if fits(parsed, item, self.facts, captures) is not None:
                    self._add(
                        level,
                        f"{_line(item)} came, and {level} ({_resolved(pattern.text, self.facts)})",
                        pattern,
                        item.index,
                        key=f"forbidden {pattern.text}",
                    )
                    break

    def completion(self, ends: Pattern, captures: Captures, *, in_branch: bool) -> Captures:
        """Compare the tagged completion, or a POP3 answer's status."""
        alternatives = parse_ends(ends.text)
        if self.window.tagged is None:
            # The check of progress says so; a branch of 'either' does not fit because of it.
            if alternatives and in_branch and not any(_says_bye(a) for a in alternatives):
                self._add(Level.MUST, "no completion came", ends, self.window.end, key="no end")
            return captures
        for tagged in (*self.window.earlier, self.window.tagged):
            captures = self._completed(ends, alternatives, tagged, captures)
        return captures

    def goodbye(self, ends: Pattern) -> None:
        """Find that the server did not say BYE where nothing else completes the step."""
        if not any(_says_bye(alternative) for alternative in parse_ends(ends.text)):
            return
        if not any(isinstance(item, Seen) and _kind(item) == "BYE" for item in self.window.items):
            self._add(Level.MUST, "BYE did not come", ends, self.window.end, key="missing BYE")

    def _completed(
        self,
        ends: Pattern,
        alternatives: Sequence[tuple[Node, ...]],
        tagged: Item,
        captures: Captures,
    ) -> Captures:
        for alternative in alternatives:
            bound = self._ends_with(alternative, tagged, captures)
            if bound is not None:
                return bound
        if alternatives:
            self._add(
                Level.MUST,
                f"answered {_line(tagged)}",
                ends,
                tagged.index,
                key=f"ends {ends.text}",
                expected=(f"a completion {ends.text}",),
            )
        return captures

    def _ends_with(
        self, alternative: tuple[Node, ...], tagged: Item, captures: Captures
    ) -> Captures | None:
        word = getattr(alternative[0], "text", "").upper()
        if isinstance(tagged, Seen):
            if tagged.response.kind != word:
                return None
            return Matcher(self.facts, tagged).condition(alternative[1:], tagged.response, captures)
        if word in ("OK", "NO", "BAD"):
            yes = positive(tagged.octets)
            return captures if yes == (word == "OK") else None
        return fits(alternative, tagged, self.facts, captures)

    def nothing_else(self) -> None:
        """Find every response that no pattern asked for."""
        for item in self.window.items:
            tagged = self.window.tagged is item or item in self.window.earlier
            if item.index not in self.used and not tagged:
                self._add(
                    Level.MUST_NOT,
                    f"{_line(item)} came, and nothing else may",
                    None,
                    item.index,
                    key=f"only {_kind(item)}",
                )

    def condition(self, pattern: Pattern, captures: Captures) -> None:
        """Find whether a ``check`` fails; one over values that never came is not judged twice."""
        condition = parse_condition(pattern.text)
        try:
            if holds(condition, self.facts, captures):
                return
            shown = show(condition, self.facts, captures)
        except Unknown as unknown:
            if not self.findings:
                self._add(
                    Level.MUST,
                    f"{pattern.text} cannot be told: {unknown} was never seen",
                    pattern,
                    self.window.end,
                )
            return
        self._add(
            Level.MUST,
            f"{pattern.text} does not hold: {shown}",
            pattern,
            self.window.end,
            key=f"check {pattern.text}",
        )

    def _instead(self, pattern: tuple[Node, ...], captures: Captures) -> list[Item]:
        """Return what came of the kind that ``pattern`` speaks of, a FETCH of its message only."""
        kind = kind_of(pattern)
        came = [item for item in self.window.items if not kind or _kind(item) in (kind, "")]
        if not kind.endswith("FETCH"):
            return came
        return [item for item in came if fits(pattern[:2], item, self.facts, captures) is not None]

    def _add(
        self,
        level: Level,
        message: str,
        pattern: Pattern | None,
        culprit: int,
        *,
        key: str = "",
        expected: tuple[str, ...] = (),
        detail: tuple[str, ...] = (),
    ) -> None:
        should = level in (Level.SHOULD, Level.SHOULD_NOT)
        self.findings.append(
            Finding(
                check=CHECK,
                verdict=Verdict.WARN if should else Verdict.FAIL,
                message=message,
                rule=self.rule,
                level=level.upper(),
                key=key,
                place=pattern.place if pattern else None,
                culprit=culprit,
                expected=expected,
                detail=detail,
            )
        )


def _says_bye(alternative: tuple[Node, ...]) -> bool:
    return getattr(alternative[0], "text", "") == "BYE"


def _kind(item: Item) -> str:
    return item.response.kind if isinstance(item, Seen) else ""


def _line(item: Item) -> str:
    """Return the first line of a response, printable and not too long."""
    text = escape(item.octets.split(b"\r\n", 1)[0])
    return text if len(text) <= 120 else text[:117] + "..."


def _resolved(text: str, facts: Facts) -> str:
    """Return a pattern with the UIDs of its messages, so that it can be compared by eye."""
    for name, uid in facts.uids.items():
        if f"uid({name})" in text:
            text = text.replace(f"uid({name})", f"uid({name})={uid}")
    return text
