"""The command line: the only place that reads argv, prints or exits."""

from conformance.cli.app import main

__all__ = ["main"]
