"""What one IMAP actor costs: NOOP round trips next to bare streams and aioimaplib, and memory.

The actor records, follows the session and checks every octet against the grammar, in
the event loop that everything plays in (uvloop's); asyncio streams only wait for the tag;
aioimaplib is a client library. These are measured in the loop that asyncio brings, and in ours,
too. All take turns in one run, in an order that changes, and ratios are medians over the rounds. The other end is a server of
thirty lines in another process, so that nearly all of the time is the client's own (where the
machine has other things to do, compare the CPU time); with
``WIRE_SERVER=docker:dovecot:2.4`` also a real one.
"""

import asyncio
import contextlib
import gc
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from conformance.actors.imap import ImapActor
from conformance.check.grammar import Grammar
from conformance.check.replay import Replay
from conformance.play.recorder import Recorder
from conformance.servers.base import Credentials, Endpoint
from conformance.wire.transcript import Event
from tests.benchmarks._echo import echo

ROUNDS = int(os.environ.get("WIRE_ROUNDS", "61"))
TRIPS = 250
COUNTS = (10, 100, 1000)

Trips = Callable[[int], Awaitable[None]]


async def actor(host: str, port: int, account: Credentials) -> Trips:
    """Return what makes round trips with an actor of ours."""
    grammar = Grammar()

    def check(index: int, event: Event, replay: Replay) -> None:
        found = list(grammar.see(index, event, replay))
        assert not found, found

    recorder = Recorder({}, check)
    recorder.note("phone", note="actor", user="alice", speaks="imap", account="", password="")
    phone = ImapActor("phone", lambda: Endpoint(host, port), recorder.record)
    await phone.connect(5)
    await phone.login(account, 5)

    async def trips(count: int) -> None:
        for _ in range(count):
            await phone.command([b"NOOP"], 5)
        assert recorder.replay.index == len(recorder.transcript.events) - 1  # all is checked

    return trips


async def streams(host: str, port: int, account: Credentials) -> Trips:
    """Return what makes round trips with asyncio streams, unchecked."""
    reader, writer = await asyncio.open_connection(host, port)
    await reader.readline()
    number = 0

    async def command(text: bytes) -> None:
        nonlocal number
        number += 1
        tag = b"a%d" % number
        writer.write(tag + b" " + text + b"\r\n")
        while not (await reader.readline()).startswith(tag):
            pass

    async def trips(count: int) -> None:
        for _ in range(count):
            await command(b"NOOP")

    await command(f"LOGIN {account.user} {account.password}".encode())
    return trips


async def library(host: str, port: int, account: Credentials) -> Trips:
    """Return what makes round trips with aioimaplib."""
    from aioimaplib import aioimaplib

    client = aioimaplib.IMAP4(host, port, timeout=5)
    await client.wait_hello_from_server()
    await client.login(account.user, account.password)

    async def trips(count: int) -> None:
        for _ in range(count):
            await client.noop()

    return trips


LOOPS = {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}
CONTENDERS = {
    "actor": (actor, "uvloop"),
    "streams": (streams, "asyncio"),
    "aioimaplib": (library, "asyncio"),
    "streams, too": (streams, "uvloop"),
    "aioimaplib, too": (library, "uvloop"),
}


def race(host: str, port: int, account: Credentials) -> None:
    """Let all make round trips in turn, and print how they compare."""
    with contextlib.ExitStack() as stack:
        runners = {
            name: stack.enter_context(asyncio.Runner(loop_factory=LOOPS[loop]))
            for name, (_, loop) in CONTENDERS.items()
        }
        contenders = {
            name: runners[name].run(make(host, port, account))
            for name, (make, _) in CONTENDERS.items()
        }
        _take_turns({name: (runners[name], trips) for name, trips in contenders.items()})


def _take_turns(contenders: dict[str, tuple[asyncio.Runner, Trips]]) -> None:
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    order = list(contenders)
    for runner, trips in contenders.values():
        runner.run(trips(TRIPS // 4))
    for number in range(ROUNDS):
        random.Random(number).shuffle(order)
        for name in order:
            runner, trips = contenders[name]
            start, cpu = time.perf_counter(), time.process_time()
            runner.run(trips(TRIPS))
            taken[name].append(time.perf_counter() - start)
            spent[name].append(time.process_time() - cpu)
    for name, seconds in taken.items():
        middle = statistics.median(seconds)
        ratios = [theirs / ours for ours, theirs in zip(taken["actor"], seconds, strict=True)]
        low, _, high = statistics.quantiles(ratios, n=4)
        own = statistics.median(spent[name]) / TRIPS
        print(
            f"  {name:<15} ({CONTENDERS[name][1]:<7}){TRIPS / middle:>9,.0f} NOOP/s; actor is "
            f"{statistics.median(ratios):.2f}x as fast ({low:.2f}-{high:.2f}); "
            f"{own * 1e6:.0f} us of CPU each"
        )


def resident() -> int:
    """Return the resident memory of this process in octets."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


async def crowd(port: int, count: int) -> tuple[float, float, float]:
    """Return what ``count`` idle actors that are logged in cost.

    By how many MB the process grows, and the milliseconds of CPU that each takes to come, and
    for a NOOP when all are there.
    """
    # One of them first, so that what is loaded once does not count.
    await (await actor("127.0.0.1", port, Credentials("a", "b")))(1)
    gc.collect()
    before = resident()
    recorder = Recorder({})
    actors = []
    start = time.process_time()
    for number in range(count):
        name = f"p{number}"
        recorder.note(name, note="actor", user="alice", speaks="imap", account="", password="")
        one = ImapActor(name, lambda: Endpoint("127.0.0.1", port), recorder.record)
        await one.connect(5)
        await one.login(Credentials("a", "b"), 5)
        actors.append(one)
    came, grown = time.process_time() - start, resident() - before
    for one in actors:
        await one.command([b"NOOP"], 5)
    asked = time.process_time() - start - came
    return grown / 1e6, came / count * 1e3, asked / count * 1e3


def main() -> None:
    """Run the race, then measure crowds, each in a process of its own."""
    with echo() as port:
        print(f"round trips against the tiny server, {ROUNDS} rounds of {TRIPS}:")
        race("127.0.0.1", port, Credentials("alice", "secret"))
        print("idle actors, what they cost beyond the first:")
        for count in COUNTS:
            done = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.wire", str(port), str(count)],
                capture_output=True,
                text=True,
                check=True,
            )
            grown, came, asked = map(float, done.stdout.split())
            print(
                f"  {count:>5} actors: {grown:7.1f} MB; CPU of each: "
                f"{came:.2f} ms to come, {asked:.2f} ms for a NOOP"
            )
    spec = os.environ.get("WIRE_SERVER")
    if spec:
        _against(spec)


def _against(spec: str) -> None:
    from conformance.servers.registry import server

    under_test = server(spec, run="bench")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(under_test.start())
        try:
            place = under_test.info.services["imap"]
            account = under_test.credentials("bench", "alice")
            print(f"round trips against {spec}:")
            race(*place.nearest, account)
        finally:
            runner.run(under_test.stop())


if __name__ == "__main__":
    print(*uvloop.run(crowd(int(sys.argv[1]), int(sys.argv[2]))))
