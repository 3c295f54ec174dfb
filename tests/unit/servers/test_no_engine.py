"""Without a Docker engine: one clear message, and the rest still works."""

import pytest

from conformance.servers.base import ServerError
from conformance.servers.doctor import doctor
from conformance.servers.leftovers import down
from conformance.servers.overview import build, overview
from conformance.servers.registry import server

pytestmark = pytest.mark.usefixtures("no_engine")


async def test_a_start_says_what_to_do():
    made = server("docker:dovecot:2.4", run="test")
    with pytest.raises(ServerError, match=r"no Docker engine answers: .*No such file") as caught:
        await made.start()
    assert "systemctl start docker" in caught.value.hint
    await made.stop()


async def test_down_says_so_too():
    with pytest.raises(ServerError, match="no Docker engine answers"):
        await down()


async def test_overview_lists_all_the_same():
    offers = {offer.spec: offer for offer in await overview()}
    assert offers["embedded:pymap"].ready
    assert not offers["docker:dovecot:2.4.1"].ready
    assert offers["docker:dovecot:2.4.1"].version == "2.4.1"


async def test_a_build_keeps_its_error():
    told = []
    (built,) = await build(["docker:dovecot:2.4"], finished=told.append)
    assert told == [built]
    assert "no Docker engine" in str(built.error)


async def test_what_has_no_image_cannot_be_built():
    with pytest.raises(ServerError, match="has no image to build"):
        await build(["embedded:pymap"])


async def test_doctor_looks_at_the_rest():
    looks = {look.what: look for look in await doctor()}
    assert looks["Docker"].fine is False
    assert "systemctl" in looks["Docker"].advice
    assert looks["Python"].fine
    assert looks["ports"].fine
    assert "images" not in looks
