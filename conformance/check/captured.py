"""The always-on checks on a captured session, as far as it holds what they need.

That is: both sides, from the greeting on, with the login in it. Of anything less nobody
can say what a client knew.
"""

import io
import re
from collections.abc import Iterator

from conformance.check.always.registry import always
from conformance.check.replay import Replay
from conformance.verdict import Finding, Verdict
from conformance.wire.framer import Flood, Framer
from conformance.wire.transcript import Kind, Transcript, TranscriptError

__all__ = ["Capture", "judge_capture", "read_capture"]

Capture = tuple[Transcript, list[int]]
"""A transcript, and the line of the file at which each of its events begins."""

_MAGIC = b"# imap-conformance transcript "
_MARK = re.compile(rb"[ \t]*([CS]):[ \t]?(.*)")
_EVENT = re.compile(rb" *\d+\.\d+ \S+ +[<>!=] ")
_LOGGED_IN = re.compile(rb"\S+ (?:LOGIN|AUTHENTICATE) |\* PREAUTH", re.IGNORECASE)


def read_capture(octets: bytes) -> Capture | None:
    """Return what a file holds, a transcript or text with C: and S: marks; None if too little."""
    if octets.startswith(_MAGIC):
        try:
            transcript = Transcript.load(io.StringIO(octets.decode("ascii"), newline=""))
        except (TranscriptError, UnicodeDecodeError, ValueError):
            return None
        lines = [n for n, line in enumerate(octets.split(b"\n"), 1) if _EVENT.match(line)]
        return (transcript, lines) if len(lines) == len(transcript.events) else None
    found = _marked(octets)
    if found is None:
        return None
    events = found[0].events
    first = next((event for event in events if event.kind is Kind.RECEIVED), None)
    if first is None or not re.match(rb"\* (?:OK|PREAUTH)\b", first.octets, re.IGNORECASE):
        return None
    return found if any(_LOGGED_IN.match(event.octets) for event in events) else None


def _marked(octets: bytes) -> Capture | None:
    """Read lines with marks; a line without one goes on with what was before."""
    made, lines = Transcript(), [1, 1]
    made.note(0.0, "client", note="actor", user="user", speaks="imap")
    made.add(0.0, "client", Kind.CONNECTION, b"connected")
    framers = {Kind.SENT: Framer(), Kind.RECEIVED: Framer()}
    begun = {Kind.SENT: 1, Kind.RECEIVED: 1}
    kind: Kind | None = None
    for number, line in enumerate(octets.split(b"\n"), 1):
        text = line.rstrip(b"\r")
        mark = _MARK.fullmatch(text)
        if mark:
            kind = Kind.SENT if mark[1] == b"C" else Kind.RECEIVED
            text = mark[2]
        elif kind is None or not framers[kind].rest:
            continue
        if not framers[kind].rest:
            begun[kind] = number
        try:
            frames = framers[kind].feed(text + b"\r\n")
        except Flood:
            return None
        for frame in frames:
            made.add(0.0, "client", kind, frame)
            lines.append(begun[kind])
    return made, lines


def judge_capture(capture: Capture) -> Iterator[tuple[int, Finding]]:
    """Yield line and finding for everything that the always-on checks find."""
    transcript, lines = capture
    replay, checks = Replay(), always()
    for index, event in enumerate(transcript.events):
        replay.feed(event)
        for check in list(checks):
            try:
                for finding in check.see(index, event, replay):
                    yield _line(finding, lines, index), finding
            except Exception as error:  # noqa: BLE001 - of a check; the others go on
                checks.remove(check)
                words = f"the check itself failed: {type(error).__name__}: {error}"
                yield lines[index], Finding(check.name, Verdict.ERROR, words, key="crash")
    for check in checks:
        for finding in check.end(replay):
            yield _line(finding, lines, len(lines) - 1), finding


def _line(finding: Finding, lines: list[int], index: int) -> int:
    return lines[index if finding.culprit is None else finding.culprit]
