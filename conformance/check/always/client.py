"""What is known of one connection, of its mailbox, of a command under way, at one moment."""

from dataclasses import dataclass, field

from conformance.check.always.folders import Folder
from conformance.imap.command import Command
from conformance.imap.numbers import Numbers, Snapshot
from conformance.imap.response import Response
from conformance.imap.session import Session
from conformance.wire.transcript import Event

__all__ = ["Box", "Client", "Flags", "Moment", "Sent"]

Flags = frozenset[bytes]

_FAR = 2000


@dataclass(slots=True)
class Sent:
    """A command under way, and the event that sent its beginning.

    box      the mailbox that was selected, or for SELECT the one it selects
    count    how many messages the client knew of
    highest  the highest UID that it knew of, for ``*`` in UID commands
    numbers  for commands by number: what the numbers meant when it was sent
    alone    whether no other command of this client was under way beside it
    former   for SELECT: the name of the mailbox that was selected before
    offered  the capabilities that the client knew of
    shared   whether another command under way has the same tag
    stirred  the client's latest command before it that may have changed flags unheard
    """

    command: Command
    index: int
    box: "Box | None" = None
    count: int = 0
    highest: int = 0
    numbers: Snapshot | None = None
    alone: bool = True
    former: bytes = b""
    offered: frozenset[str] = frozenset()
    known_user: bool = False
    shared: bool = False
    stirred: int = -1


@dataclass(slots=True)
class Box:
    r"""The selected mailbox as one client was told of it.

    count      EXISTS, None before it was told
    base       how many of the messages were there when UIDNEXT was told
    certain    False once numbers cannot be followed any more
    top        the number of the message with the highest UID told
    calm       whether nobody changed anything while it was being selected
    flags      UID -> flags in lower case, and the event
    deleted    the UIDs whose flags have \Deleted
    announced  the flags of FLAGS, permanent those of PERMANENTFLAGS, each with its event
    uidnext    UIDNEXT as it was told while the mailbox was being selected
    """

    user: str
    name: bytes
    examine: bool
    index: int
    folder: Folder
    count: int | None = None
    count_index: int = -1
    base: int = 0
    certain: bool = True
    numbers: Numbers = field(default_factory=Numbers)
    top: int = 0
    flags: dict[int, tuple[Flags, int]] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    modseqs: dict[int, tuple[int, int]] = field(default_factory=dict)
    announced: tuple[Flags, int] | None = None
    permanent: tuple[Flags, int] | None = None
    validity: tuple[int, int] | None = None
    uidnext: tuple[int, int] | None = None
    highest: tuple[int, int] | None = None
    nomodseq: bool = False
    recent: int | None = None
    read_only: bool = False
    open: bool = False
    replaces: bool = False
    calm: bool = False

    def nearest(self, number: int) -> tuple[int | None, int | None]:
        """Return the UIDs known nearest below and above ``number``, as far as is worth looking."""
        numbers = self.numbers
        below = above = None
        for at in range(number - 1, max(0, number - _FAR), -1):
            below = numbers.uid(at)
            if below is not None:
                break
        for at in range(number + 1, min(len(numbers), number + _FAR) + 1):
            above = numbers.uid(at)
            if above is not None:
                break
        return below, above


@dataclass(slots=True)
class Client:
    """One connection of an actor.

    box         the mailbox that is selected, or being selected
    behind      tags of what was under way when another mailbox was selected
    greeted     the index of the greeting; -1 before it
    asked       every command name sent on it -> the first event that did
    enabling    what a command turned on -> the event that sent it
    loud        whether NOTIFY is set
    deaf        whether it wants no news of the selected mailbox, and so may see it as it was
    continues   how many continuations are due for literals
    stirred     its own latest command that may have changed flags unheard
    contexts    whether a search goes on after its end (RFC 5267)
    odd         first words of lines that are no commands
    left        when LOGOUT was answered
    """

    actor: str
    user: str
    session: Session
    index: int
    pending: dict[bytes, Sent] = field(default_factory=dict)
    box: Box | None = None
    entering: Sent | None = None
    behind: set[bytes] = field(default_factory=set)
    greeted: int = -1
    bye: int = -1
    open: bool = True
    asked: dict[str, int] = field(default_factory=dict)
    enabling: dict[str, int] = field(default_factory=dict)
    advertised: tuple[frozenset[str], int] = (frozenset(), -1)
    loud: bool = False
    deaf: bool = False
    continues: int = 0
    stirred: int = -1
    contexts: bool = False
    odd: set[bytes] = field(default_factory=set)
    left: int = -1

    @property
    def rev2(self) -> bool:
        """Whether IMAP4rev2 rules: it was enabled, or the server speaks nothing else."""
        session = self.session
        offered = session.capabilities
        only = "IMAP4REV2" in offered and "IMAP4REV1" not in offered
        return "IMAP4REV2" in session.enabled or only

    @property
    def qresync(self) -> bool:
        """Whether QRESYNC is enabled."""
        return "QRESYNC" in self.session.enabled

    def offers(self, *names: str) -> bool:
        """Return whether the server told this client that it has one of ``names``."""
        return not self.session.capabilities.isdisjoint(names)


@dataclass(slots=True)
class Moment:
    """One event with what it meant.

    response  for what was received; None otherwise
    sent      for a tagged response: the command it completes
    box       the mailbox that the response speaks of; None if none, or if that is not clear
    before    how many messages the client knew of before
    was       for EXPUNGE and FETCH: the UID this number was told to have before
    uid       for FETCH: the UID it tells, or ``was``
    vanished  whether EARLIER was said, and the UIDs; ``unknown`` of them had no number,
              and of ``holes`` numbers the UID was not known
    fits      whether the UID is higher than any told, and so is its number
    """

    index: int
    event: Event
    client: Client
    response: Response | None = None
    sent: Sent | None = None
    box: Box | None = None
    unclear: bool = False
    before: int | None = None
    was: int | None = None
    uid: int | None = None
    told: int | None = None
    flags: Flags | None = None
    before_flags: tuple[Flags, int] | None = None
    vanished: tuple[bool, list[int]] | None = None
    unknown: int = 0
    holes: int = 0
    fits: bool = False
