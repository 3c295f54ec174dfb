"""One session's sequence numbers: which message each number means to this client.

RFC 9051 section 2.3.1.2: numbers run from 1 without gaps, and change only by what
the server tells this session (EXISTS, EXPUNGE, VANISHED).
"""

__all__ = ["Numbers"]


class Numbers:
    """The mailbox as this client knows it: position -> UID, or None while that is unknown."""

    __slots__ = ("_uids",)

    def __init__(self) -> None:
        """Start with an empty mailbox."""
        self._uids: list[int | None] = []

    def __len__(self) -> int:
        """Return how many messages the client knows of."""
        return len(self._uids)

    def snapshot(self) -> tuple[int | None, ...]:
        """Return the UIDs in order of their numbers, as they are now."""
        return tuple(self._uids)

    def uid(self, number: int | None) -> int | None:
        """Return the UID of message ``number``; None if unknown or out of range."""
        if number is None or not 0 < number <= len(self._uids):
            return None
        return self._uids[number - 1]

    def number(self, uid: int) -> int | None:
        """Return the number of the message with ``uid``; None if the client cannot know it."""
        try:
            return self._uids.index(uid) + 1
        except ValueError:
            return None

    @property
    def highest(self) -> int:
        """The largest UID known; 0 if none is."""
        return max((uid for uid in reversed(self._uids) if uid is not None), default=0)

    def exists(self, count: int) -> int:
        """Take in EXISTS; return how many messages are new (negative if it shrank)."""
        new = count - len(self._uids)
        if new > 0:
            # A lie about billions of messages must not fill the memory.
            self._uids.extend([None] * min(new, 10_000_000 - len(self._uids)))
        else:
            del self._uids[count:]
        return new

    def learn(self, number: int, uid: int) -> None:
        """Take in that message ``number`` has ``uid``."""
        if 0 < number <= len(self._uids):
            self._uids[number - 1] = uid

    def expunge(self, number: int) -> int | None:
        """Take in EXPUNGE and return the UID of what went, if it was known."""
        if 0 < number <= len(self._uids):
            return self._uids.pop(number - 1)
        return None

    def vanish(self, uids: set[int]) -> None:
        """Take in VANISHED without EARLIER: these UIDs, as far as they were known, are gone."""
        self._uids = [uid for uid in self._uids if uid is None or uid not in uids]
