import asyncio
import contextlib
from pathlib import Path

import pytest

from conformance.servers.options import Options
from conformance.servers.registry import server

FAULTY = Path(__file__).parents[2] / "fakes" / "servers_faulty"


@pytest.fixture
def until():
    """Return a wait until something holds."""

    async def wait(true, seconds=5):
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110 - nobody tells us
                await asyncio.sleep(0.01)

    return wait


@pytest.fixture
async def start():
    """Return a starter of servers, which are stopped after the test."""
    async with contextlib.AsyncExitStack() as stack:

        async def starter(spec, **options):
            made = server(spec, run="test", options=Options(**options))
            stack.push_async_callback(made.stop)
            await made.start()
            return made

        yield starter


@pytest.fixture
def faulty():
    """Return a maker of specifications of the faulty fake."""
    return lambda fault="": f"process:{FAULTY}" + (f"+{fault}" if fault else "")


@pytest.fixture
def no_engine(monkeypatch, tmp_path):
    """Let no Docker engine answer."""
    from conformance.servers import engine

    engine._client.cache_clear()
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    yield
    engine._client.cache_clear()


@pytest.fixture
def vendor_folder(tmp_path):
    """Return a maker of folders of servers: name and text of server.toml -> the folder around."""

    def make(text, name="acme", files=("Dockerfile",)):
        folder = tmp_path / "servers" / name
        folder.mkdir(parents=True)
        (folder / "server.toml").write_text(text)
        for file in files:
            (folder / file).write_text("FROM scratch\n")
        return tmp_path / "servers"

    return make
