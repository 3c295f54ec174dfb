"""Conversations written by hand, as transcripts: who sends (``a>``) and who answers (``a<``).

``~`` stands for CRLF inside a line (and DEL for ``~``), ``¬`` for LF; every line ends in CRLF. ``a!`` is the connection,
``a=`` a note as JSON. An actor is introduced and connected when it first occurs;
one whose name begins with ``pop`` speaks POP3.
"""

import json

from conformance.check.judge import judge
from conformance.scenario.model import Scenario
from conformance.verdict import Finding
from conformance.wire.transcript import Kind, Transcript

KINDS = {">": Kind.SENT, "<": Kind.RECEIVED, "!": Kind.CONNECTION, "=": Kind.NOTE}


def transcript(text: str) -> Transcript:
    """Return the transcript of a conversation."""
    made = Transcript({"scenario": "fake", "server": "fake"})
    known: set[str] = set()
    time = 0.0
    for line in text.splitlines():
        if not line.strip():
            continue
        head, _, rest = line.partition(" ")
        actor, kind = head[:-1], KINDS[head[-1]]
        time = round(time + 0.001, 6)
        if actor not in known and actor != "server":
            known.add(actor)
            speaks = "pop3" if actor.startswith("pop") else "imap"
            made.note(time, actor, note="actor", user="alice", speaks=speaks)
            made.add(time, actor, Kind.CONNECTION, b"connected")
        if kind in (Kind.SENT, Kind.RECEIVED):
            made.add(
                time,
                actor,
                kind,
                (_octets(rest) + "\r\n").encode("latin-1"),
            )
        elif kind is Kind.NOTE:
            made.note(time, actor, **json.loads(rest))
        else:
            made.add(time, actor, kind, rest.encode())
    return made


def _octets(text: str) -> str:
    return text.replace("~", "\r\n").replace("\x7f", "~").replace("¬", "\n")


def findings(text: str) -> list[Finding]:
    """Return what the judge says of a conversation."""
    return list(judge(transcript(text), Scenario("fake", "fake")).findings)


def literal(octets: str) -> str:
    """Return a literal as it stands in a response; ``octets`` with ``~`` for CRLF."""
    return f"{{{len(octets.replace('~', '..'))}}}~{octets}"
