"""What servers there are, which are built, and building them: the library behind the commands."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from conformance.servers.base import ServerError
from conformance.servers.catalog import definitions
from conformance.servers.definition import Build, Definition
from conformance.servers.images import Image, find_image, image_name, server_image
from conformance.servers.options import Options
from conformance.servers.spec import vendor

__all__ = ["Built", "Offer", "build", "overview"]


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that ``--server`` can name.

    spec        what to type
    definition  what its server.toml says, with what this build has beyond the others
    build       the build; None for a process
    image       its image; None for a process, or if it has not been built
    """

    spec: str
    definition: Definition
    build: Build | None = None
    image: Image | None = None

    @property
    def ready(self) -> bool:
        """Whether it can start without building an image first."""
        return self.build is None or self.image is not None

    @property
    def version(self) -> str:
        """The true version where there is an image, else what server.toml says."""
        if self.image is not None:
            return self.image.version
        return self.build.version if self.build else ""


@dataclass(frozen=True, slots=True)
class Built:
    """How the image of ``spec`` came to be: ``seconds`` are small if it was there already."""

    spec: str
    seconds: float
    image: Image | None = None
    error: ServerError | None = None


async def overview(options: Options | None = None) -> list[Offer]:
    """Return all servers and builds, in the order of their files; DefinitionError if one is wrong.

    Without a Docker engine no image counts as built.
    """
    options = options or Options()
    offers: list[Offer] = []
    for each in definitions(options.folders):
        if each.command:
            kind = "embedded" if each.command[0] == "{python}" else "process"
            offers.append(Offer(f"{kind}:{each.name}", each))
        offers += await asyncio.gather(*(_look(each, one, options) for one in each.builds))
    return offers


async def _look(each: Definition, one: Build, options: Options) -> Offer:
    try:
        image = await find_image(image_name(each, one, options))
    except ServerError:
        image = None
    return Offer(f"docker:{each.name}:{one.version}", each.with_build(one), one, image)


async def build(
    specs: Sequence[str] = (),
    options: Options | None = None,
    *,
    at_once: int = 2,
    finished: Callable[[Built], None] = lambda _: None,
) -> list[Built]:
    """Build the images of ``specs`` (all builds of all servers if there are none).

    finished  told each result as it comes
    ServerError if a specification names no build; a build that fails is in the result.
    """
    options = options or Options()
    wanted = [_find(spec, options) for spec in specs] or [
        (each, one) for each in definitions(options.folders) for one in each.builds
    ]
    slots = asyncio.Semaphore(at_once)

    async def make(each: Definition, one: Build) -> Built:
        spec = f"docker:{each.name}:{one.version}"
        async with slots:
            begun = monotonic()
            try:
                image = await server_image(each, one, options)
                built = Built(spec, monotonic() - begun, image)
            except ServerError as error:
                built = Built(spec, monotonic() - begun, error=error)
        finished(built)
        return built

    return list(await asyncio.gather(*(make(each, one) for each, one in wanted)))


def _find(spec: str, options: Options) -> tuple[Definition, Build]:
    found = vendor(spec, options.folders)
    if found.build is None:
        raise ServerError(f"'{spec}' has no image to build", hint="docker:NAME[:BUILD] has")
    return found.definition, found.build
