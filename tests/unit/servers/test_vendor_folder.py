"""A vendor is added with a folder and no Python: fixtures/servers/README.md, acted out."""

import asyncio
import imaplib
from pathlib import Path

import pytest

from conformance.paths import fixtures_dir
from conformance.servers.options import Options
from conformance.servers.overview import overview

SERVER = (Path(__file__).parents[2] / "fakes" / "servers_faulty" / "faulty.py").read_text()
TOML = """
name = "acme"
title = "Acme Mail"

[ports]
imap = 143

[process]
command = ["{python}", "{folder}/acme.py", "{imap}", "{data}"]

[log]
crashes = ['^faulty: panic']

[variants]
panics = { FAULT = "panics" }
"""


@pytest.fixture
def folder(vendor_folder):
    made = vendor_folder(TOML, files=())
    (made / "acme" / "acme.py").write_text(SERVER)
    return made


async def test_it_is_listed_and_plays(folder, start):
    offers = {offer.spec for offer in await overview(Options(folders=(folder,)))}
    assert "embedded:acme" in offers
    made = await start("process:acme", folders=(folder,))
    place, account = made.info.services["imap"], made.credentials("s-1", "alice")

    def login():
        with imaplib.IMAP4(place.host, place.port, timeout=5) as client:
            return client.login(account.user, account.password)

    assert (await asyncio.to_thread(login))[0] == "OK"


async def test_by_the_environment(folder, start, monkeypatch):
    monkeypatch.setenv("IMAP_CONFORMANCE_SERVERS", str(folder))
    assert (await start("process:acme+panics")).info.name == "acme"


def test_the_readme_shows_a_file_that_is_right(vendor_folder):
    """The worked example is read as it stands there."""
    from conformance.servers.server_toml import read_definition

    text = (fixtures_dir() / "servers" / "README.md").read_text()
    example = text.split("```toml\n")[1].split("```")[0]
    found = read_definition(vendor_folder(example) / "acme")
    assert found.builds
    assert found.ports["imap"]
