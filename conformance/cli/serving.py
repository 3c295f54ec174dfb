"""``servers``, ``build``, ``up``, ``down`` and ``doctor``: servers, without playing on them."""

import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from conformance.cli.columns import columns
from conformance.cli.errors import INTERRUPTED, UserError
from conformance.cli.server_options import BuildArgs, Dockerfile, Folders, Fresh, server_options
from conformance.status import EXIT

if TYPE_CHECKING:
    from conformance.servers.options import Options
    from conformance.servers.overview import Built, Offer
    from conformance.servers.standing import Standing

__all__ = ["register"]

T = TypeVar("T")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("servers")(_servers)
    app.command("build")(_build)
    app.command("up")(_up)
    app.command("down")(_down)
    app.command("doctor")(_doctor)


def _servers(folders: Folders = None) -> None:
    """List what --server can name, and which images are built."""
    from conformance.servers.overview import overview

    offers = _done(overview(server_options(folders=folders)))
    rows = [("SERVER", "WHAT", "VERSION", "READY")]
    rows += [
        (offer.spec, offer.definition.title, _one_line(offer.version), _state(offer))
        for offer in offers
    ]
    for line in columns(rows):
        typer.echo(line)
    named = {offer.definition.name: offer.definition.variants for offer in offers}
    variants = [f"{name}+{variant}" for name, words in named.items() for variant in words]
    if variants:
        typer.echo(f"variants, written after the build: {', '.join(variants)}")


def _state(offer: "Offer") -> str:
    if offer.image is not None:
        return f"built, {offer.image.octets / 10**6:,.0f} MB"
    return "not built" if offer.build else "runs here"


def _build(
    specs: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME[:BUILD]]...", help="What to build.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every build of every server; takes a while.")
    ] = False,
    folders: Folders = None,
    build_args: BuildArgs = None,
    dockerfile: Dockerfile = None,
    fresh: Fresh = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Builds at once.")] = 2,
) -> None:
    """Build images of servers; a run builds those it needs by itself."""
    from conformance.servers.overview import build

    if bool(specs) == everything:
        raise UserError(
            "which images?", hint="name servers (see 'imap-conformance servers'), or say --all"
        )
    options = server_options(
        folders=folders, build_args=build_args, dockerfile=dockerfile, fresh=fresh
    )
    wanted = [spec if spec.startswith("docker:") else f"docker:{spec}" for spec in specs or ()]
    results = _done(build(wanted, options, at_once=jobs, finished=_tell))
    if any(result.error for result in results):
        raise typer.Exit(EXIT.NO_SERVER)


def _tell(built: "Built") -> None:
    if built.error is not None:
        typer.echo(f"{built.spec}: {_printable(str(built.error))}", err=True)
        if built.error.hint:
            typer.echo(f"hint: {_printable(built.error.hint)}", err=True)
    elif built.image is not None:
        typer.echo(f"{built.spec}  {_one_line(built.image.version)}  {built.seconds:.1f} s")


def _up(
    spec: Annotated[str, typer.Argument(metavar="SERVER", help="As after --server.")],
    certificate: Annotated[
        Path | None,
        typer.Option("--write-ca", help="Where to write the authority to trust for TLS."),
    ] = None,
    folders: Folders = None,
    build_args: BuildArgs = None,
    dockerfile: Dockerfile = None,
    fresh: Fresh = False,
) -> None:
    """Start a server and leave it running, to look at it by hand."""
    options = server_options(
        folders=folders, build_args=build_args, dockerfile=dockerfile, fresh=fresh
    )
    _done(_stand(spec, options, certificate))


async def _stand(spec: str, options: "Options", certificate: Path | None) -> None:
    """Start, say how to connect, and wait to be interrupted if the server goes when we go."""
    import asyncio

    from conformance.servers.standing import up

    standing = await up(spec, options)
    try:
        stopped = asyncio.Event()
        if not standing.stays:
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        for line in columns([(what, _one_line(how)) for what, how in standing.recipe()]):
            typer.echo(line)
        if certificate is not None:
            _write_authority(certificate, standing)
        if standing.stays:
            typer.echo("'imap-conformance down' removes it")
            return
        typer.echo("it runs until you interrupt this command (Ctrl-C)")
        await stopped.wait()
    finally:
        if not standing.stays:
            await standing.server.stop()


def _write_authority(path: Path, standing: "Standing") -> None:
    if not standing.ca:
        raise UserError("the server's certificates are not ours: there is no authority to write")
    try:
        path.write_bytes(standing.ca)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from None


def _down(
    run: Annotated[
        str, typer.Argument(help="Only what this run made, such as 'up'; all if not given.")
    ] = "",
    images: Annotated[
        bool, typer.Option("--images", help="Also images that no server.toml makes any more.")
    ] = False,
) -> None:
    """Remove our containers, also those that were to stay."""
    from conformance.servers.leftovers import down
    from conformance.servers.pruning import prune_images

    removed = _done(down(run))
    if images:
        removed += _done(prune_images())
    for name in removed:
        typer.echo(f"removed {_one_line(name)}")
    if not removed:
        typer.echo("nothing to remove")


def _doctor() -> None:
    """Say whether this machine is fit to test servers on, and what to do if it is not."""
    from conformance.servers.doctor import doctor

    looks = _done(doctor())
    words = {True: "ok", False: "BAD", None: "note"}
    rows = [(words[look.fine], look.what, _one_line(look.seen)) for look in looks]
    for line, look in zip(columns(rows), looks, strict=True):
        typer.echo(line)
        if look.advice:
            typer.echo(f"      {_one_line(look.advice)}")
    if any(look.fine is False for look in looks):
        raise typer.Exit(EXIT.FAILED)


def _done(work: Coroutine[Any, Any, T]) -> T:
    """Return what ``work`` comes to; a server's error is the user's to read."""
    import asyncio

    import uvloop

    from conformance.servers.base import ServerError

    try:
        return uvloop.run(_ended_in_order(work))
    except asyncio.CancelledError:
        raise typer.Exit(INTERRUPTED) from None
    except ServerError as error:
        raise UserError(_printable(str(error)), hint=_printable(error.hint)) from None


async def _ended_in_order(work: Coroutine[Any, Any, T]) -> T:
    """Do ``work``; at SIGTERM cancel it, so that no half-started server stays."""
    import asyncio

    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


def _one_line(text: str) -> str:
    from conformance.reports.safe import one_line

    return one_line(text)


def _printable(text: str) -> str:
    from conformance.reports.safe import printable

    return printable(text, 4_000)
