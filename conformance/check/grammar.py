"""The check of every octet that came back against the RFCs' grammar."""

from collections.abc import Iterable, Iterator

from conformance.check.replay import Replay, Track
from conformance.grammar import Dialect, Violation, check_response, dialect
from conformance.grammar.describe import definition
from conformance.verdict import Finding, Verdict
from conformance.wire.transcript import Event, Kind

__all__ = ["Grammar"]


class Grammar:
    """Checks each response in the dialect that its connection speaks at that moment."""

    name = "grammar"

    def __init__(self) -> None:
        """Start without knowing what the server offers."""
        self._offered: frozenset[str] = frozenset()
        self._dialects: dict[tuple[frozenset[str], frozenset[str]], Dialect] = {}
        self._told: set[str] = set()

    def see(self, index: int, event: Event, replay: Replay) -> Iterable[Finding]:
        """Check a received frame."""
        if event.kind is Kind.RECEIVED:
            track = replay.track(event.actor)
            if track.session is None:
                return ()
            violations = check_response(event.octets, self._dialect(track))
            return self._findings(index, violations) if violations else ()
        if event.kind is Kind.NOTE and b'"note":"server"' in event.octets:
            self._offered = frozenset(event.note()["capabilities"])
        return ()

    def end(self, replay: Replay) -> Iterator[Finding]:  # noqa: ARG002
        """Nothing is left to say."""
        return iter(())

    def _dialect(self, track: Track) -> Dialect:
        """Return what this connection speaks: what it, or the server to others, advertised."""
        session = track.session
        offered = self._offered | session.capabilities if session else self._offered
        enabled = session.enabled if session else frozenset()
        key = (offered, enabled)
        found = self._dialects.get(key)
        if found is None:
            found = self._dialects[key] = dialect(offered, enabled)
        return found

    def _findings(self, index: int, violations: tuple[Violation, ...]) -> Iterator[Finding]:
        for violation in violations:
            key = " ".join((violation.kind, violation.rule, violation.quirk or violation.message))
            if key in self._told:  # once is enough, wherever it is said again
                continue
            self._told.add(key)
            named = f"quirk: {violation.quirk}: " if violation.quirk else ""
            yield Finding(
                check=self.name,
                verdict=Verdict.INCONCLUSIVE if violation.inconclusive else Verdict.FAIL,
                message=f"{named}{violation.message}",
                rule=violation.section,
                level="" if violation.inconclusive else "MUST",
                key=f"{violation.kind} {violation.rule} {violation.quirk}",
                culprit=index,
                offset=violation.offset,
                expected=violation.expected,
                detail=tuple(_detail(violation)),
            )


def _detail(violation: Violation) -> Iterator[str]:
    """Yield the rules under way, and the innermost as its RFC states it."""
    if violation.stack:
        yield f"in {' > '.join(violation.stack)}"
    if stated := definition(violation.rule, violation.section):
        yield stated
