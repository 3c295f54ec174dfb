"""A check made of small rules, each for certain kinds of responses."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from conformance.check.always.lens import Lens, Moment
from conformance.check.replay import Replay
from conformance.verdict import Finding, Verdict
from conformance.wire.transcript import Event, escape

__all__ = ["Rule", "Rules", "blame", "line"]

Rule = Callable[[Moment, Lens], Iterable[Finding]]

TAGGED = "tagged"
SENT = "sent"
CLOSED = "closed"
ANY = "any"


def blame(
    moment: Moment,
    rule: str,
    key: str,
    message: str,
    *,
    level: str = "MUST",
    known: tuple[int, ...] = (),
    expected: tuple[str, ...] = (),
) -> Finding:
    """Return a finding about ``moment``; a broken SHOULD warns.

    key    short and without numbers, so that the finding is the same one in another run
    known  the events from which the client knew better
    """
    return Finding(
        check="",
        verdict=Verdict.WARN if level.startswith("SHOULD") else Verdict.FAIL,
        message=message,
        rule=rule,
        level=level,
        key=key,
        actor=moment.client.actor,
        culprit=moment.index,
        known=tuple(index for index in known if index >= 0),
        expected=expected,
    )


def line(moment: Moment) -> str:
    """Return the first line of what came, printable and short."""
    text = escape(moment.event.octets.split(b"\r\n", 1)[0])
    return text if len(text) <= 120 else text[:117] + "..."


class Rules:
    """Shows each moment to the rules of its kind; says each thing once a transcript.

    table  kind of response (FETCH, EXISTS, OK …), or ``tagged``, ``sent``, ``closed``,
           ``any`` -> rules
    """

    def __init__(self, name: str, table: Mapping[str, tuple[Rule, ...]], lens: Lens) -> None:
        """Look through ``lens``, which must be shown each event before."""
        self.name = name
        self._table = table
        self._lens = lens
        self._any = table.get(ANY, ())
        self._said: set[str] = set()

    def see(self, index: int, event: Event, replay: Replay) -> Iterator[Finding]:
        """Judge the present moment."""
        moment = self._lens.moment
        if moment is None:
            return
        response = moment.response
        if response is None:
            kind = SENT if event.kind == ">" else CLOSED
        elif response.tagged:
            kind = TAGGED
        else:
            kind = response.kind
        for rule in self._table.get(kind, ()):
            yield from self._fresh(rule(moment, self._lens))
        if response is not None:
            for rule in self._any:
                yield from self._fresh(rule(moment, self._lens))

    def _fresh(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        for finding in findings:
            if finding.key not in self._said:
                self._said.add(finding.key)
                yield replace(finding, check=self.name)

    def end(self, replay: Replay) -> Iterator[Finding]:
        """Nothing is left to say."""
        return iter(())
