"""A run on a server: skipped for want of a capability, mended after a hang, always removed."""

import pytest

from conformance.events import RunFinished, ScenarioFinished, ServerLost, ServerReady
from conformance.play.player import Settings
from conformance.play.run import Plan, run
from conformance.play.store import Store, slug
from conformance.scenario.loader import load
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

    def hang(_):
        server.ill = True

    server.answers["XHANG"] = hang
    scenarios = [scenario("hangs", "- phone: XHANG\n"), scenario("next", "- phone: NOOP\n")]

    status, finished, _ = await carried_out(tmp_path, scenarios, server, jobs=1)

    assert status == EXIT.FAILED
    assert [f.message for f in finished["hangs"].findings] == ["no answer in time: phone: XHANG"]
    assert finished["next"].verdict is Verdict.PASS
    assert server.killed >= 1


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
