"""What happens in a run, as values: the player makes them, run.jsonl keeps them, reports show them.

``run.jsonl`` holds one event a line and is the one source of every report;
files it names are relative to its folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from conformance.verdict import Finding, Outcome, Verdict

__all__ = [
    "Event",
    "RunFinished",
    "RunStarted",
    "ScenarioFinished",
    "ScenarioStarted",
    "ServerLost",
    "ServerReady",
]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one document's requirements the scenarios of a run test."""

    document: str
    title: str
    tested: int
    testable: int
    total: int


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run begins: what was selected, with which seed, by which command line."""

    version: str
    started: str  # ISO 8601, UTC
    command: str
    seed: int
    servers: tuple[str, ...]
    scenarios: int
    strict: bool = False
    coverage: tuple[Coverage, ...] = ()


@dataclass(frozen=True, slots=True)
class ServerReady:
    """A server greeted: what it says it is and offers (after login)."""

    server: str
    name: str
    version: str
    services: tuple[str, ...]
    capabilities: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class ServerLost:
    """A server did not start, or was lost for good; ``log`` is untrusted text."""

    server: str
    message: str
    hint: str = ""
    log: str = ""


@dataclass(frozen=True, slots=True)
class ScenarioStarted:
    """A scenario begins on a server."""

    server: str
    scenario: str


@dataclass(frozen=True, slots=True)
class ScenarioFinished:
    """A scenario was played and judged on a server.

    file        the scenario file as the user named it; text is its copy in the run's folder
    text        path of that copy, relative to run.jsonl
    transcript  path of the transcript, relative to run.jsonl; empty if nothing was played
    known       fingerprint -> reason, for findings that a baseline expects
    mended      fingerprint -> reason, for findings that a baseline expects and that did not come
    expired     fingerprint -> reason, for findings whose entry in the baseline no longer counts
    log         the server's log lines of that time (untrusted), if they matter
    word        what ``run`` finds the scenario by, from the folder of the run; empty: its id
    """

    outcome: Outcome
    title: str
    file: str
    text: str = ""
    transcript: str = ""
    why: str = ""
    rules: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)
    log: str = ""
    mended: Mapping[str, str] = field(default_factory=dict)
    expired: Mapping[str, str] = field(default_factory=dict)
    word: str = ""

    def strictly(self) -> "ScenarioFinished":
        """Return this with each broken SHOULD as a failure, for a run that is strict."""
        outcome = self.outcome
        if all(finding.verdict is not Verdict.WARN for finding in outcome.findings):
            return self
        findings = tuple(
            replace(f, verdict=Verdict.FAIL) if f.verdict is Verdict.WARN else f
            for f in outcome.findings
        )
        verdict = max(outcome.verdict, Verdict.FAIL)
        return replace(self, outcome=replace(outcome, verdict=verdict, findings=findings))

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The findings that fail the scenario, those that a baseline expects among them."""
        return tuple(f for f in self.outcome.findings if f.verdict >= Verdict.FAIL)

    @property
    def news(self) -> tuple[Finding, ...]:
        """The findings that fail the scenario and that no baseline expects."""
        scenario = self.outcome.scenario
        return tuple(f for f in self.failures if f.fingerprint(scenario) not in self.known)

    @property
    def unexpected(self) -> bool:
        """Whether a run that holds this must not end with status 0.

        That is: a failure that no baseline expects, or a known one that did not come.
        """
        if self.outcome.verdict >= Verdict.FAIL and not self.failures:
            return True  # an error without a finding: the reason says what broke
        return bool(self.news) or bool(self.mended)


@dataclass(frozen=True, slots=True)
class RunFinished:
    """A run ends; ``status`` is the exit status, ``interrupted`` says whether it was cut short."""

    seconds: float
    status: int
    interrupted: bool = False


Event = RunStarted | ServerReady | ServerLost | ScenarioStarted | ScenarioFinished | RunFinished
