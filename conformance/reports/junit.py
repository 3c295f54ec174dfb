"""JUnit XML, as Jenkins, GitLab and GitHub read it.

A suite is a server, a case is a scenario, a failure is a finding with its rule as
the type; a known failure is a skipped case with its reason, and tells no more of the wire.

GitLab and GitHub's viewers link a case by its ``file`` and ``line``. The schema that
Jenkins' xUnit plug-in insists on (junit-10.xsd) has no such attributes, its JUnit
step does not mind them; ``strict`` leaves them out.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from pathlib import Path

from junit_xml import TestCase, TestSuite

from conformance.events import Event, RunStarted, ScenarioFinished, ServerLost, ServerReady
from conformance.reports.base import Explain, no_words
from conformance.reports.files import write_text
from conformance.reports.layout import plain, story_lines
from conformance.reports.safe import one_line, printable
from conformance.reports.story import again, tell
from conformance.reports.tally import State, judged, state
from conformance.verdict import Finding, Verdict

__all__ = ["JUnit"]

_WIDTH = 100


class JUnit:
    """Writes ``path`` when it is closed; transcripts are read below ``folder``."""

    def __init__(
        self, path: Path, folder: Path, *, explain: Explain = no_words, strict: bool = False
    ) -> None:
        """Start with no suites."""
        self._strict = strict
        self.path = path
        self._folder = folder
        self._explain = explain
        self._run: RunStarted | None = None
        self._suites: dict[str, TestSuite] = {}
        self._closed = False

    def handle(self, event: Event) -> None:
        """Take in ``event``."""
        event = judged(event, self._run)
        match event:
            case RunStarted():
                self._run = event
                for server in event.servers:
                    self._suite(server)
            case ServerReady():
                self._suite(event.server).properties.update(_properties(event))
            case ServerLost():
                case = TestCase("the server starts and stays", classname=_class(event.server, ""))
                output = printable(f"{event.hint}\n\n{event.log[-20_000:]}".strip())
                case.add_error_info(one_line(event.message), output, "ServerLost")
                self._suite(event.server).test_cases.append(case)
            case ScenarioFinished():
                self._suite(event.outcome.server).test_cases.append(self._case(event))
            case _:
                pass

    def close(self) -> None:
        """Write the file; ReportError if it cannot be written."""
        if self._closed:
            return
        self._closed = True
        root = _document(self._suites.values())
        text = ET.tostring(root, encoding="unicode")
        write_text(self.path, f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n')

    def _suite(self, server: str) -> TestSuite:
        if server not in self._suites:
            started = one_line(self._run.started)[:19] if self._run else None
            properties: dict[str, str] = {}
            if self._run is not None:
                properties = {"seed": str(self._run.seed), "suite": one_line(self._run.version)}
            self._suites[server] = TestSuite(
                one_line(server), timestamp=started, properties=properties
            )
        return self._suites[server]

    def _case(self, event: ScenarioFinished) -> TestCase:
        outcome = event.outcome
        folder, _, name = outcome.scenario.rpartition("/")
        findings = outcome.findings
        place = next((f.place for f in event.news if f.place), None)
        case = TestCase(
            one_line(name) + (f" #{outcome.repeat + 1}" if outcome.repeat else ""),
            classname=_class(outcome.server, folder),
            elapsed_sec=outcome.seconds,
            file=None if self._strict else one_line(place.file if place else event.file),
            line=place.line if place and not self._strict else None,
            allow_multiple_subelements=True,
        )
        counted = state(event)
        if counted is State.KNOWN:
            reasons = {event.known[f.fingerprint(outcome.scenario)]: None for f in event.failures}
            case.add_skipped_info("known: " + "; ".join(map(one_line, reasons)))
        elif counted in (State.SKIP, State.INCONCLUSIVE):
            words = one_line(outcome.reason) or "no reason given"
            case.add_skipped_info(words if counted is State.SKIP else f"inconclusive: {words}")
        elif counted is State.MENDED:
            words = "; ".join(f"{one_line(k)}: {one_line(v)}" for k, v in event.mended.items())
            case.add_failure_info(
                "a failure that the baseline expects did not come", words, "UnexpectedPass"
            )
        elif counted in (State.FAIL, State.ERROR):
            self._fail(case, event)
        told = [f for f in findings if counted is State.KNOWN or f not in event.news]
        case.stdout = self._output(event, told)
        case.stderr = printable(event.log[-20_000:]) or None
        return case

    def _fail(self, case: TestCase, event: ScenarioFinished) -> None:
        for finding in event.news:
            add = case.add_error_info if finding.verdict is Verdict.ERROR else case.add_failure_info
            kind = " ".join(filter(None, (finding.rule, finding.level))) or finding.check
            add(one_line(finding.message), self._told(event, [finding]), one_line(kind))
        if not event.news:
            case.add_error_info(one_line(event.outcome.reason) or "an error", None, "Error")

    def _told(self, event: ScenarioFinished, findings: Sequence[Finding]) -> str:
        known = [f.fingerprint(event.outcome.scenario) in event.known for f in findings]
        stories = [
            tell(event, finding, self._folder, self._explain, self._run, brief=brief)
            for finding, brief in zip(findings, known, strict=True)
        ]
        texts = [plain(story_lines(story, _WIDTH, rule=True)) for story in stories]
        return "\n\n".join(texts)

    def _output(self, event: ScenarioFinished, findings: Sequence[Finding]) -> str:
        parts = [self._told(event, findings), f"again: {again(event, self._run)}"]
        chosen = (f"{one_line(k)}: {one_line(v)}" for k, v in event.outcome.behaviours.items())
        parts += [f"behaviour: {words}" for words in chosen]
        return "\n".join(filter(None, parts))


def _document(suites: Iterable[TestSuite]) -> ET.Element:
    """Return the root; the library's own leaves out ``skipped`` and writes times as 1e-05."""
    root = ET.Element("testsuites")
    total = dict.fromkeys(("tests", "failures", "errors"), 0)
    seconds = 0.0
    for suite in suites:
        element = suite.build_xml_doc()
        element.attrib.pop("disabled", None)
        time = sum(case.elapsed_sec or 0 for case in suite.test_cases)
        element.set("time", f"{time:.3f}")
        seconds += time
        for key in total:
            total[key] += int(element.get(key))
        root.append(element)
    root.attrib.update({key: str(value) for key, value in total.items()})
    root.set("time", f"{seconds:.3f}")
    return root


def _properties(event: ServerReady) -> dict[str, str]:
    return {
        "server.name": one_line(event.name),
        "server.version": one_line(event.version),
        "server.services": one_line(" ".join(event.services)),
        "server.capabilities": one_line(" ".join(event.capabilities), 8_000),
    }


def _class(server: str, folder: str) -> str:
    """Return the class name; a dot starts a new level in every viewer, so versions lose theirs."""
    parts = [server, *folder.split("/")] if folder else [server]
    return ".".join(one_line(part).replace(".", "_") for part in parts)
