"""Records what happens into a transcript, and knows what follows from it for whoever asks."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from conformance.check.facts import Facts
from conformance.check.replay import Replay
from conformance.play.masks import Masks
from conformance.wire.transcript import Event, Kind, Transcript

__all__ = ["Follow", "Recorder"]

Follow = Callable[[int, Event, Replay], None]
"""Is told of each event, in order, once the replay has taken it in."""


class Recorder:
    """One play's transcript with a clock.

    What came is only kept at first. It is made sense of when the next command is sent, or
    when somebody asks.
    """

    def __init__(self, header: Mapping[str, str], follow: Follow | None = None) -> None:
        """Start the clock; ``follow`` hears of everything, but no sooner than it is needed."""
        self.transcript = Transcript(header)
        self._events = self.transcript.events
        self._replay = Replay()
        self._taken = 0
        self._start = perf_counter()
        self._follow = follow
        self._masks: Masks | None = None

    def hide(self, password: str) -> None:
        """Record ``password`` masked from now on."""
        self._masks = self._masks or Masks()
        self._masks.hide(password)

    @property
    def replay(self) -> Replay:
        """What each actor has been told until now."""
        if self._taken < len(self._events):
            self._catch_up()
        return self._replay

    @property
    def index(self) -> int:
        """The index of the latest event."""
        return len(self._events) - 1

    @property
    def facts(self) -> Facts:
        """What is known of the messages by name."""
        return self.replay.facts

    def record(self, actor: str, kind: Kind, octets: bytes) -> int:
        """Take an event in and return its index."""
        if self._masks is not None:
            octets = self._masks.mask(actor, kind, octets)
        # As the text keeps it, so that judging live and from disk see the same time.
        events = self._events
        events.append(Event(round(perf_counter() - self._start, 6), actor, kind, octets))
        index = len(events) - 1
        if kind is Kind.SENT:
            self._catch_up()
        return index

    def note(self, actor: str, **values: Any) -> int:
        """Take in a note of the harness and return its index."""
        if self._masks is not None and "password" in values:
            values["password"] = self._masks.shown(values["password"])
        return self.transcript.note(round(perf_counter() - self._start, 6), actor, **values)

    def _catch_up(self) -> None:
        events, replay, follow = self._events, self._replay, self._follow
        for index in range(self._taken, len(events)):
            event = events[index]
            self._taken = index + 1
            replay.feed(event)
            if follow is not None:
                follow(index, event, replay)
