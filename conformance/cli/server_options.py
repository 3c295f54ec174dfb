"""What people say about servers beside their specification, from words to values."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cli.errors import UserError

if TYPE_CHECKING:
    from conformance.servers.base import Credentials
    from conformance.servers.options import Options

__all__ = [
    "AllowDestructive",
    "Authority",
    "BuildArgs",
    "Dockerfile",
    "Folders",
    "Fresh",
    "Users",
    "ours_to_break",
    "say",
    "server_options",
    "without_passwords",
]

BuildArgs = Annotated[
    list[str] | None,
    typer.Option("--build-arg", metavar="NAME=VALUE", help="An argument for building its image."),
]
Dockerfile = Annotated[
    Path | None, typer.Option(help="Build the image with this instead of its own Dockerfile.")
]
Folders = Annotated[
    list[Path] | None,
    typer.Option(
        "--servers", metavar="FOLDER", help="Further servers: a folder of NAME/server.toml."
    ),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Build images anew, without the cache.")]

Users = Annotated[
    list[str] | None,
    typer.Option(
        "--user", metavar="NAME=LOGIN:PASSWORD", help="An account for alice, bob … on imap://."
    ),
]
Authority = Annotated[
    Path | None, typer.Option("--ca", help="Certificates to trust for imaps://, as PEM.")
]
AllowDestructive = Annotated[
    bool,
    typer.Option(
        "--allow-destructive", help="Mail in the accounts of imap:// servers may be lost."
    ),
]

_ARGUMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_USER = re.compile(r"([\w.-]+)=([^:]+):(.*)", re.DOTALL)


def say(line: str) -> None:
    """Tell people on standard error what takes long."""
    print(line, file=sys.stderr)


def server_options(
    *,
    folders: Sequence[Path] | None = None,
    build_args: Sequence[str] | None = None,
    dockerfile: Path | None = None,
    users: Sequence[str] | None = None,
    ca: Path | None = None,
    fresh: bool = False,
    keep: bool = False,
    allow_destructive: bool = False,
) -> "Options":
    """Return the options that these words mean; UserError names the one that means nothing.

    build_args  ``NAME=VALUE``
    users       ``alice=LOGIN:PASSWORD``: the account of a scenario's user
    """
    from conformance.servers.options import Options

    for path in (dockerfile, ca):
        if path is not None and not path.is_file():
            raise UserError(f"there is no file {path}")
    for folder in folders or ():
        if not folder.is_dir():
            raise UserError(f"there is no folder {folder}")
    return Options(
        folders=tuple(folders or ()),
        build_args=dict(map(_argument, build_args or ())),
        dockerfile=dockerfile,
        fresh=fresh,
        keep=keep,
        users=dict(map(_user, users or ())),
        ca=ca,
        allow_destructive=allow_destructive,
        progress=say,
    )


def ours_to_break(specs: Sequence[str], *, allow_destructive: bool) -> None:
    """UserError if someone else's server is among ``specs`` and nobody said that it may suffer."""
    if not allow_destructive and any(s.startswith(("imap://", "imaps://")) for s in specs):
        raise UserError(
            "scenarios store, move and delete mail in the accounts of imap:// servers",
            hint="give test accounts, and say --allow-destructive",
        )


def without_passwords(words: Sequence[str]) -> list[str]:
    """Return the words of a command line as reports may show them, for they go to many people."""
    shown: list[str] = []
    for before, word in zip(["", *words], words, strict=False):
        if before == "--user" or word.startswith("--user="):
            shown.append(word.partition(":")[0])
        else:
            shown.append(_LOGIN.sub(r"\1", word))
    return shown


_LOGIN = re.compile(r"((?:^|=)imaps?://)[^/]*@")


def _argument(word: str) -> tuple[str, str]:
    match = _ARGUMENT.fullmatch(word)
    if not match:
        raise UserError(f"'{word}' is no build argument", hint="write NAME=VALUE")
    return match[1], match[2]


def _user(word: str) -> "tuple[str, Credentials]":
    from conformance.servers.base import Credentials

    match = _USER.fullmatch(word)
    if not match:
        # The word may hold a password, and standard error is often kept.
        raise UserError("--user names no account", hint="write --user alice=LOGIN:PASSWORD")
    return match[1], Credentials(match[2], match[3])
