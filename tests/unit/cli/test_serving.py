"""servers, build, up, down and doctor: what they say, and their status."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.cli.errors import UserError
from conformance.cli.server_options import server_options
from conformance.servers.base import Credentials, Endpoint, ServerError, ServerInfo
from conformance.servers.definition import Build, Definition
from conformance.servers.doctor import Look
from conformance.servers.images import Image
from conformance.servers.overview import Built, Offer
from conformance.servers.standing import Standing

HOSTILE = "2.4\x1b[2J"
VENDOR = Definition("acme", Path("acme"), "Acme Mail", variants={"mdbox": {}})
IMAGE = Image("acme:1", HOSTILE, 353_000_000, {}, ())


def stands_for(monkeypatch, name, result):
    """Put a coroutine function that returns or raises ``result`` in the place of ``name``."""
    asked = []

    async def fake(*args, **words):
        await asyncio.sleep(0)
        asked.append((args, words))
        if isinstance(result, Exception):
            raise result
        return result

    monkeypatch.setattr(f"conformance.servers.{name}", fake)
    return asked


def test_servers_are_a_table(typed, monkeypatch):
    offers = [
        Offer("process:acme", VENDOR),
        Offer("docker:acme:2.4", VENDOR, Build("2.4"), IMAGE),
        Offer("docker:acme:2.3", VENDOR, Build("2.3")),
    ]
    stands_for(monkeypatch, "overview.overview", offers)

    result = typed("servers")

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "SERVER           WHAT       VERSION     READY",
        "process:acme     Acme Mail              runs here",
        "docker:acme:2.4  Acme Mail  2.4\\x1b[2J  built, 353 MB",
        "docker:acme:2.3  Acme Mail  2.3         not built",
        "variants, written after the build: acme+mdbox",
    ]


def test_a_folder_of_servers_comes_first(typed, monkeypatch, tmp_path):
    asked = stands_for(monkeypatch, "overview.overview", [])

    typed("servers", "--servers", tmp_path)

    ((args, _),) = asked
    assert args[0].folders == (tmp_path,)


def test_a_failed_build_is_told_and_has_a_status(typed, monkeypatch):
    error = ServerError("no\x07 package", hint="try later")

    async def build(specs, options, *, at_once, finished):
        await asyncio.sleep(0)
        results = [Built("docker:acme:2.4", 1.5, IMAGE), Built("docker:acme:2.3", 2.0, error=error)]
        for result in results:
            finished(result)
        assert (specs, at_once) == (["docker:acme", "docker:acme:2.3"], 3)
        assert options.build_args == {"A": "b=c"}
        return results

    monkeypatch.setattr("conformance.servers.overview.build", build)

    result = typed("build", "acme", "docker:acme:2.3", "--build-arg", "A=b=c", "-j", 3)

    assert result.exit_code == 6
    assert result.stdout == "docker:acme:2.4  2.4\\x1b[2J  1.5 s\n"
    assert result.stderr == "docker:acme:2.3: no\\x07 package\nhint: try later\n"


@pytest.mark.parametrize("words", [(), ("acme", "--all")])
def test_build_wants_names_or_all(typed, words):
    with pytest.raises(UserError, match="which images"):
        typed("build", *words)


def test_an_image_that_nobody_knows_is_a_usage_error(typed):
    with pytest.raises(UserError, match="no server is called 'nothing'"):
        typed("build", "nothing")


class Acme:
    info = ServerInfo("acme", "1", {"imap": Endpoint("127.0.0.1", 143)}, frozenset(), 0.1)


def test_a_container_stays_up_and_says_how_to_connect(typed, monkeypatch, tmp_path):
    standing = Standing(Acme(), (Credentials("u-up-alice", "secret"),), b"PEM", stays=True)
    asked = stands_for(monkeypatch, "standing.up", standing)

    result = typed("up", "docker:acme", "--write-ca", tmp_path / "ca.pem")

    assert result.exit_code == 0
    assert asked[0][0][0] == "docker:acme"
    assert (tmp_path / "ca.pem").read_bytes() == b"PEM"
    lines = result.output.splitlines()
    assert lines[0] == "imap     127.0.0.1:143"
    assert "u-up-alice   password secret" in result.output
    assert lines[-1] == "'imap-conformance down' removes it"


def test_a_server_without_our_certificates_has_no_authority(typed, monkeypatch, tmp_path):
    stands_for(monkeypatch, "standing.up", Standing(Acme(), (), b"", stays=True))

    with pytest.raises(UserError, match="no authority"):
        typed("up", "imap://a:b@host", "--write-ca", tmp_path / "ca.pem")


def test_an_embedded_server_runs_until_it_is_interrupted(tmp_path):
    program = [sys.executable, "-c", "from conformance.cli import main; main()"]
    process = subprocess.Popen(
        [*program, "up", "embedded:pymap"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    lines = []
    while not (lines and "Ctrl-C" in lines[-1]):
        lines.append(process.stdout.readline())
        assert lines[-1], process.stderr.read()
    assert lines[0].startswith("imap ")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)

    assert (process.returncode, err) == (0, "")


def test_down_names_what_it_removed(typed, monkeypatch):
    asked = stands_for(monkeypatch, "leftovers.down", ["one", "two\x1b"])

    result = typed("down", "up")

    assert result.output == "removed one\nremoved two\\x1b\n"
    assert asked == [(("up",), {})]


def test_down_without_anything_says_so(typed, monkeypatch):
    stands_for(monkeypatch, "leftovers.down", [])
    stands_for(monkeypatch, "pruning.prune_images", [])

    assert typed("down", "--images").output == "nothing to remove\n"


def test_without_an_engine_there_is_one_message(typed, monkeypatch):
    stands_for(monkeypatch, "leftovers.down", ServerError("no Docker engine", hint="start it"))

    with pytest.raises(UserError, match="no Docker engine") as caught:
        typed("down")
    assert (caught.value.hint, caught.value.status) == ("start it", 4)


@pytest.mark.parametrize(("fine", "status"), [(True, 0), (None, 0), (False, 1)])
def test_the_doctor_gives_advice_and_a_status(typed, monkeypatch, fine, status):
    looks = [Look("Python", "3.11"), Look("Docker", "gone\x1b", fine, "start it")]
    stands_for(monkeypatch, "doctor.doctor", looks)

    result = typed("doctor")

    assert result.exit_code == status
    first, second, third = result.output.splitlines()
    assert first.split() == ["ok", "Python", "3.11"]
    assert second.endswith("Docker  gone\\x1b")
    assert third.strip() == "start it"


def test_words_become_options(tmp_path):
    made = server_options(build_args=["A=", "B=1=2"], users=["bob=b@x:se:cret"])

    assert made.build_args == {"A": "", "B": "1=2"}
    assert made.users == {"bob": Credentials("b@x", "se:cret")}
    assert not made.allow_destructive


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"build_args": ["A"]}, "'A' is no build argument"),
        ({"users": ["bob:hunter2"]}, "^--user names no account$"),
        ({"dockerfile": Path("nothing/Dockerfile")}, "there is no file nothing/Dockerfile"),
        ({"folders": [Path("nothing")]}, "there is no folder nothing"),
    ],
)
def test_words_that_mean_nothing_are_named(words, message):
    with pytest.raises(UserError, match=message):
        server_options(**words)
