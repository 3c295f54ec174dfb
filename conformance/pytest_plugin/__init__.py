"""Scenario files as pytest items, and servers as fixtures.

``pytest scenarios/ --imap-server docker:dovecot:2.4`` plays each scenario as a test:
``-k``, ``-m`` (a scenario's tags), ``-x``, ``--lf`` and pytest-xdist work as usual.
The fixtures ``imap_server``, ``imap_user`` and ``imap_client`` are for tests written
in Python. Nothing of the suite is imported before one of these is used.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conformance.pytest_plugin.client import ImapClient, ImapServer
    from conformance.pytest_plugin.host import Host
    from conformance.servers.base import Credentials

__all__ = ["imap_client", "imap_server", "imap_user"]

_HOST = pytest.StashKey["Host"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("imap", "IMAP conformance")
    group.addoption(
        "--imap-server",
        action="append",
        default=[],
        metavar="SERVER",
        help="play scenario files on this server, such as docker:dovecot:2.4; may be repeated",
    )
    group.addoption("--imap-baseline", default="", metavar="FILE", help="known findings, or 'none'")
    group.addoption("--imap-strict", action="store_true", help="a broken SHOULD fails the scenario")
    group.addoption(
        "--imap-allow-destructive",
        action="store_true",
        help="mail in the accounts of imap:// servers may be lost",
    )
    group.addoption("--imap-seed", type=int, default=0, metavar="N", help="what chance follows")
    group.addoption(
        "--imap-out",
        default="out/pytest",
        metavar="DIR",
        help="the folder of the run, for 'imap-conformance report' (default: %(default)s)",
    )


def host_of(config: pytest.Config) -> "Host":
    """Return what holds the servers of this process, made at its first use."""
    if _HOST not in config.stash:
        from conformance.pytest_plugin.host import Host  # noqa: PLC0415 - only who uses it pays

        config.stash[_HOST] = Host(config)
    return config.stash[_HOST]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave alone the folder of a run: the scenarios in it are copies."""
    ours = bool(config.getoption("--imap-server")) and (collection_path / "run.jsonl").is_file()
    return True if ours else None


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    """Collect a scenario file, where a server is given."""
    if file_path.suffix != ".yaml" or not parent.config.getoption("--imap-server"):
        return None
    from conformance.pytest_plugin.items import ScenarioFile, is_scenario  # noqa: PLC0415

    if not is_scenario(file_path):
        return None
    file: pytest.Collector = ScenarioFile.from_parent(parent, path=file_path)
    return file


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the servers, whatever happened."""
    if _HOST in config.stash:
        config.stash[_HOST].close()


@pytest.fixture(scope="session")
def imap_server(request: pytest.FixtureRequest) -> "ImapServer":
    """Give the first server that ``--imap-server`` names, started; the embedded one if none."""
    named = request.config.getoption("--imap-server")
    return host_of(request.config).server(named[0] if named else "embedded:pymap")


@pytest.fixture
def imap_user(imap_server: "ImapServer", request: pytest.FixtureRequest) -> "Credentials":
    """Give an account that no other test has."""
    return imap_server.account(request.node.name)


@pytest.fixture
def imap_client(imap_server: "ImapServer", imap_user: "Credentials") -> Iterator["ImapClient"]:
    """Give a client that is logged in, and whose every answer is checked when the test ends."""
    client = imap_server.client(imap_user)
    try:
        client.log_in()
        yield client
    finally:
        client.close()
    client.check()
