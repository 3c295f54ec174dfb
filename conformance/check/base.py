"""What a check is: it is shown every event in order and says what it finds."""

from collections.abc import Iterable
from typing import Protocol

from conformance.check.replay import Replay
from conformance.verdict import Finding
from conformance.wire.transcript import Event

__all__ = ["Check"]


class Check(Protocol):
    """One kind of judgement. It does no I/O and keeps what it needs between events."""

    name: str

    def see(self, index: int, event: Event, replay: Replay) -> Iterable[Finding]:
        """Return what ``event`` gives rise to; ``replay`` has taken it in already."""

    def end(self, replay: Replay) -> Iterable[Finding]:
        """Return what can only be said at the end."""
