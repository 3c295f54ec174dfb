"""The actors of one play: who they are, what they last did, and how to make one."""

from dataclasses import dataclass

from conformance.actors.base import Actor
from conformance.actors.imap import ImapActor
from conformance.actors.pop3 import Pop3Actor
from conformance.play.fill import Unplayable
from conformance.play.recorder import Recorder
from conformance.play.setup import Refused, imap_actor
from conformance.scenario import model
from conformance.servers.base import Credentials, Server

__all__ = ["Role", "cast"]


@dataclass(slots=True)
class Role:
    """An actor in play.

    window  the index of the event after which its next step's window begins
    held    whether it should have a connection now, so that losing it is the server's doing
    bare    whether it was told to ``connects`` and therefore logs in itself
    """

    name: str
    user: str
    credentials: Credentials
    actor: Actor
    window: int = -1
    held: bool = False
    bare: bool = False

    @property
    def imap(self) -> ImapActor:
        """The actor, which must speak IMAP; Unplayable if it does not."""
        if not isinstance(self.actor, ImapActor):
            raise Unplayable(f"{self.name} does not speak IMAP")
        return self.actor


def cast(actor: model.Actor, credentials: Credentials, server: Server, recorder: Recorder) -> Role:
    """Return the role of ``actor``; Refused if the server lacks the service, and noted if not."""
    recorder.note(
        actor.name,
        note="actor",
        user=actor.user,
        speaks=actor.speaks,
        account=credentials.user,
        password=credentials.password,
    )
    made: Actor
    if actor.speaks == "imap":
        made = imap_actor(actor.name, server, recorder.record, actor.via)
    elif actor.speaks == "pop3":
        service = "pop3s" if actor.via == "tls" else "pop3"
        endpoint = server.info.services.get(service)
        if endpoint is None:
            raise Refused(f"the server has no {service} service")
        made = Pop3Actor(actor.name, endpoint, recorder.record, tls=server.tls)
    else:
        raise Unplayable(f"no actor speaks {actor.speaks} yet")
    return Role(actor.name, actor.user, credentials, made)
