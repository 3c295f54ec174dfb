"""How soon random sessions find faults, and how small they become.

Each fault of ``tests/fakes/live/faults.py`` is put into the live fake, and sessions of a seed of
its own are played until the fault is found (by its own check and key), at most ``SECONDS``; then it
is shrunk. ``FAULTLESS`` seconds on the fake without a fault come first: nothing may be found.
``ONLY`` takes a part of a fault's name.
"""

import asyncio
import os
import statistics
import time
from collections import Counter
from random import Random

import uvloop

from conformance.explore.generate import Offer, generate, numbered
from conformance.explore.reduce import size
from conformance.explore.shrink import Limits, shrink
from conformance.explore.trial import Trials
from conformance.play.player import Settings
from tests.fakes.live.faults import LIVE
from tests.fakes.live.server import LiveServer

SECONDS = float(os.environ.get("SECONDS", "60"))
FAULTLESS = float(os.environ.get("FAULTLESS", "0"))
ONLY = os.environ.get("ONLY", "")
JOBS = 4
LIMITS = Limits(seconds=120, plays=400)


class _Hunt:
    """Sessions on one server until something is caught."""

    def __init__(self, fault, seed: int) -> None:
        self.fault = fault
        self.seed = seed
        self.server = LiveServer(fault)
        self.trials = Trials(self.server, Settings(within=5), "hunt", lambda _: None, strict=True)
        self.number = 0
        self.caught = None
        self.others: Counter = Counter()

    async def run(self, seconds: float):
        """Return the trial and the mark that caught the fault; None if nothing did."""
        await self.trials.open()
        end = time.monotonic() + seconds
        offer = Offer(self.trials.capabilities)

        async def work() -> None:
            while self.caught is None and time.monotonic() < end:
                self.number += 1
                name = f"s-{self.number}"
                scenario = generate(numbered(self.seed, self.number), offer, name)
                trial = await self.trials.play(scenario)
                for mark, finding in trial.findings.items():
                    if self.fault is None or not self.fault.caught(finding):
                        self.others[finding.check, finding.key, finding.message] += 1
                    elif self.caught is None:
                        self.caught = trial, mark

        await asyncio.gather(*(work() for _ in range(JOBS)))
        return self.caught


async def _faultless() -> None:
    hunt = _Hunt(None, Random().randrange(10_000))
    start = time.process_time()
    await hunt.run(FAULTLESS)
    await hunt.trials.close()
    spent = time.process_time() - start
    print(
        f"faultless: {hunt.number} sessions in {FAULTLESS:.0f} s ({spent:.0f} s of CPU), "
        f"seed {hunt.seed}: {hunt.others.total()} findings"
    )
    for what, count in hunt.others.most_common(10):
        print(f"  {count} times", *what)


async def _each(name: str, seed: int) -> tuple[float | None, int, int]:
    hunt = _Hunt(LIVE[name](), seed)
    start = time.monotonic()
    found = await hunt.run(SECONDS)
    seconds = time.monotonic() - start
    if found is None:
        await hunt.trials.close()
        others = ", ".join(f"{check} {key}" for check, key, _ in list(hunt.others)[:3])
        print(f"  missed  {name} after {hunt.number} sessions; {others or 'nothing'}", flush=True)
        return None, 0, 0
    shrunk = await shrink(hunt.trials, *found, LIMITS)
    await hunt.trials.close()
    steps = size(shrunk.scenario)
    print(
        f"  {seconds:5.1f} s  {steps:2} steps  {shrunk.plays:3} plays  "
        f"{shrunk.failed}/{shrunk.of}  {name}",
        flush=True,
    )
    return seconds, steps, shrunk.plays


async def hunt_all() -> None:
    """Hunt every fault and print the shares."""
    if FAULTLESS:
        await _faultless()
    names = [name for name in LIVE if ONLY in name]
    chance = Random(os.environ.get("SEED", "7"))
    results = {name: await _each(name, chance.randrange(10_000)) for name in names}
    found = [result for result in results.values() if result[0] is not None]
    kinds = Counter(LIVE[name]().fault.check for name in names)
    for check, count in kinds.items():
        hits = sum(r[0] is not None for n, r in results.items() if LIVE[n]().fault.check == check)
        print(f"{check}: {hits} of {count}")
    if found:
        print(
            f"{len(found)} of {len(names)} within {SECONDS:.0f} s "
            f"({100 * len(found) / len(names):.0f} %), "
            f"median {statistics.median(r[0] for r in found):.1f} s, "
            f"{statistics.median(r[1] for r in found):g} steps, "
            f"{statistics.median(r[2] for r in found):g} plays"
        )


def main() -> None:
    """Run it."""
    uvloop.run(hunt_all())
