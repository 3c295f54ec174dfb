"""What people type, what they are told, and the exit status."""

import signal
import subprocess
import sys
import time

import pytest

PROGRAM = [sys.executable, "-c", "from conformance.cli import main; main()"]

GOOD = """\
scenario: Nothing happens
why: It has to be possible.
rules: [RFC9051:6.1.2]
actors:
  phone: {user: alice}
steps:
- phone: NOOP
"""


def type_(*words, cwd):
    return subprocess.run(
        [*PROGRAM, *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD)
    return tmp_path


def test_a_broken_key_is_named_with_its_place(folder):
    (folder / "bad.yaml").write_text(GOOD + "  mustnt:\n  - $_ EXPUNGE\n")

    result = type_("check", "bad.yaml", cwd=folder)

    assert result.returncode == 4
    assert result.stderr == (
        "bad.yaml:8:3: 'mustnt' is not a step key (did you mean 'must not'?)\n"
    )


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("  must: ['1 FETCH (FLAGS']\n", "bad.yaml:8:"),
        ("given: {INBOX: [a: {message: none.eml}]}\n", "there is no message file 'none.eml'"),
    ],
)
def test_other_faults_are_named_as_well(folder, more, message):
    (folder / "bad.yaml").write_text(GOOD + more)

    result = type_("run", "bad.yaml", cwd=folder)

    assert result.returncode == 4
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_nothing_selected_has_a_status_of_its_own(folder):
    result = type_("list", "good.yaml", "-t", "idle", cwd=folder)

    assert (result.returncode, result.stderr) == (5, "no scenario is selected\n")


@pytest.mark.parametrize(
    ("server", "message"),
    [
        ("dovecot", "'dovecot' is no server"),
        ("embedded:nothing", "nothing"),
        ("docker:nothing", "nothing"),
    ],
)
def test_an_unknown_server_is_a_usage_error(folder, server, message):
    result = type_("run", "good.yaml", "--server", server, cwd=folder)

    assert result.returncode == 4
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_folder_that_cannot_be_written_is_said_before_anything_starts(folder):
    (folder / "out").write_text("in the way")

    result = type_("run", "good.yaml", cwd=folder)

    assert result.returncode == 4
    assert result.stderr.startswith("cannot write out/run.jsonl: ")


def test_a_server_that_nobody_runs_is_status_6(folder):
    result = type_(
        "run", "good.yaml", "--server", "imap://a:b@127.0.0.1:1", "--allow-destructive", cwd=folder
    )

    assert result.returncode == 6
    assert "127.0.0.1:1" in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_a_run_on_the_embedded_server_and_its_judgement_again(folder):
    first = type_("run", "good.yaml", "--server", "embedded:pymap", cwd=folder)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "1 pass" in first.stdout

    again = type_("judge", "out", cwd=folder)
    assert again.returncode == 0, again.stderr
    assert (folder / "out/judged/run.jsonl").read_bytes() == (folder / "out/run.jsonl").read_bytes()


def test_check_and_list_name_what_there_is(folder):
    assert type_("check", "good.yaml", cwd=folder).stdout == "1 scenarios are well-formed\n"
    assert type_("list", "good.yaml", cwd=folder).stdout == "good  Nothing happens\n"


def test_the_version_is_told(folder):
    assert type_("--version", cwd=folder).stdout.startswith("imap-conformance 0.")


@pytest.mark.parametrize("words", [["run", "--nonsense"], ["nonsense"], ["run", "--jobs", "0"]])
def test_words_that_mean_nothing_are_a_usage_error(folder, words):
    result = type_(*words, cwd=folder)

    assert result.returncode == 4
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("moment", ["RunStarted", "ServerReady", "ScenarioStarted"])
def test_an_interrupt_ends_with_status_2_and_leaves_nothing(folder, moment):
    (folder / "long.yaml").write_text(
        GOOD + "- phone: hears\n  within: 60s\n  must not: [$_ EXISTS]\n"
    )
    process = subprocess.Popen(
        [*PROGRAM, "run", "long.yaml", "--server", "embedded:pymap"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    told = folder / "out" / "run.jsonl"
    while not (told.exists() and moment in told.read_text()):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)

    assert process.returncode == 2, out + err
    assert "Traceback" not in err
    assert "interrupted" in out + err
