"""The servers that there are: folders with a ``server.toml``, the user's before our own."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.paths import fixtures_dir
from conformance.servers.base import ServerError
from conformance.servers.definition import Definition
from conformance.servers.server_toml import read_definition

__all__ = ["definition", "definitions", "folders"]


def folders(further: Sequence[Path] = ()) -> Iterator[Path]:
    """Yield the folders of servers: ``further``, IMAP_CONFORMANCE_SERVERS, our own.

    A folder that comes first hides those of the same name that follow.
    """
    listed = os.environ.get("IMAP_CONFORMANCE_SERVERS", "")
    places = [*further, *(Path(each) for each in listed.split(os.pathsep) if each)]
    seen: set[str] = set()
    for place in (*places, fixtures_dir() / "servers"):
        if not place.is_dir():
            raise ServerError(f"no folder of servers: {place}")
        for file in sorted(place.glob("*/server.toml")):
            if file.parent.name not in seen:
                seen.add(file.parent.name)
                yield file.parent


def definitions(further: Sequence[Path] = ()) -> list[Definition]:
    """Return what all servers' files say; DefinitionError at the first that is wrong."""
    return [read_definition(folder) for folder in folders(further)]


def definition(name: str, further: Sequence[Path] = ()) -> Definition:
    """Return the server called ``name``, or of the folder that ``name`` is a path of.

    ServerError lists the names that there are.
    """
    if name.startswith((".", "/", "~")):
        return read_definition(Path(name).expanduser())
    known = []
    for folder in folders(further):
        if folder.name == name:
            return read_definition(folder)
        known.append(folder.name)
    raise ServerError(f"no server is called '{name}'", hint=f"there are {', '.join(known)}")
