"""What a play left behind beside its transcript, and what that says of the server."""

from dataclasses import dataclass

from conformance.events import ScenarioFinished
from conformance.play.player import Played
from conformance.servers.base import Health
from conformance.verdict import Finding, Verdict

__all__ = ["Take", "found", "found_in_company", "suffered"]


@dataclass(frozen=True, slots=True)
class Take:
    """A play, not judged yet.

    company  whether other scenarios were played meanwhile
    mended   whether the server was started again meanwhile, for the sake of another
    again    whether it is the second, as the server was away during the first
    blind    whether what runs the server was lost: whatever ended the connections, it was not that
    """

    played: Played
    seconds: float
    health: Health
    company: bool = False
    mended: bool = False
    blind: bool = False
    again: bool = False

    @property
    def witness(self) -> bool:
        """Whether this play brought to light that the server, or a process of it, died."""
        return bool(self.health.crashes) or not (self.health.running or self.mended)


def found(health: Health) -> tuple[Finding, ...]:
    """Return the failures that ``health``, as it was after a play, tells of."""
    findings = []
    if not health.running:
        findings.append(
            Finding("health", Verdict.FAIL, "the server died while this was played", key="died")
        )
    if health.crashes:
        findings.append(
            Finding(
                "health",
                Verdict.FAIL,
                "the server's log tells of a crash",
                key="crash in log",
                detail=tuple(health.crashes[:10]),
            )
        )
    return tuple(findings)


def suffered(event: ScenarioFinished, *checks: str) -> bool:
    """Whether there is a finding of ``checks`` that nobody expects."""
    return any(
        finding.check in checks and finding.fingerprint(event.outcome.scenario) not in event.known
        for finding in event.outcome.findings
    )


def found_in_company(health: Health) -> Finding:
    """Return what is said of a crash or death that came beside others, and alone not again."""
    what = "the server log told of a crash" if health.crashes else "the server died"
    return Finding(
        check="health",
        verdict=Verdict.WARN,
        message=f"{what} while several were played, and not alone",
        key="crash in company" if health.crashes else "died in company",
        detail=tuple(health.crashes[:10]),
    )
