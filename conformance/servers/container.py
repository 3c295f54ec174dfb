"""A server in a container: made, waited for by its greeting, watched, and always removed."""

import asyncio
import itertools
import os
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import docker
import docker.errors
from docker.models.containers import Container

from conformance.servers.base import Endpoint, EngineError, ServerError
from conformance.servers.container_log import ContainerLog
from conformance.servers.definition import Definition
from conformance.servers.engine import call, connect
from conformance.servers.labels import LABEL, mine
from conformance.servers.leftovers import remove_orphans_once
from conformance.servers.options import Options
from conformance.servers.own import OwnServer
from conformance.servers.sandbox import endpoints, make_container

__all__ = ["ContainerServer", "Prepared"]

T = TypeVar("T")

SLOW = "its log may tell; if it is only slow, give it more time ([wait] start in server.toml)"

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An image that is ready to run and what is known of the server in it."""

    image: str
    version: str
    definition: Definition


class ContainerServer(OwnServer):
    """One server in one container; implements ``Server``.

    prepare   builds or finds the image; called by ``start``
    """

    def __init__(
        self,
        spec: str,
        prepare: Callable[[], Awaitable[Prepared]],
        *,
        run: str,
        options: Options,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Make nothing yet."""
        super().__init__(spec, run=run, options=options)
        self._prepare = prepare
        self._run = run
        self._environment = {**(environment or {}), **options.environment}
        word = re.sub(r"[^a-z0-9]+", "-", spec.lower()).strip("-")
        self._name = f"{LABEL}-{os.getpid()}-{next(_numbers)}-{word[:40]}"
        self._pending: asyncio.Future[Any] | None = None
        self._container: Container | None = None
        self._prepared: Prepared | None = None
        self._log = ContainerLog()
        self._crashes: list[str] = []
        self._exit_status: int | None = None
        self._starved = False

    async def start(self) -> None:
        """Build the image if need be, run it and wait until all its services greet."""
        if self._container is not None:
            raise ServerError(f"{self.spec} has been started already")
        await remove_orphans_once()
        prepared = self._prepared = await self._prepare()
        definition = prepared.definition
        self._know(definition)

        def make(client: docker.DockerClient) -> Container:
            return make_container(
                client,
                prepared.image,
                definition,
                name=self._name,
                labels=mine(self._run, keep=self._options.keep),
                environment=self._environment,
                certificates=self._authority.archive("certs/"),
            )

        self._container = await self._call("make its container", make)
        await self._up()

    def log(self, lines: int = 40) -> str:
        """Return the last lines of the container's log; what was read before if it is gone."""
        if self._container is not None:
            with suppress(docker.errors.DockerException, OSError):
                self._look(self._container)
        return self._log.tail(lines)

    async def kill(self) -> None:
        """KILL every process in it, then start it with its data."""
        await self.resume()

        def kill(container: Container) -> None:
            with suppress(docker.errors.APIError):  # it may have ended by itself
                container.kill("KILL")
            container.wait(timeout=10)
            self._look(container)

        await self._do("kill it", kill)
        await self._up()

    async def pause(self) -> None:
        """Freeze all its processes: connections stay, nothing answers."""
        if not self._paused:
            await self._do("pause it", Container.pause)
            self._paused = True

    async def resume(self) -> None:
        """Undo ``pause``."""
        if self._paused:
            await self._do("resume it", Container.unpause)
            self._paused = False

    async def halt(self) -> None:
        """Stop it in order, with its data kept for a later ``restart``."""
        await self.resume()
        seconds = self._definition.stop_seconds

        def halt(container: Container) -> None:
            container.stop(timeout=seconds)
            self._look(container)

        await self._do("stop it", halt)

    async def stop(self) -> None:
        """Remove the container and its volumes, whatever state it is in; safe to call again.

        With ``Options.keep`` a container that once greeted stays. Without an engine
        nothing is raised: the next start of a container removes what is left.
        """
        if self._pending is not None:
            # A start that was cancelled half-way: its call may still make the container.
            done, _ = await asyncio.wait({self._pending}, timeout=60)
            for each in done:
                if not each.cancelled():
                    each.exception()  # nobody else asks for it
        if self._prepared is None or (self._options.keep and self._info is not None):
            return

        def remove(client: docker.DockerClient) -> None:
            with suppress(docker.errors.NotFound):
                client.api.remove_container(self._name, v=True, force=True)

        try:
            await call(remove, what=f"remove {self._name}")
        except ServerError as error:  # what follows has results to keep
            self._options.progress(f"left behind: {error}; 'down' removes it, or the next start")
        self._container = None

    # --- inside ---

    async def _call(self, what: str, act: Callable[[docker.DockerClient], T]) -> T:
        """Do ``act`` in a thread; a wait that is cancelled leaves it in ``_pending``."""
        task = asyncio.ensure_future(call(act, what=f"{what} ({self.spec})"))
        self._pending = task
        return await asyncio.shield(task)

    async def _do(self, what: str, act: Callable[[Container], T]) -> T:
        container = self._container
        if container is None:
            raise self._not_started()
        return await self._call(what, lambda _: act(container))

    async def _launch(self) -> Mapping[str, Endpoint]:
        await self._do("start it", Container.start)
        return await self._services()

    async def _version(self) -> str:
        return self._prepared.version if self._prepared else ""

    async def _runs(self) -> bool:
        try:
            return await self._do("look at it", self._look)
        except EngineError:
            raise
        except ServerError:
            return False

    def _new_crashes(self) -> Sequence[str]:
        crashes, self._crashes = tuple(self._crashes), []
        return crashes

    def _hint(self) -> str:
        return SLOW

    async def _services(self) -> dict[str, Endpoint]:
        definition = self._definition
        services = await self._do("ask for its ports", lambda c: endpoints(c, definition))
        if services is None:
            await self._must_run()
            raise ServerError("the engine publishes none of its ports")
        return services

    async def _must_run(self) -> None:
        """ServerError if the container has ended."""
        if await self._do("look at it", self._look):
            return
        status = self._exit_status
        raise ServerError(f"the container ended with status {status} before it greeted")

    async def _cpu_seconds(self) -> float | None:
        """Return the CPU seconds that the container has used; None if the engine does not say."""

        def ask(container: Container) -> float | None:
            stats: Any = connect().api.stats(str(container.id), stream=False, one_shot=True)
            used = stats["cpu_stats"]["cpu_usage"].get("total_usage")
            return None if used is None else used / 1e9

        with suppress(ServerError, docker.errors.InvalidVersion, KeyError):
            return await self._do("ask for its CPU time", ask)
        return None

    def _look(self, container: Container) -> bool:
        """Read state and log; whether it runs. Blocking."""
        try:
            container.reload()
            fresh = self._log.read(container)
        except docker.errors.NotFound:
            return False
        self._crashes += self._watch.lines(fresh)
        state = container.attrs["State"]
        self._exit_status = state.get("ExitCode")
        starved = bool(state.get("OOMKilled"))  # of this start, until the next
        if starved and not self._starved:
            limit = self._definition.limits.memory
            self._crashes.append(f"(a process was killed: more memory than {limit})")
        self._starved = starved
        return bool(state["Running"])
