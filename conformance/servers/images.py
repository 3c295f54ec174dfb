"""Images of servers: named by what they are made of, built once, asked for their true version."""

import hashlib
import io
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import docker
import docker.errors

from conformance.servers.base import ServerError
from conformance.servers.bases import base_image
from conformance.servers.definition import Build, Definition
from conformance.servers.engine import call, connect, explain
from conformance.servers.labels import LABEL, mine
from conformance.servers.locks import lock
from conformance.servers.threads import in_thread

__all__ = ["Image", "find_image", "image_name", "server_image"]

VERSION = f"{LABEL}.version"
SERVER = f"{LABEL}.server"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Image:
    """An image in the engine: its name, the true version of the server in it, and its size."""

    name: str
    version: str
    octets: int
    labels: Mapping[str, str]


def image_name(definition: Definition, build: Build, args: Mapping[str, str]) -> str:
    """Return the image's name: it changes with every file of the build's context and argument.

    ``server.toml`` and Markdown are left out, for they do not reach the image.
    OSError if the folder cannot be read.
    """
    context = definition.folder / build.context
    digest = hashlib.sha256()
    for path in sorted(context.rglob("*")):
        if path.is_file() and path.name != "server.toml" and path.suffix != ".md":
            name = path.relative_to(context).as_posix()
            mode = path.stat().st_mode & 0o100
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{name}\0{mode}\0{content}\n".encode())
    for key, value in sorted({**build.args, **args}.items()):
        digest.update(f"{key}={value}\n".encode())
    digest.update(f"{build.dockerfile}\0{build.suite}".encode())
    tag = re.sub(r"[^\w.-]", "-", build.version)
    return f"imap-conformance/{definition.name}:{tag}-{digest.hexdigest()[:12]}"


async def find_image(name: str) -> Image | None:
    """Return what the engine has under ``name``, or None."""

    def find(client: docker.DockerClient) -> Image | None:
        try:
            image = client.images.get(name)
        except docker.errors.ImageNotFound:
            return None
        labels = image.labels or {}
        return Image(name, labels.get(VERSION, ""), image.attrs.get("Size", 0), labels)

    return await call(find, what=f"look for the image {name}")


async def server_image(
    definition: Definition,
    build: Build,
    *,
    args: Mapping[str, str],
    fresh: bool = False,
    progress: Progress,
) -> Image:
    """Return the image of ``build``, built if the engine has none of that name.

    args   build arguments of the user's, over those of ``server.toml``
    fresh  build without Docker's cache, even if there is an image
    ServerError carries the end of the build's output.
    """
    name = image_name(definition, build, args)
    if not fresh and (image := await find_image(name)):
        return image
    async with lock(name) as waited:
        if (waited or not fresh) and (image := await find_image(name)):
            return image
        progress(f"building {definition.name} {build.version} (once)")
        given = {**build.args, **args}
        if build.suite:
            given["BASE"] = await base_image(build.suite, progress)
        raw = await _build(definition, build, given, fresh=fresh)
        version = await in_thread(lambda: _true_version(definition, raw))
        await _name_it(raw, name, {VERSION: version or build.version, SERVER: definition.name})
    image = await find_image(name)
    if image is None:
        raise ServerError(f"{name} was built and is gone", hint="does something prune images?")
    return image


async def _build(
    definition: Definition, build: Build, args: Mapping[str, str], *, fresh: bool
) -> str:
    """Build the image and return its id. Cancelled, it closes the stream, which ends the build."""
    abandoned = threading.Event()

    def work() -> str:
        with explain(f"build {definition.name} {build.version}"):
            stream = connect(1800).api.build(
                path=str(definition.folder / build.context),
                dockerfile=build.dockerfile,
                buildargs=dict(args),
                nocache=fresh,
                rm=True,
                forcerm=True,
                decode=True,
            )
            return _follow(stream, definition, build, abandoned)

    try:
        return await in_thread(work)
    finally:
        abandoned.set()


def _follow(
    stream: Iterator[dict[str, Any]],
    definition: Definition,
    build: Build,
    abandoned: threading.Event,
) -> str:
    lines: list[str] = []
    image = ""
    for item in stream:
        if abandoned.is_set():
            raise ServerError("the build was abandoned")
        lines += str(item.get("stream", "")).splitlines()
        del lines[:-200]
        image = item.get("aux", {}).get("ID", image)
        if "error" in item:
            raise ServerError(
                f"the image of {definition.name} {build.version} does not build:"
                f" {' '.join(str(item['error']).split())}",
                hint=f"see {definition.folder / build.context / build.dockerfile}",
                log="\n".join(lines[-30:]),
            )
    return image


def _true_version(definition: Definition, image: str) -> str:
    """Ask the image itself; empty if the server has no way to say."""
    if not definition.version:
        return ""
    with explain(f"ask {definition.name} for its version"):
        try:
            output: Any = connect().containers.run(
                image,
                list(definition.version),
                entrypoint="",
                remove=True,
                stderr=True,
                network_disabled=True,
                labels=mine(),
            )
        except docker.errors.ContainerError as error:
            output = error.stderr or b""
    text = bytes(output).decode(errors="replace")
    match = re.search(definition.version_pattern, text)
    if not match:
        raise ServerError(
            f"{definition.name} does not tell its version: {text.strip()[:200]!r}",
            hint=f"[version] in {definition.folder / 'server.toml'}",
        )
    return match[1]


async def _name_it(raw: str, name: str, labels: Mapping[str, str]) -> None:
    """Give a finished image its name and labels; only now does it exist for others."""

    def work(client: docker.DockerClient) -> None:
        client.images.build(
            fileobj=io.BytesIO(f"FROM {raw}\n".encode()), labels=dict(labels), tag=name, rm=True
        )

    await call(work, what=f"name the image {name}")
