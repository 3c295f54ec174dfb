"""The client's side of SASL (RFC 4422): what each mechanism says, whatever carries it."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from typing import TypeAlias

from scramp import ScramClient
from scramp.core import ScramException

from conformance.servers.base import Credentials

__all__ = ["MECHANISMS", "Exchange", "SaslError", "exchange"]


class SaslError(Exception):
    """The server's challenge makes no sense; the message says why."""


Exchange: TypeAlias = "Iterator[bytes]"


def _plain(credentials: Credentials, _: list[bytes]) -> Exchange:
    """RFC 4616."""
    yield b"\0%b\0%b" % (credentials.user.encode(), credentials.password.encode())


def _external(credentials: Credentials, _: list[bytes]) -> Exchange:
    """RFC 4422 appendix A: whoever TLS says we are, as this user."""
    yield credentials.user.encode()


def _cram_md5(credentials: Credentials, challenges: list[bytes]) -> Exchange:
    """RFC 2195; the server speaks first."""
    digest = hmac.new(credentials.password.encode(), challenges[-1], hashlib.md5).hexdigest()
    yield f"{credentials.user} {digest}".encode()


def _scram(credentials: Credentials, challenges: list[bytes]) -> Exchange:
    """RFC 7677; the last answer is empty, once the server has proved itself too."""
    client = ScramClient(["SCRAM-SHA-256"], credentials.user, credentials.password)
    yield client.get_client_first().encode()
    try:
        client.set_server_first(challenges[-1].decode())
        yield client.get_client_final().encode()
        client.set_server_final(challenges[-1].decode())
    except (ScramException, UnicodeDecodeError) as error:
        raise SaslError(f"SCRAM: {error}") from None
    yield b""


MECHANISMS: dict[str, tuple[Callable[[Credentials, list[bytes]], Exchange], bool]] = {
    "PLAIN": (_plain, True),
    "EXTERNAL": (_external, True),
    "CRAM-MD5": (_cram_md5, False),
    "SCRAM-SHA-256": (_scram, True),
}
"""Each mechanism with whether the client speaks first."""


def exchange(mechanism: str, credentials: Credentials, challenges: list[bytes]) -> Exchange:
    """Return the client's answers in order; before each, ``challenges`` ends in what it answers.

    KeyError for a mechanism that is not known; the answers raise SaslError.
    """
    return MECHANISMS[mechanism][0](credentials, challenges)
