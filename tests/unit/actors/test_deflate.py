"""After COMPRESS the wire is deflate in both directions, and the record is not."""

import asyncio
import contextlib
import zlib
from contextlib import asynccontextmanager

import pytest

from conformance.actors.connection import Ended
from conformance.actors.deflate import Deflate
from conformance.actors.imap import ImapActor
from conformance.servers.base import Endpoint
from conformance.wire.framer import Flood
from conformance.wire.transcript import Transcript


@asynccontextmanager
async def compressing(answer):
    """Serve IMAP that agrees to COMPRESS, then answers each command by ``answer`` as it is."""
    seen = []
    tasks = []

    async def serve(reader, writer):
        tasks.append(asyncio.current_task())
        with contextlib.suppress(ConnectionError):
            await talk(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def talk(reader, writer):
        writer.write(b"* OK hi\r\n")
        await reader.readline()
        writer.write(b"p1 OK compressing\r\n")
        stream = zlib.decompressobj(wbits=-15)
        while data := await reader.read(4096):
            seen.append((data, stream.decompress(data)))
            writer.write(answer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname(), seen
    finally:
        server.close()
        await asyncio.gather(*tasks)


async def noop(answer):
    transcript = Transcript()
    async with compressing(answer) as (place, seen):
        phone = ImapActor(
            "phone",
            lambda: Endpoint(*place),
            lambda name, kind, octets: transcript.add(0.0, name, kind, octets),
        )
        await phone.connect(5)
        await phone.command([b"COMPRESS DEFLATE"], 5)
        reply = await phone.command([b"NOOP"], 5)
        phone.drop()
    return reply, seen, transcript


async def test_both_directions_are_compressed():
    reply, seen, transcript = await noop(Deflate().pack(b"* 1 EXISTS\r\np2 OK done\r\n"))

    assert seen[0][0] != b"p2 NOOP\r\n"
    assert seen[0][1] == b"p2 NOOP\r\n"
    assert reply.octets == b"p2 OK done\r\n"
    assert b"* 1 EXISTS\r\n" in [event.octets for event in transcript.events]


async def test_a_server_that_forgets_to_compress_is_told_of():
    reply, _, transcript = await noop(b"p2 OK done\r\n")

    assert reply.ended is Ended.FLOOD
    assert b"what came is not compressed" in transcript.events[-1].octets


def test_what_swells_beyond_measure_is_refused():
    bomb = Deflate().pack(bytes(70 * 1024 * 1024))

    with pytest.raises(Flood, match="became more than 67,108,864"):
        Deflate().unpack(bomb)
