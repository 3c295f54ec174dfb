"""What goes wrong by no fault of ours: one clear message and an exit status, never a traceback."""

from conformance.status import EXIT

__all__ = ["INTERRUPTED", "UserError"]

INTERRUPTED = 131
"""With this status a command ends that was interrupted and has said so itself."""


class UserError(Exception):
    """A message for the person at the terminal.

    status  the process's exit status; 4, usage or configuration, unless said otherwise
    """

    def __init__(self, message: str, *, hint: str = "", status: int = EXIT.USAGE) -> None:
        """Keep the message, what to try next, and the status."""
        super().__init__(message)
        self.hint = hint
        self.status = status
