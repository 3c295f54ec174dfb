"""Waiting by greeting: what comes in time is taken, what does not is told."""

import asyncio
import ssl

import pytest

from conformance.servers.base import Endpoint, ServerError
from conformance.servers.certificates import authority
from conformance.servers.greeting import greeting, wait_for_greeting


async def nothing():
    """Whatever it is, it runs."""


@pytest.fixture
async def listen():
    """Return a maker of servers that run a coroutine for each connection."""
    servers = []

    async def make(talk, tls=None, host="127.0.0.1"):
        async def handle(reader, writer):
            try:
                await talk(reader, writer)
            except (OSError, asyncio.CancelledError):
                pass
            finally:
                writer.close()

        made = await asyncio.start_server(handle, host, 0, ssl=tls)
        servers.append(made)
        return Endpoint("127.0.0.1", made.sockets[0].getsockname()[1], tls is not None)

    yield make
    for made in servers:
        made.close()
        await made.wait_closed()


def saying(*words):
    """Return a talk that says the next of ``words`` to each connection."""
    left = list(words)

    async def talk(reader, writer):
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        await writer.drain()

    return talk


async def wait(service, place, *, seconds=2.0, tls=None, running=nothing):
    return await wait_for_greeting(service, place, tls=tls, seconds=seconds, running=running)


@pytest.mark.parametrize(
    ("service", "line"),
    [
        ("imap", b"* OK ready\r\n"),
        ("imap", b"* PREAUTH ready\r\n"),
        ("pop3", b"+OK <1.2@x>\r\n"),
        ("lmtp", b"220 mail LMTP\r\n"),
        ("submission", b"220-mail ESMTP\r\n"),
        ("managesieve", b'"IMPLEMENTATION" "x"\r\n'),
    ],
)
async def test_greetings_of_protocols(listen, service, line):
    assert await wait(service, await listen(saying(line))) == line


async def test_it_tries_again_until_it_is_well(listen):
    place = await listen(saying(b"", b"* BYE starting\r\n", b"* OK now\r\n"))
    assert await wait("imap", place) == b"* OK now\r\n"


async def test_nobody_listens(unused_tcp_port):
    with pytest.raises(ServerError, match=r"within 0\.2 s: 127\.0\.0\.1:\d+: Connection refused"):
        await wait("imap", Endpoint("127.0.0.1", unused_tcp_port), seconds=0.2)


async def test_it_closes_without_a_word(listen):
    with pytest.raises(ServerError, match="closed the connection without a greeting"):
        await wait("imap", await listen(saying(b"")), seconds=0.2)


async def test_another_protocol(listen):
    with pytest.raises(ServerError, match=r"it greets with b'\+OK pop"):
        await wait("imap", await listen(saying(b"+OK pop\r\n")), seconds=0.2)


async def test_a_line_without_an_end(listen):
    with pytest.raises(ServerError, match="more than 64 KiB"):
        await wait("imap", await listen(saying(b"* OK " + b"x" * 200_000)), seconds=0.3)


async def test_what_ended_meanwhile_is_told_at_once(listen):
    async def silent(reader, writer):
        await reader.read()

    async def gone():
        raise ServerError("the process ended")

    loop = asyncio.get_running_loop()
    begun = loop.time()
    with pytest.raises(ServerError, match="the process ended"):
        await wait("imap", await listen(silent), seconds=30, running=gone)
    assert loop.time() - begun < 3


async def test_tls_with_our_certificate(listen, tmp_path):
    ours = authority("r1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for name, content in ours.files().items():
        (tmp_path / name).write_bytes(content)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    place = await listen(saying(b"* OK\r\n"), tls=context, host="0.0.0.0")
    assert await wait("imaps", place, tls=ours.client_context()) == b"* OK\r\n"
    with pytest.raises(ServerError, match="certificate is not the one we gave"):
        await wait("imaps", place, tls=authority("another").client_context(), seconds=0.3)
    elsewhere = Endpoint("127.0.0.2", place.port, tls=True)
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        await greeting(elsewhere, ours.client_context())
