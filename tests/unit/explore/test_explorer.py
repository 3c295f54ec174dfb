"""On a live fake: a fault is found, shrunk, saved, and fails again; without one nothing is."""

import pytest

from conformance.explore.explorer import Explorer, Plan
from conformance.explore.record import RecordError, load
from conformance.explore.reduce import size
from conformance.explore.shrink import Limits
from conformance.explore.trial import Trials
from conformance.play.player import Settings
from conformance.play.run import Plan as RunPlan
from conformance.play.run import run
from conformance.play.store import Store
from conformance.scenario.loader import load as load_scenario
from conformance.scenario.loader import load_all
from conformance.status import EXIT
from tests.fakes.live.faults import LIVE
from tests.fakes.live.server import LiveServer


async def explored(tmp_path, fault=None, sessions=(0, 1, 2), seed=7, **more):
    server = LiveServer(LIVE[fault]() if fault else None)
    trials = Trials(server, Settings(within=5), "x", lambda _: None, strict=True)
    out = tmp_path / "out"
    plan = Plan(seed, 60, out, out / "found", sessions=sessions, limits=Limits(60, 100), **more)
    explorer = Explorer(server, trials, plan, lambda _: None)
    await trials.open()
    try:
        await explorer.run()
    finally:
        await trials.close()
    return explorer


@pytest.mark.slow
async def test_nothing_is_found_on_a_faultless_server(tmp_path):
    explorer = await explored(tmp_path, sessions=range(4))

    assert explorer.found == []
    assert explorer.sessions == 4
    assert explorer.covered.total > 40
    assert len(explorer.covered.pairs) > 10


@pytest.mark.slow
async def test_a_fault_is_found_shrunk_and_saved_and_fails_again(tmp_path):
    name = "reading: UIDNEXT is not above the UIDs"
    explorer = await explored(tmp_path, name, sessions=[0])

    (found,) = [f for f in explorer.found if LIVE[name]().caught(f.shrunk.finding)]
    assert size(found.shrunk.scenario) <= 3
    assert not found.shrunk.races
    scenario = load_scenario(found.path)
    assert scenario.rules == ("RFC9051:2.3.1.1",)
    assert scenario.found["server"] == "fake:live"
    assert scenario.found["seed"] == "7"
    assert scenario.found["failed"] == "5 of 5"

    server = LiveServer(LIVE[name]())
    folder = tmp_path / "again"
    folder.mkdir()
    plan = RunPlan(load_all(found.path), [server], settings=Settings(within=5), repeat=2)
    assert await run(plan, Store(folder), lambda _: None) == EXIT.FAILED
    healthy = RunPlan(load_all(found.path), [LiveServer()], settings=Settings(within=5))
    assert await run(healthy, Store(folder), lambda _: None) == EXIT.OK


@pytest.mark.slow
async def test_several_findings_of_one_session_are_told_apart(tmp_path):
    explorer = await explored(tmp_path, "reading: UIDNEXT is 0", sessions=[0])

    marks = [found.mark for found in explorer.found]
    assert len(marks) == len(set(marks)) >= 1
    assert len({found.path for found in explorer.found}) == len(marks)


async def test_a_record_says_how_to_play_it_again(tmp_path):
    await explored(tmp_path, sessions=[0])

    record = load(tmp_path / "out")
    assert (record.seed, record.server, record.clients, record.sessions) == (7, "fake:live", 3, 1)
    with pytest.raises(RecordError, match="cannot read"):
        load(tmp_path)


async def test_the_same_seed_sends_the_same_commands(tmp_path):
    counts = []
    for turn in range(2):
        explorer = await explored(tmp_path / str(turn), sessions=[0, 1], jobs=1)
        counts.append(explorer.covered.commands)
    assert counts[0] == counts[1]
