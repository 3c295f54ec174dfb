"""Collects a run and writes the index and the pages when it is closed."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from conformance.events import Event, ScenarioFinished, ServerLost, ServerReady
from conformance.reports.base import Explain, no_words
from conformance.reports.files import write_pages, write_text
from conformance.reports.html import matrix
from conformance.reports.html.lanes import lanes
from conformance.reports.html.pages import page, slug
from conformance.reports.html.wirelog import log, source
from conformance.reports.parallel import in_parts
from conformance.reports.recording import recording
from conformance.reports.story import again, tell
from conformance.reports.tally import Tally, judged
from conformance.verdict import Verdict

__all__ = ["Html"]

_SLOWEST = 10


class Html:
    """Writes ``target``/index.html and pages below it; transcripts are read below ``folder``."""

    def __init__(
        self,
        target: Path,
        folder: Path,
        *,
        explain: Explain = no_words,
    ) -> None:
        """Start with no rows."""
        self.index = target / "index.html"
        self._target = target
        self._folder = folder
        self._explain = cache(explain)
        self._tally = Tally()
        self._ready: dict[str, ServerReady] = {}
        self._lost: list[ServerLost] = []
        self._rows: list[matrix.Row] = []
        self._closed = False

    def handle(self, event: Event) -> None:
        """Take in ``event``."""
        event = judged(event, self._tally.run)
        self._tally.handle(event)
        match event:
            case ServerReady():
                self._ready[event.server] = event
            case ServerLost():
                self._lost.append(event)
            case ScenarioFinished():
                self._rows.append(matrix.row(event, _path(event)))
            case _:
                pass

    def close(self) -> None:
        """Write all; ReportError if a file cannot be written."""
        if self._closed:
            return
        self._closed = True
        others: dict[str, list[matrix.Row]] = {}
        for row in self._rows:
            others.setdefault(row.event.outcome.scenario, []).append(row)

        def pages(part: int, parts: int) -> None:
            rows = self._rows[part::parts]
            texts = ((r.link, self._page(r, others[r.event.outcome.scenario])) for r in rows)
            write_pages(self._target, texts)

        in_parts(pages, len(self._rows))
        write_text(self.index, self._index())

    def _index(self) -> str:
        servers = list(self._tally.servers)
        rows = self._rows
        by_area: dict[str, list[matrix.Row]] = {}
        for row in rows:
            by_area.setdefault(row.area, []).append(row)
        return page(
            "index.html.j2",
            run=self._tally.run,
            finished=self._tally.finished,
            tally=self._tally,
            ready=self._ready,
            lost=self._lost,
            servers=servers,
            causes=matrix.causes(rows),
            areas=matrix.table(
                "areas", rows, lambda r: [r.area], link=lambda r: f"#area-{slug(r.area)}"
            ),
            rules=matrix.table("rules", rows, matrix.rules_of),
            scenarios=[
                matrix.table(
                    area,
                    by_area[area],
                    lambda r: [r.event.outcome.scenario],
                    lambda r: r.event.title,
                )
                for area in sorted(by_area)
            ],
            behaviours=matrix.behaviours(rows),
            coverage=self._tally.run.coverage if self._tally.run else (),
            slowest=sorted(rows, key=lambda r: -r.event.outcome.seconds)[:_SLOWEST],
            explain=self._explain,
            slug=slug,
        )

    def _page(self, row: matrix.Row, others: Sequence[matrix.Row]) -> str:
        event = row.event
        kept = recording(self._folder, event)
        findings = event.outcome.findings
        wire = log(kept, findings)
        return page(
            "scenario.html.j2",
            row=row,
            event=event,
            run=self._tally.run,
            ready=self._ready.get(event.outcome.server),
            up="../" * row.link.count("/"),
            others=[other for other in others if other is not row],
            stories=[tell(event, f, self._folder, self._explain) for f in findings],
            fingerprints=[f.fingerprint(event.outcome.scenario) for f in findings],
            fails=Verdict.FAIL,
            lanes=lanes(wire.played, wire.colours, wire.marked),
            wire=wire,
            kept=kept,
            source=source(kept.lines, _lines_at(event)),
            again=again(event, self._tally.run),
            explain=self._explain,
        )


def _path(event: ScenarioFinished) -> str:
    outcome = event.outcome
    repeat = f".{outcome.repeat + 1}" if outcome.repeat else ""
    return f"pages/{slug(outcome.server)}/{slug(outcome.scenario, folders=True)}{repeat}.html"


def _lines_at(event: ScenarioFinished) -> Mapping[int, str]:
    """Line number -> the numbers of the findings that it is about."""
    found: dict[int, str] = {}
    for number, finding in enumerate(event.outcome.findings, 1):
        if finding.place is not None:
            words = found.get(finding.place.line, "")
            found[finding.place.line] = f"{words}, {number}" if words else f"finding {number}"
    return found
