"""Images of servers: named by what they are made of, built once, asked for their true version."""

import io
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import docker
import docker.errors

from conformance.servers.base import ServerError
from conformance.servers.bases import base_image
from conformance.servers.context import GIVEN_DOCKERFILE, archive, digest
from conformance.servers.definition import Build, Definition
from conformance.servers.engine import call, connect, explain
from conformance.servers.labels import LABEL, mine
from conformance.servers.locks import lock
from conformance.servers.options import Options
from conformance.servers.threads import in_thread

__all__ = [
    "SERVER",
    "Image",
    "ask_version",
    "existing_image",
    "find_image",
    "image_name",
    "server_image",
]

VERSION = f"{LABEL}.version"
SERVER = f"{LABEL}.server"


@dataclass(frozen=True, slots=True)
class Image:
    """An image in the engine: its name, its size, what its labels say.

    version  the true version of the server in it; empty if it has no label of ours
    exposed  the TCP ports that its Dockerfile exposes
    """

    name: str
    version: str
    octets: int
    labels: Mapping[str, str]
    exposed: tuple[int, ...]


def image_name(definition: Definition, build: Build, options: Options) -> str:
    """Return the image's name: it changes with every file of the build's context and argument."""
    facts = {
        **build.args,
        **options.build_args,
        " dockerfile": build.dockerfile,
        " suite": build.suite,
    }
    tag = re.sub(r"[^\w.-]", "-", build.version)
    made_of = digest(definition.folder / build.context, options.dockerfile, facts)
    return f"imap-conformance/{definition.name}:{tag}-{made_of}"


async def find_image(name: str) -> Image | None:
    """Return what the engine has under ``name``, or None."""

    def find(client: docker.DockerClient) -> Image | None:
        try:
            image = client.images.get(name)
        except docker.errors.ImageNotFound:
            return None
        labels = image.labels or {}
        exposed = (image.attrs.get("Config") or {}).get("ExposedPorts") or {}
        ports = (port.partition("/") for port in exposed)
        return Image(
            name,
            labels.get(VERSION, ""),
            image.attrs.get("Size", 0),
            labels,
            tuple(int(port) for port, _, kind in ports if kind == "tcp"),
        )

    return await call(find, what=f"look for the image {name}")


async def existing_image(name: str) -> Image:
    """Return the image ``name``, pulled if the engine has none; ServerError if that fails."""
    image = await find_image(name)
    if image is None:
        try:
            await call(lambda client: client.images.pull(name), what=f"pull {name}")
        except ServerError as error:
            raise ServerError(
                f"no image {name}: {error}", hint="docker build -t NAME:TAG … makes it"
            ) from None
        image = await find_image(name)
    if image is None:
        raise ServerError(f"no image {name}, though it was pulled")
    return image


async def ask_version(definition: Definition, image: str) -> str:
    """Return the version of the server in ``image``, by [version]; empty if there is no way."""
    return await in_thread(lambda: _true_version(definition, image))


async def server_image(definition: Definition, build: Build, options: Options) -> Image:
    """Return the image of ``build``, built if the engine has none of that name.

    Of the options, ``build_args``, ``dockerfile``, ``fresh`` and ``progress`` matter.
    ServerError carries the end of the build's output.
    """
    name = image_name(definition, build, options)
    if not options.fresh and (image := await find_image(name)):
        return image
    async with lock(name) as waited:
        if (waited or not options.fresh) and (image := await find_image(name)):
            return image
        options.progress(f"building {definition.name} {build.version} (once)")
        given = {**build.args, **options.build_args}
        if build.suite:
            given["BASE"] = await base_image(build.suite, options.progress)
        raw = await _build(definition, build, given, options)
        version = await ask_version(definition, raw)
        await _name_it(raw, name, {VERSION: version or build.version, SERVER: definition.name})
    image = await find_image(name)
    if image is None:
        raise ServerError(f"{name} was built and is gone", hint="does something prune images?")
    return image


async def _build(
    definition: Definition, build: Build, args: Mapping[str, str], options: Options
) -> str:
    """Build the image and return its id. Cancelled, it closes the stream, which ends the build."""
    abandoned = threading.Event()

    def work() -> str:
        with (
            explain(f"build {definition.name} {build.version}"),
            archive(definition.folder / build.context, options.dockerfile) as context,
        ):
            stream = connect(1800).api.build(
                fileobj=context,
                custom_context=True,
                dockerfile=GIVEN_DOCKERFILE if options.dockerfile else build.dockerfile,
                buildargs=dict(args),
                nocache=options.fresh,
                rm=True,
                forcerm=True,
                decode=True,
            )
            return _follow(stream, definition, build, options, abandoned)

    try:
        return await in_thread(work)
    finally:
        abandoned.set()


def _follow(
    stream: Iterator[dict[str, Any]],
    definition: Definition,
    build: Build,
    options: Options,
    abandoned: threading.Event,
) -> str:
    lines: list[str] = []
    image = failure = ""
    for item in stream:  # to its end, or the connection is lost for others
        if abandoned.is_set():
            raise ServerError("the build was abandoned")
        lines += str(item.get("stream", "")).splitlines()
        del lines[:-200]
        image = item.get("aux", {}).get("ID", image)
        failure = " ".join(str(item.get("error", failure)).split())
    if failure:
        dockerfile = definition.folder / build.context / build.dockerfile
        raise ServerError(
            f"the image of {definition.name} {build.version} does not build: {failure}",
            hint=f"see {options.dockerfile or dockerfile}",
            log="\n".join(lines[-30:]),
        )
    return image


def _true_version(definition: Definition, image: str) -> str:
    if not definition.version:
        return ""
    with explain(f"ask {definition.name} for its version"):
        container = connect().containers.create(
            image,
            list(definition.version),
            entrypoint="",
            network_disabled=True,
            labels=mine(),
        )
        try:
            container.start()
            container.wait(timeout=60)
            output: Any = container.logs()
        finally:
            container.remove(v=True, force=True)
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
