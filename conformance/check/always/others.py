"""What other clients may have done meanwhile: nobody is blamed for what they might explain."""

from dataclasses import dataclass, field

from conformance.check.always.client import Box, Client, Sent
from conformance.check.always.commands import HARMLESS, REMOVING

__all__ = ["Others"]


@dataclass(slots=True)
class Others:
    """The latest event of each actor that may have changed, or removed, something.

    silent   removals of which nobody was told which they were
    foreign  there are clients of other protocols; ``busy`` ones wait for an answer
    broken   the server was killed or the network cut
    loose    mail may come at any time
    ghosts   commands whose client is gone may still be done, at any time
    """

    clients: dict[str, Client] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    removing: dict[str, int] = field(default_factory=dict)
    silent: dict[str, int] = field(default_factory=dict)
    foreign: bool = False
    busy: set[str] = field(default_factory=set)
    broken: bool = False
    loose: bool = False
    ghosts: bool = False

    # --- taking in

    def foreigner(self, actor: str, speaks: str, index: int, *, asks: bool) -> None:
        """Take in that a client of another protocol ``asks`` for something, or was answered."""
        self.foreign = True
        (self.busy.add if asks else self.busy.discard)(actor)
        self.changed[actor] = self.removing[actor] = self.silent[actor] = index
        self.loose = self.loose or speaks == "smtp"

    def sent(self, client: Client, name: str, index: int) -> None:
        """Take in that a command was sent."""
        if name not in HARMLESS:
            self.changed[client.actor] = index
        if name in REMOVING:
            self.removing[client.actor] = index

    def completed(self, client: Client, sent: Sent, index: int) -> None:
        """Take in that a command was answered."""
        name = sent.command.name
        if name not in HARMLESS:
            self.changed[client.actor] = index
        if name in REMOVING:
            self.removing[client.actor] = index
            if name not in ("EXPUNGE", "UID EXPUNGE", "MOVE", "UID MOVE"):
                self.silent[client.actor] = index

    def cut_off(self, client: Client, index: int) -> None:
        """Take in that a connection ended; what was under way may still be done, at any time."""
        if not all(sent.command.name in HARMLESS for sent in client.pending.values()):
            self.changed[client.actor] = self.removing[client.actor] = index
            self.silent[client.actor] = index
            self.ghosts = True
        client.open = False

    # --- asking

    def disturbed(self, client: Client, since: int) -> bool:
        """Return whether anybody else may have changed anything after event ``since``."""
        if self.loose or self.ghosts or self.busy:
            return True
        for actor, index in self.changed.items():
            if actor != client.actor and index > since:
                return True
        return any(
            sent.command.name not in HARMLESS
            for other in self.clients.values()
            if other is not client and other.open
            for sent in other.pending.values()
        )

    def removed_elsewhere(self, client: Client, since: int) -> bool:
        """Return whether anybody else may have removed messages after event ``since``."""
        return (
            self.loose
            or self.ghosts
            or any(
                actor != client.actor and index > since for actor, index in self.removing.items()
            )
        )

    def may_be_gone(self, client: Client, box: Box, uid: int | None) -> bool:
        """Return whether somebody else may have removed the message with ``uid``.

        Who removes by EXPUNGE or MOVE is told what went, so only that counts, and what is silent.
        """
        if uid is None:
            return self.removed_elsewhere(client, box.index)
        if self.loose or self.ghosts or self.busy or uid in box.folder.gone:
            return True
        if any(actor != client.actor and at > box.index for actor, at in self.silent.items()):
            return True
        return any(
            sent.command.name in REMOVING
            for other in self.clients.values()
            if other is not client
            for sent in other.pending.values()
        )
