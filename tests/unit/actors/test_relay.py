"""The relay passes on all that comes, in pieces as small as it is told, but not for ever."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from conformance.actors import relay as relay_module
from conformance.actors.relay import Relay
from conformance.servers.base import Endpoint

SAID = b"* 1 EXISTS\r\n* 0 RECENT\r\n"


@asynccontextmanager
async def relayed(piece):
    """What a client reads, through a relay, from a server that says SAID: the sizes of its reads."""

    async def serve(_, writer):
        writer.write(SAID)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    relay = Relay(lambda: Endpoint(host, port))
    relay.piece = piece
    between = await relay.open()
    reader, writer = await asyncio.open_connection(between.host, between.port)
    try:
        got = []
        while octets := await reader.read(100):
            got.append(octets)
        yield got
    finally:
        writer.close()
        relay.close()
        server.close()


@pytest.mark.parametrize("piece", [0, 1, 7])
async def test_all_of_it_arrives(piece):
    async with relayed(piece) as got:
        assert b"".join(got) == SAID


async def test_octet_by_octet():
    async with relayed(1) as got:
        assert len(got) > 2  # the kernel may put some together


async def test_no_longer_than_a_command_has(monkeypatch):
    monkeypatch.setattr(relay_module, "_SPLITTING", 0.0)
    async with relayed(1) as got:
        assert b"".join(got) == SAID
        assert len(got) == 1
