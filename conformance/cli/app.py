"""The commands, brought together; each module is imported when one of its commands is wanted."""

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from conformance import __version__
from conformance.cli.errors import INTERRUPTED, UserError
from conformance.status import EXIT

__all__ = ["app", "run"]

_MODULES = {
    "run": "playing",
    "explore": "explore",
    "stress": "stress",
    "replay": "replaying",
    "judge": "judging",
    "report": "reporting",
    "merge": "reporting",
    "compare": "comparing",
    "baseline": "updating",
    "show": "showing",
    "check": "files",
    "list": "files",
    "new": "writing",
    "record": "recording",
    "fmt": "writing",
    "explain": "explaining",
    "coverage": "covering",
    "lint": "linting",
    "servers": "serving",
    "build": "serving",
    "up": "serving",
    "down": "serving",
    "doctor": "serving",
}
"""Command -> its module, in the order in which help lists them."""


class _Commands(TyperGroup):
    """Knows the commands by name, and the rest when it is asked for one."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(_MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        if cmd_name in _MODULES and cmd_name not in self.commands:
            part = typer.Typer()
            import_module(f"conformance.cli.{_MODULES[cmd_name]}").register(part)
            self.commands.update(get_group(part).commands)
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in _MODULES:
            for name in _MODULES:  # so that it can say what was meant
                self.get_command(ctx, name)
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="imap-conformance",
    cls=_Commands,
    help="Play sessions of several mail clients on IMAP servers, and judge them by the RFCs.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"imap-conformance {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version and exit."
    ),
) -> None:
    """Take the options that stand before any command."""


# The library's own statuses are 2 for words that mean nothing and 130 for an interrupt.
_QUIET = 130
_STATUS = {2: EXIT.USAGE, _QUIET: EXIT.INTERRUPTED, INTERRUPTED: EXIT.INTERRUPTED}


def run() -> None:
    """Run the command that argv names and exit with its status; a UserError is one message."""
    try:
        app()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else EXIT.OK
        if status == _QUIET:
            print("interrupted", file=sys.stderr)
        sys.exit(_STATUS.get(status, status))
    except UserError as error:
        print(error, file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
        sys.exit(error.status)
