"""The Docker engine: connect to it, call it from asyncio, say in one line what went wrong."""

import functools
import os
import socket
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import docker
import docker.errors
import requests
from docker.context import ContextAPI

from conformance.servers.base import EngineError, ServerError
from conformance.servers.threads import in_thread

__all__ = ["LOOPBACK", "NO_ENGINE", "call", "connect", "explain", "reach"]

T = TypeVar("T")

LOOPBACK = "127.0.0.1"

DEFAULT_SOCKET = "unix:///var/run/docker.sock"

NO_ENGINE = (
    "start Docker (systemctl start docker, or Docker Desktop), see that this user may use it"
    " (group 'docker'), or name another engine in DOCKER_HOST"
)


@functools.cache
def _client(timeout: float) -> docker.DockerClient:
    """Return a client as the docker command would make it: DOCKER_HOST, else its context."""
    options: dict[str, Any] = {"timeout": int(timeout), "version": "auto", "max_pool_size": 64}
    address = os.environ.get("DOCKER_HOST", "")
    if not address:
        context = ContextAPI.get_current_context()
        if context is not None and context.name != "default":
            _knock(context.Host or "")
            return docker.DockerClient(base_url=context.Host, tls=context.TLSConfig, **options)
    _knock(address or DEFAULT_SOCKET)
    return docker.from_env(**options)


def _knock(address: str) -> None:
    """See that somebody listens on a socket of this machine: the SDK says it less clearly."""
    if address.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(5)
            door.connect(address.removeprefix("unix://"))


def connect(timeout: float = 60) -> docker.DockerClient:
    """Return a client of the engine that the environment names; ServerError if none answers."""
    try:
        return _client(timeout)
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        raise ServerError(f"no Docker engine answers: {_brief(error)}", hint=NO_ENGINE) from None


def reach() -> tuple[str, str]:
    """Return on which address an engine is to publish ports, and at which host they are then.

    Loopback and loopback; an engine on another host, such as GitLab's docker:dind, has
    to use its own addresses.
    """
    url = urlsplit(os.environ.get("DOCKER_HOST", ""))
    if url.scheme in ("tcp", "http", "https") and url.hostname not in (None, "localhost", LOOPBACK):
        return "0.0.0.0", str(url.hostname)  # noqa: S104 - of the engine's host, not of ours
    return LOOPBACK, LOOPBACK


async def call(function: Callable[[docker.DockerClient], T], *, what: str) -> T:
    """Run ``function`` on the engine's client in a thread; ServerError if ``what`` fails."""

    def work() -> T:
        with explain(what):
            return function(connect())

    return await in_thread(work)


class explain:  # noqa: N801 - reads as a word
    """Turn the SDK's exceptions inside the block into a ServerError about ``what``."""

    def __init__(self, what: str) -> None:
        """Remember what is tried, such as ``start dovecot``."""
        self.what = what

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Raise a ServerError in place of what the SDK raised."""
        if isinstance(error, docker.errors.APIError):
            text = error.explanation or str(error)
            raise ServerError(f"Docker could not {self.what}: {_line(text)}") from None
        if isinstance(error, (docker.errors.DockerException, requests.RequestException)):
            message = f"the Docker engine was lost (to {self.what}): {_brief(error)}"
            raise EngineError(message, hint=NO_ENGINE) from None


def _line(text: object) -> str:
    return " ".join(str(text).split())[:400]


def _brief(error: BaseException) -> str:
    """Dig out the cause at the bottom: the SDK wraps it four layers deep."""
    seen: BaseException = error
    while (inner := seen.__cause__ or seen.__context__) is not None:
        seen = inner
    return _line(seen) or type(seen).__name__
