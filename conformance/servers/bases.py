"""Base images of Debian suites: pulled where a registry answers, else made with debootstrap.

A machine without a registry is common enough (CI behind a wall, a rate limit),
and a suite takes half a minute to make, once.
"""

import os
from collections.abc import Callable

import docker
import docker.errors
import requests

from conformance.servers.base import ServerError
from conformance.servers.debootstrap import ENVIRONMENT, make_root, remove_tree, workplace
from conformance.servers.engine import call, connect, explain
from conformance.servers.locks import lock
from conformance.servers.threads import in_thread

__all__ = ["REPOSITORY", "base_image", "base_name"]

REPOSITORY = "imap-conformance/base"
PULL_SECONDS = 300

Progress = Callable[[str], None]


def base_name(suite: str) -> str:
    """Return the name under which we keep the base image of ``suite``."""
    return f"{REPOSITORY}:{suite}"


async def base_image(suite: str, progress: Progress) -> str:
    """Return the name of the base image of ``suite``, made if the engine has none yet.

    ServerError says why neither way worked.
    """
    name = base_name(suite)
    async with lock(f"base-{suite}"):
        if await call(lambda client: _present(client, name), what=f"look for {name}"):
            return name
        progress(f"pulling debian:{suite}-slim")
        refused = await in_thread(lambda: _pull(suite))
        if not refused:
            return name
        progress(f"debian:{suite}-slim cannot be pulled ({refused}); making {name} here")
        await _make(suite, refused)
    return name


def _present(client: docker.DockerClient, name: str) -> bool:
    try:
        client.images.get(name)
    except docker.errors.ImageNotFound:
        return False
    return True


def _pull(suite: str) -> str:
    """Pull Debian's own image and tag it as ours; return why that did not work, or nothing."""
    if os.environ.get("IMAP_CONFORMANCE_PULL", "1") == "0":
        return "IMAP_CONFORMANCE_PULL=0"
    with explain(f"pull debian:{suite}-slim"):
        try:
            image = connect(PULL_SECONDS).images.pull("debian", tag=f"{suite}-slim")
        except (docker.errors.APIError, requests.RequestException) as error:
            text = getattr(error, "explanation", None) or error
            return " ".join(str(text).split())[:200]
        image.tag(REPOSITORY, tag=suite)
        return ""


async def _make(suite: str, refused: str) -> None:
    if os.geteuid() != 0:
        raise ServerError(
            f"no base image debian:{suite}-slim: the registry says '{refused}',"
            " and making one here needs root",
            hint=f"pull or load it yourself (docker pull debian:{suite}-slim,"
            f" docker tag debian:{suite}-slim {base_name(suite)}), or run once as root",
        )
    folder = workplace(suite)
    try:
        archive = await make_root(suite, folder)
        await call(
            lambda client: client.api.import_image_from_file(
                str(archive),
                repository=REPOSITORY,
                tag=suite,
                changes=[f"ENV {key}={value}" for key, value in ENVIRONMENT.items()],
            ),
            what=f"import the base image of {suite}",
        )
    except ServerError as error:
        raise ServerError(
            f"no base image debian:{suite}-slim: the registry says '{refused}', and {error}",
            hint=error.hint,
            log=error.log,
        ) from None
    finally:
        remove_tree(folder)
