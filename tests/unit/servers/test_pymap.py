"""The embedded server: whoever comes is let in, fast; when it hangs, that is noticed and mended."""

import asyncio
import imaplib
import time

import pytest


def logged_in(made, user="alice", scope="s-1", port="imap"):
    place, account = made.info.services[port], made.credentials(scope, user)
    if place.tls:
        client = imaplib.IMAP4_SSL(place.host, place.port, ssl_context=made.tls, timeout=10)
    else:
        client = imaplib.IMAP4(place.host, place.port, timeout=10)
    client.login(account.user, account.password)
    return client


@pytest.fixture
async def made(start):
    return await start("embedded:pymap")


async def test_any_user_with_mail_of_its_own(made):
    def look():
        begun = time.monotonic()
        for scope in ("s-1", "s-2", "s-3", "s-4"):
            with logged_in(made, scope=scope) as client:
                client.create("Work")
                assert len(client.list()[1]) == 2
        with logged_in(made, scope="s-1", port="imaps") as client:
            assert len(client.list()[1]) == 2, "the same mailboxes under TLS"
            assert "STARTTLS" not in client.capabilities
        assert time.monotonic() - begun < 5

    await asyncio.to_thread(look)
    assert made.info.version[0].isdigit()


async def test_starttls_and_a_wrong_password(made):
    def look():
        place = made.info.services["imap"]
        with imaplib.IMAP4(place.host, place.port, timeout=10) as client:
            client.starttls(made.tls)
            with pytest.raises(imaplib.IMAP4.error):
                client.login("u-s-1-alice", "wrong")
            assert client.login("u-s-1-alice", "secret")[0] == "OK"

    await asyncio.to_thread(look)


async def test_it_loops_for_ever_on_a_hostile_name(made, monkeypatch):
    monkeypatch.setattr("conformance.servers.watching.HEALTH_SECONDS", 1)

    def provoke():
        client = logged_in(made)
        client.sock.settimeout(1)
        with pytest.raises((TimeoutError, imaplib.IMAP4.abort)):
            client.create('"&AGE"')  # no closing '-'
        client.shutdown()

    await asyncio.to_thread(provoke)
    health = await made.health(connect=True)
    assert (health.running, health.answers) == (True, False)
    assert health.busy > 0.1
    await made.kill()
    assert (await made.health(connect=True)).answers
