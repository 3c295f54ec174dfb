"""run --step and --changed, replay, record: on the embedded server, or without one."""

import asyncio
import io
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from conformance.cli.changed import changed
from conformance.cli.errors import UserError
from conformance.cli.replaying import stored
from conformance.cli.stepping import Stepper
from conformance.scenario.loader import load, read
from conformance.scenario.model import Step
from conformance.wire.transcript import Kind, Transcript

TEXT = """\
scenario: Nothing happens
why: It has to be possible.
rules: [RFC9051:6.1.2]
actors:
  phone: {user: alice}
given:
  INBOX: [one]
steps:
- phone: SELECT INBOX
- phone: NOOP
"""


def transcript():
    made = Transcript({"scenario": "devices/x"})
    made.note(0.0, "phone", note="actor", user="alice", speaks="imap")
    made.add(0.1, "phone", Kind.SENT, b"p1 NOOP\r\n")
    return made


async def test_a_step_is_shown_and_waited_for(capsys):
    typed = iter(["", "c"])
    stepper = Stepper(lambda: next(typed))
    made = transcript()
    step = Step("phone", "", "NOOP")
    await stepper("0", step, made)
    made.add(0.2, "phone", Kind.RECEIVED, b"p1 OK\x1b[31m done\r\n")
    for path in ("1", "2", "3"):  # the third is not asked for
        await stepper(path, step, made)
    await stepper("", None, made)

    said = capsys.readouterr().out
    assert said.splitlines()[0] == "devices/x  (Enter: do it; c: go on to the end; q: stop)"
    assert said.count("-- ") == 4
    assert said.index("p1 NOOP") < said.index("-- 0  phone: NOOP") < said.index("p1 OK")
    assert "\x1b" not in said


async def test_who_types_nothing_more_sees_the_rest(capsys):
    stepper = Stepper(io.StringIO("").readline)

    def end():
        raise EOFError

    stepper = Stepper(end)
    made = transcript()
    await stepper("0", Step("phone", "", "NOOP"), made)
    await stepper("1", Step("phone", "", "CHECK"), made)

    assert "phone: CHECK" in capsys.readouterr().out


async def test_who_stops_interrupts_the_run_as_ever(monkeypatch):
    signals = []
    stopped = asyncio.Event()
    monkeypatch.setattr("os.kill", lambda *arguments: (signals.append(arguments), stopped.set()))
    stepping = asyncio.create_task(
        Stepper(lambda: "q")("0", Step("phone", "", "NOOP"), transcript())
    )
    await stopped.wait()
    stepping.cancel()  # as the run's handler of the signal does
    with pytest.raises(asyncio.CancelledError):
        await stepping

    assert signals == [(os.getpid(), signal.SIGINT)]


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def git(*words):
        name = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", *name, *words], check=True, capture_output=True)

    git("init", "-q")
    for name in ("one", "two", "three"):
        Path(f"{name}.yaml").write_text(TEXT)
    Path("mail.eml").write_text("x")
    Path("mailed.yaml").write_text(TEXT.replace("given:", "messages: {mail: mail.eml}\ngiven:"))
    Path("after.yaml").write_text(
        "scenario: A\nwhy: w\nrules: [RFC9051:5]\nbegins: two\nsteps:\n- phone: NOOP\n"
    )
    git("add", ".")
    git("commit", "-q", "-m", "all")
    return tmp_path


def chosen(since="HEAD"):
    return [s.id for s in changed(since, ["."])]


def test_what_has_changed_is_chosen(repository):
    with pytest.raises(UserError, match="no scenario has changed since HEAD") as caught:
        chosen()
    assert caught.value.status == 5

    Path("one.yaml").write_text(TEXT + "- phone: NOOP\n")
    Path("new.yaml").write_text(TEXT)
    assert chosen() == ["new", "one"]

    Path("two.yaml").write_text(TEXT + "- phone: CHECK\n")
    Path("mail.eml").write_text("y")
    assert chosen() == ["after", "mailed", "new", "one", "two"]


def test_a_commit_that_is_none(repository):
    for odd in ("nope", "--output=x"):
        with pytest.raises(UserError, match="git: "):
            chosen(odd)
    assert not Path("x").exists()


@pytest.mark.skipif(shutil.which("git") is None, reason="no git here")
def test_two_selections_are_one_too_many(typed):
    with pytest.raises(UserError, match="two selections"):
        typed("run", "--failed", "--changed", "HEAD")


def test_a_run_that_is_none(tmp_path):
    with pytest.raises(UserError, match="there is no run at"):
        stored(tmp_path)


SESSION = """\
S: * OK ready
C: a1 LOGIN alice secret
S: a1 OK in
C: a2 SELECT INBOX
S: * 2 EXISTS
S: a2 OK selected
C: a3 STORE 1 +FLAGS (\\Seen)
S: * 1 FETCH (FLAGS (\\Seen))
S: a3 OK stored
"""


def test_a_captured_session_is_drafted(typed, tmp_path):
    (tmp_path / "session.txt").write_text(SESSION)
    path = tmp_path / "drafted.yaml"

    said = typed("record", path, "--from", tmp_path / "session.txt").output

    assert "drafted.yaml  (2 steps)" in said
    assert [step.command for step in load(path).steps] == [
        "SELECT INBOX",
        "STORE 1 +FLAGS (\\Seen)",
    ]
    assert path.read_text().startswith("# A draft, recorded from ")
    with pytest.raises(UserError, match="is there already"):
        typed("record", path, "--from", tmp_path / "session.txt")


@pytest.mark.parametrize("octets", [b"", b"hello\n", b"\xff\x00", b"C: a NOOP\n"])
def test_what_is_no_capture_is_refused(typed, tmp_path, octets):
    (tmp_path / "session.txt").write_bytes(octets)
    with pytest.raises(UserError, match=r"is no transcript|no client said anything"):
        typed("record", tmp_path / "x", "--from", tmp_path / "session.txt")
    assert not (tmp_path / "x.yaml").exists()


@pytest.mark.slow
def test_from_the_keyboard_to_a_scenario_and_back(typed, tmp_path, monkeypatch):
    """What is typed is played and drafted; the draft passes, stepwise, and is replayed."""
    pytest.importorskip("pymap")
    monkeypatch.chdir(tmp_path)
    lines = (
        "phone: SELECT INBOX\nphone: UID STORE uid(one) +FLAGS (\\Seen)\nphone: FROB\n"
        "phnoe: NOOP\nphone: leaves\n"
    )

    said = typed("record", "typed", "-a", "phone", "-m", "one", stdin=lines).output
    assert "?? 'phnoe' is no actor of this scenario (did you mean 'phone'?)" in said
    drafted = read(Path("typed.yaml").read_text(), "typed.yaml", "typed", [])
    assert [step.verb or step.command for step in drafted.steps] == [
        "SELECT INBOX", "UID STORE uid(one) +FLAGS (\\Seen)", "FROB", "leaves",
    ]  # fmt: skip

    said = typed("run", "typed.yaml", "--step", "--out", "a", "--baseline", "none", stdin="\nc\n")
    assert said.output.count("-- typed.yaml:") == 4
    assert "did not come" not in said.output

    again = typed("replay", "a/typed", "--out", "b", "--baseline", "none")
    assert again.exit_code == said.exit_code
    _, scenarios, specs, seed = stored(Path("b"))
    assert ([s.id for s in scenarios], specs) == (["typed"], ["embedded:pymap"])
    assert seed == stored(Path("a"))[3]

    typed("record", "again", "--from", "a/typed")
    assert load(Path("again.yaml")).steps == drafted.steps
