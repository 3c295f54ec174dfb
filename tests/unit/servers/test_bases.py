"""Base images where no registry answers: what is needed, and what is said without it."""

import asyncio
import time
from pathlib import Path

import pytest

from conformance.servers import bases, debootstrap
from conformance.servers.base import ServerError


@pytest.fixture(autouse=True)
def _cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


async def test_without_root(monkeypatch):
    monkeypatch.setattr(bases.os, "geteuid", lambda: 1000)
    with pytest.raises(ServerError, match="the registry says 'no such host'") as caught:
        await bases._make("trixie", "no such host")
    assert "docker tag debian:trixie-slim imap-conformance/base:trixie" in caught.value.hint


async def test_without_debootstrap_and_apt(monkeypatch):
    monkeypatch.setattr(bases.os, "geteuid", lambda: 0)
    monkeypatch.setattr(debootstrap.shutil, "which", lambda _: None)
    with pytest.raises(ServerError, match="debootstrap is not installed") as caught:
        await bases._make("trixie", "no such host")
    assert "install debootstrap" in caught.value.hint


async def test_two_suites_at_once_do_not_both_use_apt(monkeypatch, tmp_path):
    installed, busy = [], []

    async def run(*command):
        if command[0] == "apt-get":
            assert not busy, "apt lets one at a time"
            busy.append(command)
            await asyncio.sleep(0)
            busy.pop()
            if "install" in command:
                installed.append(command)
        elif "debootstrap" in command:
            (Path(command[-1]) / "usr/sbin").mkdir(parents=True)

    monkeypatch.setattr(debootstrap, "_run", run)
    monkeypatch.setattr(
        debootstrap.shutil, "which", lambda what: what != "debootstrap" or installed
    )
    await asyncio.gather(*(debootstrap.make_root(s, tmp_path / s) for s in ("sid", "trixie")))
    assert len(installed) == 1


async def test_a_command_that_fails_shows_its_end():
    with pytest.raises(ServerError, match="sh ended with 3") as caught:
        await debootstrap._run("sh", "-c", "for i in $(seq 50); do echo line $i; done; exit 3")
    assert caught.value.log.splitlines()[-1] == "line 50"
    assert len(caught.value.log.splitlines()) == 20


async def test_cancelled_its_command_ends(tmp_path, until):
    mark = tmp_path / "mark"
    task = asyncio.create_task(debootstrap._run("sh", "-c", f"touch {mark}; sleep 60 & wait"))
    await until(mark.exists)
    task.cancel()
    begun = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - begun < 5


def test_half_made_ones_of_dead_processes_are_swept(tmp_path):
    place = tmp_path / "imap-conformance" / "bases"
    for name in ("sid-1", "sid-2", "unrelated"):
        (place / name).mkdir(parents=True)
    assert debootstrap.sweep(lambda pid: pid == 1) == [place / "sid-2"]
    assert sorted(path.name for path in Path(place).iterdir()) == ["sid-1", "unrelated"]


def test_what_is_mounted_in_a_folder_is_never_removed_with_it(tmp_path, monkeypatch):
    inner = tmp_path / "root" / "dev"
    inner.mkdir(parents=True)
    (inner / "null").touch()
    monkeypatch.setattr(debootstrap, "_mounts", lambda _: [inner])
    debootstrap.remove_tree(tmp_path / "root")
    assert (inner / "null").exists()


def test_mounts_are_found():
    found = debootstrap._mounts(Path("/"))
    assert Path("/proc") in found
    assert debootstrap._mounts(Path("/proc/self")) == []
