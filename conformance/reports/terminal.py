"""What people see in a terminal, or in a CI's log: failures as they come, counts at the end."""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.text import Text

from conformance.events import (
    Event,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    ScenarioStarted,
    ServerLost,
    ServerReady,
)
from conformance.reports.base import Explain, no_words
from conformance.reports.causes import Causes
from conformance.reports.layout import INDENT, Line, Span, headline, story_lines
from conformance.reports.safe import one_line, printable
from conformance.reports.story import Story, again, tell
from conformance.reports.tally import State, Tally, judged, state
from conformance.reports.terminal_style import STYLES, WORDS, table
from conformance.verdict import Finding, Verdict

__all__ = ["Terminal"]

_PIPED_WIDTH = 100
_OFTEN = 10  # causes that several scenarios met


class Terminal:
    """Shows a run on ``stream``.

    folder     the folder of the run's run.jsonl; transcripts are read from it
    explain    a rule -> what it asks, in our words
    verbosity  -1 counts and one line a failure, 0 failures in full, 1 every scenario
    report     what the last line points at
    """

    def __init__(
        self,
        stream: IO[str],
        folder: Path,
        *,
        explain: Explain = no_words,
        verbosity: int = 0,
        report: str = "",
    ) -> None:
        """Show nothing yet; the stream, NO_COLOR and CI say what it can show."""
        tty = stream.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"
        colour = tty and not os.environ.get("NO_COLOR")
        self._console = Console(
            file=stream,
            force_terminal=tty,
            color_system="auto" if colour else None,
            no_color=not colour,
            width=None if tty else _PIPED_WIDTH,
            markup=False,
            highlight=False,
            emoji=False,
        )
        self._tty = tty
        self._github = bool(os.environ.get("GITHUB_ACTIONS"))
        self._folder = folder
        self._explain = explain
        self._verbosity = verbosity
        self._report = report
        self._tally = Tally()
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._held: list[Line] = []
        self._unjudged: Counter[tuple[str, str]] = Counter()  # server and reason
        self._causes = Causes()

    def handle(self, event: Event) -> None:
        """Show what ``event`` has to tell."""
        event = judged(event, self._tally.run)
        self._tally.handle(event)
        self._held = []
        self._show(event)
        self._flush()

    def _show(self, event: Event) -> None:
        match event:
            case RunStarted():
                self._begin(event)
            case ServerReady() if self._verbosity > 0:
                words = f"{event.name} {event.version}, ready in {event.seconds:.1f} s"
                self._print(
                    (
                        Span("READY  "),
                        Span(one_line(event.server), "server"),
                        Span(f"  {one_line(words)}"),
                    )
                )
            case ServerLost():
                self._lost(event)
            case ScenarioStarted():
                self._move(event.server, event.scenario, advance=False)
            case ScenarioFinished():
                self._move(event.outcome.server, "", advance=True)
                self._scenario(event)
            case RunFinished():
                self._end(event)
            case _:
                pass

    def close(self) -> None:
        """Take the progress line away."""
        progress, self._progress = self._progress, None
        if progress is not None:
            progress.stop()

    def _begin(self, event: RunStarted) -> None:
        if not self._tty or self._verbosity < 0:
            return
        self._progress = Progress(
            TextColumn("{task.description}", style="cyan", markup=False),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[scenario]}", markup=False),
            console=self._console,
            transient=True,
            refresh_per_second=8,
        )
        for server in event.servers:
            self._tasks[server] = self._progress.add_task(
                one_line(server, 40), total=event.scenarios, scenario=""
            )
        self._progress.start()

    def _move(self, server: str, scenario: str, *, advance: bool) -> None:
        if self._progress is None or server not in self._tasks:
            return
        room = max(0, self._console.width - 75)
        if advance:
            self._progress.update(self._tasks[server], advance=1)
        else:
            self._progress.update(self._tasks[server], scenario=one_line(scenario, 200)[:room])

    def _scenario(self, event: ScenarioFinished) -> None:
        counted = state(event)
        if counted in (State.FAIL, State.ERROR):
            self._failure(event, counted, event.news)
        elif counted is State.MENDED:
            self._head(event, counted, "")
            for fingerprint, reason in event.mended.items():
                words = f"the baseline expects {one_line(fingerprint)}: {one_line(reason)}"
                self._print((Span(INDENT + words),))
        elif counted in (State.WARN, State.INCONCLUSIVE) and self._verbosity == 0:
            if counted is State.INCONCLUSIVE and self._said_before(event):
                return
            findings = [f for f in event.outcome.findings if f.verdict is event.outcome.verdict]
            self._head(event, counted, _rule(findings[0]) if findings else "")
            words = event.outcome.reason or (findings[0].message if findings else "")
            more = f"  (and {len(findings) - 1} more)" if len(findings) > 1 else ""
            self._print((Span(INDENT + one_line(words, 300) + more),))
        elif self._verbosity > 0:
            self._failure(event, counted, event.outcome.findings)

    def _said_before(self, event: ScenarioFinished) -> bool:
        """Count what could not be judged; whether it was for a reason that was told already."""
        key = event.outcome.server, event.outcome.reason
        self._unjudged[key] += 1
        return self._unjudged[key] > 1

    def _head(self, event: ScenarioFinished, counted: State, rule: str) -> None:
        outcome = event.outcome
        scenario = outcome.scenario + (f" #{outcome.repeat + 1}" if outcome.repeat else "")
        width = self._console.width
        line = headline(WORDS[counted], str(counted), scenario, outcome.server, rule, width)
        self._print(line)

    def _failure(
        self, event: ScenarioFinished, counted: State, findings: Iterable[Finding]
    ) -> None:
        findings = tuple(sorted(findings, key=_weight))
        told = {
            finding: self._causes.meet(event.outcome.server, event.outcome.scenario, finding)
            for finding in findings
        }
        if self._verbosity == 0 and findings and event.outcome.scenario not in told.values():
            self._head(event, counted, f"as in {one_line(', '.join(dict.fromkeys(told.values())))}")
            return
        self._head(event, counted, next(filter(None, map(_rule, findings)), ""))
        if event.outcome.reason:
            self._print((Span(INDENT), Span(one_line(event.outcome.reason), "message")))
        width = self._console.width
        news = not findings
        before: Story | None = None
        for number, finding in enumerate(findings):
            if self._verbosity < 0:
                self._print((Span(INDENT), Span(one_line(finding.message, 300), "message")))
                continue
            fingerprint = finding.fingerprint(event.outcome.scenario)
            for mapping, word in ((event.known, "known"), (event.expired, "expired")):
                if fingerprint in mapping:
                    self._print(
                        (Span(f"{INDENT}{word}: {one_line(mapping[fingerprint])}", "known"),)
                    )
            if told[finding] != event.outcome.scenario and self._verbosity == 0:
                words = f"{one_line(finding.message, 300)}  (as in {one_line(told[finding])})"
                self._print((Span(INDENT), Span(words, "message")))
                continue
            news = True
            story = tell(
                event, finding, self._folder, self._explain, self._tally.run, cut=width - 40
            )
            seen = before is not None and before.same_place(story)
            for line in story_lines(story, width, rule=number > 0, brief=seen):
                self._print(line)
            before = story
        if news and event.outcome.verdict >= Verdict.FAIL:
            words = again(event, self._tally.run)
            self._print((Span(f"{INDENT}again: ", "dim"), Span(words)))

    def _lost(self, event: ServerLost) -> None:
        self._print((Span("LOST ", "error"), Span("  "), Span(one_line(event.server), "server")))
        for text in (event.message, event.hint):
            for line in printable(text).split("\n") if text else ():
                self._print((Span(INDENT + line),))
        if self._verbosity >= 0 and event.log:
            for line in printable(event.log[-20_000:]).rstrip("\n").split("\n")[-12:]:
                self._print((Span(f"{INDENT}| {line}", "dim"),))

    def _end(self, event: RunFinished) -> None:
        self.close()
        for (server, reason), count in self._unjudged.items():
            if count > 1:
                words = f"INCON  {count - 1} more  {one_line(server)}: {one_line(reason, 300)}"
                self._print((Span(words, str(State.INCONCLUSIVE)),))
        if self._verbosity == 0:
            self._often()
        if len(self._tally.servers) > 1 and self._verbosity >= 0 and self._tally.played:
            self._console.print()
            self._console.print(table(self._tally, self._console.width))
        for mixed in self._tally.choices.mixed() if self._verbosity >= 0 else ():
            self._print(
                (
                    Span("MIXED", "warn"),
                    Span("  "),
                    Span(one_line(mixed.server), "server"),
                    Span(f"  {one_line(str(mixed), 300)}"),
                )
            )
        if event.interrupted:
            self._print((Span("interrupted", "error"), Span("; these are the results so far")))
        spans = [Span("")]
        for counted, words in self._tally.words():
            loud = self._tally.total[counted] > 0
            spans += [Span(words, str(counted) if loud else "dim"), Span("  ")]
        spans.append(Span(f" {event.seconds:.1f} s"))
        if self._tally.run is not None:
            spans.append(Span(f"   seed {self._tally.run.seed}"))
        if self._report:
            spans.append(Span(f"   report: {self._report}"))
        self._print(tuple(spans))

    def _often(self) -> None:
        """Say what made several scenarios fail, and how many."""
        causes = list(self._causes.frequent())
        for met in causes[:_OFTEN]:
            finding = met.finding
            words = [one_line(met.server), one_line(_rule(finding)), one_line(finding.message, 120)]
            self._print(
                (
                    Span("OFTEN", "fail"),
                    Span(f"  {len(met.scenarios):>3} scenarios  "),
                    Span("  ".join(filter(None, words))),
                )
            )
        if len(causes) > _OFTEN:
            self._print((Span(f"{INDENT}… and {len(causes) - _OFTEN} more such causes", "dim"),))

    def _print(self, line: Line) -> None:
        self._held.append(line)

    def _flush(self) -> None:
        """Print what an event had to tell in one go, so that the progress is drawn once."""
        if not self._held:
            return
        text = Text()
        for number, line in enumerate(self._held):
            text.append("\n" if number else "")
            for span in self._tame(line):
                text.append(span.text, STYLES.get(span.role, ""))
        self._held = []
        self._console.print(text, soft_wrap=True)

    def _tame(self, line: Line) -> Line:
        """Return ``line`` such that GitHub Actions, which obeys lines of a log, sees no command."""
        words = "".join(span.text for span in line)
        if self._github and (words.lstrip().startswith("::") or "##[" in words):
            return tuple(
                Span(span.text.replace("::", ":\\x3a").replace("##[", "##\\x5b"), span.role)
                for span in line
            )
        return line


def _weight(finding: Finding) -> int:
    """Sort what explains the rest before the rest: a crash, a connection that ended."""
    return {"health": 0, "progress": 1}.get(finding.check, 2)


def _rule(finding: Finding) -> str:
    return f"{finding.rule} {finding.level}".strip()
