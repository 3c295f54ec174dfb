"""GitHub Actions: annotations on standard output, and the job's summary.

An annotation is a line that GitHub reads as a command, so percent signs and line
ends of untrusted text are spelled as GitHub asks, and nothing else can begin one.
"""

from pathlib import Path
from typing import IO

from conformance.events import Event, RunStarted, ScenarioFinished, ServerLost
from conformance.reports.base import Explain, cannot_write, no_words
from conformance.reports.layout import plain, story_lines
from conformance.reports.markdown import block, code
from conformance.reports.safe import one_line
from conformance.reports.story import again, tell
from conformance.reports.tally import State, Tally, cause, judged, state
from conformance.verdict import Finding

__all__ = ["GitHub"]

_ANNOTATIONS = 10  # of each kind; GitHub shows no more of one step
_TOLD = 20
_SUMMARY = 900_000  # octets; GitHub takes 1 MiB of a step


class GitHub:
    """Prints annotations to ``stream`` and appends Markdown to ``summary`` when it is closed.

    summary  what GITHUB_STEP_SUMMARY names; None for no summary
    """

    def __init__(
        self, stream: IO[str], summary: Path | None, folder: Path, *, explain: Explain = no_words
    ) -> None:
        """Start with nothing to tell."""
        self._stream = stream
        self._summary = summary
        self._folder = folder
        self._explain = explain
        self._tally = Tally()
        self._counts = {"error": 0, "warning": 0}
        self._told: dict[tuple[str, str], int] = {}
        self._stories: list[tuple[ScenarioFinished, Finding | None]] = []
        self._closed = False

    def handle(self, event: Event) -> None:
        """Print the annotations that ``event`` is worth."""
        event = judged(event, self._tally.run)
        self._tally.handle(event)
        match event:
            case ServerLost():
                self._annotate("error", event.message, f"{event.server} did not start or was lost")
            case ScenarioFinished():
                self._scenario(event)
            case _:
                pass

    def _scenario(self, event: ScenarioFinished) -> None:
        counted = state(event)
        outcome = event.outcome
        title = f"{outcome.scenario} on {outcome.server}"
        if counted in (State.FAIL, State.ERROR, State.MENDED) and not event.news:
            words = outcome.reason or "a failure that the baseline expects did not come"
            self._annotate("error", words, title, event.file)
            self._stories.append((event, None))
        for finding in event.news if counted is not State.WARN else outcome.findings:
            key = (outcome.server, cause(finding))
            self._told[key] = self._told.get(key, 0) + 1
            if self._told[key] > 1:
                continue
            place = finding.place
            rule = f" ({finding.rule} {finding.level})" if finding.rule else ""
            self._annotate(
                "warning" if counted is State.WARN else "error",
                finding.message + rule,
                title,
                place.file if place else event.file,
                place.line if place else 0,
            )
            if counted is not State.WARN:
                self._stories.append((event, finding))

    def _annotate(self, kind: str, words: str, title: str, file: str = "", line: int = 0) -> None:
        self._counts[kind] += 1
        if self._counts[kind] > _ANNOTATIONS:
            return
        values = {"title": one_line(title, 200)}
        values |= {"file": one_line(file, 300)} if file else {}
        values |= {"line": str(line)} if line else {}
        properties = ",".join(f"{key}={_property(value)}" for key, value in values.items())
        print(
            f"::{kind} {properties}::{_data(one_line(words, 500))}", file=self._stream, flush=True
        )

    def close(self) -> None:
        """Append the summary; ReportError if it cannot be written."""
        if self._closed or self._summary is None:
            return
        self._closed = True
        text = self.markdown()
        try:
            with self._summary.open("a", encoding="utf-8") as stream:
                stream.write(text)
        except OSError as error:
            raise cannot_write(self._summary, error) from error

    def markdown(self) -> str:
        """Return the job's summary: counts for each server, then each cause once."""
        used = [each for each in State if self._tally.total[each] or each is State.PASS]
        head = ["server", "says it is", *map(str, used), "seconds"]
        table = [f"| {' | '.join(head)} |", "|---|---|" + "---:|" * (len(used) + 1)]
        for server in self._tally.servers.values():
            says = "did not start" if server.lost and not server.counts else server.product
            cells = [code(server.server), code(says) or " "]
            cells += [str(server.counts[each]) for each in used]
            table.append(f"| {' | '.join([*cells, f'{server.seconds:.1f}'])} |")
        parts = ["## IMAP conformance", "\n".join(table)]
        size = 0
        for number, (event, finding) in enumerate(self._stories):
            text = self._story(event, finding)
            size += len(text.encode())
            if number == _TOLD or size > _SUMMARY:
                parts.append(f"… and {len(self._stories) - number} more.")
                break
            parts.append(text)
        return "\n\n".join(parts) + "\n"

    def _story(self, event: ScenarioFinished, finding: Finding | None) -> str:
        run: RunStarted | None = self._tally.run
        outcome = event.outcome
        head = f"**{state(event)}** {code(outcome.scenario)} on {code(outcome.server)}"
        if finding is None:
            reasons = [outcome.reason, *event.mended.values()]
            return f"{head}\n\n" + "\n".join(f"- {code(text)}" for text in reasons if text)
        times = self._told[(outcome.server, cause(finding))]
        head += f", and {times - 1} more" if times > 1 else ""
        told = tell(event, finding, self._folder, self._explain, run)
        text = plain(story_lines(told, 110, rule=True))
        return f"{head}\n\n{block(text)}\n\nagain: {code(again(event, run))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
