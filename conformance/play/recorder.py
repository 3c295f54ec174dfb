"""Records what happens into a transcript, and keeps what follows from it up to date."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from conformance.check.facts import Facts
from conformance.check.replay import Replay
from conformance.wire.transcript import Event, Kind, Transcript

__all__ = ["Recorder"]

OnEvent = Callable[[Event], None]


class Recorder:
    """One play's transcript with a clock; ``on_event`` is told of each event as it happens."""

    def __init__(self, header: Mapping[str, str], on_event: OnEvent | None = None) -> None:
        """Start the clock."""
        self.transcript = Transcript(header)
        self.replay = Replay()
        self._start = perf_counter()
        self._on_event = on_event

    @property
    def facts(self) -> Facts:
        """What is known of the messages by name."""
        return self.replay.facts

    def record(self, actor: str, kind: Kind, octets: bytes) -> int:
        """Take an event in and return its index."""
        # As the text keeps it, so that judging live and from disk see the same time.
        event = Event(round(perf_counter() - self._start, 6), actor, kind, octets)
        self.transcript.events.append(event)
        self.replay.feed(event)
        if self._on_event is not None:
            self._on_event(event)
        return len(self.transcript.events) - 1

    def note(self, actor: str, **values: Any) -> int:
        """Take in a note of the harness and return its index."""
        index = self.transcript.note(round(perf_counter() - self._start, 6), actor, **values)
        self.replay.feed(self.transcript.events[index])
        return index
