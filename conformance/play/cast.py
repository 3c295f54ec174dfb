"""The actors of one play: who they are, what they last did, and how to make one."""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.actors.base import Actor
from conformance.actors.imap import ImapActor
from conformance.actors.library import LibraryActor
from conformance.actors.pop3 import Pop3Actor
from conformance.actors.relay import Relay
from conformance.actors.smtp import SmtpActor
from conformance.play.fill import Unplayable
from conformance.play.recorder import Recorder
from conformance.play.setup import where
from conformance.scenario import model
from conformance.servers.base import Credentials, Endpoint, Server

__all__ = ["Role", "cast"]


@dataclass(slots=True)
class Role:
    """An actor in play.

    window     the index of the event after which its next step's window begins
    held       whether it should have a connection now, so that losing it is the server's doing
    bare       whether it was told to ``connects`` and therefore logs in itself
    anonymous  whether the scenario wants it not to be logged in
    relay      what its connections pass through, if the network may be spoiled
    """

    name: str
    user: str
    credentials: Credentials
    actor: Actor
    window: int = -1
    held: bool = False
    bare: bool = False
    anonymous: bool = False
    relay: Relay | None = None

    @property
    def imap(self) -> ImapActor:
        """The actor, which must speak IMAP; Unplayable if it does not."""
        if not isinstance(self.actor, ImapActor):
            raise Unplayable(f"{self.name} does not speak IMAP")
        return self.actor

    @property
    def idler(self) -> ImapActor | LibraryActor:
        """The actor, which must speak IMAP, also if it is a library; Unplayable if not."""
        if not isinstance(self.actor, ImapActor | LibraryActor):
            raise Unplayable(f"{self.name} does not speak IMAP")
        return self.actor

    @property
    def pipelining(self) -> ImapActor | Pop3Actor:
        """The actor, which must be able to send several commands at once; Unplayable if not."""
        if not isinstance(self.actor, ImapActor | Pop3Actor):
            raise Unplayable(f"{self.name} sends one command at a time")
        return self.actor

    @property
    def smtp(self) -> SmtpActor:
        """The actor, which must speak LMTP or SMTP; Unplayable if it does not."""
        if not isinstance(self.actor, SmtpActor):
            raise Unplayable(f"{self.name} does not deliver mail")
        return self.actor


async def cast(
    actor: model.Actor,
    credentials: Credentials,
    server: Server,
    recorder: Recorder,
    *,
    relayed: bool = False,
) -> Role:
    """Return the role of ``actor``, and note it; Refused if the server lacks the service.

    relayed  whether its connections pass through a relay of ours
    """
    recorder.note(
        actor.name,
        note="actor",
        user=actor.user,
        speaks=actor.speaks,
        account=credentials.user,
        password=credentials.password,
    )
    endpoint = where(server, _service(actor, server))
    relay = None
    if relayed:
        relay = Relay(endpoint)
        listening = await relay.open()
        endpoint = _always(listening)
    made: Actor
    starttls = actor.via == "starttls"
    match actor.speaks:
        case "imap" if actor.client:
            made = LibraryActor(
                actor.name, endpoint, recorder.record, library=actor.client, tls=server.tls
            )
        case "imap":
            made = ImapActor(
                actor.name,
                endpoint,
                recorder.record,
                tls=server.tls,
                starttls=starttls,
                login=actor.login if actor.login != "none" else "LOGIN",
            )
        case "pop3":
            made = Pop3Actor(
                actor.name, endpoint, recorder.record, tls=server.tls, starttls=starttls
            )
        case "lmtp" | "smtp" | "submission":
            lmtp = actor.speaks == "lmtp"
            made = SmtpActor(
                actor.name,
                endpoint,
                recorder.record,
                tls=server.tls,
                starttls=starttls,
                lmtp=lmtp,
            )
        case other:
            raise Unplayable(f"no actor speaks {other} yet")
    anonymous = actor.login == "none"
    return Role(actor.name, actor.user, credentials, made, anonymous=anonymous, relay=relay)


def _service(actor: model.Actor, server: Server) -> str:
    """Return the name of the service that ``actor`` connects to."""
    secure = f"{actor.speaks}s"
    if actor.via == "tls":
        return secure
    if actor.via == "plain" and actor.speaks not in server.info.services:
        return secure if secure in server.info.services else actor.speaks
    return actor.speaks


def _always(endpoint: Endpoint) -> Callable[[], Endpoint]:
    return lambda: endpoint
