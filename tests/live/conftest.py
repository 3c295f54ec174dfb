"""Live tests: marked, given time to build images, and skipped in one line without an engine."""

import contextlib
import os

import pytest

from conformance.servers.base import ServerError
from conformance.servers.engine import connect
from conformance.servers.options import Options
from conformance.servers.registry import server

REQUIRED = os.environ.get("IMAP_CONFORMANCE_LIVE") == "required"
BUILD_SECONDS = 900  # two base images and an image, on a busy machine


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("live"):
            # Some remove what dead runs left: none may look at another's containers meanwhile.
            item.add_marker(pytest.mark.xdist_group("live"))
        if item.get_closest_marker("live") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(BUILD_SECONDS))


@pytest.fixture(scope="session")
def engine():
    """Return the Docker engine's client; why there is none, if there is none."""
    try:
        return connect()
    except ServerError as error:
        return f"{error}; {error.hint}"


@pytest.fixture(scope="session")
def need_engine(engine):
    """Skip where no engine answers, or fail where live tests are required."""
    if isinstance(engine, str):
        if REQUIRED:
            pytest.fail(f"live tests are required: {engine}", pytrace=False)
        pytest.skip(f"live tests need Docker: {engine}")


@pytest.fixture(autouse=True)
def _live(request):
    """Let no live test begin without an engine."""
    if request.node.get_closest_marker("live"):
        request.getfixturevalue("need_engine")


@pytest.fixture
async def start():
    """Return a starter of servers, which are stopped after the test."""
    async with contextlib.AsyncExitStack() as stack:

        async def starter(spec, *, run="live", **options):
            made = server(spec, run=run, options=Options(**options))
            stack.push_async_callback(made.stop)
            await made.start()
            return made

        yield starter
