"""Images that nobody needs any more: made from files that have changed since, or all of ours."""

import docker
import docker.errors

from conformance.servers.bases import REPOSITORY as BASES
from conformance.servers.catalog import definitions
from conformance.servers.engine import call
from conformance.servers.images import SERVER, image_name
from conformance.servers.options import Options

__all__ = ["prune_images"]


async def prune_images(options: Options | None = None, *, everything: bool = False) -> list[str]:
    """Remove our images that no server.toml makes any more; return their names.

    everything  also those that would be used, and the base images
    An image that a container uses stays.
    """
    options = options or Options()
    wanted = {
        image_name(each, build, options)
        for each in definitions(options.folders)
        for build in each.builds
    }

    def work(client: docker.DockerClient) -> list[str]:
        ours = client.images.list(filters={"label": SERVER})
        if everything:
            ours += client.images.list(name=BASES)
        removed = []
        for image in ours:
            for name in image.tags:
                if name in wanted and not everything:
                    continue
                try:
                    client.images.remove(name)
                except docker.errors.APIError as error:
                    if error.status_code not in (404, 409):
                        raise
                else:
                    removed.append(name)
        return removed

    return await call(work, what="remove images")
