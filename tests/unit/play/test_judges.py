"""A judge in another process says the same, and is not missed when it is killed."""

import os
import signal
import subprocess
import sys

import pytest

from conformance.check.judge import judge
from conformance.play import judges
from conformance.play.judges import Judges
from conformance.scenario.loader import load
from conformance.verdict import Verdict
from conformance.wire.transcript import Kind, Transcript


@pytest.fixture
def play(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(
        "scenario: x\nwhy: test\nrules: [RFC9051:6.1.2]\n"
        "actors: {phone: {user: alice}}\nsteps:\n- phone: NOOP\n"
    )
    transcript = Transcript({"scenario": "x"})
    transcript.note(0.0, "phone", note="actor", user="alice", speaks="imap")
    transcript.add(0.1, "phone", Kind.CONNECTION, b"connected")
    transcript.add(0.2, "phone", Kind.RECEIVED, b"* OK  \r\n* nonsense\r\n")
    return transcript, load(path, tmp_path)


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)


@pytest.mark.usefixtures("two_cores")
async def test_elsewhere_it_is_the_same_judgement(play):
    with Judges(1000) as some:
        assert some._pool is not None
        elsewhere = await some.judge(*play)

        for process in some._pool._processes.values():
            os.kill(process.pid, signal.SIGKILL)
        after = await some.judge(*play)

    assert elsewhere == after == judge(*play)
    assert elsewhere.verdict is Verdict.FAIL


def test_where_there_is_one_thread_they_are_forks(tmp_path):
    script = tmp_path / "forks.py"
    script.write_text(
        "import asyncio, os\n"
        "from conformance.play.judges import Judges\n"
        "from conformance.scenario.loader import read\n"
        "from conformance.wire.transcript import Transcript\n"
        "os.sched_getaffinity = lambda _: {0, 1}\n"
        "text = 'scenario: x\\nwhy: x\\nrules: [RFC9051:6.1.2]\\n"
        "actors: {phone: {user: alice}}\\nsteps: [{phone: NOOP}]\\n'\n"
        "async def main():\n"
        "    with Judges(1000) as some:\n"
        "        print(some._pool._mp_context.get_start_method())\n"
        "        print((await some.judge(Transcript({}), read(text, 'x', 'x', []))).verdict)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split()[0] == ("fork" if sys.platform == "linux" else "spawn")
    assert done.stdout.split()[1:] == ["pass"]
    assert not done.stderr


@pytest.mark.usefixtures("two_cores")
async def test_a_few_plays_are_judged_here(play, monkeypatch):
    monkeypatch.setattr(judges, "ProcessPoolExecutor", None)
    with Judges(2) as some:
        assert await some.judge(*play) == judge(*play)
