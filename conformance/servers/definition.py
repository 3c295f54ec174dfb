"""What ``server.toml`` says of a vendor's server, as values.

``fixtures/servers/README.md`` documents every key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance.servers.base import Credentials, Endpoint, ServerError, ServerInfo

__all__ = ["SERVICES", "Build", "Definition", "Limits"]

# The services that actors may ask for, and whether TLS starts with the first octet.
SERVICES: Mapping[str, bool] = {
    "imap": False,
    "imaps": True,
    "pop3": False,
    "pop3s": True,
    "lmtp": False,
    "submission": False,
    "submissions": True,
    "managesieve": False,
}


@dataclass(frozen=True, slots=True)
class Build:
    """One version that can be built.

    version     what people type and see, such as ``2.4.1``
    suite       the Debian suite of its base image; empty: the Dockerfile names its own
    args        build arguments; ``BASE`` is added
    capabilities, features  what this build has beyond the vendor's common ones
    """

    version: str
    suite: str = ""
    dockerfile: str = "Dockerfile"
    context: str = "."
    args: Mapping[str, str] = field(default_factory=dict)
    capabilities: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a container may use. ``tmpfs`` maps a folder to its mount options."""

    memory: str = "1g"
    pids: int = 2000
    tmpfs: Mapping[str, str] = field(default_factory=lambda: {"/run": "size=64m,mode=755"})


@dataclass(frozen=True, slots=True)
class Definition:
    """A vendor's server: how it is built, reached, logged in to, and how its crashes look.

    ports         service -> port inside the container
    version       command that prints the true version; version_pattern's group 1 takes it out
    user_pattern  user names, made from {scope} and {user}
    accounts      fixed accounts, where a server cannot let any name in
    command       for ``process:``, with {imap} {certs} … to be filled in
    command_version  what prints the version of that command, likewise
    variants      further words in a specification (``+mdbox``) -> environment
    """

    name: str
    folder: Path
    title: str = ""
    ports: Mapping[str, int] = field(default_factory=dict)
    builds: tuple[Build, ...] = ()
    version: tuple[str, ...] = ()
    version_pattern: str = r"(\d[\w.]*)"
    password: str = "secret"  # noqa: S105 - every account of a throw-away server has it
    user_pattern: str = "u-{scope}-{user}"
    accounts: Mapping[str, Credentials] = field(default_factory=dict)
    admin: Credentials | None = None
    crashes: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()
    capabilities: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)
    start_seconds: float = 30.0
    stop_seconds: int = 5
    limits: Limits = field(default_factory=Limits)
    environment: Mapping[str, str] = field(default_factory=dict)
    variants: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    command_version: tuple[str, ...] = ()

    def info(self, version: str, services: Mapping[str, Endpoint], seconds: float) -> ServerInfo:
        """Return what is known of a server of this kind that has started."""
        return ServerInfo(
            name=self.name,
            version=version,
            services=services,
            features=self.features,
            seconds=seconds,
            facts=self.facts,
            admin=self.admin,
            isolated=not self.accounts,
        )

    def with_build(self, build: Build) -> "Definition":
        """Return the definition with what ``build`` has beyond the common."""
        return replace(
            self,
            capabilities=self.capabilities | build.capabilities,
            features=self.features | build.features,
        )

    def build(self, wanted: str) -> Build:
        """Return the build that ``wanted`` names: a version, the start of one, a suite, or nothing.

        An exact version or suite wins; among several that start with the words the
        first in the file; nothing names the first of all. ServerError lists what there is.
        """
        if not self.builds:
            raise ServerError(f"{self.name} has no builds", hint="its server.toml needs [[build]]")
        if not wanted:
            return self.builds[0]
        for build in self.builds:
            if wanted in (build.version, build.suite):
                return build
        for build in self.builds:
            if build.version.startswith(wanted + "."):
                return build
        known = ", ".join(
            f"{build.version} ({build.suite})" if build.suite else build.version
            for build in self.builds
        )
        raise ServerError(f"no build '{wanted}' of {self.name}", hint=f"there are {known}")
