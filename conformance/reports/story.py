"""A finding told for people: what, which rule, where, and the wire lines around the culprit.

Every report that shows a failure shows this story in its own dress. All texts in
a story are safe to print; a format's own markup is not escaped yet.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conformance.events import RunStarted, ScenarioFinished
from conformance.reports.base import Explain
from conformance.reports.excerpt import excerpt
from conformance.reports.recording import Recording, recording
from conformance.reports.safe import one_line, printable
from conformance.reports.wire_line import CUT, WireLine
from conformance.verdict import Finding

__all__ = ["SourceLine", "Story", "again", "tell"]

_ASKS = "."  # ends what a rule asks, and no title


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of the scenario file; ``here`` marks the one that the finding is about."""

    number: int
    text: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """A finding with all that helps to understand it.

    says   what its rule asks, or the title of the rule's section
    title  the scenario's, where the finding is about what that expects
    """

    finding: Finding
    message: str
    expected: tuple[str, ...]
    detail: tuple[str, ...]
    where: str
    source: tuple[SourceLine, ...]
    says: str
    wire: tuple[WireLine, ...]
    again: str
    title: str = ""
    problem: str = ""

    @property
    def asks(self) -> bool:
        """Whether ``says`` is what a rule asks, and no more than its section's title."""
        return self.says.endswith(_ASKS)

    def same_place(self, other: "Story") -> bool:
        """Whether both point at the same line of the scenario and at the same on the wire."""
        return (self.where, self.source, self.wire) == (other.where, other.source, other.wire)


def tell(
    event: ScenarioFinished,
    finding: Finding,
    folder: Path,
    explain: Explain,
    run: RunStarted | None = None,
    *,
    cut: int = CUT,
    brief: bool = False,
) -> Story:
    """Return the story of ``finding``; files are read below ``folder``, the run's folder.

    cut    how many characters of a wire line are shown
    brief  whether neither wire nor scenario is shown, so that no file is read
    """
    kept = Recording(None, ()) if brief else recording(folder, event)
    place = finding.place
    return Story(
        finding=finding,
        message=one_line(finding.message),
        expected=tuple(one_line(text, 500) for text in finding.expected[:12]),
        detail=tuple(line for text in finding.detail[:20] for line in printable(text).split("\n")),
        where=one_line(f"{place.file}:{place.line}:{place.column}" if place else event.file),
        source=tuple(_source(kept, finding)) if not place or place.file == event.file else (),
        says=_says(finding, explain),
        wire=tuple(excerpt(kept.transcript, finding, cut)) if kept.transcript else (),
        again=again(event, run),
        title="" if finding.everywhere else one_line(event.title),
        problem=one_line(kept.problem),
    )


def _says(finding: Finding, explain: Explain) -> str:
    """Return what the finding's rule asks, or else its section's title.

    A finding of the grammar quotes its rule, which says more than a title.
    """
    words = printable(explain(finding.rule, finding.said)).strip() if finding.rule else ""
    return words if finding.check != "grammar" or words.endswith(_ASKS) else ""


def again(event: ScenarioFinished, run: RunStarted | None) -> str:
    """Return the command that plays the scenario again as it was played."""
    played = event.outcome
    words = ["imap-conformance", "run", event.word or played.scenario, "--server", played.server]
    if run is not None:
        words += ["--seed", str(run.seed)]
        words += ["--strict"] if run.strict else []
    return one_line(shlex.join(words))


def _source(kept: Recording, finding: Finding) -> Iterator[SourceLine]:
    """Yield the expectation's line, and before it the step's first line where that is another."""
    if finding.place is None:
        return
    at = finding.place.line - 1
    if not 0 <= at < len(kept.lines):
        return
    head = at
    while head > 0 and at - head < 12 and not kept.lines[head].startswith("- "):
        head -= 1
    if head != at and kept.lines[head].startswith("- "):
        yield SourceLine(head + 1, one_line(kept.lines[head].rstrip(), 300))
    yield SourceLine(at + 1, one_line(kept.lines[at].rstrip(), 300), here=True)
