"""Nothing stays: what runs that died left in the engine and on disk is found and removed."""

import threading
from collections.abc import Callable
from contextlib import suppress

import docker
import docker.errors
from docker.models.containers import Container

from conformance.servers.base import ServerError
from conformance.servers.debootstrap import sweep
from conformance.servers.engine import call
from conformance.servers.labels import LABEL, RUN, alive, orphan

__all__ = ["down", "remove_orphans", "remove_orphans_once"]

_done = threading.Event()


async def remove_orphans() -> list[str]:
    """Remove what belongs to processes that are gone; return its names.

    What was meant to stay (``Options.keep``) stays. ServerError without an engine.
    """
    swept = [str(folder) for folder in sweep(alive)]
    return swept + await _remove(lambda container: orphan(container.labels))


async def remove_orphans_once() -> None:
    """Do ``remove_orphans`` at this process's first start of a container; errors wait for that."""
    if not _done.is_set():
        _done.set()
        with suppress(ServerError):
            await remove_orphans()


async def down(run: str = "") -> list[str]:
    """Remove all our containers, or those of ``run``, with their volumes; return their names.

    Those of a run that is still going on are removed, too: that is what was asked for.
    """
    swept = [str(folder) for folder in sweep(alive)]
    return swept + await _remove(lambda container: not run or container.labels.get(RUN) == run)


async def _remove(chosen: Callable[[Container], bool]) -> list[str]:
    def work(client: docker.DockerClient) -> list[str]:
        removed = []
        for container in _ours(client):
            if not chosen(container):
                continue
            try:
                container.remove(v=True, force=True)
            except docker.errors.NotFound:
                continue  # somebody else was faster
            except docker.errors.APIError as error:
                if error.status_code != 409:  # its removal is under way
                    raise
            removed.append(str(container.name))
        return removed

    return await call(work, what="remove leftovers")


def _ours(client: docker.DockerClient) -> list[Container]:
    return client.containers.list(all=True, filters={"label": f"{LABEL}=1"}, ignore_removed=True)
