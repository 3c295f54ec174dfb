"""What every server is to the rest: started, waited for, given users, watched, and removed.

The kinds (docker, image, process, embedded, external) implement ``Server``;
``registry.server(spec)`` makes one from what people type.
"""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

__all__ = [
    "Credentials",
    "Endpoint",
    "EngineError",
    "Health",
    "Server",
    "ServerError",
    "ServerInfo",
]


class ServerError(Exception):
    """A server could not be started, or was lost; the message says what to do about it.

    hint  a line for people: what to try next
    log   the server's last log lines, if there are any
    """

    def __init__(self, message: str, *, hint: str = "", log: str = "") -> None:
        """Keep the message and what helps to understand it."""
        super().__init__(message)
        self.hint = hint
        self.log = log


class EngineError(ServerError):
    """What runs the server does not answer: how the server fares is not known."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a service listens; ``tls`` says whether TLS starts with the first octet.

    direct  another address and port of it, that only this machine can reach, and sooner
    """

    host: str
    port: int
    tls: bool = False
    direct: tuple[str, int] | None = None

    @property
    def nearest(self) -> tuple[str, int]:
        """Return the address and port for connections from here; its name remains ``host``."""
        return self.direct or (self.host, self.port)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user of the server and the password that lets it in."""

    user: str
    password: str


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What is known of a started server.

    name        the vendor's product, such as ``dovecot``
    version     as the server itself says it, such as ``2.3.19.1``
    services    service name (imap, imaps, pop3, pop3s, lmtp, submission) -> endpoint
    features    further words that scenarios may ask for with ``needs``, such as ``starttls``
    seconds     from the start to the greeting
    facts       what scenarios cannot ask the server: ``shared`` (how another user's mailbox
                is named, with {user} and {mailbox}), ``separator`` …
    admin       an account that may do everything, if there is one
    isolated    whether each scope has accounts of its own; if not, play one scenario at a time
    disposable  whether all mail in it may be destroyed; if not, only read
    controlled  whether it can be restarted, killed, paused and halted

    Endpoints may change with each start: ask for ``info`` anew after ``restart`` and ``kill``.
    """

    name: str
    version: str
    services: Mapping[str, Endpoint]
    features: frozenset[str] = frozenset()
    seconds: float = 0.0
    facts: Mapping[str, str] = field(default_factory=dict)
    admin: Credentials | None = None
    isolated: bool = True
    disposable: bool = True
    controlled: bool = True


@dataclass(frozen=True, slots=True)
class Health:
    """What a look at a running server showed.

    running  whether the container or process still runs
    answers  whether it greets a new connection
    crashes  log lines since the last look that tell of a crash (panic, assertion, core, sanitizer)
    busy     how many CPUs it used while it did not answer (1.0: it loops); None if it answers,
             was not asked, or that cannot be known
    """

    running: bool
    answers: bool
    crashes: Sequence[str] = field(default=())
    busy: float | None = None


class Server(Protocol):
    """A server under test."""

    spec: str

    @property
    def info(self) -> ServerInfo:
        """What is known of the server; ServerError before ``start``."""

    @property
    def tls(self) -> ssl.SSLContext | None:
        """What a client needs to trust this server's certificates; None if it has no TLS."""

    async def start(self) -> None:
        """Start it and wait for its greeting; ServerError if that does not come."""

    def credentials(self, scope: str, user: str) -> Credentials:
        """Return the account of ``user`` (alice, bob …) that belongs to ``scope`` alone.

        ``scope`` is a short word of a-z, 0-9 and - that is unique to one play of one
        scenario in this run. No I/O: accounts come to be at their first login.
        ServerError if the server has no account to give.
        """

    async def health(self, *, connect: bool = False) -> Health:
        """Look whether it still runs; ``connect``: and whether it still greets.

        EngineError if nobody can tell.
        """

    def log(self, lines: int = 40) -> str:
        """Return the last lines of its log (untrusted text); empty if it keeps none."""

    async def restart(self) -> None:
        """Stop it in order and start it with its data."""

    async def kill(self) -> None:
        """End it without warning (KILL), then start it with its data."""

    async def pause(self) -> None:
        """Freeze it: connections stay, nothing answers."""

    async def resume(self) -> None:
        """Undo ``pause``."""

    async def halt(self) -> None:
        """Stop it in order, with its data kept for a later ``restart``."""

    async def stop(self) -> None:
        """Remove it and all that it left; safe to call twice and after a failed start."""
