"""What is sent to Docker to build an image, and the name that follows from it."""

import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from conformance.servers.base import ServerError

__all__ = ["GIVEN_DOCKERFILE", "HOST_AUTHORITIES", "archive", "digest"]

# Certificates that this machine trusts, where the environment names a file of them: behind a
# proxy that breaks TLS, what runs in a build needs them, too.
HOST_AUTHORITIES = "host-ca.crt"
_AUTHORITY_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT")

# Under this name goes a Dockerfile from outside the context.
GIVEN_DOCKERFILE = "Dockerfile.given"

_LEFT_OUT = {"server.toml", "__pycache__"}


def _files(context: Path) -> Iterator[tuple[str, Path]]:
    """Yield name and path of all that reaches the image: not server.toml, nor Markdown."""
    for path in sorted(context.rglob("*")):
        name = path.relative_to(context)
        if path.is_file() and path.suffix != ".md" and not _LEFT_OUT.intersection(name.parts):
            yield name.as_posix(), path


def digest(context: Path, dockerfile: Path | None, facts: Mapping[str, str]) -> str:
    """Return twelve hex digits that change with every file sent and each of ``facts``.

    dockerfile  one from outside, if there is one
    ServerError if a file cannot be read.
    """
    total = hashlib.sha256()
    try:
        for name, path in _files(context):
            runs = "x" if path.stat().st_mode & 0o100 else "-"
            total.update(f"{name}\0{runs}\0{_sum(path)}\n".encode())
        if dockerfile:
            total.update(_sum(dockerfile).encode())
    except OSError as error:
        raise ServerError(f"{error.filename} cannot be read: {error.strerror}") from None
    for key, value in sorted(facts.items()):
        total.update(f"{key}={value}\n".encode())
    return total.hexdigest()[:12]


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def archive(context: Path, dockerfile: Path | None) -> IO[bytes]:
    """Return the context as a tar file, which the caller closes; the files belong to root."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller's
    with tarfile.open(fileobj=file, mode="w") as tar:
        for name, path in _files(context):
            entry = tar.gettarinfo(path, name)
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            with path.open("rb") as content:
                tar.addfile(entry, content)
        if dockerfile:
            _add(tar, GIVEN_DOCKERFILE, dockerfile.read_bytes())
        for variable in _AUTHORITY_VARIABLES:
            trusted = Path(os.environ.get(variable) or os.devnull)
            if trusted.is_file():
                _add(tar, HOST_AUTHORITIES, trusted.read_bytes())
                break
    file.seek(0)
    return file


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))
