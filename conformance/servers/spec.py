"""What people type to name a server, taken apart; see ``registry`` for the forms."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from conformance.servers.base import ServerError
from conformance.servers.catalog import definition
from conformance.servers.definition import Build, Definition

__all__ = ["KINDS", "Vendor", "vendor"]

KINDS = (
    "docker:NAME[:BUILD][+VARIANT]",
    "docker:NAME@IMAGE",
    "image:NAME[:TAG]",
    "process:NAME",
    "embedded:pymap",
    "imap://user:password@host:port",
)

_SPEC = re.compile(
    r"""(?P<kind> docker | process | embedded ) :
        (?P<name> [./~][^:+@]* | [\w.-]+ )
        (?: :(?P<build> [\w.-]+ ) | @(?P<image> [^+]+ ) )?
        (?: \+(?P<variant> [\w-]+ ) )?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Vendor:
    """A specification that names a server of the registry.

    build        the build it means; None for processes and where ``image`` is given
    image        an image that exists, to be used with the vendor's facts
    environment  what the variant says
    """

    kind: str
    definition: Definition
    build: Build | None = None
    image: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


def vendor(spec: str, folders: Sequence[Path] = ()) -> Vendor:
    """Return what ``spec`` names; ServerError says what there is instead."""
    match = _SPEC.fullmatch(spec)
    if not match:
        raise ServerError(f"'{spec}' is no server", hint=f"write one of {', '.join(KINDS)}")
    kind, image = match["kind"], match["image"] or ""
    found = definition(match["name"], folders)
    environment = _variant(found, match["variant"])
    if kind == "docker":
        build = None if image else found.build(match["build"] or "")
        return Vendor(kind, found, build, image, environment)
    if image or match["build"]:
        raise ServerError(f"'{spec}': a process has neither builds nor images")
    if not found.command:
        raise ServerError(
            f"{found.name} cannot run as a process of this machine",
            hint=f"no [process] in {found.folder / 'server.toml'}; docker:{found.name} may do",
        )
    return Vendor(kind, found, environment=environment)


def _variant(found: Definition, name: str | None) -> Mapping[str, str]:
    if name is None:
        return {}
    if name not in found.variants:
        known = ", ".join(found.variants) or "none"
        raise ServerError(f"no variant '{name}' of {found.name}", hint=f"there are {known}")
    return found.variants[name]
