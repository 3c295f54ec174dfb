"""What is known, from all clients together, of which UIDs a mailbox holds.

The set-up connection and every APPENDUID, COPYUID, FETCH and EXPUNGE tell a little.
It serves to know which message a sequence number means when no client has asked.
"""

from dataclasses import dataclass, field

__all__ = ["Mailbox", "World", "mailbox_name"]


def mailbox_name(name: bytes) -> bytes:
    """Return the name in the spelling used as a key: INBOX is the same in any case."""
    return b"INBOX" if name.upper() == b"INBOX" else name


@dataclass(slots=True)
class Mailbox:
    """What is known of one mailbox.

    alive     the UIDs thought to be there
    complete  whether every message that came in told its UID
    """

    alive: set[int] = field(default_factory=set)
    complete: bool = True

    def ascending(self, above: int = 0) -> list[int]:
        """Return the UIDs above ``above`` in ascending order."""
        return sorted(uid for uid in self.alive if uid > above)


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

    def forget(self, user: str, name: bytes) -> None:
        """Note that messages came or went unseen (RENAME, MOVE without COPYUID, POP3 …)."""
        self.mailbox(user, name).complete = False
