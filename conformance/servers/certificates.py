"""One certificate authority per run, and what servers and clients need of it."""

import io
import ssl
import tarfile
import threading
from dataclasses import dataclass

import trustme

from conformance.servers.engine import reach

__all__ = ["Authority", "authority"]

NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority with one server certificate for this machine's loopback names.

    certificate  PEM, with the chain; key  PEM; ca  PEM of the authority
    """

    certificate: bytes
    key: bytes
    ca: bytes

    def client_context(self) -> ssl.SSLContext:
        """Return a client's context that trusts this authority alone and checks names."""
        return ssl.create_default_context(cadata=self.ca.decode())

    def files(self) -> dict[str, bytes]:
        """Return file name -> content, as servers find them in ``/certs``."""
        return {"cert.pem": self.certificate, "key.pem": self.key, "ca.pem": self.ca}

    def archive(self, folder: str) -> bytes:
        """Return ``files`` as a tar archive in which they lie in ``folder``."""
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as tar:
            for name, content in self.files().items():
                entry = tarfile.TarInfo(folder + name)
                entry.size = len(content)
                entry.mode = 0o644  # the key too: servers read it as users of their own
                tar.addfile(entry, io.BytesIO(content))
        return stream.getvalue()


def _elsewhere() -> list[str]:
    """Return the engine's host, if that is not this machine."""
    host = reach()[1]
    return [] if host in NAMES else [host]


_authorities: dict[str, Authority] = {}
_guard = threading.Lock()


def authority(run: str) -> Authority:
    """Return the authority of the run ``run``, made at the first call."""
    with _guard:
        if run not in _authorities:
            ca = trustme.CA(organization_name="imap-conformance", key_type=trustme.KeyType.ECDSA)
            leaf = ca.issue_cert(*NAMES, *_elsewhere(), key_type=trustme.KeyType.ECDSA)
            _authorities[run] = Authority(
                certificate=b"".join(blob.bytes() for blob in leaf.cert_chain_pems),
                key=leaf.private_key_pem.bytes(),
                ca=ca.cert_pem.bytes(),
            )
        return _authorities[run]
