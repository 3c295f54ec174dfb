"""Containers: crashes seen, cancelled starts, dead harnesses, broken images; nothing left in the end."""

import asyncio
import os
import signal
import subprocess
import sys

import docker.errors
import pytest

from conformance.servers.base import ServerError
from conformance.servers.labels import RUN
from conformance.servers.leftovers import down, remove_orphans
from conformance.servers.options import Options
from conformance.servers.registry import server
from conformance.servers.standing import up

pytestmark = pytest.mark.live

BASE = "imap-conformance/base:trixie"


@pytest.fixture
def of_run(engine):
    """Return a finder of the containers of a run."""
    return lambda run: engine.containers.list(all=True, filters={"label": f"{RUN}={run}"})


@pytest.fixture
async def image(engine, start):
    """Return a maker of images: from the lines of a Dockerfile to a name; gone after the test."""
    await start("docker:dovecot:2.4")  # so that the base image is there
    made = []

    def make(*lines):
        import io

        text = "\n".join((f"FROM {BASE}", *lines))
        name = f"imap-conformance-test:{len(made)}-{os.getpid()}"
        engine.images.build(fileobj=io.BytesIO(text.encode()), tag=name, rm=True)
        made.append(name)
        return name

    yield make
    for name in made:
        engine.images.remove(name, force=True)


@pytest.mark.parametrize(
    ("spec", "process", "words"),
    [
        ("docker:dovecot:2.4", "imap-login", "killed with signal 11"),
        ("docker:cyrus:3.6", "imapd", "signaled to death by signal 11"),
    ],
)
async def test_a_crash_of_a_child_is_seen(start, spec, process, words):
    made = await start(spec)
    assert (await made.health(connect=True)).crashes == ()
    script = (
        f"for p in /proc/[0-9]*; do read -r n < $p/comm; "
        f'[ "$n" = {process} ] && kill -SEGV ${{p#/proc/}} && exit; done; exit 1'
    )
    status, output = await asyncio.to_thread(made._container.exec_run, ["bash", "-c", script])
    assert status == 0, output
    async with asyncio.timeout(10):
        while not (crashes := (await made.health()).crashes):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
    assert words in crashes[0]
    assert (await made.health(connect=True)).answers, "its master goes on"
    assert words in made.log()


async def test_a_container_that_ends_by_itself(start):
    made = await start("docker:dovecot:2.4")
    await asyncio.to_thread(made._container.kill)
    health = await made.health(connect=True)
    assert (health.running, health.answers) == (False, False)
    await made.kill()
    assert (await made.health(connect=True)).answers


async def test_a_container_that_someone_removed(start):
    made = await start("docker:dovecot:2.4")
    await asyncio.to_thread(made._container.remove, v=True, force=True)
    assert not (await made.health(connect=True)).running
    assert "Dovecot v2.4" in made.log()
    with pytest.raises(ServerError, match="No such container"):
        await made.kill()
    await made.stop()


@pytest.mark.parametrize("after", [0.0, 0.05, 0.1, 0.2, 0.3, 0.45])
async def test_a_cancelled_start_leaves_nothing(of_run, after):
    run = f"cancelled-{after}"
    made = server("docker:dovecot:2.4", run=run)
    task = asyncio.create_task(made.start())
    done, _ = await asyncio.wait({task}, timeout=after)
    task.cancel()
    if not done:
        with pytest.raises(asyncio.CancelledError):
            await task
    await made.stop()
    await made.stop()
    assert of_run(run) == []


HARNESS = """
import asyncio
from conformance.servers.registry import server

async def main():
    made = server("docker:dovecot:2.4", run="dead-harness")
    await made.start()
    print("up", flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_what_a_dead_harness_left_is_removed(of_run):
    with subprocess.Popen(  # noqa: ASYNC220 - it starts in no time
        [sys.executable, "-c", HARNESS], stdout=subprocess.PIPE, text=True
    ) as harness:
        assert harness.stdout.readline() == "up\n"
        await remove_orphans()
        assert len(of_run("dead-harness")) == 1, "it is not an orphan yet"
        os.kill(harness.pid, signal.SIGKILL)
    await remove_orphans()
    assert of_run("dead-harness") == []


async def test_up_stays_until_down(of_run):
    standing = await up("docker:dovecot:2.4", run="standing")
    assert standing.stays
    await standing.server.stop()
    (container,) = of_run("standing")
    assert container.status == "running"
    recipe = dict(standing.recipe())
    assert recipe["imap"].startswith("127.0.0.1:")
    assert recipe["curl"].startswith("curl -v imap://u-up-alice:secret@127.0.0.1:")
    assert b"BEGIN CERTIFICATE" in standing.ca
    assert await down("standing") == [container.name]
    assert of_run("standing") == []


async def test_limits_and_loopback(start):
    made = await start("docker:dovecot:2.4")
    attrs = made._container.attrs
    assert attrs["HostConfig"]["Memory"] == 2**30
    assert attrs["HostConfig"]["PidsLimit"] == 2000
    bindings = attrs["NetworkSettings"]["Ports"].values()
    assert {each["HostIp"] for binding in bindings for each in binding or []} == {"127.0.0.1"}


async def test_an_image_of_ones_own(start, image):
    name = image(
        "LABEL org.opencontainers.image.title=Acme imap-conformance.version=1.2",
        "LABEL imap-conformance.port.imap=1143",
        # bash has no listener: perl-base does
        """CMD ["perl", "-MIO::Socket::INET", "-e", "\\
            $s = IO::Socket::INET->new(LocalPort => 1143, Listen => 5, ReuseAddr => 1) or die; \\
            while ($c = $s->accept) { print $c qq(* OK $ENV{IMAP_PASSWORD} \\r\\n); close $c }"]""",
    )
    made = await start(f"image:{name}")
    assert (made.info.name, made.info.version) == ("acme", "1.2")
    assert made.credentials("s", "alice").password == "secret"
    assert list(made.info.services) == ["imap"]
    assert (await made.health(connect=True)).answers


@pytest.mark.parametrize(
    ("lines", "words", "log"),
    [
        (
            ["EXPOSE 143", 'CMD ["sh", "-c", "echo no licence; exit 7"]'],
            "ended with status 7 before it greeted",
            "no licence",
        ),
        (["EXPOSE 143", 'CMD ["sleep", "60"]'], "no imap greeting within 1 s", ""),
        (["EXPOSE 143", 'CMD ["nothing"]'], "ended with status 127", "exec nothing failed"),
        (['CMD ["sleep", "60"]'], "exposes no IMAP port", ""),
    ],
)
async def test_images_that_do_not_do(start, image, of_run, lines, words, log):
    with pytest.raises(ServerError) as caught:
        await start(f"image:{image(*lines)}", run="bad-image", start_seconds=1)
    assert words in str(caught.value)
    assert log in caught.value.log


async def test_an_image_that_is_not_there(start):
    with pytest.raises(ServerError, match="no image imap-conformance-test:nowhere") as caught:
        await start("image:imap-conformance-test:nowhere")
    assert "docker build -t" in caught.value.hint


async def test_a_dockerfile_that_does_not_build(start, tmp_path, engine):
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / "server.toml").write_text(
        'ports = { imap = 143 }\n[[build]]\nversion = "1"\nsuite = "trixie"\n'
    )
    (folder / "Dockerfile").write_text(
        "ARG BASE\nFROM ${BASE}\nRUN echo compiling; echo error in line 7; exit 2\n"
    )
    with pytest.raises(ServerError, match=r"image of acme 1 does not build: .*code: 2") as caught:
        await start(f"docker:{folder}")
    assert "error in line 7" in caught.value.log
    assert str(folder / "Dockerfile") in caught.value.hint
    with pytest.raises(docker.errors.ImageNotFound):
        engine.images.get("imap-conformance/acme:1")


async def test_a_build_argument_and_another_dockerfile(tmp_path, start, engine):
    """A build under test: the vendor's facts, a Dockerfile of one's own."""
    own = tmp_path / "Dockerfile.own"
    own.write_text(
        "ARG BASE\nFROM ${BASE}\nARG WORD\nRUN echo $WORD > /word\n"
        "EXPOSE 143\nCMD cat /word; exit 9\n"
    )
    toml = tmp_path / "acme" / "server.toml"
    toml.parent.mkdir()
    toml.write_text('ports = { imap = 143 }\n[[build]]\nversion = "1"\nsuite = "trixie"\n')
    (toml.parent / "Dockerfile").write_text("FROM scratch\n")
    options = {"dockerfile": own, "build_args": {"WORD": f"sanitized-{os.getpid()}"}}
    with pytest.raises(ServerError, match="ended with status 9") as caught:
        await start(f"docker:{toml.parent}", **options)
    assert caught.value.log == f"sanitized-{os.getpid()}"
    for tag in engine.images.list(filters={"label": "imap-conformance.server=acme"}):
        engine.images.remove(tag.id, force=True)


async def test_start_twice_is_a_mistake(start):
    made = await start("docker:dovecot:2.4")
    with pytest.raises(ServerError, match="has been started already"):
        await made.start()


async def test_before_a_start_there_is_nothing():
    made = server("docker:dovecot:2.4", run="never", options=Options())
    health = await made.health(connect=True)
    assert (health.running, health.answers) == (False, False)
    assert made.log() == ""
    with pytest.raises(ServerError, match="has not been started"):
        await made.kill()
    await made.stop()
