"""SARIF 2.1.0: each finding as a result at its place in the scenario file.

Code scanning pages show where in a repository something is wrong; here that is the
expectation that was not met. Each server is a run of its own.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from conformance.events import Event, RunStarted, ScenarioFinished, ServerReady
from conformance.reports.base import Explain, no_words
from conformance.reports.files import write_text
from conformance.reports.html.pages import rfc_link
from conformance.reports.safe import one_line, printable
from conformance.reports.tally import judged
from conformance.verdict import Finding, Verdict

__all__ = ["Sarif"]

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Verdict.ERROR: "error", Verdict.FAIL: "error", Verdict.WARN: "warning"}


class Sarif:
    """Writes ``path`` when it is closed."""

    def __init__(self, path: Path, *, explain: Explain = no_words) -> None:
        """Start with no results."""
        self.path = path
        self._explain = explain
        self._run: RunStarted | None = None
        self._ready: dict[str, ServerReady] = {}
        self._results: dict[str, list[dict[str, Any]]] = {}
        self._rules: dict[str, dict[str, Finding]] = {}
        self._closed = False

    def handle(self, event: Event) -> None:
        """Take in ``event``."""
        event = judged(event, self._run)
        match event:
            case RunStarted():
                self._run = event
                for server in event.servers:
                    self._results.setdefault(server, [])
            case ServerReady():
                self._ready[event.server] = event
            case ScenarioFinished():
                server = event.outcome.server
                results = self._results.setdefault(server, [])
                for finding in event.outcome.findings:
                    if finding.verdict in _LEVELS:
                        rules = self._rules.setdefault(server, {})
                        rules.setdefault(_id(finding), finding)
                        results.append(_result(event, finding, list(rules)))
            case _:
                pass

    def close(self) -> None:
        """Write the file; ReportError if it cannot be written."""
        if self._closed:
            return
        self._closed = True
        runs = [self._document(server) for server in self._results]
        document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": runs}
        write_text(self.path, json.dumps(document, indent=1) + "\n")

    def _document(self, server: str) -> dict[str, Any]:
        ready = self._ready.get(server)
        rules = self._rules.get(server, {})
        driver = {
            "name": "imap-conformance",
            "version": one_line(self._run.version if self._run else ""),
            "rules": [self._rule(name, finding) for name, finding in rules.items()],
        }
        says = f"{ready.name} {ready.version}" if ready else ""
        return {
            "tool": {"driver": driver},
            "automationDetails": {"id": f"imap-conformance/{one_line(server)}/"},
            "properties": {"server": one_line(server), "product": one_line(says)},
            "columnKind": "unicodeCodePoints",
            "results": self._results[server],
        }

    def _rule(self, name: str, finding: Finding) -> dict[str, Any]:
        words = printable(self._explain(finding.rule)) if finding.rule else ""
        rule: dict[str, Any] = {
            "id": name,
            "shortDescription": {"text": words or f"The check '{one_line(finding.check)}'"},
        }
        link = rfc_link(finding.rule)
        return rule | ({"helpUri": link} if link else {})


def _id(finding: Finding) -> str:
    return one_line(finding.rule or finding.check)


def _result(event: ScenarioFinished, finding: Finding, rules: list[str]) -> dict[str, Any]:
    fingerprint = finding.fingerprint(event.outcome.scenario)
    place = finding.place
    region = {"startLine": place.line, "startColumn": place.column} if place else {"startLine": 1}
    uri = quote(one_line(place.file if place else event.file).removeprefix("./"), safe="/._-[]+,")
    text = f"{event.outcome.scenario} on {event.outcome.server}: {finding.message}"
    result: dict[str, Any] = {
        "ruleId": _id(finding),
        "ruleIndex": rules.index(_id(finding)),
        "level": _LEVELS[finding.verdict],
        "message": {"text": one_line(text)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}],
        "partialFingerprints": {"imapConformance/v1": fingerprint},
    }
    if fingerprint in event.known:
        reason = one_line(event.known[fingerprint])
        result["suppressions"] = [{"kind": "external", "justification": reason}]
    return result
