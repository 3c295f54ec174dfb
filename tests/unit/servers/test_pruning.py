"""Images that nothing makes any more go; what is wanted, or used, stays."""

from types import SimpleNamespace

import docker.errors
import pytest

from conformance.servers import pruning
from conformance.servers.catalog import definition
from conformance.servers.images import image_name
from conformance.servers.options import Options

OLD = "imap-conformance/dovecot:2.4.1-000000000000"
USED = "imap-conformance/dovecot:2.4.1-111111111111"
BASE = "imap-conformance/base:trixie"


@pytest.fixture
def wanted():
    dovecot = definition("dovecot")
    return image_name(dovecot, dovecot.build("2.4"), Options())


@pytest.fixture
def removed(monkeypatch, wanted):
    """Let an engine of three images and a base answer; return what it removes."""
    gone = []

    def images(name=None, filters=None):
        names = [BASE] if name else [OLD, USED, wanted]
        return [SimpleNamespace(tags=[each]) for each in names]

    def remove(name):
        if name == USED:
            response = SimpleNamespace(status_code=409, url="", reason="")
            raise docker.errors.APIError("in use", response=response)
        gone.append(name)

    client = SimpleNamespace(images=SimpleNamespace(list=images, remove=remove))

    async def call(function, *, what):
        return function(client)

    monkeypatch.setattr(pruning, "call", call)
    return gone


async def test_only_what_is_not_wanted(removed):
    assert await pruning.prune_images() == removed == [OLD]


async def test_everything(removed, wanted):
    assert await pruning.prune_images(everything=True) == removed == [OLD, wanted, BASE]
