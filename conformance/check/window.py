"""A step's window: what its actor received since the end of its previous step."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from conformance.check.replay import Line, Track
from conformance.imap.session import Seen

__all__ = ["Window", "window"]

Item = Seen | Line

_index = attrgetter("index")


@dataclass(frozen=True, slots=True)
class Window:
    """The responses that belong to a step, in order.

    end      the index of the event that ended the step
    tagged   what completed the command: the tagged response, or a POP3 answer; None if nothing did
    earlier  what completed the commands that were pipelined with it
    """

    items: Sequence[Item]
    end: int
    tagged: Item | None = None
    earlier: tuple[Item, ...] = ()

    def pipelined(self) -> "Window":
        """Return this with every tagged response as a completion of the step."""
        earlier = tuple(
            item
            for item in self.items
            if isinstance(item, Seen) and item.response.tagged and item is not self.tagged
        )
        return replace(self, earlier=earlier)


def window(track: Track, after: int, end: int) -> Window:
    """Return ``track``'s window of the events after ``after``, up to ``end``."""
    items: list[Item] = [*_between(track.seen, after, end), *_between(track.lines, after, end)]
    last = items[-1] if items and items[-1].index == end else None
    if isinstance(last, Seen) and not last.response.tagged:
        last = None
    return Window(tuple(items), end, last)


def _between(items: Sequence[Item], after: int, end: int) -> Sequence[Item]:
    return items[bisect_right(items, after, key=_index) : bisect_right(items, end, key=_index)]
