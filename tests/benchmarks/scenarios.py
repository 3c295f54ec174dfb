"""Whole scenarios with ``-j 8``, judged, next to bare asyncio streams that send the same commands.

The streams connect, log in and send what the transcripts say was sent, wait for each tag, and
look at nothing; accounts are fresh ones each time. Both play on one server, in turns: ours in
uvloop, the streams in the loop that asyncio brings and, for comparison, in uvloop, too.
``SCENARIOS_SERVER`` names the server (``docker:dovecot:2.4``), ``SCENARIOS`` how many there are,
``SCENARIOS_ROUNDS`` how often both take turns.
"""

import asyncio
import os
import re
import statistics
import tempfile
import time
from pathlib import Path

import uvloop

from conformance.events import Event, ScenarioFinished
from conformance.play.player import Settings
from conformance.play.run import Plan, run
from conformance.play.store import Store
from conformance.scenario.loader import read
from conformance.scenario.model import Scenario
from conformance.servers.base import Server
from conformance.servers.registry import server
from conformance.verdict import Verdict
from conformance.wire.transcript import Kind, Transcript
from tests.benchmarks._loops import in_plain_asyncio

JOBS = 8
ROUNDS = int(os.environ.get("SCENARIOS_ROUNDS", "3"))

_WAITS = re.compile(rb"\{\d+\}\r\n\Z")
_HEAD = """\
scenario: Flags set by one device are seen by the other
why: A benchmark of what an ordinary scenario does.
rules: [RFC9051:6.4.6]
actors:
  phone: {user: alice}
  laptop: {user: alice}
given:
  INBOX: [one, two, three]
steps:
- phone: SELECT INBOX
  must: [3 EXISTS]
- laptop: SELECT INBOX
"""
_TURN = """\
- phone: UID STORE uid(one) +FLAGS (\\Seen)
  must: ['$_ FETCH (UID uid(one) FLAGS (\\Seen ...))']
- laptop: NOOP
- laptop: UID FETCH uid(one) (FLAGS)
  must: ['$_ FETCH (UID uid(one) FLAGS (\\Seen ...))']
- laptop: UID FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE)
- phone: UID SEARCH UNSEEN
- phone: UID STORE uid(one) -FLAGS (\\Seen)
"""


def made(count: int) -> list[Scenario]:
    """Return ``count`` scenarios of 20 steps."""
    text = _HEAD + _TURN * 3
    return [read(text, f"bench-{number}.yaml", f"bench-{number}", []) for number in range(count)]


class _Standing:
    """A server that a run neither starts nor stops."""

    def __init__(self, under_test: Server) -> None:
        self._server = under_test

    def __getattr__(self, name):
        return getattr(self._server, name)

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass


async def ours(under_test: Server, scenarios: list[Scenario], folder: Path) -> float:
    """Play and judge all; return the seconds from the first to the last."""
    marks: list[float] = []

    def emit(event: Event) -> None:
        marks.append(time.perf_counter())
        if isinstance(event, ScenarioFinished):
            outcome = event.outcome
            assert outcome.verdict in (Verdict.PASS, Verdict.WARN), (
                outcome.reason,
                outcome.findings,
            )

    # A machine with other things to do is slow, and not wrong.
    plan = Plan(scenarios, [_Standing(under_test)], jobs=JOBS, settings=Settings(within=120))
    await run(plan, Store(folder), emit)
    return marks[-2] - marks[1]  # without the run's own first and last event


Script = list[tuple[str, Kind, bytes]]


def recorded(folder: Path) -> list[Script]:
    """Return what happened on the connections of each transcript."""
    scripts = []
    for path in sorted(folder.rglob("transcripts/**/*.txt")):
        with path.open(encoding="utf-8", newline="\n") as stream:
            transcript = Transcript.load(stream)
        scripts.append([(event.actor, event.kind, event.octets) for event in transcript.events])
    return scripts


async def bare(under_test: Server, scripts: list[Script], scope: str) -> tuple[float, int]:
    """Send all that was sent; return the seconds it took, and how many commands that were."""
    waiting = list(enumerate(scripts))
    place = under_test.info.services["imap"]
    commands = 0

    async def work() -> None:
        nonlocal commands
        while waiting:
            number, script = waiting.pop()
            account = under_test.credentials(f"{scope}-{number}", "alice").user.encode()
            sent = await _send(script, *place.nearest, account)
            commands += sent

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(JOBS)))
    return time.perf_counter() - start, commands


async def _send(script: Script, host: str, port: int, account: bytes) -> int:
    open_ones: dict[str, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}
    tags: dict[str, bytes] = {}
    commands = 0
    for actor, kind, octets in script:
        if kind is Kind.CONNECTION and octets == b"connected":
            open_ones[actor] = await asyncio.open_connection(host, port)
            await open_ones[actor][0].readline()
            tags.pop(actor, None)
        elif kind is Kind.CONNECTION and actor in open_ones:
            open_ones.pop(actor)[1].close()
        elif kind is Kind.SENT:
            reader, writer = open_ones[actor]
            written = octets
            tag, _, rest = octets.partition(b" ")
            if rest.startswith(b"LOGIN "):
                words = octets.split(b" ")
                written = b" ".join((*words[:2], account, *words[3:]))
            if actor not in tags:
                tags[actor] = tag + b" "
                commands += 1
            writer.write(written)
            literal = _WAITS.search(octets)
            until = b"+" if literal else tags[actor]
            while line := await reader.readline():
                if line.startswith(until):
                    break
            if not literal:
                del tags[actor]
    return commands


async def race() -> None:
    """Play and send in turns, and print how they compare."""
    spec = os.environ.get("SCENARIOS_SERVER", "docker:dovecot:2.4")
    scenarios = made(int(os.environ.get("SCENARIOS", "40")))
    under_test = server(spec, run="bench")
    await under_test.start()
    try:
        ratios, sames, rates, spent, burnt = [], [], [], [], []
        for number in range(ROUNDS + 1):
            with tempfile.TemporaryDirectory() as name:
                cpu = time.process_time()
                seconds = await ours(under_test, scenarios, Path(name))
                cpu = time.process_time() - cpu
                scripts = recorded(Path(name))
            work = bare(under_test, scripts, f"bare-{number}")
            without, commands = await in_plain_asyncio(work)
            same, _ = await bare(under_test, scripts, f"same-{number}")
            if number:  # the first round warms up
                ratios.append(without / seconds)
                sames.append(same / seconds)
                rates.append((commands / seconds, commands / without))
                spent.append(seconds)
                burnt.append(cpu)
    finally:
        await under_test.stop()
    steps = sum(len(scenario.steps) for scenario in scenarios)
    print(f"{len(scenarios)} scenarios, {steps} steps, {commands} commands, {spec}, -j {JOBS}:")
    own = statistics.median(burnt)
    print(
        f"  played and judged in {statistics.median(spent):.2f} s, {own:.2f} s of that our own CPU"
    )
    print(f"  ours    {statistics.median(rate for rate, _ in rates):7,.0f} commands/s")
    print(f"  streams {statistics.median(rate for _, rate in rates):7,.0f} commands/s")
    print(f"  ours is {statistics.median(ratios):.2f}x as fast", *(f"{r:.2f}" for r in ratios))
    print(f"  {statistics.median(sames):.2f}x where the streams are in uvloop, too")


def main() -> None:
    """Run the race."""
    uvloop.run(race())
