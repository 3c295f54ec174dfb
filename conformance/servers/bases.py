"""Base images of Debian suites: pulled where a registry answers, else made with debootstrap.

A machine without a registry is common enough (CI behind a wall, a rate limit),
and a suite takes half a minute to make, once.
"""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import docker
import docker.errors
import requests

from conformance.paths import cache_dir
from conformance.servers.base import ServerError
from conformance.servers.engine import call, connect, explain
from conformance.servers.locks import lock
from conformance.servers.threads import in_thread

__all__ = ["base_image", "base_name", "sweep_bases"]

REPOSITORY = "imap-conformance/base"
PULL_SECONDS = 300

# While packages are configured no service is to be started.
_POLICY = "#!/bin/sh\nexit 101\n"
_CONSOLE_ONLY = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}

Progress = Callable[[str], None]


def base_name(suite: str) -> str:
    """Return the name under which we keep the base image of ``suite``."""
    return f"{REPOSITORY}:{suite}"


async def base_image(suite: str, progress: Progress) -> str:
    """Return the name of the base image of ``suite``, made if the engine has none yet.

    ServerError says why neither way worked.
    """
    name = base_name(suite)
    async with lock(f"base-{suite}"):
        if await call(lambda client: _present(client, name), what=f"look for {name}"):
            return name
        progress(f"pulling debian:{suite}-slim")
        refused = await in_thread(lambda: _pull(suite))
        if not refused:
            return name
        progress(f"debian:{suite}-slim cannot be pulled ({refused}); making {name} here")
        await _make(suite, refused)
    return name


def _present(client: docker.DockerClient, name: str) -> bool:
    try:
        client.images.get(name)
    except docker.errors.ImageNotFound:
        return False
    return True


def _pull(suite: str) -> str:
    """Pull Debian's own image and tag it as ours; return why that did not work, or nothing."""
    if os.environ.get("IMAP_CONFORMANCE_PULL", "1") == "0":
        return "IMAP_CONFORMANCE_PULL=0"
    with explain(f"pull debian:{suite}-slim"):
        try:
            image = connect(PULL_SECONDS).images.pull("debian", tag=f"{suite}-slim")
        except (docker.errors.APIError, requests.RequestException) as error:
            text = getattr(error, "explanation", None) or error
            return " ".join(str(text).split())[:200]
        image.tag(REPOSITORY, tag=suite)
        return ""


async def _make(suite: str, refused: str) -> None:
    """Make the base image of ``suite`` with debootstrap; needs root and a Debian-like machine."""
    if os.geteuid() != 0:
        raise ServerError(
            f"no base image debian:{suite}-slim: the registry says '{refused}',"
            " and making one here needs root",
            hint=f"pull or load it yourself (docker pull debian:{suite}-slim,"
            f" docker tag debian:{suite}-slim {base_name(suite)}), or run once as root",
        )
    if not shutil.which("debootstrap"):
        await _install_debootstrap(suite, refused)
    folder = cache_dir() / "bases" / f"{suite}-{os.getpid()}"
    try:
        root = folder / "root"
        root.mkdir(parents=True)
        await _run("debootstrap", "--variant=minbase", suite, str(root))
        policy = root / "usr/sbin/policy-rc.d"
        policy.write_text(_POLICY)
        policy.chmod(0o755)
        for cached in (root / "var/cache/apt/archives").glob("*.deb"):
            cached.unlink()
        archive = folder / "root.tar"
        await _run("tar", "-C", str(root), "--numeric-owner", "-cf", str(archive), ".")
        await call(
            lambda client: client.api.import_image_from_file(
                str(archive),
                repository=REPOSITORY,
                tag=suite,
                changes=[f"ENV {key}={value}" for key, value in _CONSOLE_ONLY.items()],
            ),
            what=f"import the base image of {suite}",
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _install_debootstrap(suite: str, refused: str) -> None:
    if not shutil.which("apt-get"):
        raise ServerError(
            f"no base image debian:{suite}-slim: the registry says '{refused}',"
            " and debootstrap is not installed",
            hint="install debootstrap, or let Docker reach a registry",
        )
    await _run("apt-get", "-qq", "update")
    await _run("apt-get", "-qq", "-y", "--no-install-recommends", "install", "debootstrap")


async def _run(*command: str) -> None:
    """Run ``command`` in a process group of its own, which ends with us when we are cancelled."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={**os.environ, **_CONSOLE_ONLY},
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode:
        raise ServerError(
            f"{command[0]} ended with {process.returncode}: {' '.join(command)}",
            hint="see its last lines; a mirror of Debian must be reachable",
            log="\n".join(output.decode(errors="replace").splitlines()[-20:]),
        )


def sweep_bases(alive: Callable[[int], bool]) -> list[Path]:
    """Remove half-made base images of processes that are gone; return their folders."""
    removed = []
    for folder in (cache_dir() / "bases").glob("*-*"):
        pid = folder.name.rpartition("-")[2]
        if pid.isdigit() and not alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder)
    return removed
