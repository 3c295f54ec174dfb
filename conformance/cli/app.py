"""The commands, brought together."""

import sys

import typer

from conformance import __version__
from conformance.cli import (
    comparing,
    covering,
    explaining,
    files,
    judging,
    linting,
    playing,
    reporting,
    serving,
    showing,
    updating,
    writing,
)
from conformance.cli.errors import INTERRUPTED, UserError
from conformance.play.run import EXIT

__all__ = ["app", "run"]

app = typer.Typer(
    name="imap-conformance",
    help="Play sessions of several mail clients on IMAP servers, and judge them by the RFCs.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    playing,
    judging,
    reporting,
    comparing,
    updating,
    files,
    linting,
    explaining,
    covering,
    serving,
    showing,
    writing,
):
    module.register(app)


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
_STATUS = {2: EXIT.USAGE, INTERRUPTED: EXIT.INTERRUPTED}


def run() -> None:
    """Run the command that argv names and exit with its status; a UserError is one message."""
    try:
        app()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else EXIT.OK
        sys.exit(_STATUS.get(status, status))
    except UserError as error:
        print(error, file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
        sys.exit(error.status)
