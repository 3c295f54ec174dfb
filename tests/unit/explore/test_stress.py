"""Load: counted, timed and judged."""

import pytest

from conformance.explore.mixes import MIXES
from conformance.explore.stress import Load, Tally, stress
from tests.fakes.live.faults import LIVE
from tests.fakes.live.server import live

OFFERED = frozenset(
    ["IMAP4REV1", "LITERAL+", "IDLE", "UIDPLUS", "MOVE", "ESEARCH", "SORT", "CONDSTORE"]
)


def load(**more):
    return Load(5, 0.2, MIXES["default"], 7, group=3, steps=8, within=5, **more)


async def test_every_client_works_and_nothing_is_found():
    tally = Tally()
    transcripts = []
    async with live() as server:
        await stress(server, load(), OFFERED, "s", tally, transcripts.append)

    assert tally.sessions >= 2
    assert not tally.findings
    assert not tally.broken
    assert tally.commands.total() > 30
    assert tally.percentile("", 1.0) >= tally.percentile("", 0.5) > 0
    assert len(transcripts) == tally.sessions


async def test_what_is_wrong_is_found_while_it_goes_on():
    tally = Tally()
    async with live(LIVE["reading: UIDNEXT is 0"]()) as server:
        await stress(server, load(), OFFERED, "s", tally)

    assert any("UIDNEXT" in message for _, message, _ in tally.findings.values())


def test_tallies_add_up():
    one, other = Tally(), Tally()
    one.answered("NOOP", 0.001)
    other.answered("NOOP", 0.1)
    other.saw("m", "message", 4)
    other.saw("m", "message", 5)
    one.add(other)

    assert one.commands["NOOP"] == 2
    assert one.findings["m"] == (2, "message", 4)
    assert one.percentile("NOOP", 0.5) == pytest.approx(0.001)
    assert one.percentile("NOOP", 1) == pytest.approx(0.1)
