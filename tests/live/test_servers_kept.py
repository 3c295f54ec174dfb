"""Servers that are restarted, killed, paused and halted: their mail is kept."""

import asyncio
import imaplib
import os

import pytest

from conformance.servers.overview import overview

pytestmark = pytest.mark.live

BUILDS = ["docker:dovecot:2.4", "docker:cyrus:3.6"]
if os.environ.get("IMAP_CONFORMANCE_BUILDS") == "all":
    BUILDS = [
        offer.spec
        for offer in asyncio.run(overview())
        if offer.build is not None and offer.definition.name != "pymap"  # in memory
    ]

MESSAGE = b"From: a@example.org\r\nSubject: kept\r\n\r\nkept\r\n"


@pytest.fixture(params=BUILDS)
async def made(request, start):
    return await start(request.param)


def state(made, *, store=False):
    """Return how many messages there are, and under which UIDVALIDITY."""
    place, account = made.info.services["imap"], made.credentials("kept", "alice")
    with imaplib.IMAP4(place.host, place.port, timeout=20) as client:
        client.login(account.user, account.password)
        client.select()
        if store:
            assert client.append("INBOX", None, None, MESSAGE)[0] == "OK"
        count = client.select()[1]
        return count, client.response("UIDVALIDITY")[1]


async def test_mail_is_kept(made):
    before = await asyncio.to_thread(state, made, store=True)
    assert before[0] == [b"1"]
    await made.kill()
    assert await asyncio.to_thread(state, made) == before
    await made.restart()
    assert await asyncio.to_thread(state, made) == before
    assert (await made.health()).crashes == ()


async def test_paused_and_halted(made, monkeypatch):
    monkeypatch.setattr("conformance.servers.watching.HEALTH_SECONDS", 1)
    await made.pause()
    assert (await made.health()).running
    health = await made.health(connect=True)
    assert (health.answers, health.busy) == (False, pytest.approx(0, abs=0.1))
    await made.resume()
    assert (await made.health(connect=True)).answers
    await made.halt()
    health = await made.health(connect=True)
    assert (health.running, health.answers, health.crashes) == (False, False, ())
    await made.restart()
    assert (await made.health(connect=True)).answers
