"""What the mailboxes hold by the commands of all clients: messages by UID, octets and dates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.imap.command import Command
from conformance.imap.response import Response
from conformance.imap.sets import expand
from conformance.imap.tree import Atom, Node
from conformance.imap.world import mailbox_name

__all__ = ["Folder", "Folders", "Key", "Mail", "appended", "number_of", "number_set", "uid_code"]

Key = tuple[str, bytes]
"""Whose mailbox, and its name (INBOX in upper case)."""

_DATE = re.compile(rb"[ \d]\d-[A-Za-z]{3}-\d{4} \d\d:\d\d:\d\d [+-]\d{4}")


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it was put in; what is None is not known.

    date   INTERNALDATE as given
    flags  flags as given, in lower case
    index  the event from which it is known
    """

    octets: bytes | None
    date: bytes | None = None
    flags: frozenset[bytes] | None = None
    index: int = -1


@dataclass(slots=True)
class Folder:
    """One incarnation of a mailbox, told apart by its UIDVALIDITY.

    mails    UID -> what was put in
    gone     UID -> the event that first told that it is expunged
    uidnext  the largest UIDNEXT told, and by which event
    """

    validity: int | None = None
    validity_index: int = -1
    mails: dict[int, Mail] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)
    uidnext: tuple[int, int] = (0, -1)
    items: dict[tuple[int, str], tuple[Node, int]] = field(default_factory=dict)
    recent: dict[int, tuple[str, int]] = field(default_factory=dict)


class Folders:
    """The folders of all users."""

    def __init__(self) -> None:
        """Start without any."""
        self._folders: dict[Key, Folder] = {}
        self.former: dict[Key, tuple[int, int, int]] = {}  # UIDVALIDITY, highest UID, event
        self.validities: dict[Key, tuple[int, int]] = {}  # the highest one told, and the event
        self.destinations: dict[Key, tuple[int, int]] = {}  # the one last told, and the event
        # HIGHESTMODSEQ by UIDVALIDITY
        self.modseqs: dict[tuple[str, bytes, int], tuple[int, int]] = {}

    def get(self, user: str, name: bytes) -> Folder:
        """Return the folder of this name, made if it was never heard of."""
        key = (user, mailbox_name(name))
        found = self._folders.get(key)
        if found is None:
            found = self._folders[key] = Folder()
        return found

    def items(self) -> Iterator[tuple[Key, Folder]]:
        """Yield every folder with its key."""
        yield from self._folders.items()

    def validity(self, user: str, name: bytes, value: int, index: int) -> Folder:
        """Take in a UIDVALIDITY; another than before begins another folder."""
        folder = self.get(user, name)
        if folder.validity is not None and folder.validity != value:
            folder = self._folders[user, mailbox_name(name)] = Folder()
        if folder.validity is None:
            folder.validity, folder.validity_index = value, index
        return folder

    def forget(self, user: str, name: bytes, deleted: int | None = None) -> None:
        """Drop what is known of a mailbox and of all below it.

        deleted  the event that deleted it, if that is why: its last UID is remembered then
        """
        wanted = mailbox_name(name)
        for key in list(self._folders):
            owner, other = key
            if owner == user and (other == wanted or other.startswith(wanted)):
                gone = self._folders[key]
                last = max(gone.mails, default=0)
                if deleted is not None and other == wanted and gone.validity is not None and last:
                    self.former[key] = (gone.validity, last, deleted)
                elif deleted is None:
                    self.former.pop(key, None)
                self._folders[key] = Folder()
        for told in list(self.validities):
            if told[0] == user and told[1].startswith(wanted):
                del self.validities[told]
        for place in list(self.destinations):
            if place[0] == user and place[1].startswith(name.upper()):
                del self.destinations[place]
        for highest in list(self.modseqs):
            if highest[0] == user and highest[1].startswith(wanted):
                del self.modseqs[highest]


def appended(command: Command, index: int) -> list[Mail] | None:
    """Return the messages that an APPEND carries; None if they cannot be told."""
    mails = []
    flags: frozenset[bytes] | None = frozenset()
    date: bytes | None = None
    args = command.args[1:]
    for at, node in enumerate(args):
        if isinstance(node, tuple):
            flags = frozenset(flag.lower() for flag in node if isinstance(flag, bytes))
        elif isinstance(node, Atom):
            return None  # CATENATE, UTF8 and their kind
        elif at + 1 < len(args) and _DATE.fullmatch(node):
            date = node
        elif at + 1 < len(args) and _plain(args[at + 1]) and b"\n" not in node:
            return None  # a message of one line, or a date that is none
        else:
            mails.append(Mail(bytes(node), date, flags, index))
            flags, date = frozenset(), None
    return mails or None


def _plain(node: Node) -> bool:
    return isinstance(node, bytes) and not isinstance(node, Atom)


def number_of(node: Node | None) -> int | None:
    """Return a number that stands as an atom; None if ``node`` is none."""
    return int(node) if isinstance(node, Atom) and node.isdigit() and len(node) < 20 else None


def number_set(node: Node | None, limit: int = 200_000) -> list[int] | None:
    """Return the numbers of a set without ``*``, in the order written; None if it is none."""
    if not isinstance(node, Atom):
        return None
    return expand(node.decode("latin-1"), limit=limit)


def uid_code(response: Response) -> tuple[int, list[int], list[int]] | None:
    """Return UIDVALIDITY, source and destination of COPYUID, or of APPENDUID without source."""
    data = response.data
    if response.code == "APPENDUID" and len(data) == 2:
        validity, uids = number_of(data[0]), number_set(data[1])
        return None if validity is None or uids is None else (validity, [], uids)
    if response.code == "COPYUID" and len(data) == 3:
        validity = number_of(data[0])
        source, target = number_set(data[1]), number_set(data[2])
        if validity is None or source is None or target is None:
            return None
        return validity, source, target
    return None
