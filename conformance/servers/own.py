"""What all servers that we start have alike: how they come up, what is known then, how they are."""

import asyncio
import ssl
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from conformance.servers.accounts import Accounts
from conformance.servers.base import Credentials, Endpoint, Health, ServerError, ServerInfo
from conformance.servers.certificates import authority
from conformance.servers.crashes import CrashWatch
from conformance.servers.definition import Definition
from conformance.servers.options import Options
from conformance.servers.watching import answers, wait_for_services

__all__ = ["OwnServer"]


class OwnServer(ABC):
    """A server with a certificate of this run, started by us; each kind says how.

    A kind calls ``_know`` when it has the definition, and ``_up`` for each start.
    """

    def __init__(self, spec: str, *, run: str, options: Options) -> None:
        """Make nothing yet."""
        self.spec = spec
        self._options = options
        self._authority = authority(run)
        self._tls = self._authority.client_context()
        self._known: Definition | None = None
        self._accounts: Accounts | None = None
        self._watch = CrashWatch()
        self._info: ServerInfo | None = None
        self._paused = False

    @property
    def info(self) -> ServerInfo:
        """What is known of the server; ServerError before ``start``."""
        if self._info is None:
            raise self._not_started()
        return self._info

    @property
    def tls(self) -> ssl.SSLContext | None:
        """A context that trusts this run's authority and checks names."""
        return self._tls

    def credentials(self, scope: str, user: str) -> Credentials:
        """Return the account of ``user`` that belongs to ``scope`` alone."""
        if self._accounts is None:
            raise self._not_started()
        return self._accounts.credentials(scope, user)

    async def health(self, *, connect: bool = False) -> Health:
        """Look whether it runs, and what it has logged since the last look."""
        running, busy = await self._runs(), None
        answering = running and not self._paused
        if running and connect:
            answering, busy = await answers(self.info.services, self.tls, self._cpu_seconds)
        return Health(running, answering, self._new_crashes(), busy)

    @abstractmethod
    def log(self, lines: int = 40) -> str:
        """Return the last lines of its log; empty if it keeps none."""

    @abstractmethod
    async def halt(self) -> None:
        """Stop it in order, with its data kept for a later ``restart``."""

    async def restart(self) -> None:
        """Stop it in order and start it with its data."""
        await self.halt()
        await self._up()

    # --- inside: what each kind does in its own way ---

    @abstractmethod
    async def _launch(self) -> Mapping[str, Endpoint]:
        """Start what is there, with its data, and return where its services will be."""

    @abstractmethod
    async def _version(self) -> str:
        """Return the version of what was started; empty if unknown."""

    @abstractmethod
    async def _runs(self) -> bool:
        """Whether it has not ended."""

    @abstractmethod
    async def _must_run(self) -> None:
        """ServerError, with its exit status, if it has ended."""

    @abstractmethod
    async def _cpu_seconds(self) -> float | None:
        """Return the CPU seconds that it has used; None if unknown."""

    @abstractmethod
    def _new_crashes(self) -> Sequence[str]:
        """Return the log lines that tell of a crash and were not told before."""

    @abstractmethod
    def _hint(self) -> str:
        """Return what to try when it does not greet."""

    # --- inside: what they do alike ---

    @property
    def _definition(self) -> Definition:
        if self._known is None:
            raise self._not_started()
        return self._known

    def _know(self, definition: Definition) -> None:
        """Take in what its server.toml says."""
        self._known = definition
        self._accounts = Accounts(definition.user_pattern, definition.password, definition.accounts)
        self._watch = CrashWatch(definition.crashes, definition.harmless)

    async def _up(self) -> None:
        """Start it and wait until every service greets; then ``info`` is new."""
        definition = self._definition
        begun = asyncio.get_running_loop().time()
        try:
            services = await self._launch()
            self._paused = False
            took = await wait_for_services(
                services,
                tls=self.tls,
                begun=begun,
                seconds=self._options.start_seconds or definition.start_seconds,
                running=self._must_run,
            )
            await self._runs()
        except ServerError as error:
            raise ServerError(
                f"{self.spec}: {error}", hint=error.hint or self._hint(), log=self.log()
            ) from None
        self._info = definition.info(await self._version(), services, took)

    def _not_started(self) -> ServerError:
        return ServerError(f"{self.spec} has not been started")
