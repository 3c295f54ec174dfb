"""One session's sequence numbers: which message each number means to this client.

RFC 9051 section 2.3.1.2: numbers run from 1 without gaps, and change only by what
the server tells this session (EXISTS, EXPUNGE, VANISHED).

The UIDs lie in chunks that a snapshot shares with its numbers until one of them
changes, so that a thousand snapshots of a large mailbox cost little.
"""

from bisect import bisect_left
from collections.abc import Iterator

__all__ = ["Numbers", "Snapshot"]

Chunk = list[int | None]

_SIZE = 512
_MOST = 10_000_000  # a lie about billions of messages must not fill the memory


class Snapshot:
    """The UIDs in order of their numbers, as they were at one moment."""

    __slots__ = ("_chunks", "_length")

    def __init__(self, chunks: tuple[Chunk, ...] = (), length: int = 0) -> None:
        """Share ``chunks``, which nobody may change from now on."""
        self._chunks = chunks
        self._length = length

    def __len__(self) -> int:
        """Return how many messages there were."""
        return self._length

    def __iter__(self) -> Iterator[int | None]:
        """Yield the UIDs by number; None where it was not known."""
        for chunk in self._chunks:
            yield from chunk

    def uid(self, number: int | None) -> int | None:
        """Return the UID of message ``number``; None if unknown or out of range."""
        if number is None or not 0 < number <= self._length:
            return None
        for chunk in self._chunks:
            if number <= len(chunk):
                return chunk[number - 1]
            number -= len(chunk)
        return None

    def number(self, uid: int) -> int | None:
        """Return the number of the message with ``uid``; None if the client could not know it."""
        return _number(self._chunks, uid)


class Numbers:
    """The mailbox as this client knows it: position -> UID, or None while that is unknown."""

    __slots__ = ("_chunks", "_cursor", "_highest", "_length", "_shared", "_snapshot")

    def __init__(self) -> None:
        """Start with an empty mailbox."""
        self._chunks: list[Chunk] = []
        self._shared: set[int] = set()  # ids of chunks that a snapshot holds too
        self._snapshot: Snapshot | None = None
        self._cursor = (0, 0)  # the chunk last looked into, and how many stand before it
        self._length = 0
        self._highest: int | None = 0  # None: to be looked for

    def __len__(self) -> int:
        """Return how many messages the client knows of."""
        return self._length

    def snapshot(self) -> Snapshot:
        """Return the UIDs in order of their numbers, as they are now."""
        if self._snapshot is None:
            self._snapshot = Snapshot(tuple(self._chunks), self._length)
            self._shared = set(map(id, self._chunks))
        return self._snapshot

    def uid(self, number: int | None) -> int | None:
        """Return the UID of message ``number``; None if unknown or out of range."""
        if number is None or not 0 < number <= self._length:
            return None
        at, offset = self._find(number)
        return self._chunks[at][offset]

    def number(self, uid: int) -> int | None:
        """Return the number of the message with ``uid``; None if the client cannot know it."""
        return _number(self._chunks, uid)

    @property
    def highest(self) -> int:
        """The largest UID known; 0 if none is."""
        if self._highest is None:
            self._highest = max(
                (uid for chunk in self._chunks for uid in chunk if uid is not None), default=0
            )
        return self._highest

    @property
    def holes(self) -> int:
        """How many messages there are whose UID is not known."""
        return sum(chunk.count(None) for chunk in self._chunks)

    def exists(self, count: int) -> int:
        """Take in EXISTS; return how many messages are new (negative if it shrank)."""
        new = count - self._length
        if new > 0:
            self._grow(min(new, _MOST - self._length))
        elif new < 0:
            self._cut(count)
        return new

    def learn(self, number: int, uid: int) -> None:
        """Take in that message ``number`` has ``uid``."""
        if not 0 < number <= self._length:
            return
        at, offset = self._find(number)
        old = self._chunks[at][offset]
        if old == uid:
            return
        self._own(at)[offset] = uid
        if self._highest is not None:
            self._highest = None if old == self._highest else max(self._highest, uid)

    def expunge(self, number: int) -> int | None:
        """Take in EXPUNGE and return the UID of what went, if it was known."""
        if not 0 < number <= self._length:
            return None
        at, offset = self._find(number)
        chunk = self._own(at)
        uid = chunk.pop(offset)
        if not chunk:
            del self._chunks[at]
            self._cursor = (0, 0)
        self._length -= 1
        if uid is not None and uid == self._highest:
            self._highest = None
        return uid

    def vanish(self, uids: set[int]) -> int:
        """Take in VANISHED without EARLIER; return how many of ``uids`` no number was known for.

        Those may stand wherever the UID is not known: what is left then, is so by count only.
        """
        known = [number for uid in uids if (number := self.number(uid)) is not None]
        for number in sorted(known, reverse=True):
            self.expunge(number)
        missing = len(uids) - len(known)
        if 0 < missing <= self.holes:
            left = self._length - missing
            self._cut(0)
            self._grow(left)
        return missing

    def _grow(self, by: int) -> None:
        self._snapshot = None
        self._length += by
        if self._chunks and len(self._chunks[-1]) < _SIZE:
            room = min(by, _SIZE - len(self._chunks[-1]))
            self._own(len(self._chunks) - 1).extend([None] * room)
            by -= room
        while by > 0:
            self._chunks.append([None] * min(by, _SIZE))
            by -= _SIZE

    def _cut(self, count: int) -> None:
        count = max(count, 0)
        self._snapshot = None
        self._highest = None
        self._cursor = (0, 0)
        while self._length > count:
            last = self._chunks[-1]
            surplus = self._length - count
            if len(last) <= surplus:
                self._length -= len(self._chunks.pop())
            else:
                del self._own(len(self._chunks) - 1)[-surplus:]
                self._length -= surplus

    def _find(self, number: int) -> tuple[int, int]:
        at, before = self._cursor
        if at >= len(self._chunks) or number <= before:
            at = before = 0
        while number > before + len(self._chunks[at]):
            before += len(self._chunks[at])
            at += 1
        self._cursor = (at, before)
        return at, number - 1 - before

    def _own(self, at: int) -> Chunk:
        """Return a chunk that may be changed, a copy if a snapshot has it too."""
        self._snapshot = None
        chunk = self._chunks[at]
        if id(chunk) in self._shared:
            self._shared.discard(id(chunk))
            chunk = self._chunks[at] = chunk.copy()
        return chunk


def _number(chunks: "list[Chunk] | tuple[Chunk, ...]", uid: int) -> int | None:
    """Look where ascending UIDs would have it, then everywhere: a server may be wrong."""
    before = 0
    for chunk in chunks:
        first, last = chunk[0], chunk[-1]
        if first is not None and last is not None and first <= uid <= last:
            offset = _within(chunk, uid)
            if offset is not None:
                return before + offset + 1
        before += len(chunk)
    before = 0
    for chunk in chunks:
        if uid in chunk:
            return before + chunk.index(uid) + 1
        before += len(chunk)
    return None


def _within(chunk: Chunk, uid: int) -> int | None:
    try:
        offset = bisect_left(chunk, uid)  # type: ignore[type-var]
        if offset < len(chunk) and chunk[offset] == uid:
            return offset
    except TypeError:  # some are not known
        pass
    return chunk.index(uid) if uid in chunk else None
