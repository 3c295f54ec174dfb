"""A run on a server: skipped for want of a capability, mended after a hang, always removed."""

import asyncio
from dataclasses import replace

import pytest

from conformance.events import (
    RunFinished,
    ScenarioFinished,
    ScenarioStarted,
    ServerLost,
    ServerReady,
)
from conformance.play.judges import judge_here
from conformance.play.player import Settings
from conformance.play.run import Plan, run
from conformance.play.stage import Stage
from conformance.play.store import Store, slug
from conformance.scenario.loader import load
from conformance.servers.base import EngineError, Health, ServerError
from conformance.status import EXIT
from conformance.verdict import Verdict
from tests.fakes.imap_script import ScriptedServer


@pytest.fixture
def scenario(tmp_path):
    def make(name, steps, needs=""):
        path = tmp_path / f"{name}.yaml"
        path.write_text(
            f"scenario: {name}\nwhy: test\nrules: [RFC9051:6.1.2]\n{needs}"
            f"actors: {{phone: {{user: alice}}}}\nsteps:\n{steps}"
        )
        return load(path, tmp_path)

    return make


def known(event):
    told = {f.fingerprint(event.outcome.scenario): "so it is" for f in event.outcome.findings}
    return replace(event, known=told)


async def carried_out(tmp_path, scenarios, server, **plan):
    events = []
    wanted = Plan(scenarios, [server], settings=Settings(within=0.2, look=False), **plan)
    status = await run(wanted, Store(tmp_path / "out"), events.append)
    finished = {e.outcome.scenario: e.outcome for e in events if isinstance(e, ScenarioFinished)}
    return status, finished, events


async def test_verdicts_and_exit_status(tmp_path, scenario):
    server = ScriptedServer({"CHECK": "%TAG NO x\r\n"})
    scenarios = [
        scenario("good", "- phone: NOOP\n"),
        scenario("bad", "- phone: CHECK\n"),
        scenario("other", "- phone: NOOP\n", "needs: [MOVE | IMAP4rev2]\n"),
    ]

    status, finished, events = await carried_out(tmp_path, scenarios, server)

    assert status == EXIT.FAILED
    assert {name: outcome.verdict for name, outcome in finished.items()} == {
        "good": Verdict.PASS,
        "bad": Verdict.FAIL,
        "other": Verdict.SKIP,
    }
    assert finished["other"].reason == "the server has no MOVE or IMAP4rev2"
    words = {e.word for e in events if isinstance(e, ScenarioFinished)}
    assert words == {str(tmp_path / f"{name}.yaml") for name in finished}
    ready = next(e for e in events if isinstance(e, ServerReady))
    assert ready.capabilities == ("IDLE", "IMAP4REV1", "UIDPLUS")
    assert server.stopped == 1


async def test_capabilities_are_asked_for_where_login_does_not_tell_them(tmp_path, scenario):
    server = ScriptedServer({"LOGIN": "%TAG OK in\r\n"})

    _, finished, _ = await carried_out(
        tmp_path, [scenario("good", "- phone: NOOP\n", "needs: [UIDPLUS]\n")], server
    )

    assert finished["good"].verdict is Verdict.PASS


async def test_a_hung_server_is_started_again_and_the_rest_goes_on(tmp_path, scenario):
    server = ScriptedServer()

    server.answers["XHANG"] = server.hang
    scenarios = [scenario("hangs", "- phone: XHANG\n"), scenario("next", "- phone: NOOP\n")]

    status, finished, _ = await carried_out(tmp_path, scenarios, server, jobs=1)

    assert status == EXIT.FAILED
    assert [f.message for f in finished["hangs"].findings] == ["no answer in time: phone: XHANG"]
    assert finished["next"].verdict is Verdict.PASS
    assert server.killed >= 1


async def test_who_suffered_by_another_is_played_again_alone(tmp_path, scenario):
    server = ScriptedServer()
    beside = 0

    def last(_):
        nonlocal beside
        beside += 1
        return None if beside == 1 else "%TAG OK now\r\n"

    server.answers |= {"XHANG": server.hang, "XLAST": last}
    scenarios = [scenario("hangs", "- phone: XHANG\n"), scenario("suffers", "- phone: XLAST\n")]

    status, finished, events = await carried_out(tmp_path, scenarios, server, jobs=2)

    assert status == EXIT.FAILED
    assert finished["suffers"].verdict is Verdict.PASS
    assert [f.message for f in finished["hangs"].findings] == ["no answer in time: phone: XHANG"]
    assert beside == 2
    assert sum(isinstance(e, ScenarioStarted) for e in events) == 2
    assert sum(isinstance(e, ScenarioFinished) for e in events) == 2


async def test_who_was_cut_by_our_mending_is_played_again_beside_others(
    tmp_path, scenario, monkeypatch
):
    server = ScriptedServer()
    kill, health = server.kill, server.health
    looked = asyncio.Event()
    asked = 0

    def cut(_):
        nonlocal asked
        asked += 1
        return None if asked == 1 else "%TAG OK now\r\n"

    async def look(**more):
        if server.killed:
            looked.set()
        return await health(**more)

    async def slow():
        await kill()  # cuts the connections, and then takes a while
        await looked.wait()

    def alone(*_):
        pytest.fail("nothing is in doubt")

    monkeypatch.setattr(server, "kill", slow)
    monkeypatch.setattr(server, "health", look)
    monkeypatch.setattr(Stage, "_decided", alone)
    server.answers |= {"XHANG": server.hang, "XCUT": cut}
    scenarios = [
        scenario("hangs", "- phone: XHANG\n"),
        scenario("cut", "- phone: XCUT\n  within: 30s\n"),
    ]

    def hangs(event):
        return known(event) if event.outcome.scenario == "hangs" else event

    _, finished, _ = await carried_out(tmp_path, scenarios, server, jobs=2, annotate=hangs)

    assert finished["cut"].verdict is Verdict.PASS
    assert asked == 2


async def test_what_a_baseline_expects_is_in_no_doubt(tmp_path, scenario):
    asked = 0

    def never(_):
        nonlocal asked
        asked += 1

    scenarios = [scenario("mute", "- phone: XMUTE\n"), scenario("good", "- phone: NOOP\n")]
    for annotate, times in ((None, 2), (known, 1)):
        asked = 0
        server = ScriptedServer({"XMUTE": never})
        await carried_out(tmp_path, scenarios, server, jobs=2, annotate=annotate)
        assert asked == times


async def test_who_is_being_judged_takes_no_turn(tmp_path, scenario):
    handed = asyncio.Barrier(2)

    async def judge(transcript, scenario):
        await handed.wait()  # for ever, if the other may not play before this one is judged
        return await judge_here(transcript, scenario)

    settings = Settings(within=0.2, look=False)
    events, turn = [], asyncio.Semaphore(1)
    stage = Stage(ScriptedServer(), settings, Store(tmp_path), events.append, "r", None, judge)
    await stage.open()
    async with asyncio.timeout(20):
        await asyncio.gather(
            *(stage.attempt(scenario(name, "- phone: NOOP\n"), 0, turn) for name in ("one", "two"))
        )
    await stage.close()

    told = [e.outcome.verdict for e in events if isinstance(e, ScenarioFinished)]
    assert told == [Verdict.PASS, Verdict.PASS]


def hanging(*_):
    server = ScriptedServer()
    server.answers["XHANG"] = server.hang
    return server


def stops(_, scenario):
    return scenario.id == "hangs"


async def test_what_is_known_to_stop_a_server_is_played_on_one_of_its_own(tmp_path, scenario):
    server, aside = hanging(), hanging()
    scenarios = [scenario("hangs", "- phone: XHANG\n"), scenario("good", "- phone: NOOP\n")]

    _, finished, events = await carried_out(
        tmp_path, scenarios, server, jobs=2, stops=stops, another=lambda _: aside
    )

    assert [f.message for f in finished["hangs"].findings] == ["no answer in time: phone: XHANG"]
    assert finished["good"].verdict is Verdict.PASS
    assert (server.killed, aside.killed) == (0, 1)
    assert (server.stopped, aside.stopped >= 1) == (1, True)
    assert sum(isinstance(e, ServerReady) for e in events) == 1


async def test_what_a_lost_second_server_leaves_is_played_on_the_first(
    tmp_path, scenario, monkeypatch
):
    async def kill():
        raise ServerError("it does not come back")

    server, aside = hanging(), hanging()
    monkeypatch.setattr(aside, "kill", kill)
    names = ("hangs", "hangs too", "good")
    scenarios = [scenario(name, "- phone: XHANG\n") for name in names[:2]]
    scenarios.append(scenario("good", "- phone: NOOP\n"))

    status, finished, events = await carried_out(
        tmp_path,
        scenarios,
        server,
        jobs=2,
        stops=lambda _, scenario: scenario.id.startswith("hangs"),
        another=lambda _: aside,
    )

    assert status == EXIT.NO_SERVER
    assert [finished[name].verdict for name in names] == [Verdict.FAIL, Verdict.FAIL, Verdict.PASS]
    assert server.killed == 1
    assert [e.message for e in events if isinstance(e, ServerLost)] == ["it does not come back"]


async def test_what_both_servers_are_lost_by_is_told_once(tmp_path, scenario, monkeypatch):
    async def health(**_):
        raise EngineError("the Docker engine was lost")

    server, aside = ScriptedServer({"XLAST": "CLOSE"}), ScriptedServer({"XLAST": "CLOSE"})
    for each in (server, aside):
        monkeypatch.setattr(each, "health", health)
    scenarios = [scenario(name, "- phone: XLAST\n") for name in ("hangs", "good")]

    status, finished, events = await carried_out(
        tmp_path, scenarios, server, jobs=2, stops=stops, another=lambda _: aside
    )

    assert status == EXIT.NO_SERVER
    assert {outcome.verdict for outcome in finished.values()} == {Verdict.INCONCLUSIVE}
    assert sum(isinstance(e, ServerLost) for e in events) == 1


async def test_without_a_second_server_what_stops_it_comes_last(tmp_path, scenario):
    class Absent(ScriptedServer):
        async def start(self):
            raise ServerError("no more memory")

    scenarios = [scenario("hangs", "- phone: XHANG\n"), scenario("good", "- phone: NOOP\n")]
    for another in (None, lambda _: Absent()):
        server = hanging()

        status, finished, events = await carried_out(
            tmp_path, scenarios, server, jobs=2, stops=stops, another=another
        )

        assert status == EXIT.FAILED
        assert server.killed == 1
        assert not any(isinstance(e, ServerLost) for e in events)
        ended = [e.outcome.scenario for e in events if isinstance(e, ScenarioFinished)]
        assert ended == ["good", "hangs"]
        assert finished["good"].verdict is Verdict.PASS


@pytest.mark.parametrize(("jobs", "names"), [(1, ["hangs", "good"]), (2, ["hangs"])])
async def test_one_at_a_time_needs_one_server(tmp_path, scenario, jobs, names):
    made = []

    def another(spec):
        made.append(spec)
        return hanging()

    scenarios = [scenario(name, "- phone: NOOP\n") for name in names]
    await carried_out(tmp_path, scenarios, hanging(), jobs=jobs, stops=stops, another=another)

    assert made == []


async def test_an_interrupted_run_tells_what_is_in_doubt(tmp_path, scenario):
    asked, again = [], asyncio.Event()

    def never(_):
        asked.append(1)
        if len(asked) == 3:  # two side by side, then the first of them alone
            again.set()

    server = ScriptedServer({"XMUTE": never})
    scenarios = [scenario("mute", "- phone: XMUTE\n"), scenario("also", "- phone: XMUTE\n")]
    events = []
    plan = Plan(scenarios, [server], settings=Settings(within=0.2, look=False), jobs=2)
    task = asyncio.create_task(run(plan, Store(tmp_path / "out"), events.append))
    await again.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    told = [e.outcome for e in events if isinstance(e, ScenarioFinished)]
    assert [outcome.verdict for outcome in told] == [Verdict.INCONCLUSIVE] * 2
    assert all(outcome.reason.startswith("it failed beside others") for outcome in told)
    assert isinstance(events[-1], RunFinished)


def reading(log):
    """Return the health of a server whose crashes come to ``log``: each look takes them away."""

    async def health(**_):
        crashes = tuple(log)
        log.clear()
        return Health(running=True, answers=True, crashes=crashes)

    return health


@pytest.mark.parametrize("again", [True, False])
async def test_who_saw_a_crash_in_the_log_is_not_who_caused_it(tmp_path, scenario, again):
    server = ScriptedServer()
    log, booms = [], 0

    def boom(_):
        nonlocal booms
        booms += 1
        if booms == 1 or again:
            log.append("killed by signal 11")
        return "CLOSE"

    server.answers["XBOOM"] = boom
    server.health = reading(log)
    scenarios = [
        scenario("witness", "- phone: NOOP\n" * 9),
        scenario("culprit", "- phone: XBOOM\n"),
    ]

    def known(event):  # that the culprit is cut off
        found = [f for f in event.outcome.findings if f.check == "progress"]
        return replace(event, known={f.fingerprint(event.outcome.scenario): "bug 7" for f in found})

    _, finished, _ = await carried_out(tmp_path, scenarios, server, jobs=2, annotate=known)

    assert booms == 2
    told = {n: [f.key for f in o.findings if f.check == "health"] for n, o in finished.items()}
    if again:
        assert told == {"witness": [], "culprit": ["crash in log"]}
    else:
        # Nobody did it again: whoever read of it keeps a warning, and only one.
        assert [key for keys in told.values() for key in keys] == ["crash in company"]


@pytest.mark.parametrize("again", [True, False])
async def test_a_death_in_company_that_nobody_brings_about_alone_is_told(tmp_path, scenario, again):
    server = ScriptedServer()
    dead, booms = asyncio.Event(), 0
    start_again = server.kill

    def boom(_):
        nonlocal booms
        booms += 1
        if booms == 1 or again:
            dead.set()
            return "CLOSE"
        return "%TAG OK done\r\n"

    async def health(**_):
        return Health(running=not dead.is_set(), answers=not dead.is_set())

    async def kill():
        dead.clear()
        await start_again()

    server.answers["XBOOM"] = boom
    server.health, server.kill = health, kill
    scenarios = [scenario("bystander", "- phone: NOOP\n" * 9), scenario("boom", "- phone: XBOOM\n")]

    _, finished, _ = await carried_out(tmp_path, scenarios, server, jobs=2)

    told = [f.key for o in finished.values() for f in o.findings if f.check == "health"]
    assert told == (["died"] if again else ["died in company"])


async def test_a_known_crash_that_the_log_told_another_of_is_looked_for_again(tmp_path, scenario):
    server = ScriptedServer()
    log = []

    def boom(_):
        late = asyncio.get_running_loop()
        late.call_later(0.25, log.append, "killed by signal 11")
        return "CLOSE"

    server.answers["XBOOM"] = boom
    server.health = reading(log)
    wait = "- phone: idles\n- phone: hears\n  must not: [1 EXISTS]\n  within: 1s\n"
    scenarios = [scenario("witness", wait), scenario("culprit", "- phone: XBOOM\n")]

    def expects(event):
        if event.outcome.scenario != "culprit":
            return event
        if not any(f.check == "health" for f in event.outcome.findings):
            return replace(event, mended={"0123abcd": "bug 7"})
        return known(event)

    status, finished, _ = await carried_out(tmp_path, scenarios, server, jobs=2, annotate=expects)

    assert status == EXIT.OK
    told = {n: [f.key for f in o.findings if f.check == "health"] for n, o in finished.items()}
    assert told == {"witness": [], "culprit": ["crash in log"]}


async def test_those_who_wait_take_nobodys_turn(tmp_path, scenario):
    wait = "- phone: idles\n- phone: hears\n  must not: [1 EXISTS]\n  within: 2s\n"
    scenarios = [scenario(f"wait{n}", wait) for n in range(2)]
    scenarios += [scenario(f"quick{n}", "- phone: NOOP\n") for n in range(6)]

    _, finished, events = await carried_out(tmp_path, scenarios, ScriptedServer(), jobs=2)

    assert {outcome.verdict for outcome in finished.values()} == {Verdict.PASS}
    order = [e.outcome.scenario for e in events if isinstance(e, ScenarioFinished)]
    assert {name[:4] for name in order[-2:]} == {"wait"}


async def test_when_the_engine_is_lost_no_server_is_blamed(tmp_path, scenario, monkeypatch):
    server = ScriptedServer({"XLAST": "CLOSE"})

    async def health(**_):
        raise EngineError("the Docker engine was lost", hint="start Docker")

    monkeypatch.setattr(server, "health", health)
    scenarios = [scenario(name, "- phone: XLAST\n") for name in ("a", "b", "c")]

    status, finished, events = await carried_out(tmp_path, scenarios, server, jobs=2)

    assert status == EXIT.NO_SERVER
    assert {outcome.verdict for outcome in finished.values()} == {Verdict.INCONCLUSIVE}
    assert len(finished) == 3
    lost = [e for e in events if isinstance(e, ServerLost)]
    assert [(e.message, e.hint) for e in lost] == [("the Docker engine was lost", "start Docker")]


async def test_a_server_that_does_not_greet_is_lost(tmp_path, scenario):
    server = ScriptedServer(greeting="")

    status, finished, events = await carried_out(
        tmp_path, [scenario("good", "- phone: NOOP\n")], server
    )

    assert status == EXIT.NO_SERVER
    assert finished == {}
    lost = next(e for e in events if isinstance(e, ServerLost))
    assert lost.message == "set-up: greeting: no answer within 0.2 s"
    assert isinstance(events[-1], RunFinished)
    assert server.stopped == 1


async def test_repeats_are_results_of_their_own(tmp_path, scenario):
    _, _, events = await carried_out(
        tmp_path, [scenario("good", "- phone: NOOP\n")], ScriptedServer(), repeat=3
    )

    outcomes = [e.outcome for e in events if isinstance(e, ScenarioFinished)]
    assert [outcome.repeat for outcome in outcomes] == [0, 1, 2]
    assert (tmp_path / "out/transcripts/fake-scripted/good.2.txt").is_file()


async def test_the_first_failure_can_end_the_run(tmp_path, scenario):
    scenarios = [scenario(name, "- phone: CHECK\n") for name in ("a", "b", "c")]
    server = ScriptedServer({"CHECK": "%TAG NO x\r\n"})

    _, finished, _ = await carried_out(tmp_path, scenarios, server, first=True, jobs=1)

    assert list(finished) == ["a"]


def test_a_folder_never_holds_a_password():
    assert slug("imap://alice:secret@mail.example.org:143") == "imap-mail.example.org-143"
