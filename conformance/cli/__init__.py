"""The command line: the only place that reads argv, prints or exits."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command that argv names. An interrupt ends quietly with status 2, at any moment."""
    try:
        from conformance.cli.app import run  # importing can be interrupted, too

        run()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(2)
