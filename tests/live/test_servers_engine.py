"""The Docker engine goes away while a server runs, and comes back."""

import asyncio
import contextlib
import gc

import pytest

from conformance.servers import engine as engine_module
from conformance.servers.base import EngineError, ServerError
from conformance.servers.labels import RUN
from conformance.servers.leftovers import down
from conformance.servers.options import Options
from conformance.servers.registry import server

pytestmark = [
    pytest.mark.live,
    # the SDK leaves sockets of a lost engine to the garbage collector
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]


@pytest.fixture
async def door(need_engine, monkeypatch, tmp_path):
    """Put a relay before the engine; return what shuts and opens it."""
    path = tmp_path / "docker.sock"
    talks = set()

    async def pump(reader, writer):
        with contextlib.suppress(OSError):
            while octets := await reader.read(65536):
                writer.write(octets)
                await writer.drain()
        writer.close()

    async def talk(reader, writer):
        talks.add(asyncio.current_task())
        there, back = await asyncio.open_unix_connection("/var/run/docker.sock")
        try:
            await asyncio.gather(pump(reader, back), pump(there, writer))
        finally:
            writer.close()
            back.close()

    class Door:
        async def open(self):
            self.relay = await asyncio.start_unix_server(talk, path)

        async def shut(self):
            self.relay.close()
            path.unlink()
            for each in talks:
                each.cancel()
            await asyncio.gather(*talks, return_exceptions=True)
            talks.clear()

    made = Door()
    await made.open()
    engine_module._client.cache_clear()
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    yield made
    engine_module._client.cache_clear()
    with contextlib.suppress(FileNotFoundError):
        await made.shut()
    gc.collect()


async def test_lost_and_found_again(door, engine):
    told = []
    made = server("docker:dovecot:2.4", run="lost", options=Options(progress=told.append))
    await made.start()
    await door.shut()
    with pytest.raises(EngineError):  # nobody can tell how the server fares
        await made.health(connect=True)
    assert "Dovecot v2.4" in made.log(), "what was read before is shown"
    with pytest.raises(ServerError, match="Docker engine was lost") as caught:
        await made.kill()
    assert "start Docker" in caught.value.hint
    await made.stop()
    assert "left behind" in told[-1]
    ours = {"label": f"{RUN}=lost"}
    assert len(await asyncio.to_thread(engine.containers.list, filters=ours)) == 1
    await door.open()
    assert len(await down("lost")) == 1
    assert await asyncio.to_thread(engine.containers.list, all=True, filters=ours) == []
