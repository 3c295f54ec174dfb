"""Someone else's server: looked at, never touched."""

import pytest

from conformance.events import ScenarioFinished, ServerLost
from conformance.play.player import Settings, play
from conformance.play.recorder import Recorder
from conformance.play.run import Plan, run
from conformance.play.store import Store
from conformance.scenario.loader import load
from conformance.servers.base import Credentials, ServerError
from conformance.servers.options import Options
from conformance.servers.registry import server
from conformance.status import EXIT


@pytest.fixture
async def place(start, faulty):
    return (await start(faulty())).info.services["imap"]


async def test_it_is_looked_at(start, place):
    made = await start(f"imap://me%40home:p%3A%40w@127.0.0.1:{place.port}")
    assert made.spec == f"imap://127.0.0.1:{place.port}"
    assert made.credentials("s", "alice") == Credentials("me@home", "p:@w")
    assert (made.info.isolated, made.info.disposable, made.info.controlled) == (False, False, False)
    assert (await made.health(connect=True)).answers
    with pytest.raises(ServerError, match="no account for 'bob'"):
        made.credentials("s", "bob")
    for word in ("restart", "kill", "pause", "resume", "halt"):
        with pytest.raises(ServerError, match="run by someone else"):
            await getattr(made, word)()
    await made.stop()
    assert (await made.health(connect=True)).answers


async def test_users_and_leave_to_destroy(start, place):
    bob = Credentials("b", "x")
    made = await start(f"imap://127.0.0.1:{place.port}", users={"bob": bob}, allow_destructive=True)
    assert made.credentials("s", "bob") == bob
    assert made.info.disposable


async def test_without_an_account(start, place):
    made = await start(f"imap://127.0.0.1:{place.port}")
    with pytest.raises(ServerError, match="no account is known"):
        made.credentials("s", "alice")


async def test_nobody_there(start, unused_tcp_port):
    with pytest.raises(ServerError, match=r"no imap greeting within 0\.2 s") as caught:
        await start(f"imap://u:p@127.0.0.1:{unused_tcp_port}", start_seconds=0.2)
    assert "does this address fit" in caught.value.hint
    assert "p@" not in str(caught.value)


def test_a_file_of_authorities_that_is_not_there(tmp_path):
    with pytest.raises(ServerError, match="no certificates in"):
        server("imaps://h", run="t", options=Options(ca=tmp_path / "none.pem"))


SCENARIO = """\
scenario: Reads
why: test
rules: [RFC9051:6.1.2]
actors: {phone: {user: alice}}
steps:
- phone: NOOP
"""


async def test_nothing_is_played_on_it_unless_that_was_said(start, place, tmp_path):
    """Whoever plays: the run and the plug-in by a stage, others by the player itself."""
    (tmp_path / "reads.yaml").write_text(SCENARIO)
    scenario = load(tmp_path / "reads.yaml", tmp_path)
    made = server(f"imap://alice:secret@127.0.0.1:{place.port}", run="t")
    events = []
    plan = Plan([scenario], [made], settings=Settings(within=1))
    assert await run(plan, Store(tmp_path), events.append) == EXIT.NO_SERVER
    (lost,) = (event for event in events if isinstance(event, ServerLost))
    assert "run by someone else" in lost.message
    assert "--allow-destructive" in lost.hint
    assert not any(isinstance(event, ScenarioFinished) for event in events)
    with pytest.raises(ServerError, match="run by someone else"):
        await play(scenario, made, "s", Recorder({}))

    options = {"allow_destructive": True}
    allowed = await start(f"imap://alice:secret@127.0.0.1:{place.port}", **options)
    assert not (await play(scenario, allowed, "s", Recorder({}), Settings(within=2))).hung
