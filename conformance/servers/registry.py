"""From what people type to a server.

docker:NAME[:BUILD][+VARIANT]     a vendor of fixtures/servers, or the path of such a folder
docker:NAME@IMAGE[+VARIANT]       the same vendor's facts, with an image that exists already
image:NAME[:TAG]                  any image that keeps the contract of fixtures/servers/README.md
process:NAME[+VARIANT]            a command on this machine, from [process] of server.toml
embedded:NAME                     the same; for servers that come as Python packages
imap://user:password@host:port    a server that someone else runs; imaps:// likewise
"""

from conformance.servers.base import Server
from conformance.servers.container import ContainerServer, Prepared
from conformance.servers.contract import contract, version_of
from conformance.servers.external import ExternalServer
from conformance.servers.images import ask_version, existing_image, server_image
from conformance.servers.options import Options
from conformance.servers.process import ProcessServer
from conformance.servers.spec import KINDS, Vendor, vendor

__all__ = ["KINDS", "server"]


def server(spec: str, *, run: str, options: Options | None = None) -> Server:
    """Return the server that ``spec`` means, not started.

    run  a word that is this run's own; it labels what is made, and has its own certificates
    ServerError if ``spec`` means nothing, or names a build or variant that does not exist.
    """
    options = options or Options()
    kind, _, rest = spec.partition(":")
    if kind in ("imap", "imaps"):
        return ExternalServer(spec, options=options)
    if kind == "image" and rest:

        async def prepare_image() -> Prepared:
            image = await existing_image(rest)
            return Prepared(rest, version_of(image), contract(image))

        return ContainerServer(spec, prepare_image, run=run, options=options)

    found = vendor(spec, options.folders)
    if found.kind != "docker":
        return ProcessServer(
            spec, found.definition, run=run, options=options, environment=found.environment
        )

    async def prepare() -> Prepared:
        return await _prepare(found, options)

    return ContainerServer(spec, prepare, run=run, options=options, environment=found.environment)


async def _prepare(found: Vendor, options: Options) -> Prepared:
    if found.build is None:
        image = await existing_image(found.image)
        version = image.version or await ask_version(found.definition, image.name)
        return Prepared(image.name, version, found.definition)
    image = await server_image(found.definition, found.build, options)
    return Prepared(image.name, image.version, found.definition.with_build(found.build))
