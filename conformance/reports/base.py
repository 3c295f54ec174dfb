"""What every report is to the one who runs it: events go in, and it is closed at the end."""

from pathlib import Path
from typing import Protocol

from conformance.events import Event

__all__ = ["Report", "ReportError", "cannot_write"]


class ReportError(Exception):
    """A report could not be written, or a stored run could not be read; one line for people."""


class Report(Protocol):
    """Turns the events of a run into one kind of output."""

    def handle(self, event: Event) -> None:
        """Take in the next event; ReportError if it could not be written."""

    def close(self) -> None:
        """Write what is left and let go of files; safe to call twice, and after an error."""


def cannot_write(path: Path, error: OSError) -> ReportError:
    """Return the error that tells people which file could not be written, and why."""
    return ReportError(f"cannot write {path}: {error.strerror or error}")
