"""What one client sees of one mailbox when nothing happens any more."""

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.check.always.client import Box, Flags, Moment
from conformance.check.always.folders import number_of
from conformance.imap.session import Seen

__all__ = ["Told", "View", "same_mailbox", "view"]

# Set-up connections look on, once the steps are done.
_OBSERVERS = ("observer-", "set-up-")


@dataclass(frozen=True, slots=True)
class Told:
    """What a client was told of one message at rest."""

    flags: Flags
    index: int
    modseq: int | None = None


@dataclass(frozen=True, slots=True)
class View:
    """One client's mailbox at rest, by UID; ``moment`` is when it had seen all."""

    moment: Moment
    box: Box
    seen: dict[int, Told]

    @property
    def actor(self) -> str:
        """Who it is."""
        return self.moment.client.actor

    @property
    def observes(self) -> bool:
        """Whether it took no part in the scenario and looks anew."""
        return self.actor.startswith(_OBSERVERS)


def view(moment: Moment, box: Box, answers: Iterable[Seen]) -> View:
    """Return what ``answers``, to UID FETCH 1:*, show."""
    seen: dict[int, Told] = {}
    for answer in answers:
        items = answer.response.items
        uid, flags = number_of(items.get("UID")), items.get("FLAGS")
        if uid is not None and isinstance(flags, tuple):
            low = frozenset(flag.lower() for flag in flags if isinstance(flag, bytes))
            modseq = items.get("MODSEQ")
            value = number_of(modseq[0]) if isinstance(modseq, tuple) and modseq else None
            seen[uid] = Told(low - {b"\\recent"}, answer.index, value)
    return View(moment, box, seen)


def same_mailbox(one: Box, other: Box) -> bool:
    """Return whether two clients have the same mailbox selected, in the same incarnation."""
    if one.validity is None or other.validity is None or one.validity[0] != other.validity[0]:
        return False
    return one.folder is other.folder or (one.user == other.user and one.name == other.name)
