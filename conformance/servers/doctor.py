"""Is this machine fit to test servers on? Each look says what it saw and what to do about it."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import docker

from conformance.paths import cache_dir
from conformance.servers.base import ServerError
from conformance.servers.bases import base_name
from conformance.servers.engine import NO_ENGINE, call
from conformance.servers.images import find_image
from conformance.servers.labels import LABEL, orphan
from conformance.servers.options import Options
from conformance.servers.overview import overview

__all__ = ["Look", "doctor"]

GIGABYTE = 10**9
DISK_ALL_IMAGES = 6 * GIGABYTE
MEMORY_PER_SERVER = GIGABYTE


@dataclass(frozen=True, slots=True)
class Look:
    """What one look showed.

    fine    True: good; False: something does not work; None: good to know
    advice  what to do, if anything
    """

    what: str
    seen: str
    fine: bool | None = True
    advice: str = ""


async def doctor(options: Options | None = None) -> list[Look]:
    """Look at Python, packages, Docker, memory, disk, images, base images, ports and leftovers."""
    options = options or Options()
    looks = [_python(), _pymap(), await _engine()]
    if looks[-1].fine:
        further: list[Callable[[], Awaitable[Look]]] = [
            lambda: _images(options),
            _bases,
            _leftovers,
        ]
        looks += await asyncio.gather(*(look() for look in further))
    return [*looks, _disk(), _ports()]


def _python() -> Look:
    seen = ".".join(str(part) for part in sys.version_info[:3])
    fine = sys.version_info >= (3, 11)
    return Look("Python", seen, fine, "" if fine else "Python 3.11 or newer is needed")


def _pymap() -> Look:
    try:
        return Look("pymap", version("pymap"))
    except PackageNotFoundError:
        advice = "pip install 'imap-conformance[embedded]' brings the server embedded:pymap"
        return Look("pymap", "not installed", None, advice)


async def _engine() -> Look:
    def ask(client: docker.DockerClient) -> dict[str, object]:
        return client.info()

    try:
        info = await call(ask, what="ask for its state")
    except ServerError as error:
        return Look("Docker", str(error), fine=False, advice=error.hint or NO_ENGINE)
    memory = int(str(info.get("MemTotal", 0)))
    seen = (
        f"{info.get('ServerVersion')}, {info.get('Driver')}, {info.get('NCPU')} CPUs,"
        f" {memory / GIGABYTE:.1f} GB"
    )
    fine = memory >= 2 * MEMORY_PER_SERVER
    advice = "" if fine else "a server may use 1 GB: run one at a time (--server once, -j 1)"
    return Look("Docker", seen, fine, advice)


async def _images(options: Options) -> Look:
    offers = [offer for offer in await overview(options) if offer.build is not None]
    built = [offer for offer in offers if offer.ready]
    seen = f"{len(built)} of {len(offers)} server images built"
    if len(built) == len(offers):
        return Look("images", seen)
    advice = "a missing one is built at its first use; 'build' makes them all now"
    return Look("images", seen, None, advice)


async def _bases() -> Look:
    suites = ("bookworm", "trixie")
    there = [suite for suite in suites if await find_image(base_name(suite))]
    if len(there) == len(suites):
        return Look("base images", f"debian {', '.join(there)}")
    missing = ", ".join(suite for suite in suites if suite not in there)
    ways = []
    if await _registry_answers():
        ways.append("pulled from the registry")
    if os.geteuid() == 0 and (shutil.which("debootstrap") or shutil.which("apt-get")):
        ways.append("made with debootstrap")
    if ways:
        return Look("base images", f"missing ones can be {' or '.join(ways)}")
    advice = "no registry answers and debootstrap needs root: docker load an image of Debian, or"
    advice += f" run once as root; it is wanted as {base_name('SUITE')}"
    return Look("base images", f"missing: {missing}", fine=False, advice=advice)


async def _registry_answers() -> bool:
    try:
        async with asyncio.timeout(5):
            _, writer = await asyncio.open_connection("registry-1.docker.io", 443)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def _leftovers() -> Look:
    def count(client: docker.DockerClient) -> tuple[int, int]:
        ours = client.containers.list(
            all=True, filters={"label": f"{LABEL}=1"}, ignore_removed=True
        )
        return len(ours), sum(orphan(each.labels) for each in ours)

    ours, orphans = await call(count, what="list containers")
    seen = f"{ours} containers of ours, {orphans} of them of runs that died"
    advice = "the next start removes those of dead runs; 'down' removes all" if ours else ""
    return Look("leftovers", seen, None if ours else True, advice)


def _disk() -> Look:
    places = {cache_dir(), Path("/var/lib/docker")}
    free = {place: shutil.disk_usage(place).free for place in places if place.exists()}
    tightest = min(free, key=lambda place: free[place])
    seen = f"{free[tightest] / GIGABYTE:.0f} GB free at {tightest}"
    fine = free[tightest] >= DISK_ALL_IMAGES
    return Look("disk", seen, fine, "" if fine else "all images take about 6 GB")


def _ports() -> Look:
    try:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            with socket.create_connection(listener.getsockname(), timeout=2):
                return Look("ports", "loopback ports can be opened and reached")
    except OSError as error:
        return Look(
            "ports", f"no loopback port: {error}", fine=False, advice="a firewall or sandbox?"
        )
