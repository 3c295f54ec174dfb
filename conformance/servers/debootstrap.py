"""Make a Debian suite's root file system with debootstrap, as root on a Debian-like machine."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from conformance.paths import cache_dir
from conformance.servers.base import ServerError
from conformance.servers.guarded import GuardedProcess, ProcessLog
from conformance.servers.locks import lock

__all__ = ["ENVIRONMENT", "make_root", "remove_tree", "sweep", "workplace"]

ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}

# While packages are configured no service is to be started.
_POLICY = "#!/bin/sh\nexit 101\n"


def workplace(suite: str) -> Path:
    """Return the folder in which this process makes ``suite``."""
    return cache_dir() / "bases" / f"{suite}-{os.getpid()}"


async def make_root(suite: str, folder: Path) -> Path:
    """Make the root file system of ``suite`` in ``folder``; return it as a tar file there.

    ServerError shows the last lines of what failed. Cancelled, nothing runs on.
    """
    async with lock("apt"):  # apt lets one at a time, and two suites may be made at once
        if not shutil.which("debootstrap"):
            await _install()
    root = folder / "root"
    root.mkdir(parents=True)
    # Its mounts of /proc and /sys stay in a namespace of their own, and end with it.
    await _run(*_apart(), "debootstrap", "--variant=minbase", suite, str(root))
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text(_POLICY)
    policy.chmod(0o755)
    for package in (root / "var/cache/apt/archives").glob("*.deb"):
        package.unlink()
    archive = folder / "root.tar"
    await _run("tar", "-C", str(root), "--numeric-owner", "-cf", str(archive), ".")
    return archive


async def _install() -> None:
    if not shutil.which("apt-get"):
        raise ServerError(
            "debootstrap is not installed",
            hint="install debootstrap, or let Docker reach a registry",
        )
    await _run("apt-get", "-qq", "update")
    await _run("apt-get", "-qq", "-y", "--no-install-recommends", "install", "debootstrap")


def _apart() -> list[str]:
    """Return what runs a command in a mount namespace of its own, if we may make one."""
    command = ["unshare", "--mount", "--propagation", "private"]
    try:
        tried = subprocess.run([*command, "true"], capture_output=True, check=False)  # noqa: S603
    except OSError:
        return []
    return [] if tried.returncode else command


async def _run(*command: str) -> None:
    """Run ``command`` to its end; it does not outlive us, however we end."""
    log = ProcessLog()
    process = await GuardedProcess.start(command, environment=ENVIRONMENT, log=log)
    try:
        status = await process.wait()
    finally:
        await process.end("TERM", seconds=5)
    if status:
        raise ServerError(
            f"{command[0]} ended with {status}: {' '.join(command)}",
            hint="see its last lines; a mirror of Debian must be reachable",
            log=log.tail(20),
        )


def remove_tree(folder: Path) -> None:
    """Remove ``folder``; unmount what is mounted in it first, and leave all if that fails."""
    for place in _mounts(folder):
        subprocess.run(["umount", "--lazy", place], capture_output=True, check=False)  # noqa: S603, S607
    if not _mounts(folder):
        shutil.rmtree(folder, ignore_errors=True)


def _mounts(folder: Path) -> list[Path]:
    """Return what is mounted below ``folder``, the innermost first."""
    try:
        lines = Path("/proc/self/mounts").read_text().splitlines()
    except OSError:
        return []
    places = (Path(line.split()[1]) for line in lines)
    return sorted((place for place in places if folder in place.parents), reverse=True)


def sweep(alive: Callable[[int], bool]) -> list[Path]:
    """Remove the workplaces of processes that are gone; return them."""
    removed = []
    for folder in (cache_dir() / "bases").glob("*-*"):
        pid = folder.name.rpartition("-")[2]
        if pid.isdigit() and not alive(int(pid)):
            remove_tree(folder)
            removed.append(folder)
    return removed
