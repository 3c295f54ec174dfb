"""The client's side of SASL (RFC 4422): what each mechanism says, whatever carries it."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from typing import TypeAlias

from scramp import ScramClient
from scramp.core import ScramException

from conformance.servers.base import Credentials, Endpoint

__all__ = ["MECHANISMS", "Exchange", "SaslError", "exchange"]


class SaslError(Exception):
    """The server's challenge makes no sense; the message says why."""


Exchange: TypeAlias = "Iterator[bytes]"


def _plain(credentials: Credentials, _: list[bytes], __: Endpoint | None) -> Exchange:
    """RFC 4616."""
    yield b"\0%b\0%b" % (credentials.user.encode(), credentials.password.encode())


def _external(credentials: Credentials, _: list[bytes], __: Endpoint | None) -> Exchange:
    """RFC 4422 appendix A: whoever TLS says we are, as this user."""
    yield credentials.user.encode()


def _cram_md5(credentials: Credentials, challenges: list[bytes], _: Endpoint | None) -> Exchange:
    """RFC 2195; the server speaks first."""
    digest = hmac.new(credentials.password.encode(), challenges[-1], hashlib.md5).hexdigest()
    yield f"{credentials.user} {digest}".encode()


def _scram(credentials: Credentials, challenges: list[bytes], _: Endpoint | None) -> Exchange:
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


def _oauthbearer(credentials: Credentials, _: list[bytes], endpoint: Endpoint | None) -> Exchange:
    """RFC 7628 section 3.1: the password is the token; a refusal is acknowledged with one ^A."""
    user = credentials.user.replace("=", "=3D").replace(",", "=2C")
    place = f"host={endpoint.host}\1port={endpoint.port}\1" if endpoint is not None else ""
    yield f"n,a={user},\1{place}auth=Bearer {credentials.password}\1\1".encode()
    yield b"\1"


_Mechanism: TypeAlias = "Callable[[Credentials, list[bytes], Endpoint | None], Exchange]"
MECHANISMS: dict[str, tuple[_Mechanism, bool]] = {
    "PLAIN": (_plain, True),
    "EXTERNAL": (_external, True),
    "CRAM-MD5": (_cram_md5, False),
    "SCRAM-SHA-256": (_scram, True),
    "OAUTHBEARER": (_oauthbearer, True),
}
"""Each mechanism with whether the client speaks first."""


def exchange(
    mechanism: str,
    credentials: Credentials,
    challenges: list[bytes],
    endpoint: Endpoint | None = None,
) -> Exchange:
    """Return the client's answers in order; before each, ``challenges`` ends in what it answers.

    endpoint  where the client is connected to, for the mechanism that says so
    KeyError for a mechanism that is not known; the answers raise SaslError.
    """
    return MECHANISMS[mechanism][0](credentials, challenges, endpoint)
