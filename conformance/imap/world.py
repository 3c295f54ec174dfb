"""What is known, from all clients together, of which UIDs a mailbox holds.

The set-up connection and every APPENDUID, COPYUID, FETCH and EXPUNGE tell a little.
It serves to know which message a sequence number means when no client has asked.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["Mailbox", "Uids", "World", "mailbox_name"]


class Uids:
    """A set of UIDs that is kept in ascending order; they mostly come in that order."""

    __slots__ = ("_ordered", "_present")

    def __init__(self) -> None:
        """Start empty."""
        self._present: set[int] = set()
        self._ordered: list[int] = []

    def __contains__(self, uid: int) -> bool:
        """Return whether ``uid`` is there."""
        return uid in self._present

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ordered)

    def add(self, uid: int) -> None:
        """Put ``uid`` in."""
        if uid in self._present:
            return
        self._present.add(uid)
        if not self._ordered or uid > self._ordered[-1]:
            self._ordered.append(uid)
        else:
            insort(self._ordered, uid)

    def update(self, uids: Iterable[int]) -> None:
        """Put several in."""
        for uid in uids:
            self.add(uid)

    def discard(self, uid: int) -> None:
        """Take ``uid`` out, if it is there."""
        if uid in self._present:
            self._present.remove(uid)
            del self._ordered[bisect_left(self._ordered, uid)]

    def difference_update(self, uids: Iterable[int]) -> None:
        """Take several out."""
        for uid in uids:
            self.discard(uid)

    def above(self, uid: int) -> list[int]:
        """Return those larger than ``uid`` in ascending order."""
        return self._ordered[bisect_right(self._ordered, uid) :]


def mailbox_name(name: bytes) -> bytes:
    """Return the name in the spelling used as a key: INBOX is the same in any case."""
    return b"INBOX" if name.upper() == b"INBOX" else name


@dataclass(slots=True)
class Mailbox:
    """What is known of one mailbox.

    alive     the UIDs thought to be there
    complete  whether every message that came in told its UID
    """

    alive: Uids = field(default_factory=Uids)
    complete: bool = True

    def ascending(self, above: int = 0) -> list[int]:
        """Return the UIDs above ``above`` in ascending order."""
        return self.alive.above(above)


class World:
    """The mailboxes of every user that takes part."""

    def __init__(self) -> None:
        """Start without knowledge."""
        self._mailboxes: dict[tuple[str, bytes], Mailbox] = {}

    def mailbox(self, user: str, name: bytes) -> Mailbox:
        """Return what is known of ``user``'s mailbox ``name``."""
        key = (user, mailbox_name(name))
        found = self._mailboxes.get(key)
        if found is None:
            found = self._mailboxes[key] = Mailbox()
        return found

    def known(self) -> list[tuple[str, bytes]]:
        """Return user and name of every mailbox that was heard of."""
        return [key for key in self._mailboxes if key[1]]

    def forget(self, user: str, name: bytes) -> None:
        """Note that messages came or went unseen (RENAME, MOVE without COPYUID, POP3 …)."""
        self.mailbox(user, name).complete = False
