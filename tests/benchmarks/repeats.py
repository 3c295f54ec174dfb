"""The corpus again and again in random order with ``-j 8``: does a verdict change, and how long does it take?

``REPEATS_SERVERS`` names servers (Dovecot 2.4 and Cyrus 3.6), ``REPEATS`` how often (10),
``REPEATS_OF`` what to play (everything). Baselines are not asked: a verdict is what was found.
"""

import os
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import uvloop

from conformance.cli.selecting import scenarios
from conformance.events import Event, RunFinished, ScenarioFinished
from conformance.play.player import Settings
from conformance.play.run import Plan, run
from conformance.play.store import Store
from conformance.scenario.model import Scenario
from conformance.servers.registry import server

JOBS = 8
SERVERS = "docker:dovecot:2.4 docker:cyrus:3.6"


async def once(spec: str, chosen: Sequence[Scenario], seed: int) -> tuple[float, dict[str, str]]:
    """Play ``chosen`` in an order that ``seed`` gives; return the run's seconds and all verdicts."""
    shuffled = list(chosen)
    random.Random(seed).shuffle(shuffled)
    verdicts: dict[str, str] = {}
    seconds = 0.0

    def emit(event: Event) -> None:
        nonlocal seconds
        if isinstance(event, ScenarioFinished):
            verdicts[event.outcome.scenario] = str(event.outcome.verdict)
        elif isinstance(event, RunFinished):
            seconds = event.seconds

    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(
            shuffled,
            [server(spec, run="repeats")],
            jobs=JOBS,
            settings=Settings(seed=seed),
            another=lambda spec: server(spec, run="repeats"),
        )
        await run(plan, Store(Path(folder)), emit)
    return seconds, verdicts


async def repeated(spec: str, chosen: Sequence[Scenario], times: int) -> None:
    """Play ``times`` times and print what did not always come out the same."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for seed in range(times):
        seconds, verdicts = await once(spec, chosen, seed)
        load = os.getloadavg()[0]
        print(f"{spec}  {len(verdicts)} plays in {seconds:.1f} s, load {load:.1f}", flush=True)
        for scenario, verdict in verdicts.items():
            seen[scenario][verdict] += 1
    changed = {scenario: counts for scenario, counts in sorted(seen.items()) if len(counts) > 1}
    print(f"{spec}  {len(changed)} of {len(seen)} scenarios changed their verdict in {times} runs")
    for scenario, counts in changed.items():
        print(f"  {scenario}: {', '.join(f'{n} {v}' for v, n in counts.most_common())}")


def main() -> None:
    """Repeat on each server."""
    chosen = scenarios(os.environ.get("REPEATS_OF", "").split(), "")
    for spec in os.environ.get("REPEATS_SERVERS", SERVERS).split():
        uvloop.run(repeated(spec, chosen, int(os.environ.get("REPEATS", "10"))))
