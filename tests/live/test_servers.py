"""Real servers in containers: what their server.toml promises, and what a scenario may do to them."""

import asyncio
import contextlib
import imaplib
import os
import poplib
import smtplib
import ssl

import pytest
import pytest_asyncio

from conformance.servers.catalog import definition
from conformance.servers.overview import overview
from conformance.servers.registry import server

pytestmark = [
    pytest.mark.live,
    pytest.mark.asyncio(loop_scope="module"),
]

# `make test` keeps to one build of two vendors; IMAP_CONFORMANCE_BUILDS=all takes every build.
BUILDS = ["docker:dovecot:2.4", "docker:cyrus:3.6", "docker:pymap"]
CONNECTIONS = 100
if os.environ.get("IMAP_CONFORMANCE_BUILDS") == "all":
    CONNECTIONS = 1000
    BUILDS = [offer.spec for offer in asyncio.run(overview()) if offer.build is not None]

MESSAGE = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: kept\r\n\r\nkept\r\n"


@contextlib.contextmanager
def logged_in(made, scope, user="alice", service="imap", tls=False):
    place, account = made.info.services[service], made.credentials(scope, user)
    if place.tls:
        client = imaplib.IMAP4_SSL(place.host, place.port, ssl_context=made.tls, timeout=20)
    else:
        client = imaplib.IMAP4(place.host, place.port, timeout=20)
    with client:
        if tls:
            client.starttls(made.tls)
        client.login(account.user, account.password)
        yield client


@pytest_asyncio.fixture(params=BUILDS, scope="module", loop_scope="module")
async def made(request, need_engine):
    """Return a started server, which tests share: each has users of its own."""
    made = server(request.param, run="live")
    try:
        await made.start()
        yield made
    finally:
        await made.stop()


async def test_it_is_what_its_file_promises(made):
    name = made.spec.split(":")[1]
    promised = definition(name)
    assert made.info.name == name
    assert made.info.version[0].isdigit()
    assert set(made.info.services) == set(promised.ports)
    assert made.info.seconds < 8

    def look():
        with logged_in(made, "file") as client:
            client.select()
            return set(" ".join(map(bytes.decode, client.capability()[1])).upper().split())

    offered = await asyncio.to_thread(look)
    build = promised.build(made.spec.split(":")[2] if made.spec.count(":") > 1 else "")
    wanted = {word.upper() for word in promised.with_build(build).capabilities}
    assert wanted <= offered, f"not offered: {wanted - offered}"


async def test_tls_in_all_its_ways(made):
    def look():
        with logged_in(made, "tls", tls=True) as client:
            assert client.noop()[0] == "OK"
        if "imaps" in made.info.services:
            with logged_in(made, "tls", service="imaps") as client:
                assert client.noop()[0] == "OK"
        place = made.info.services["imap"]
        client = imaplib.IMAP4(place.host, place.port, timeout=20)
        with contextlib.closing(client.file), pytest.raises(ssl.SSLCertVerificationError):
            client.starttls(ssl.create_default_context())  # trusts the world's authorities

    await asyncio.to_thread(look)


async def test_users_of_two_scopes_share_nothing(made):
    def look():
        prefix = made.info.facts.get("personal", "")
        with logged_in(made, "two-1") as one, logged_in(made, "two-2") as two:
            assert one.create(f"{prefix}Work")[0] == "OK"
            assert not any(b"Work" in line for line in two.list()[1] if line)
            assert any(b"Work" in line for line in one.list()[1])

    await asyncio.to_thread(look)


async def test_pop3_and_lmtp_reach_the_same_mail(made):
    services = made.info.services
    if "pop3" not in services:
        pytest.skip("no POP3")

    def look():
        account = made.credentials("pop3", "alice")
        with logged_in(made, "pop3") as client:
            client.select()  # so that there is an INBOX
        if place := services.get("lmtp"):
            with smtplib.LMTP(place.host, place.port) as lmtp:
                lmtp.sendmail("a@example.org", [account.user], MESSAGE)
        else:
            with logged_in(made, "pop3") as client:
                client.append("INBOX", None, None, MESSAGE)
        place = services["pop3"]
        pop3 = poplib.POP3(place.host, place.port, timeout=20)
        pop3.user(account.user)
        pop3.pass_(account.password)
        assert pop3.stat()[0] == 1
        assert b"Subject: kept" in pop3.retr(1)[1]
        pop3.quit()
        if place := services.get("pop3s"):
            pop3 = poplib.POP3_SSL(place.host, place.port, context=made.tls, timeout=20)
            pop3.user(account.user)
            assert pop3.pass_(account.password).startswith(b"+OK")
            pop3.quit()

    await asyncio.to_thread(look)


async def test_a_mailbox_is_shared(made):
    shared = made.info.facts.get("shared")
    if shared is None:
        pytest.skip("shares no mailboxes")

    def look():
        alice, bob = (made.credentials("shared", each).user for each in ("alice", "bob"))
        own = made.info.facts.get("personal", "") + "Team"
        name = shared.format(user=alice, mailbox="Team")
        with (
            logged_in(made, "shared", "bob") as second,
            logged_in(made, "shared", "alice") as first,
        ):
            first.create(own)
            assert first.setacl(own, bob, "lrs")[0] == "OK"
            first.append(own, None, None, MESSAGE)
            assert second.select(f'"{name}"') == ("OK", [b"1"])

    await asyncio.to_thread(look)


async def test_many_connections_in_a_row(made):
    """None is refused for a limit that we should have lifted: per address, per user, in a minute."""
    place, account = made.info.services["imap"], made.credentials("many", "alice")
    for _ in range(CONNECTIONS):
        reader, writer = await asyncio.open_connection(place.host, place.port)
        assert (await reader.readline()).startswith(b"* OK")
        writer.write(f"a LOGIN {account.user} {account.password}\r\n".encode())
        while (line := await reader.readline()).startswith(b"*"):
            pass
        assert line.startswith(b"a OK")
        writer.close()
        await writer.wait_closed()


async def test_a_failed_login_is_answered_soon(made):
    if made.info.name == "courier":
        pytest.skip("always takes 5 s; there is no setting")

    def look():
        place = made.info.services["imap"]
        with imaplib.IMAP4(place.host, place.port, timeout=20) as client:
            for _ in range(2):
                with pytest.raises(imaplib.IMAP4.error):
                    client.login("u-failed-alice", "wrong")

    begun = asyncio.get_running_loop().time()
    await asyncio.to_thread(look)
    assert asyncio.get_running_loop().time() - begun < 3
