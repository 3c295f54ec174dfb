"""What every report is to the one who runs it: events go in, and it is closed at the end."""

from pathlib import Path
from typing import Protocol

from conformance.events import Event

__all__ = ["Explain", "Report", "ReportError", "cannot_write", "no_words"]


class Explain(Protocol):
    """Says what a rule asks."""

    def __call__(self, rule: str, said: str = "", /) -> str:
        """Return what ``rule``, such as ``RFC9051:7.5.1``, asks, in our words; empty for none.

        said  what a check said (``view: EXPUNGE idle``), where the rule is of a finding
        """


def no_words(rule: str, said: str = "") -> str:  # noqa: ARG001
    """Explain no rule at all."""
    return ""


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
