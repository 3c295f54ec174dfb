"""Whole runs of pytest with the plug-in, on the embedded server."""

import os
import re
import subprocess
import sys

import pytest

from conformance.events import ScenarioFinished
from conformance.reports.run_jsonl import read_run

pytest.importorskip("pymap")
pytestmark = pytest.mark.slow

HEAD = """\
scenario: {title}
why: To see the plug-in work.
rules: [RFC9051:6.1.2]
tags: [{tag}]
needs: [{needs}]
actors:
  phone: {{user: alice}}
steps:
- phone: NOOP
{more}
"""
PASSES = HEAD.format(title="Passes", tag="good", needs="IDLE", more="")
FAILS = HEAD.format(title="Fails", tag="bad", needs="IDLE", more="  must:\n  - 9 EXISTS")
SKIPS = HEAD.format(title="Skips", tag="good", needs="X-NOT-THERE", more="")
WARNS = HEAD.format(title="Warns", tag="bad", needs="IDLE", more="  should:\n  - 9 EXISTS")
BROKEN = PASSES + "  mustnt:\n  - 1 EXPUNGE\n"


def pytest_(folder, *words):
    # The run inside is no worker of the run outside.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_XDIST")}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "conformance.pytest_plugin"),
            *("-p", "no:randomly", "-p", "no:asyncio", "--imap-out", folder / "out", *words),
        ],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def scenarios(tmp_path):
    (tmp_path / "s").mkdir()
    for name, text in (("passes", PASSES), ("fails", FAILS), ("skips", SKIPS), ("warns", WARNS)):
        (tmp_path / "s" / f"{name}.yaml").write_text(text)
    (tmp_path / "s" / "other.yaml").write_text("services: [db]\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n")
    return tmp_path


SERVER = ("--imap-server", "embedded:pymap", "--imap-baseline", "none")


def test_scenarios_are_items(scenarios):
    status, text = pytest_(scenarios, "s", *SERVER, "-rA")

    assert status == 1
    assert "1 failed, 2 passed, 1 skipped" in text
    assert "SKIPPED [1] s/skips.yaml:1: the server has no X-NOT-THERE" in text
    assert "9 EXISTS did not come" in text
    assert re.search(r"s/fails\.yaml:11:5\n +9 \| - phone: NOOP\n +11 \|   - 9 EXISTS   <--", text)
    assert "phone > p2 NOOP" in text
    assert "again: imap-conformance run" in text
    assert "9 EXISTS" in text.partition("warnings")[2]
    assert "Traceback" not in text
    plays = [e for e in read_run(scenarios / "out") if isinstance(e, ScenarioFinished)]
    assert len(plays) == 4
    assert list((scenarios / "out").rglob("*.yaml"))  # copies, which are no tests
    assert "4 tests collected" in pytest_(scenarios, *SERVER, "--collect-only", "-q")[1]


def test_choice_by_tag_and_word_strictness_and_workers(scenarios):
    status, text = pytest_(scenarios, "s", *SERVER, "-m", "good", "-n", "2")
    assert (status, "1 passed, 1 skipped" in text) == (0, True)
    status, text = pytest_(scenarios, "s", *SERVER, "-k", "warns", "--imap-strict")
    assert (status, "1 failed" in text) == (1, True)
    assert "--strict" in text


def test_a_broken_file_is_an_error_with_its_place(scenarios):
    (scenarios / "s" / "broken.yaml").write_text(BROKEN)
    status, text = pytest_(scenarios, "s/broken.yaml", *SERVER)

    assert status == 2
    assert re.search(r"broken\.yaml:\d+:3: 'mustnt' is not a step key", text)
    assert "Traceback" not in text


def test_without_a_server_no_file_is_touched(scenarios):
    status, text = pytest_(scenarios, "s")

    assert (status, "no tests ran" in text) == (5, True)


def test_what_is_wrong_with_an_option_is_one_line(scenarios):
    status, text = pytest_(scenarios, "s", "--imap-server", "docker")
    assert status != 0
    assert "'docker'" in text
    assert "Traceback" not in text


PYTHON = """
def test_good(imap_client):
    assert imap_client.command("CREATE Work").status == "OK"
    answer = imap_client.command("APPEND Work {}", b"Subject: hi\\r\\n\\r\\nhi\\r\\n")
    assert answer.status == "OK"
    answer = imap_client.command("STATUS Work (MESSAGES)")
    assert any(b"MESSAGES 1" in line for line in answer.untagged)
    assert "STATUS Work" in imap_client.transcript

def test_own_account(imap_client):
    assert not imap_client.command('LIST "" Work').untagged

def test_checked(imap_client):
    imap_client.command("SELECT INBOX")  # pymap lists \\\\Recent among FLAGS

def test_server(imap_server, imap_user):
    assert imap_server.endpoint("imap").port
    assert imap_user.user
"""


def test_fixtures_for_python(tmp_path):
    (tmp_path / "test_own.py").write_text(PYTHON)
    status, text = pytest_(tmp_path, "-rA")

    assert status == 1
    assert "PASSED test_own.py::test_good" in text
    assert "PASSED test_own.py::test_own_account" in text
    assert "PASSED test_own.py::test_server" in text
    assert "ERROR test_own.py::test_checked" in text
    assert "'\\Recent' is no flag that can be set or kept" in text
    assert re.search(r"< \* FLAGS \(.*\\Recent.*<-- here\n +\^", text)
