"""From what people type to a server.

docker:NAME[:BUILD][+VARIANT][@IMAGE]   a server of fixtures/servers (or a folder's path)
image:NAME[:TAG]                        any image that keeps the contract in fixtures/servers
process:NAME[+VARIANT]                  a command on this machine
embedded:pymap                          pymap from PyPI, in a process of its own
imap://user:password@host:port          a server that someone else runs; imaps:// likewise
"""

import re

from conformance.servers.base import Server, ServerError
from conformance.servers.catalog import definition
from conformance.servers.container import ContainerServer, Prepared
from conformance.servers.external import ExternalServer
from conformance.servers.images import server_image
from conformance.servers.options import Options
from conformance.servers.process import ProcessServer

__all__ = ["KINDS", "server"]

KINDS = (
    "docker:NAME[:BUILD]",
    "image:NAME[:TAG]",
    "process:NAME",
    "embedded:pymap",
    "imap://user:password@host:port",
    "imaps://user:password@host:port",
)


def server(spec: str, *, run: str, options: Options | None = None) -> Server:
    """Return the server that ``spec`` means, not started.

    run  a word that is this run's own; it labels what is made, and has its own certificates
    ServerError if ``spec`` means nothing; whether a build exists is seen here, too.
    """
    options = options or Options()
    kind, colon, rest = spec.partition(":")
    if colon and rest:
        if kind == "docker":
            return _docker(spec, rest, run, options)
        if kind in ("process", "embedded"):
            return _process(spec, rest, run, options)
        if kind in ("imap", "imaps"):
            return ExternalServer(spec, options=options)
    raise ServerError(f"'{spec}' is no server", hint=f"write one of {', '.join(KINDS)}")


def _process(spec: str, name: str, run: str, options: Options) -> Server:
    wanted = definition(name, options.folders)
    if not wanted.command:
        raise ServerError(
            f"{wanted.name} cannot run as a process of this machine",
            hint=f"no [process] in {wanted.folder / 'server.toml'}; docker:{wanted.name} may do",
        )
    return ProcessServer(spec, wanted, run=run, options=options)


_DOCKER = re.compile(
    r"(?P<name>[./~][^:+@]*|[\w.-]+)(?::(?P<build>[\w.-]+))?(?:\+(?P<variant>[\w-]+))?"
)


def _docker(spec: str, rest: str, run: str, options: Options) -> Server:
    match = _DOCKER.fullmatch(rest)
    if not match:
        raise ServerError(f"'{spec}' is no server", hint="write docker:NAME[:BUILD][+VARIANT]")
    wanted = definition(match["name"], options.folders)
    build = wanted.build(match["build"] or "")

    async def prepare() -> Prepared:
        image = await server_image(
            wanted,
            build,
            args=options.build_args,
            fresh=options.fresh,
            progress=options.progress,
        )
        return Prepared(image.name, image.version, wanted)

    return ContainerServer(spec, prepare, run=run, options=options)
