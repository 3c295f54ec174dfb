"""Load with full checks: groups of clients go on until the time is over; nothing is shrunk.

A group is a session (see ``mixes``): its clients share a mailbox and act at once. The checks follow
each session while it is played, so that a server's answer is judged while it works on the next
command; a session that has ended is forgotten, so memory does not grow with time.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter, process_time

from conformance.check.always.registry import always
from conformance.check.base import Check
from conformance.check.expectations import Expectations
from conformance.check.grammar import Grammar
from conformance.check.progress import Progress
from conformance.check.replay import Replay
from conformance.explore.generate import numbered
from conformance.explore.mixes import together
from conformance.explore.trial import Mark, mark
from conformance.play.fill import Unplayable
from conformance.play.player import Settings, play
from conformance.play.recorder import Recorder
from conformance.play.setup import Refused
from conformance.scenario.model import Scenario
from conformance.servers.base import Server, ServerError
from conformance.verdict import Finding, Verdict
from conformance.wire.transcript import Event, Kind, Transcript

__all__ = ["Load", "Tally", "stress"]


@dataclass(frozen=True, slots=True)
class Load:
    """What to do to a server.

    group   how many clients share a mailbox
    steps   how many steps each client does before its session begins anew
    first   the number of the first session; each next one of this process adds ``stride``
    """

    clients: int
    seconds: float
    mix: Mapping[str, int]
    seed: int
    group: int = 4
    steps: int = 60
    first: int = 0
    stride: int = 1
    within: float = 30.0
    strict: bool = False


@dataclass(slots=True)
class Tally:
    """What came of it, and can be added to what other processes have.

    commands   kind of command -> how many were answered
    latencies  kind -> microseconds from the command to its completion, rounded -> how many
    findings   mark -> (how often, message, number of the first session)
    cpu        CPU seconds of this process
    """

    commands: Counter[str] = field(default_factory=Counter)
    latencies: dict[str, Counter[int]] = field(default_factory=dict)
    findings: dict[Mark, tuple[int, str, int]] = field(default_factory=dict)
    broken: Counter[str] = field(default_factory=Counter)
    sessions: int = 0
    errors: int = 0
    cpu: float = 0.0

    def answered(self, name: str, seconds: float) -> None:
        """Count a command that took ``seconds``."""
        self.commands[name] += 1
        self.latencies.setdefault(name, Counter())[_rounded(seconds)] += 1

    def saw(self, found: Mark, message: str, number: int) -> None:
        """Count a finding of session ``number``."""
        count, first, where = self.findings.get(found, (0, message, number))
        self.findings[found] = (count + 1, first, where)

    def add(self, other: "Tally") -> None:
        """Take in what another process counted."""
        self.commands.update(other.commands)
        for name, counts in other.latencies.items():
            self.latencies.setdefault(name, Counter()).update(counts)
        for found, (count, message, number) in other.findings.items():
            before, first, where = self.findings.get(found, (0, message, number))
            self.findings[found] = (before + count, first, where)
        self.broken.update(other.broken)
        self.sessions += other.sessions
        self.errors += other.errors
        self.cpu += other.cpu

    def percentile(self, name: str, share: float) -> float:
        """Return the latency in seconds that ``share`` of the commands ``name`` do not exceed."""
        counts = self.latencies.get(name, Counter())
        if not name:
            counts = sum(self.latencies.values(), Counter())
        left = share * counts.total()
        for value in sorted(counts):
            left -= counts[value]
            if left <= 0:
                return value / 1e6
        return 0.0


def _rounded(seconds: float) -> int:
    """Return microseconds with two digits that count, so that few different ones are kept."""
    value = int(seconds * 1e6)
    step = int(10 ** max(len(str(value)) - 2, 0))
    return value // step * step


class _Following:
    """Shows each event to the checks as it is taken in, and times commands."""

    def __init__(self, scenario: Scenario, tally: Tally, load: Load, number: int) -> None:
        self._scenario = scenario
        self._checks: list[Check] = [
            Expectations(scenario),
            Progress(scenario),
            Grammar(),
            *always(),
        ]
        self._tally = tally
        self._number = number
        self._worst = Verdict.WARN if load.strict else Verdict.FAIL
        self._sent: dict[tuple[str, bytes], tuple[str, float]] = {}

    def __call__(self, index: int, event: Event, replay: Replay) -> None:
        """Take in an event that ``replay`` has taken in."""
        if event.kind is Kind.RECEIVED:
            self._received(event)
        elif event.kind is Kind.SENT:
            self._times(event, replay)
        for check in self._checks:
            for finding in check.see(index, event, replay):
                self._found(finding)

    def _times(self, event: Event, replay: Replay) -> None:
        session = replay.track(event.actor).session
        for tag, command in session.pending.items() if session is not None else ():
            self._sent.setdefault((event.actor, tag), (command.name, event.time))

    def _received(self, event: Event) -> None:
        octets = event.octets
        if octets[:1] in (b"*", b"+"):
            return
        sent = self._sent.pop((event.actor, octets.partition(b" ")[0]), None)
        if sent is not None and sent[0] != "IDLE":
            self._tally.answered(sent[0], event.time - sent[1])

    def _found(self, finding: Finding) -> None:
        if finding.check == "expectation" or finding.verdict < self._worst:
            return
        if finding.verdict is Verdict.ERROR:
            self._tally.errors += 1
        found = mark(finding, self._scenario)
        self._tally.saw(found, f"{finding.rule} {finding.message}", self._number)


async def stress(
    server: Server,
    load: Load,
    offered: frozenset[str],
    scope: str,
    tally: Tally,
    keep: Callable[[Transcript], None] = lambda _: None,
) -> None:
    """Put ``load`` on a server that is started; count in ``tally`` while it goes on.

    keep  is given each session's transcript when it is over
    """
    end = perf_counter() + load.seconds
    cpu = process_time()
    sizes = [load.group] * (load.clients // load.group)
    if load.clients % load.group:
        sizes.append(load.clients % load.group)
    settings = Settings(within=load.within, seed=load.seed)
    numbers = iter(range(load.first, 1 << 62, load.stride))

    async def group(size: int, begin: float) -> None:
        await asyncio.sleep(begin)
        while True:  # once at least, however late it comes to it
            number = next(numbers)
            chance = numbered(load.seed, number)
            scenario = together(chance, offered, load.mix, size, load.steps)
            following = _Following(scenario, tally, load, number)
            recorder = Recorder({"scenario": f"stress-{number}"}, following)
            account = f"{scope}-{number}"
            try:
                await play(scenario, server, account, recorder, settings, offered)
                recorder.replay  # noqa: B018 - the rest is followed, too
            except (Unplayable, Refused, ServerError) as reason:
                tally.broken[str(reason)[:80]] += 1
            for _, _, note in recorder.transcript.notes("refused"):
                tally.broken[str(note["reason"])[:80]] += 1
            tally.sessions += 1
            tally.cpu = process_time() - cpu
            keep(recorder.transcript)
            if perf_counter() >= end:
                return

    # Not all at the very same moment: a real crowd does not log in so either.
    await asyncio.gather(*(group(size, at * 0.01) for at, size in enumerate(sizes)))
    tally.cpu = process_time() - cpu
