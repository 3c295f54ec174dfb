"""A check made of small rules, each for certain kinds of responses."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from conformance.check.always.client import Moment, Sent
from conformance.check.always.lens import Lens
from conformance.check.replay import Replay
from conformance.verdict import Finding, Verdict
from conformance.wire.transcript import Event, Kind, escape

__all__ = ["Rule", "Rules", "blame", "done", "line"]

Rule = Callable[[Moment, Lens], Iterable[Finding]]

TAGGED = "tagged"
SENT = "sent"
CLOSED = "closed"
ANY = "any"

_MOST = 1_000


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


def done(moment: Moment, *names: str) -> Sent | None:
    """Return the command that the moment completes with OK, if its name is one of ``names``."""
    sent, response = moment.sent, moment.response
    if sent is None or response is None or response.kind != "OK":
        return None
    return sent if sent.command.name in names else None


def line(moment: Moment) -> str:
    """Return the first line of what came, printable and short."""
    text = escape(moment.event.octets.split(b"\r\n", 1)[0])
    return text if len(text) <= 120 else text[:117] + "..."


class Rules:
    """Shows each moment to the rules of its kind; says each thing once a transcript.

    table  kind of response (FETCH, EXISTS, OK …), ``FETCH FLAGS`` for those that have this
           item, or ``tagged``, ``sent``, ``closed``, ``any`` -> rules
    """

    def __init__(self, name: str, table: Mapping[str, tuple[Rule, ...]], lens: Lens) -> None:
        """Look through ``lens``, which must be shown each event before."""
        self.name = name
        self._table = table
        self._lens = lens
        self._of_items: dict[tuple[str, ...], tuple[Rule, ...]] = {}
        self._said: set[str] = set()

    def see(self, index: int, event: Event, replay: Replay) -> list[Finding] | tuple[()]:
        """Judge the present moment."""
        moment = self._lens.moment
        if moment is None:
            return ()
        response = moment.response
        if response is None:
            rules = self._table.get(SENT if event.kind is Kind.SENT else CLOSED, ())
        elif response.kind == "FETCH":
            rules = self._fetching(tuple(response.items))
        else:
            kind = TAGGED if response.tagged else response.kind
            rules = self._table.get(kind, ()) + self._table.get(ANY, ())
        found: list[Finding] = []
        for rule in rules:
            for finding in rule(moment, self._lens):
                if finding.key not in self._said:
                    self._said.add(finding.key)
                    found.append(replace(finding, check=self.name))
        return found

    def _fetching(self, items: tuple[str, ...]) -> tuple[Rule, ...]:
        """Return the rules for a FETCH with these items, each rule once."""
        rules = self._of_items.get(items)
        if rules is None:
            if len(self._of_items) > _MOST:  # a server can make up names without end
                self._of_items.clear()
            kinds = ["FETCH", *(f"FETCH {item.partition('[')[0]}" for item in items), ANY]
            every = (rule for kind in kinds for rule in self._table.get(kind, ()))
            rules = self._of_items[items] = tuple(dict.fromkeys(every))
        return rules

    def end(self, replay: Replay) -> Iterator[Finding]:
        """Nothing is left to say."""
        return iter(())
