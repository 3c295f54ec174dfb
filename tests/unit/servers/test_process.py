"""Processes: started, watched, restarted with their data, and ended however the harness ends."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conformance.servers.base import ServerError
from conformance.servers.options import Options
from conformance.servers.registry import server


def talk(place, *commands, seconds=3):
    """Return the lines that come, as far as they come."""
    with socket.create_connection((place.host, place.port), timeout=seconds) as connection:
        lines = connection.makefile("rb")
        got = [lines.readline()]
        for command in commands:
            connection.sendall(command + b"\r\n")
            while (line := lines.readline()).startswith(b"*"):
                got.append(line)
            got.append(line)
        return got


async def test_a_server_says_what_it_is_and_answers(start, faulty):
    made = await start(faulty())
    assert (made.info.name, made.info.version) == ("faulty", "1.0")
    assert 0 < made.info.seconds < 5
    answers = await asyncio.to_thread(talk, made.info.services["imap"], b"a NOOP")
    assert answers == [b"* OK faulty\r\n", b"* OK start 1\r\n", b"a OK done\r\n"]
    health = await made.health(connect=True)
    assert (health.running, health.answers, list(health.crashes)) == (True, True, [])


@pytest.mark.parametrize("word", ["restart", "kill"])
async def test_it_comes_back_on_its_port_with_its_data(start, faulty, word):
    made = await start(faulty())
    before = made.info.services["imap"]
    await getattr(made, word)()
    assert made.info.services["imap"] == before
    answers = await asyncio.to_thread(talk, before, b"a NOOP")
    assert b"* OK start 2\r\n" in answers


async def test_halted_it_is_gone_until_restart(start, faulty):
    made = await start(faulty())
    await made.halt()
    health = await made.health(connect=True)
    assert (health.running, health.answers) == (False, False)
    with pytest.raises(ServerError, match="does not run"):
        await made.pause()
    await made.restart()
    assert (await made.health(connect=True)).answers


async def test_paused_it_keeps_connections_and_answers_nothing(start, faulty, monkeypatch):
    made = await start(faulty())
    place = made.info.services["imap"]
    reader, writer = await asyncio.open_connection(place.host, place.port)
    await reader.readline()
    await made.pause()
    assert not (await made.health()).answers
    monkeypatch.setattr("conformance.servers.watching.HEALTH_SECONDS", 0.2)
    assert (await made.health(connect=True)).busy == 0
    writer.write(b"a NOOP\r\n")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.readline(), 0.2)
    await made.resume()
    assert await asyncio.wait_for(reader.readline(), 3) == b"* OK start 1\r\n"
    writer.close()
    await writer.wait_closed()


async def test_stop_twice_and_after_pause(start, faulty):
    made = await start(faulty())
    scratch = made._scratch
    await made.pause()
    await made.stop()
    await made.stop()
    assert not scratch.exists()
    with pytest.raises(ServerError, match="does not run"):
        await made.pause()


async def test_one_that_ignores_term_is_killed(start, faulty):
    made = await start(faulty("deaf"))
    begun = time.monotonic()
    await made.halt()
    assert time.monotonic() - begun < 3
    assert not (await made.health()).running


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("silent", "sends nothing"),
        ("bye", "greets with b'\\* BYE go away"),
        ("babble", "greets with b'220 mail"),
    ],
)
async def test_no_greeting_is_one_clear_message(start, faulty, fault, words):
    begun = time.monotonic()
    with pytest.raises(ServerError, match=words) as caught:
        await start(faulty(fault), start_seconds=0.5)
    assert "by hand: " in caught.value.hint
    assert time.monotonic() - begun < 2.5


async def test_one_that_exits_at_once_shows_its_last_words(start, faulty):
    begun = time.monotonic()
    with pytest.raises(ServerError, match="ended with status 1 before it greeted") as caught:
        await start(faulty("exits"))
    assert caught.value.log == "faulty: no such configuration"
    assert time.monotonic() - begun < 3


async def test_a_command_that_is_not_there(vendor_folder):
    folder = vendor_folder(
        'ports = { imap = 143 }\nprocess = { command = ["/no/such/server", "{imap}"] }', files=()
    )
    made = server("process:acme", run="test", options=Options(folders=(folder,)))
    with pytest.raises(ServerError, match="ended with status 127") as caught:
        await made.start()
    assert "cannot run /no/such/server: No such file" in caught.value.log
    await made.stop()


async def test_an_unknown_placeholder(vendor_folder):
    folder = vendor_folder(
        'ports = { imap = 143 }\nprocess = { command = ["true", "{port}"] }', files=()
    )
    made = server("process:acme", run="test", options=Options(folders=(folder,)))
    with pytest.raises(ServerError, match="unknown placeholder: 'port'"):
        await made.start()
    await made.stop()


async def test_a_panic_is_told_with_its_line(start, faulty):
    made = await start(faulty("panics"))
    with contextlib.suppress(OSError):
        await asyncio.to_thread(talk, made.info.services["imap"], b"a NOOP")
    await made._process._guard.wait()
    await made._process.last_words()
    health = await made.health()
    assert not health.running
    assert health.crashes == ("faulty: panic: it was asked to",)
    assert (await made.health()).crashes == ()
    await made.kill()
    assert (await made.health(connect=True)).answers


async def test_one_that_spins_runs_and_does_not_answer(start, faulty, monkeypatch):
    monkeypatch.setattr("conformance.servers.watching.HEALTH_SECONDS", 0.5)
    made = await start(faulty("spins"))
    with contextlib.suppress(OSError):
        await asyncio.to_thread(talk, made.info.services["imap"], b"a NOOP", seconds=0.3)
    health = await made.health(connect=True)
    assert (health.running, health.answers) == (True, False)
    assert health.busy > 0.2, "it had a share of a busy machine's CPU"
    await made.kill()
    assert (await made.health(connect=True)).answers


async def test_a_cancelled_start_leaves_nothing(faulty, until):
    made = server(faulty("silent"), run="test")
    task = asyncio.create_task(made.start())
    await until(lambda: made._process)
    process, scratch = made._process, made._scratch
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await made.stop()
    assert process.status is not None
    assert not scratch.exists()


HARNESS = """
import asyncio, sys
from conformance.servers.registry import server

async def main():
    made = server(sys.argv[1], run="test")
    await made.start()
    if sys.argv[2] == "paused":
        await made.pause()
    print(made.info.services["imap"].port, made._scratch, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize("state", ["running", "paused"])
def test_killing_the_harness_ends_the_server_and_its_folder(faulty, state, until):
    with subprocess.Popen(
        [sys.executable, "-c", HARNESS, faulty(), state], stdout=subprocess.PIPE, text=True
    ) as harness:
        port, scratch = harness.stdout.readline().split()
        os.kill(harness.pid, signal.SIGKILL)
    asyncio.run(until(lambda: not Path(scratch).exists()))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port)), timeout=1)


async def test_a_port_that_was_taken_meanwhile(start, faulty, monkeypatch):
    from conformance.servers import process

    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = process._free_ports
        tries = []

        def first_a_taken_one(wanted):
            tries.append(wanted)
            return {"imap": taken.getsockname()[1]} if len(tries) == 1 else free(wanted)

        monkeypatch.setattr(process, "_free_ports", first_a_taken_one)
        made = await start(faulty())
        assert len(tries) == 2
        assert (await made.health(connect=True)).answers
