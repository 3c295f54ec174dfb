"""Play a scenario's text on a scripted server and judge it."""

import pytest

from conformance.check.judge import judge
from conformance.play.player import Settings, play
from conformance.play.recorder import Recorder
from conformance.scenario.loader import load_all
from tests.fakes.imap_script import ScriptedServer, scripted

HEAD = """\
scenario: test
why: test
rules: [RFC9051:6.4.6]
actors:
  phone: {speaks: imap, user: alice}
  laptop: {speaks: imap, user: alice}
given:
  INBOX: [one]
steps:
"""


@pytest.fixture
def played(tmp_path):
    """Return what plays steps with given answers: (steps, answers) -> (server, transcript, judgement)."""

    async def run(
        steps,
        answers=None,
        *,
        head=HEAD,
        within=0.3,
        offered=frozenset({"IDLE"}),
        kind=ScriptedServer,
        seed=0,
    ):
        path = tmp_path / "test.yaml"
        path.write_text(head + steps)
        scenario = load_all(path, tmp_path)[0]
        async with scripted(answers, kind=kind) as server:
            result = await play(
                scenario,
                server,
                "s",
                Recorder({}),
                Settings(within=within, poll_every=0.01, look=False, seed=seed),
                offered,
            )
        return server, result, judge(result.transcript, scenario, unasked=())

    return run
