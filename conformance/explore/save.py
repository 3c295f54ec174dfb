"""A finding's smallest session as a scenario file that anybody can play."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from conformance.explore.shrink import Shrunk
from conformance.explore.trial import Mark
from conformance.scenario.model import Scenario, Step
from conformance.scenario.writer import dump

__all__ = ["complete", "save"]

_BY = "imap-conformance explore"
_LONGEST = 90

# What a step's text tells of the extension it needs; RFC 9051 has some of them itself.
_NEEDS = (
    (r"idles", ("IDLE", "IMAP4rev2")),
    (r"(UID )?MOVE\b", ("MOVE", "IMAP4rev2")),
    (r"(UID )?SORT\b", ("SORT",)),
    (r"(UID )?THREAD\b", ("THREAD=REFERENCES", "THREAD=ORDEREDSUBJECT", "THREAD=REFS")),
    (r"(UID )?REPLACE\b", ("REPLACE",)),
    (r"UID EXPUNGE\b", ("UIDPLUS", "IMAP4rev2")),
    (r"UNSELECT\b", ("UNSELECT", "IMAP4rev2")),
    (r"ENABLE\b", ("ENABLE", "IMAP4rev2")),
    (r".*\bQRESYNC\b", ("QRESYNC",)),
    (r".*\b(CONDSTORE|MODSEQ|CHANGEDSINCE|UNCHANGEDSINCE|HIGHESTMODSEQ)\b", ("CONDSTORE",)),
    (r".*SEARCH RETURN\b", ("ESEARCH", "IMAP4rev2")),
    (r".*RETURN \([^)]*SAVE", ("SEARCHRES", "IMAP4rev2")),
    (r".*RETURN \([^)]*PARTIAL|.*\(PARTIAL", ("PARTIAL",)),
    (r".*\bBINARY", ("BINARY", "IMAP4rev2")),
    (r"NAMESPACE\b", ("NAMESPACE", "IMAP4rev2")),
    (r"ID\b", ("ID",)),
    (r"GETQUOTA", ("QUOTA",)),
    (r"(GETACL|SETACL|DELETEACL|MYRIGHTS|LISTRIGHTS)\b", ("ACL",)),
    (r"(GET|SET)METADATA\b", ("METADATA",)),
    (r"NOTIFY\b", ("NOTIFY",)),
    (r"ESEARCH\b", ("MULTISEARCH",)),
    (r"COMPRESS\b", ("COMPRESS=DEFLATE",)),
    (r".*\b(EMAILID|THREADID|MAILBOXID)\b", ("OBJECTID",)),
    (r".*\bSAVEDATE\b|.*\bSAVED(SINCE|BEFORE|ON)\b", ("SAVEDATE",)),
    (r".*\bPREVIEW\b", ("PREVIEW",)),
    (r".*\b(YOUNGER|OLDER) ", ("WITHIN",)),
    (r".*\bFUZZY ", ("SEARCH=FUZZY",)),
    (r"STATUS .*\bSIZE\b", ("STATUS=SIZE", "IMAP4rev2")),
    (r"LIST \(|LIST .*\) *RETURN|LIST .*RETURN \(", ("LIST-EXTENDED", "IMAP4rev2")),
    (r"LIST .*RETURN .*STATUS", ("LIST-STATUS", "IMAP4rev2")),
    (r".*\+\}$", ("LITERAL+", "LITERAL-", "IMAP4rev2")),
    (r"APPEND .*message.*message", ("MULTIAPPEND",)),
    (r".*ENABLE UIDONLY", ("UIDONLY",)),
)
_SPEAKS = ("pop3", "lmtp", "smtp", "submission")


def complete(
    shrunk: Shrunk, *, seed: int, number: int, server: str, version: str, today: str = ""
) -> Scenario:
    """Return the scenario with title, reason, rules, needs, and where it was found."""
    finding, scenario = shrunk.finding, shrunk.scenario
    title = " ".join(finding.message.split())
    if len(title) > _LONGEST:
        title = title[: _LONGEST - 1].rsplit(" ", 1)[0] + " …"
    found = {
        "by": _BY,
        "seed": str(seed),
        "session": str(number),
        "server": server,
        "version": version,
        "date": today or datetime.now(UTC).date().isoformat(),
        "failed": f"{shrunk.failed} of {shrunk.of}",
    }
    rule = f" against {finding.rule}" if finding.rule else ""
    return replace(
        scenario,
        title=title[:1].upper() + title[1:],
        why=f"Random sessions of several clients came upon it{rule} ({finding.check}).",
        rules=(finding.rule,) if re.fullmatch(r"RFC\d+:[\w./]+", finding.rule) else (),
        needs=tuple(_needs(scenario)),
        tags=("found",),
        found={key: value for key, value in found.items() if value},
    )


def save(folder: Path, scenario: Scenario, mark: Mark, key: str) -> Path:
    """Write ``scenario`` below ``folder`` under a name of its own; OSError if that fails."""
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:60] or "finding"
    path = folder / f"{name}.yaml"
    if path.exists():
        path = folder / f"{name}-{mark}.yaml"
    path.write_text(dump(scenario), encoding="utf-8", newline="")
    return path


def _needs(scenario: Scenario) -> Iterator[tuple[str, ...]]:
    needed: dict[tuple[str, ...], None] = {}
    for step in _flat(scenario.steps):
        for line in (step.verb or step.command).split("\n"):
            for pattern, words in _NEEDS:
                if re.match(pattern, line):
                    needed[words] = None
    for actor in scenario.actors:
        if actor.speaks in _SPEAKS:
            needed[actor.speaks,] = None
    yield from needed


def _flat(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        if step.together:
            for lane in step.together:
                yield from _flat(lane)
        else:
            yield step
