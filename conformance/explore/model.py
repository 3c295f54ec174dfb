"""What the generator believes of mailboxes and clients, so that its commands make sense.

It is a light guess, made before anything is played: a server may have refused what is
believed to be done. Nothing is judged by it.
"""

from dataclasses import dataclass, field

from conformance.grammar.dialect import IMPLIED

__all__ = ["Box", "Client", "World", "implied"]


def implied(offered: frozenset[str]) -> frozenset[str]:
    """Return ``offered`` with what it holds without saying so (RFC 9051 appendix E)."""
    return offered.union(*(IMPLIED.get(word, frozenset()) for word in offered))


@dataclass(slots=True)
class Box:
    """A mailbox: the messages whose UID a step may name, and how many there may be in all."""

    names: list[str] = field(default_factory=list)
    count: int = 0


@dataclass(slots=True)
class Client:
    """An IMAP client: what it has selected, and what it asked for.

    box      the selected mailbox; empty if none is
    marks    mailbox -> the captures that hold its UIDVALIDITY and HIGHESTMODSEQ
    saved    whether ``$`` holds the result of a search (RFC 5182)
    """

    name: str
    user: str
    box: str = ""
    read_only: bool = False
    connected: bool = False
    idling: bool = False
    saved: bool = False
    enabled: set[str] = field(default_factory=set)
    marks: dict[str, tuple[str, str]] = field(default_factory=dict)

    def leave(self) -> None:
        """Have nothing selected."""
        self.box = ""
        self.read_only = self.saved = False

    def reset(self) -> None:
        """Be on a connection that is new."""
        self.leave()
        self.idling = self.connected = False
        self.enabled.clear()


@dataclass(slots=True)
class World:
    """Everything that the generator believes while it writes one session.

    boxes     user -> name -> mailbox
    messages  name -> file, of messages that steps append or deliver
    """

    offered: frozenset[str]
    clients: list[Client] = field(default_factory=list)
    boxes: dict[str, dict[str, Box]] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    captures: int = 0

    def box(self, user: str, name: str) -> Box:
        """Return what is believed of a mailbox, also if it may not be there."""
        return self.boxes[user].setdefault(name, Box())
