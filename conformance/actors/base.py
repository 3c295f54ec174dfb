"""What every actor is to the player, whatever it speaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from conformance.actors.connection import Connection, Reply
from conformance.servers.base import Credentials

__all__ = ["Actor", "Literal", "Pieces"]


@dataclass(frozen=True, slots=True)
class Literal:
    """Octets that go over the wire as a literal, or as what the protocol has instead.

    plus    do not wait for the server's continuation (RFC 7888 section 4)
    binary  literal8 (RFC 3516 section 4.4)
    """

    octets: bytes
    plus: bool = False
    binary: bool = False


Pieces: TypeAlias = "Sequence[bytes | Literal]"
"""A command in parts, without tag and CRLF."""


class Actor(Protocol):
    """A client of one protocol. It sends, receives and records, and judges nothing."""

    @property
    def connected(self) -> bool:
        """Whether there is an open connection."""

    @property
    def connection(self) -> Connection:
        """The present connection; RuntimeError if there never was one."""

    async def connect(self, within: float) -> Reply:
        """Open a connection and take the greeting."""

    async def login(self, credentials: Credentials, within: float) -> Reply:
        """Become ``credentials``' user by the protocol's plainest way."""

    async def command(self, pieces: Pieces, within: float) -> Reply:
        """Send a command and wait for the end of its answer."""

    async def leave(self, within: float) -> Reply:
        """Say goodbye and close."""

    def close(self) -> None:
        """Close the connection in order."""

    def drop(self) -> None:
        """Cut the connection without a word."""
