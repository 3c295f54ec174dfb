"""Write a baseline anew from what a run found; what people wrote into it stays."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from conformance.events import Event, RunStarted, ScenarioFinished
from conformance.history.baseline import EVERYWHERE, Baseline, Entry, every_build
from conformance.verdict import Finding, Verdict

__all__ = ["UNEXPLAINED", "Updated", "dump", "file_name", "update", "write"]

UNEXPLAINED = "not looked into yet"
"""The reason that a new entry has until somebody writes a better one."""


@dataclass(frozen=True, slots=True)
class Updated:
    """The new baseline, and how it differs from the old one."""

    baseline: Baseline
    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]


@dataclass(slots=True)
class _Seen:
    """What repeats of one scenario showed."""

    plays: int = 0
    findings: dict[str, tuple[Finding, int]] = field(default_factory=dict)


def update(old: Baseline, events: Iterable[Event], server: str, *, whole: bool = False) -> Updated:
    """Return ``old`` brought to what ``events`` say of ``server``.

    Failures that are new are added; entries whose failure did not come are removed,
    unless they may pass. Scenarios that were not judged keep their entries. A failure
    that came in some repeats only may pass from now on. Entries of whatever scenario
    (``*``) are removed only if the run was a ``whole`` one.
    """
    seen = _collect(events, server)
    anywhere = seen.pop(EVERYWHERE, _Seen())
    kept: list[Entry] = []
    removed: list[Entry] = []
    for entry in old.entries:
        plays = anywhere if entry.scenario == EVERYWHERE else seen.get(entry.scenario)
        if plays is None or entry.flaky:
            kept.append(entry)
        elif entry.fingerprint in plays.findings:
            _, times = plays.findings[entry.fingerprint]
            sometimes = (*entry.verdicts, Verdict.PASS)
            kept.append(entry if times >= plays.plays else replace(entry, verdicts=sometimes))
        elif entry.scenario == EVERYWHERE and not whole:
            kept.append(entry)
        else:
            removed.append(entry)
    have = {(entry.scenario, entry.fingerprint) for entry in kept}
    found = (*_entries({EVERYWHERE: anywhere}), *_entries(seen))
    added = [entry for entry in found if (entry.scenario, entry.fingerprint) not in have]
    entries = sorted([*kept, *added], key=lambda e: (e.scenario, e.fingerprint))
    new = replace(old, server=old.server or every_build(server), entries=tuple(entries))
    return Updated(new, tuple(added), tuple(removed))


def _collect(events: Iterable[Event], server: str) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = {}
    strict = False
    for event in events:
        if isinstance(event, RunStarted):
            strict = event.strict
        if not isinstance(event, ScenarioFinished) or event.outcome.server != server:
            continue
        finished = event.strictly() if strict else event
        scenario = finished.outcome.scenario
        if finished.outcome.verdict not in (Verdict.PASS, Verdict.WARN, Verdict.FAIL):
            continue
        seen.setdefault(scenario, _Seen()).plays += 1
        for fingerprint, finding in {f.fingerprint(scenario): f for f in finished.failures}.items():
            # What is the same everywhere needs one entry, and no count: few scenarios meet it.
            plays = seen.setdefault(EVERYWHERE if finding.everywhere else scenario, _Seen())
            _, times = plays.findings.get(fingerprint, (finding, 0))
            plays.findings[fingerprint] = (finding, times + 1)
    return seen


def _entries(seen: Mapping[str, _Seen]) -> Iterator[Entry]:
    for scenario, plays in seen.items():
        for fingerprint, (finding, times) in plays.findings.items():
            verdicts: tuple[Verdict, ...] = (finding.verdict,)
            if times < plays.plays:
                verdicts = (finding.verdict, Verdict.PASS)
            rule = f"{finding.rule} {finding.level}".strip()
            message = f"{rule}: {finding.message}" if rule else finding.message
            yield Entry(scenario, fingerprint, UNEXPLAINED, verdicts, message=message[:200])


def file_name(server: str, version: str = "") -> str:
    """Return the usual name of a server's baseline: ``dovecot-2.4.toml`` for docker:dovecot:2.4.

    ``version`` is what the server says it is, for specifications that name none. An image's
    tag is no part of the name.
    """
    server = every_build(server)
    if "://" in server:
        words = urlsplit(server).netloc.rpartition("@")[2].replace(":", "-")
    else:
        _, _, rest = server.partition(":")
        name, _, wanted = rest.partition(":")
        words = "-".join(filter(None, (name or server, wanted or version)))
    words = "".join(c if c.isalnum() or c in "-._" else "-" for c in words.lstrip("./~"))
    return f"{words}.toml"


def dump(baseline: Baseline) -> str:
    """Return ``baseline`` as TOML."""
    blocks = [baseline.heading] if baseline.heading else []
    if baseline.server:
        blocks.append(f"server = {_string(baseline.server)}\n")
    for entry in baseline.entries:
        words = ", ".join(_string(str(verdict)) for verdict in entry.verdicts)
        lines = [
            "[[known]]",
            f"scenario = {_string(entry.scenario)}",
            f"fingerprint = {_string(entry.fingerprint)}",
            f"verdict = {words if len(entry.verdicts) == 1 else f'[{words}]'}",
            f"because = {_string(entry.because)}",
        ]
        lines += ["stops = true"] if entry.stops else []
        lines += [f"until = {_string(entry.until)}"] if entry.until else []
        lines += [f"message = {_string(entry.message)}"] if entry.message else []
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _string(text: str) -> str:
    """Return a TOML basic string; what TOML cannot hold is spelled out."""
    clean = "".join(f"\\u{{{ord(c):x}}}" if 0xD800 <= ord(c) <= 0xDFFF else c for c in text)
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")


def write(baseline: Baseline, path: Path) -> None:
    """Write ``baseline`` to ``path``; OSError if that cannot be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dump(baseline), encoding="utf-8")
