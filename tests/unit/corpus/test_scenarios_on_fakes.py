"""Scenarios that no server of ours passes, or passes only by its easy branch, on fakes.

Each passes on a server that does as the RFC says, and fails on each that breaks it in one
point: so it is known that the scenario can pass, and that it can fail.
"""

import re
from pathlib import Path

import pytest

from conformance.check.judge import judge
from conformance.play.player import Settings, play
from conformance.play.recorder import Recorder
from conformance.scenario.loader import load
from conformance.verdict import Verdict
from tests.fakes.pushing import PushingServer
from tests.unit.corpus.servers import SERVERS

SCENARIOS = Path(__file__).resolve().parents[3] / "scenarios"
OFFERED = frozenset({
    "IMAP4REV1", "IMAP4REV2", "ACL", "CONDSTORE", "ENABLE", "ESEARCH", "IDLE", "METADATA", "NOTIFY",
    "QRESYNC", "QUOTA", "QUOTA=RES-STORAGE", "SEARCHRES", "UIDPLUS", "UNAUTHENTICATE", "UTF8=ACCEPT",
})  # fmt: skip
CASES = [(name, variant) for name, variants in SERVERS.items() for variant in variants]


async def _verdict(name, variant, tmp_path):
    # Who says nothing shall not be waited for as long as a real server is.
    text = re.sub(r"within: \d+s", "within: 200ms", (SCENARIOS / f"{name}.yaml").read_text())
    path = tmp_path / "scenario.yaml"
    path.write_text(text)
    for message in SCENARIOS.joinpath(name).parent.glob("*.eml"):
        (tmp_path / message.name).write_bytes(message.read_bytes())
    scenario = load(path, tmp_path)
    answers, news = SERVERS[name][variant]()
    server = PushingServer(answers, news)
    await server.start()
    try:
        settings = Settings(within=1, poll_every=0.01, look=False)
        result = await play(scenario, server, "s", Recorder({}), settings, OFFERED)
    finally:
        await server.stop()
    judgement = judge(result.transcript, scenario, unasked=())
    found = [f for f in judgement.findings if f.check in ("expectation", "progress")]
    return judgement.verdict, [f"{f.rule} {f.message} {f.expected}" for f in found]


@pytest.mark.parametrize(("name", "variant"), CASES)
async def test_it_passes_on_a_good_server_and_fails_on_each_that_is_not(name, variant, tmp_path):
    verdict, found = await _verdict(name, variant, tmp_path)

    if variant.startswith("good"):
        assert found == []
    else:
        assert verdict in (Verdict.FAIL, Verdict.WARN), found
        assert found
