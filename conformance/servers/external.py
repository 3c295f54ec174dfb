"""A server that someone else runs: found by its address, never started, stopped or broken by us."""

import asyncio
import ssl
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from conformance.servers.accounts import Accounts
from conformance.servers.base import Credentials, Endpoint, Health, ServerError, ServerInfo
from conformance.servers.greeting import greeting, wait_for_greeting
from conformance.servers.options import Options

__all__ = ["ExternalServer"]

START_SECONDS = 5.0
HEALTH_SECONDS = 5.0
_PORTS = {"imap": 143, "imaps": 993}


class ExternalServer:
    """``imap://user:password@host:port`` or ``imaps://…``; implements ``Server``.

    The account of the address is alice's, if ``Options.users`` does not say
    otherwise; other users need accounts there.
    """

    def __init__(self, spec: str, *, options: Options) -> None:
        """Read the address; ServerError if it is none. Nothing is connected yet."""
        try:
            url = urlsplit(spec)
            host, port = url.hostname, url.port or _PORTS[url.scheme]
        except (ValueError, KeyError) as error:
            raise ServerError(f"'{spec}' is no address of a server: {error}") from None
        if not host or url.path.strip("/") or url.query or url.fragment:
            raise ServerError(
                f"'{spec}' is no address of a server", hint="write imap://user:password@host:port"
            )
        # A password has no place in reports.
        self.spec = f"{url.scheme}://{url.hostname}:{port}"
        self._service = url.scheme
        self._endpoint = Endpoint(host, port, url.scheme == "imaps")
        self._options = options
        users = dict(options.users)
        if url.username is not None:
            account = Credentials(unquote(url.username), unquote(url.password or ""))
            users.setdefault("alice", account)
        self._accounts = Accounts("", "", users) if users else None
        self._info: ServerInfo | None = None
        try:
            self._tls = ssl.create_default_context(cafile=options.ca and str(options.ca))
        except OSError as error:
            raise ServerError(f"no certificates in {options.ca}: {error}") from None

    @property
    def info(self) -> ServerInfo:
        """What is known of the server; ServerError before ``start``."""
        if self._info is None:
            raise ServerError(f"{self.spec} has not been looked at yet")
        return self._info

    @property
    def tls(self) -> ssl.SSLContext | None:
        """The system's trusted authorities, or those of ``Options.ca``."""
        return self._tls

    async def start(self) -> None:
        """See that it greets."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            await wait_for_greeting(
                self._service,
                self._endpoint,
                tls=self._tls,
                seconds=self._options.start_seconds or START_SECONDS,
                running=_nothing,
            )
        except ServerError as error:
            raise ServerError(
                f"{self.spec}: {error}",
                hint=error.hint or "does it run, and does this address fit?",
            ) from None
        self._info = ServerInfo(
            name=self._endpoint.host,
            version="",
            services={self._service: self._endpoint},
            features=frozenset(),
            seconds=loop.time() - begun,
            isolated=False,
            disposable=self._options.allow_destructive,
            controlled=False,
        )

    def credentials(self, scope: str, user: str) -> Credentials:
        """Return the account that was given for ``user``."""
        if self._accounts is None:
            raise ServerError(
                f"no account is known for {self.spec}",
                hint="write imap://user:password@host, or give users in the configuration",
            )
        return self._accounts.credentials(scope, user)

    async def health(self, *, connect: bool = False) -> Health:
        """See whether it still greets, if ``connect``; else take it for well."""
        if not connect:
            return Health(running=True, answers=True)
        try:
            async with asyncio.timeout(HEALTH_SECONDS):
                answers = bool(await greeting(self._endpoint, self._tls))
        except (OSError, EOFError, TimeoutError):
            answers = False
        return Health(running=answers, answers=answers)

    def log(self, lines: int = 40) -> str:  # noqa: ARG002 - it keeps none that we could read
        """Return nothing: its log is not ours to read."""
        return ""

    async def restart(self) -> None:
        """ServerError: it is not ours."""
        self._not_ours()

    kill = pause = resume = halt = restart

    async def stop(self) -> None:
        """Leave it as it is."""

    def _not_ours(self) -> NoReturn:
        raise ServerError(f"{self.spec} is run by someone else: it cannot be restarted or stopped")


async def _nothing() -> None:
    """There is no process to look at."""
