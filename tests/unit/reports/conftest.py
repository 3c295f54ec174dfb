"""A stored run as the player leaves it, small enough to read."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from conformance import events
from conformance.reports.run_jsonl import RunWriter
from conformance.verdict import Finding, Outcome, Place, Verdict
from conformance.wire.transcript import Kind, Transcript

SCENARIO = """\
scenario: One client expunges while another still holds the old numbers
why: The phone deletes the wrong mail.
rules: [RFC9051:7.5.1]
steps:
- laptop: EXPUNGE
- phone: FETCH 1,4 (UID)
  must:
  - 1 FETCH (UID uid(one))
  must not:
  - $_ EXPUNGE
"""
FILE = "scenarios/devices/expunge.yaml"
SERVER = "docker:dovecot:2.4"

EXPUNGE = Finding(
    "expectation",
    Verdict.FAIL,
    "'* 2 EXPUNGE' came, and must not",
    rule="RFC9051:7.5.1",
    level="MUST NOT",
    key="must not $_ EXPUNGE",
    actor="phone",
    step=1,
    place=Place(FILE, 10, 5),
    culprit=6,
)
GRAMMAR = Finding(
    "grammar",
    Verdict.FAIL,
    "not a response by RFC 9051's grammar",
    rule="RFC9051:9",
    level="MUST",
    actor="phone",
    culprit=6,
    offset=4,
    expected=('"EXISTS"', '"EXPUNGE"'),
)
LATE = Finding(
    "expectation", Verdict.WARN, "nothing came within 5 s", level="SHOULD", rule="RFC2177:3"
)

EVIL = "]]><script>alert(1)</script>\x1b[31m\udcff\r\n::error::x%0A ``` | @all ##[error]"


def transcript() -> Transcript:
    made = Transcript({"scenario": "devices/expunge", "server": SERVER})
    made.note(0.1, "laptop", note="begin", step=0)
    made.add(0.401, "laptop", Kind.SENT, b"l3 EXPUNGE\r\n")
    made.add(0.41, "laptop", Kind.RECEIVED, b"* 2 EXPUNGE\r\n")
    made.add(0.415, "laptop", Kind.RECEIVED, b"l3 OK Expunge completed.\r\n")
    made.note(0.416, "laptop", note="end", step=0)
    made.add(0.417, "phone", Kind.SENT, b"p2 FETCH 1,4 (UID)\r\n")
    made.add(0.419, "phone", Kind.RECEIVED, b"* 2 EXPUNGE\r\n")
    made.add(0.420, "phone", Kind.RECEIVED, b"p2 OK done\r\n")
    return made


@dataclass
class Sample:
    """Builds a run's folder event by event."""

    folder: Path
    said: list[events.Event] = field(default_factory=list)

    def start(self, *servers: str, scenarios: int = 3) -> events.RunStarted:
        event = events.RunStarted(
            "0.1.0", "2026-11-24T17:00:00+00:00", "imap-conformance run", 7, servers, scenarios
        )
        self.said.append(event)
        return event

    def add(self, *more: events.Event) -> None:
        self.said.extend(more)

    def play(
        self,
        scenario: str = "devices/expunge",
        verdict: Verdict = Verdict.PASS,
        *findings: Finding,
        server: str = SERVER,
        recorded: Transcript | None = None,
        text: str = SCENARIO,
        **more,
    ) -> events.ScenarioFinished:
        outcome = {key: more.pop(key) for key in ("reason", "behaviours", "repeat") if key in more}
        stem = f"{server}/{scenario}.{outcome.get('repeat', 0)}".replace(":", "_")
        for folder, ending, content in (
            ("transcripts", ".txt", None),
            ("scenarios", ".yaml", text),
        ):
            path = self.folder / folder / (stem + ending)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
                if content is None:
                    (recorded or transcript()).dump(stream)
                else:
                    stream.write(content)
        event = events.ScenarioFinished(
            Outcome(scenario, server, verdict, findings, seconds=0.42, **outcome),
            title="One client expunges while another still holds the old numbers",
            file=FILE,
            text=f"scenarios/{stem}.yaml",
            transcript=f"transcripts/{stem}.txt",
            why="The phone deletes the wrong mail.",
            rules=("RFC9051:7.5.1",),
            tags=("expunge",),
        )
        event = replace(event, **more)
        self.said.append(event)
        return event

    def finish(self, status: int = 1, *, interrupted: bool = False) -> None:
        self.said.append(events.RunFinished(14.2, status, interrupted))

    def into(self, report):
        for event in self.said:
            report.handle(event)
        report.close()
        return report

    def store(self) -> Path:
        self.into(RunWriter(self.folder / "run.jsonl"))
        return self.folder


@pytest.fixture
def in_vain() -> Transcript:
    """A phone that waits for five seconds, and nothing comes."""
    recorded = Transcript()
    recorded.note(0.1, "phone", note="begin", step="0")
    recorded.add(0.11, "phone", Kind.SENT, b"p1 NOTIFY SET (PERSONAL (MessageNew))\r\n")
    recorded.add(0.12, "phone", Kind.RECEIVED, b"p1 OK\r\n")
    recorded.note(0.13, "phone", note="end", step="0", how="answered", after=0, at=2)
    for number in range(3):
        recorded.add(0.2 + number, "laptop", Kind.SENT, b"l%d NOOP\r\n" % number)
        recorded.add(0.3 + number, "laptop", Kind.RECEIVED, b"l%d OK\r\n" % number)
    recorded.note(2.4, "phone", note="begin", step="1")
    recorded.note(7.4, "phone", note="end", step="1", how="answered", after=2, at=2)
    recorded.add(7.5, "laptop", Kind.SENT, b"l4 LOGOUT\r\n")
    return recorded


@pytest.fixture
def sample(tmp_path):
    return Sample(tmp_path)


@pytest.fixture
def expunge():
    return EXPUNGE


@pytest.fixture
def grammar():
    return GRAMMAR


@pytest.fixture
def late():
    return LATE


@pytest.fixture
def dovecot():
    return SERVER


@pytest.fixture
def run(sample, expunge, grammar, late, dovecot):
    """A run that has one of everything."""
    sample.start(dovecot, "embedded:pymap", "docker:x:1")
    sample.add(events.ServerReady(dovecot, "dovecot", "2.4.1", ("imap",), ("IDLE",), 1.0))
    sample.add(events.ServerLost("docker:x:1", "no image", "build it", "log line"))
    sample.play("devices/expunge", Verdict.FAIL, expunge, grammar)
    sample.play("devices/again", Verdict.FAIL, replace(expunge, actor="laptop"))
    sample.play(
        "devices/known", Verdict.FAIL, expunge, known={expunge.fingerprint("devices/known"): "bug"}
    )
    sample.play("late", Verdict.WARN, late, server="embedded:pymap")
    sample.play("skip", Verdict.SKIP, reason="needs IDLE")
    sample.finish()
    return sample


@pytest.fixture
def hostile(sample, expunge):
    """A run in which every text that a server or a file can give is an attack."""
    finding = replace(
        expunge, message=EVIL, rule=EVIL, level=EVIL, actor=EVIL, expected=(EVIL,), detail=(EVIL,)
    )
    sample.start(EVIL)
    sample.add(events.ServerReady(EVIL, EVIL, EVIL, (EVIL,), (EVIL,), 1.0))
    sample.add(events.ServerLost(EVIL, EVIL, EVIL, EVIL))
    event = sample.play("x", Verdict.FAIL, finding, log=EVIL)
    outcome = replace(
        event.outcome, server=EVIL, scenario=EVIL, reason=EVIL, behaviours={EVIL: EVIL}
    )
    sample.said[-1] = replace(event, outcome=outcome, title=EVIL, file=EVIL, mended={EVIL: EVIL})
    sample.finish()
    return sample
