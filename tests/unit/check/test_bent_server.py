"""A real server's answers, bent by a proxy in one thing at a time: the right check must see it."""

import pytest
import pytest_asyncio

from conformance.servers.registry import server
from tests.fakes.proxy import BENDS, findings

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pymap():
    made = server("embedded:pymap", run="bent")
    try:
        await made.start()
        yield made
    finally:
        await made.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def straight(pymap, tmp_path_factory):
    """Return what the checks find when nothing is bent: pymap has faults of its own."""
    return await findings(pymap, None, "straight", tmp_path_factory.mktemp("straight"))


async def test_straight_it_is_not_blamed_for_what_the_bends_do(straight):
    caught = {(bend.check, bend.key) for bend in BENDS}
    assert not [
        (check, key)
        for check, key in straight
        if any(check == c and key.startswith(k) for c, k in caught)
    ]


@pytest.mark.parametrize("bend", BENDS, ids=lambda bend: bend.name)
async def test_what_is_bent_is_seen(pymap, straight, tmp_path, bend):
    found = await findings(pymap, bend, f"b{BENDS.index(bend)}", tmp_path) - straight

    assert any(check == bend.check and key.startswith(bend.key) for check, key in found), found
