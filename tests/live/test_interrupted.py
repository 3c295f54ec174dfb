"""A run that is interrupted, terminated or killed: results are kept, and no container is left."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import pytest

from conformance.events import ScenarioFinished
from conformance.reports.run_jsonl import read_run
from conformance.servers.labels import LABEL
from conformance.servers.leftovers import remove_orphans
from conformance.servers.overview import overview

pytestmark = pytest.mark.live

BUILDS = ["docker:dovecot:2.4"]
if os.environ.get("IMAP_CONFORMANCE_BUILDS") == "all":
    BUILDS = [offer.spec for offer in asyncio.run(overview()) if offer.build is not None]

PROGRAM = [sys.executable, "-c", "from conformance.cli import main; main()"]
PATIENCE = 60


@pytest.fixture
def left(engine):
    """Return a finder of the containers that a process made."""
    mine = f"{LABEL}.pid"
    return lambda pid: engine.containers.list(all=True, filters={"label": f"{mine}={pid}"})


def finished(folder):
    """Return the scenarios that a run's file says were finished."""
    if not (folder / "run.jsonl").exists():
        return []
    events = read_run(folder)
    return [e.outcome.scenario for e in events if isinstance(e, ScenarioFinished)]


def begun(folder, spec, count):
    """Start a run on ``spec`` and return it when ``count`` scenarios have finished."""
    command = [*PROGRAM, "run", "devices", "-s", spec, "-q", "--out", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    end = time.monotonic() + PATIENCE
    while len(finished(folder)) < count and time.monotonic() < end and process.poll() is None:
        time.sleep(0.02)
    assert process.poll() is None, process.stdout.read()
    return process


@pytest.mark.parametrize("spec", BUILDS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_a_run_that_was_ended(tmp_path, left, spec, number):
    with begun(tmp_path, spec, 3) as process:
        assert left(process.pid)
        kept = finished(tmp_path)
        process.send_signal(number)
        process.communicate(timeout=PATIENCE)
    if number == signal.SIGKILL:
        await remove_orphans()  # what the next command that starts a container does first
    else:
        assert process.returncode == 2
    assert left(process.pid) == []
    told = [e for e in read_run(tmp_path) if isinstance(e, ScenarioFinished)]
    assert [event.outcome.scenario for event in told][: len(kept)] == kept
    assert all((tmp_path / event.transcript).exists() for event in told if event.transcript)


@pytest.mark.parametrize("after", [0.3, 0.6, 0.9, 1.2, 1.5])
def test_a_run_that_is_terminated_while_its_server_starts(tmp_path, left, after):
    command = [*PROGRAM, "run", "devices", "-s", BUILDS[0], "-q", "--out", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(after)  # anywhere in the start
        process.terminate()
        process.wait(timeout=PATIENCE)
    assert left(process.pid) == []


@pytest.mark.parametrize("after", [0.3, 0.6, 0.9, 1.2])
def test_up_that_is_terminated_while_its_server_starts(left, after):
    """What is to stay once it greets must not stay half-started: no command would remove it."""
    command = [*PROGRAM, "up", BUILDS[0]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        time.sleep(after)
        process.terminate()
        said, _ = process.communicate(timeout=PATIENCE)
    stays = left(process.pid)
    for container in stays:
        container.remove(force=True, v=True)
    assert bool(stays) == (b"imap" in said)
