"""A run on a server that is wrong from the first: one clear message, its last words, its status."""

import pytest

from conformance.events import RunFinished, ScenarioFinished, ServerLost
from conformance.play.player import Settings
from conformance.play.run import Plan, run
from conformance.play.store import Store
from conformance.scenario.loader import load
from conformance.servers.options import Options
from conformance.servers.registry import server
from conformance.status import EXIT

SCENARIO = """\
scenario: Does nothing
why: test
rules: [RFC9051:6.1.2]
actors: {phone: {user: alice}}
steps:
- phone: NOOP
"""


@pytest.mark.parametrize(
    ("fault", "words", "log"),
    [
        ("silent", "it accepts connections and sends nothing", ""),
        ("mute", "LOGIN: no answer within 0.5 s", ""),
        ("trickle", "LOGIN: no answer within 0.5 s", ""),
        ("dies", "CAPABILITY: the server closed the connection", ""),
        ("exits", "ended with status 1 before it greeted", "faulty: no such configuration"),
        ("bye", "it greets with b'* BYE", ""),
    ],
)
async def test_the_run_ends_with_what_happened(faulty, tmp_path, fault, words, log):
    (tmp_path / "nothing.yaml").write_text(SCENARIO)
    events = []
    made = server(faulty(fault), run="test", options=Options(start_seconds=3))
    plan = Plan([load(tmp_path / "nothing.yaml", tmp_path)], [made], settings=Settings(within=0.5))
    assert await run(plan, Store(tmp_path), events.append) == EXIT.NO_SERVER
    (lost,) = (event for event in events if isinstance(event, ServerLost))
    assert words in lost.message
    assert lost.log == log
    assert isinstance(events[-1], RunFinished)
    assert not any(isinstance(event, ScenarioFinished) for event in events)
