"""A run as one JSON document for other programs; ``summary.schema.json`` describes it."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from conformance.events import (
    Event,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    ServerLost,
    ServerReady,
)
from conformance.reports.files import write_text
from conformance.reports.tally import State, Tally, judged, state
from conformance.verdict import Finding

__all__ = ["FORMAT", "SummaryJson", "schema"]

FORMAT = 1
"""Grows when a reader of the older format would misread the newer one."""


def schema() -> dict[str, Any]:
    """Return the JSON schema (2020-12) of the document."""
    text = (files("conformance.reports") / "summary.schema.json").read_text("utf-8")
    value: dict[str, Any] = json.loads(text)
    return value


class SummaryJson:
    """Writes ``path`` when it is closed."""

    def __init__(self, path: Path) -> None:
        """Start with nothing to tell."""
        self.path = path
        self._tally = Tally()
        self._run: dict[str, Any] = {"finished": False}
        self._servers: dict[str, dict[str, Any]] = {}
        self._scenarios: list[dict[str, Any]] = []
        self._closed = False

    def handle(self, event: Event) -> None:
        """Take in ``event``."""
        event = judged(event, self._tally.run)
        self._tally.handle(event)
        match event:
            case RunStarted():
                self._run |= {
                    "version": event.version,
                    "started": event.started,
                    "command": event.command,
                    "seed": event.seed,
                    "strict": event.strict,
                }
                for spec in event.servers:
                    self._server(spec)
            case ServerReady():
                self._server(event.server).update(
                    name=event.name,
                    version=event.version,
                    services=list(event.services),
                    capabilities=list(event.capabilities),
                )
            case ServerLost():
                self._server(event.server)["lost"] = event.message
            case ScenarioFinished():
                self._scenarios.append(_scenario(event))
            case RunFinished():
                self._run |= {
                    "finished": True,
                    "seconds": event.seconds,
                    "status": event.status,
                    "interrupted": event.interrupted,
                }
            case _:
                pass

    def close(self) -> None:
        """Write the file; ReportError if it cannot be written."""
        if self._closed:
            return
        self._closed = True
        for spec, server in self._servers.items():
            server["counts"] = _counts(self._tally.server(spec).counts)
        document = {
            "format": FORMAT,
            "run": self._run,
            "counts": _counts(self._tally.total),
            "servers": list(self._servers.values()),
            "scenarios": self._scenarios,
        }
        write_text(self.path, json.dumps(document, indent=1) + "\n")

    def _server(self, spec: str) -> dict[str, Any]:
        return self._servers.setdefault(spec, {"server": spec})


def _counts(counts: Any) -> dict[str, int]:
    return {str(each): counts[each] for each in State}


def _scenario(event: ScenarioFinished) -> dict[str, Any]:
    outcome = event.outcome
    return {
        "scenario": outcome.scenario,
        "title": event.title,
        "file": event.file,
        "server": outcome.server,
        "repeat": outcome.repeat,
        "verdict": str(outcome.verdict),
        "state": str(state(event)),
        "reason": outcome.reason,
        "seconds": outcome.seconds,
        "transcript": event.transcript,
        "rules": list(event.rules),
        "tags": list(event.tags),
        "behaviours": dict(outcome.behaviours),
        "findings": [_finding(event, finding) for finding in outcome.findings],
        "mended": dict(event.mended),
    }


def _finding(event: ScenarioFinished, finding: Finding) -> dict[str, Any]:
    fingerprint = finding.fingerprint(event.outcome.scenario)
    place = finding.place
    return {
        "fingerprint": fingerprint,
        "check": finding.check,
        "verdict": str(finding.verdict),
        "message": finding.message,
        "rule": finding.rule,
        "level": finding.level,
        "actor": finding.actor,
        "place": {"file": place.file, "line": place.line, "column": place.column}
        if place
        else None,
        "event": finding.culprit,
        "offset": finding.offset,
        "expected": list(finding.expected),
        "known": event.known.get(fingerprint),
        "expired": event.expired.get(fingerprint),
    }
