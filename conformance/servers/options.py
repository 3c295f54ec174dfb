"""What a user may say about servers beyond their specification."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from conformance.servers.base import Credentials

__all__ = ["Options"]


def _silent(_line: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Options:
    """How servers are to be made and treated.

    folders            further folders of servers (each with <name>/server.toml), before our own
    build_args         build arguments for images, over those of server.toml
    dockerfile         a Dockerfile to use in place of the build's own
    fresh              build images anew, without a cache
    keep               leave the server running when this process ends
    environment        further environment of containers and processes
    start_seconds      time for the first greeting, over that of server.toml
    users              user -> account, for servers that someone else runs
    ca                 a file of certificates to trust for ``imaps://``; the system's if None
    allow_destructive  whether mail on someone else's server may be destroyed
    progress           told what takes long, one line at a time
    """

    folders: tuple[Path, ...] = ()
    build_args: Mapping[str, str] = field(default_factory=dict)
    dockerfile: Path | None = None
    fresh: bool = False
    keep: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    start_seconds: float | None = None
    users: Mapping[str, Credentials] = field(default_factory=dict)
    ca: Path | None = None
    allow_destructive: bool = False
    progress: Callable[[str], None] = _silent
