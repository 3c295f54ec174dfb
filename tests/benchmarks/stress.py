"""``stress`` next to bare asyncio streams that send the same, in turns on one server.

The streams connect, log in and send what the transcripts say each client sent, wait for each tag, and
look at nothing; as many sessions go on at once as groups did, with fresh accounts. Ours is in
uvloop, the streams are in the loop that asyncio brings and, for comparison, in uvloop, too. Then
the number of clients grows. ``STRESS_SERVER`` names the server, ``STRESS_SECONDS`` how long each turn takes,
``STRESS_CLIENTS`` the numbers of clients of the last part, with commas.
"""

import asyncio
import os
import re
import resource
import statistics
import time
from collections import defaultdict

import uvloop

from conformance.explore.mixes import MIXES
from conformance.explore.stress import Load, Tally, stress
from conformance.explore.trial import Trials
from conformance.play.player import Settings
from conformance.servers.registry import server
from conformance.wire.transcript import Kind, Transcript
from tests.benchmarks._loops import in_plain_asyncio

SECONDS = float(os.environ.get("STRESS_SECONDS", "15"))
SPEC = os.environ.get("STRESS_SERVER", "docker:dovecot:2.4")
COUNTS = [int(n) for n in os.environ.get("STRESS_CLIENTS", "1,10,100,1000").split(",") if n]
ROUNDS = int(os.environ.get("STRESS_ROUNDS", "3"))
CLIENTS = 10
GROUP = 4

_WAITS = re.compile(rb"\{\d+\}\r\n\Z")

Script = list[tuple[Kind, bytes]]


def scripts(transcript: Transcript) -> dict[str, Script]:
    """Return what happened on the connections of each client, the set-up first."""
    found: dict[str, Script] = defaultdict(list)
    for event in transcript.events:
        if event.kind is not Kind.NOTE and not event.actor.startswith("observer"):
            found[event.actor].append((event.kind, event.octets))
    return dict(sorted(found.items(), key=lambda item: not item[0].startswith("set-up")))


async def bare(under_test, sessions: list[dict[str, Script]], scope: str) -> tuple[float, int]:
    """Send all that was sent; return the seconds it took, and how many commands that were."""
    place = under_test.info.services["imap"]
    waiting = list(enumerate(sessions))
    commands = 0

    async def work() -> None:
        nonlocal commands
        while waiting:
            number, session = waiting.pop()
            account = under_test.credentials(f"{scope}-{number}", "alice").user.encode()
            others = dict(session)
            for name in [name for name in session if name.startswith("set-up")]:
                commands += await _send(others.pop(name), place, account)
            sent = await asyncio.gather(
                *(_send(script, place, account) for script in others.values())
            )
            commands += sum(sent)

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(-(-CLIENTS // GROUP))))
    return time.perf_counter() - start, commands


async def _send(script: Script, place, account: bytes) -> int:
    reader = writer = None
    tags: list[bytes] = []
    commands = 0
    for kind, octets in script:
        if kind is Kind.CONNECTION:
            if octets == b"connected":
                reader, writer = await asyncio.open_connection(*place.nearest, limit=1 << 24)
                await reader.readline()
                tags = []
            elif writer is not None:
                writer.close()
                reader = writer = None
            continue
        if kind is not Kind.SENT or writer is None:
            continue
        rest = octets.partition(b" ")[2]
        if rest.startswith(b"LOGIN "):
            words = octets.split(b" ")
            rest = b" ".join((*words[1:2], account, *words[3:]))
            writer.write(words[0] + b" " + rest)
        else:
            writer.write(octets)
        if not tags:
            # Several commands may go out in one write; a literal's lines have no tag.
            lines = octets.split(b"\r\n")
            tags = [line.split(b" ")[0] for line in lines if re.match(rb"[a-z]\d+ [A-Z]", line)]
            commands += len(tags)
        waits = _WAITS.search(octets) or rest == b"IDLE\r\n"
        while line := await reader.readline():
            if waits and line.startswith(b"+"):
                break
            done = line.split(b" ", 1)[0]
            if done in tags:
                tags.remove(done)
                if not tags:
                    break
        else:
            return commands
    if writer is not None:
        writer.close()
    return commands


async def _turn(under_test, trials: Trials, clients: int, scope: str, keep=None) -> tuple:
    tally = Tally()
    load = Load(clients, SECONDS, MIXES["default"], 7, group=min(GROUP, clients))
    start = time.perf_counter()
    more = (keep,) if keep else ()
    await stress(under_test, load, trials.capabilities, scope, tally, *more)
    return tally, time.perf_counter() - start


async def _cpu(under_test) -> float:
    ask = getattr(under_test, "_cpu_seconds", None)
    return (await ask() or 0.0) if ask else 0.0


async def race() -> None:
    """Compare with streams, then let the crowd grow."""
    under_test = server(SPEC, run="stress")
    trials = Trials(under_test, Settings(), "warm", lambda _: None)
    if not await trials.open():
        raise SystemExit("the server did not start")
    try:
        ratios = []
        for number in range(ROUNDS):
            kept: list[Transcript] = []
            before = await _cpu(under_test)
            tally, seconds = await _turn(under_test, trials, CLIENTS, f"o{number}", kept.append)
            theirs = await _cpu(under_test) - before
            events = sum(e.kind is Kind.SENT for transcript in kept for e in transcript.events)
            sessions = list(map(scripts, kept))
            took, commands = await in_plain_asyncio(bare(under_test, sessions, f"b{number}"))
            same, _ = await bare(under_test, sessions, f"s{number}")
            ratio = (commands / seconds) / (commands / took)
            ratios.append(ratio)
            print(
                f"{CLIENTS} clients: ours {commands / seconds:,.0f}/s ({events} writes, "
                f"{tally.cpu:.1f} s of our CPU, {theirs:.1f} s of the server's), "
                f"streams {commands / took:,.0f}/s: {ratio:.2f}x ({same / seconds:.2f}x with the "
                f"streams in uvloop, too); "
                f"{len(tally.findings)} findings, load {os.getloadavg()[0]:.0f}",
                flush=True,
            )
        if ratios:
            print(f"median {statistics.median(ratios):.2f}x", *(f"{r:.2f}" for r in ratios))
        for count in COUNTS:
            before = await _cpu(under_test)
            tally, seconds = await _turn(under_test, trials, count, f"c{count}")
            theirs = await _cpu(under_test) - before
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            broken = f", broken off: {dict(tally.broken)}" if tally.broken else ""
            print(
                f"{count:5} clients: {tally.commands.total() / seconds:7,.0f}/s, 50 % "
                f"{tally.percentile('', 0.5) * 1000:.1f} ms, 99 % "
                f"{tally.percentile('', 0.99) * 1000:.1f} ms, CPU {tally.cpu:.1f} s + "
                f"{theirs:.1f} s of the server, at most {memory:.0f} MB, "
                f"{seconds:.0f} s, {len(tally.findings)} findings, "
                f"load {os.getloadavg()[0]:.0f}{broken}",
                flush=True,
            )
    finally:
        await trials.close()


def main() -> None:
    """Run the race."""
    uvloop.run(race())
