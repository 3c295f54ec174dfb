"""A check made of small rules, each for certain kinds of responses."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from conformance.check.always.client import Moment, Sent
from conformance.check.always.lens import Lens
from conformance.check.replay import Replay
from conformance.verdict import Finding, Verdict
from conformance.wire.transcript import Event, Kind, escape

__all__ = ["Rule", "Rules", "blame", "done", "line"]

Rule = Callable[[Moment, Lens], Iterable[Finding]]
Table = Mapping[str, tuple[Rule, ...]]

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

    tables  name of a check -> kind of response (FETCH, EXISTS, OK …), ``FETCH FLAGS`` for those
            that have this item, or ``tagged``, ``sent``, ``closed``, ``any`` -> rules
    """

    name = "rules"

    def __init__(self, tables: Mapping[str, Table], lens: Lens) -> None:
        """Look through ``lens``, which must be shown each event before."""
        self._rules: dict[str, dict[Rule, str]] = {}  # a rule stands once, with its check's name
        for name, table in tables.items():
            for kind, rules in table.items():
                self._rules.setdefault(kind, {}).update(dict.fromkeys(rules, name))
        self._lens = lens
        self._known: dict[str | tuple[str, ...], tuple[tuple[Rule, str], ...]] = {}
        self._said: set[tuple[str, str]] = set()

    def see(self, index: int, event: Event, replay: Replay) -> Sequence[Finding]:
        """Judge the present moment."""
        moment = self._lens.moment
        if moment is None:
            return ()
        response = moment.response
        kind: str | tuple[str, ...]
        if response is None:
            kind = SENT if event.kind is Kind.SENT else CLOSED
        elif response.tagged:
            kind = TAGGED
        elif response.kind == "FETCH":
            kind = tuple(response.items)
        else:
            kind = response.kind
        rules = self._known.get(kind)
        if rules is None:
            rules = self._learn(kind)
        found: list[Finding] = []
        for rule, name in rules:
            for finding in rule(moment, self._lens):
                if (name, finding.key) not in self._said:
                    self._said.add((name, finding.key))
                    found.append(replace(finding, check=name))
        return found

    def _learn(self, kind: str | tuple[str, ...]) -> tuple[tuple[Rule, str], ...]:
        """Return the rules for a kind, or for a FETCH with these items, each rule once."""
        if len(self._known) > _MOST:  # a server can make up names without end
            self._known.clear()
        if isinstance(kind, tuple):
            kinds = ["FETCH", *(f"FETCH {item.partition('[')[0]}" for item in kind), ANY]
        else:
            kinds = [kind] if kind in (SENT, CLOSED) else [kind, ANY]
        every: dict[Rule, str] = {}
        for one in kinds:
            every |= self._rules.get(one, {})
        rules = self._known[kind] = tuple(every.items())
        return rules

    def end(self, replay: Replay) -> Sequence[Finding]:
        """Nothing is left to say."""
        return ()
