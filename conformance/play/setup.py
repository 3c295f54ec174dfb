"""Bring a user's mailboxes into the given state, on connections that no actor uses.

The harness learns UIDs here too: it must never speak on an actor's connection,
because whatever it asked could flush what the server still holds back.
"""

from collections.abc import Callable

from conformance.actors.base import Literal
from conformance.actors.connection import Ended, Record, Reply
from conformance.actors.imap import ImapActor, astring
from conformance.check.replay import Track
from conformance.imap.response import Response, parse_response
from conformance.imap.sets import expand
from conformance.imap.tree import Atom
from conformance.play.recorder import Recorder
from conformance.scenario.model import Given, GivenMessage
from conformance.servers.base import Credentials, Endpoint, Server

__all__ = ["SETUP", "Refused", "Setup"]

SETUP = "set-up"

_ENDS = {
    Ended.CLOSED: "the server closed the connection",
    Ended.REFUSED: "the server takes no connection",
    Ended.FLOOD: "the server sends without end",
}


class Refused(Exception):  # noqa: N818 - the server's doing
    """The server did not do what the set-up needs; the message says what and how it answered."""


class Setup:
    """One user's set-up connection, opened when it is needed; it looks on while others act."""

    def __init__(
        self, server: Server, user: str, credentials: Credentials, recorder: Recorder, within: float
    ) -> None:
        """Prepare; ``within`` bounds each answer, in seconds."""
        self.user = user
        self.name = f"{SETUP}-{user}"
        self._credentials = credentials
        self._recorder = recorder
        self._within = within
        recorder.note(self.name, note="actor", user=user, speaks="imap")
        self.actor = imap_actor(self.name, server, recorder.record)

    async def open(self) -> None:
        """Connect and log in; Refused if that fails."""
        if self.actor.connected:
            return
        self._need(await self.actor.connect(self._within), "greeting")
        self._need(await self.actor.login(self._credentials, self._within), "LOGIN")

    async def close(self) -> None:
        """Log out, if there is a connection."""
        if self.actor.connected:
            await self.actor.leave(self._within)

    def drop(self) -> None:
        """Cut the connection, if there is one."""
        self.actor.drop()

    async def capabilities(self) -> frozenset[str]:
        """Return what the server offers after login."""
        await self.open()
        session = self._track.session
        if session is not None and not session.capabilities:
            await self._do([b"CAPABILITY"], "CAPABILITY")
            session = self._track.session  # asked anew: what came is made sense of when asked for
        return session.capabilities if session is not None else frozenset()

    async def give(self, given: Given, contents: list[tuple[GivenMessage, bytes]]) -> None:
        """Make a mailbox with its messages, and note their UIDs; Refused if it cannot be done."""
        await self.open()
        mailbox = self._recorder.facts.namespace.real(given.mailbox)
        name = mailbox.encode()
        if name.upper() != b"INBOX":
            reply = await self.actor.command([b"CREATE ", astring(name)], self._within)
            if reply.ended is not Ended.ANSWERED:
                self._need(reply, f"CREATE {given.mailbox}")
            if not contents and parse_response(reply.octets).kind != "OK":
                # A NO is fine where the mailbox is there already: APPEND would tell, or this.
                await self._do([b"EXAMINE ", astring(name)], f"EXAMINE {given.mailbox}")
                await self._do([b"CLOSE"], "CLOSE")
        if not contents:
            return
        told: list[int | None] = []
        for message, octets in contents:
            response = await self._append(name, message, octets)
            told.append(_append_uid(response))
        uids = [uid for uid in told if uid is not None]
        if len(uids) != len(contents):
            uids = (await self._look(name))[-len(contents) :]
        if len(uids) != len(contents):
            raise Refused(
                f"{given.mailbox} holds {len(uids)} messages after {len(contents)} were stored"
            )
        for (message, octets), uid in zip(contents, uids, strict=True):
            self.tell(message.name, mailbox, uid, octets)

    async def find(self, message: str, mailbox: str) -> int | None:
        """Note that ``message`` is the newest one of ``mailbox``; return its UID, None if empty."""
        await self.open()
        uids = await self._look(mailbox.encode())
        if not uids:
            return None
        self.tell(message, mailbox, uids[-1])
        return uids[-1]

    def tell(self, message: str, mailbox: str, uid: int, octets: bytes | None = None) -> None:
        """Note in the transcript what ``message`` is and which UID it has."""
        if octets is not None:
            self._recorder.note(
                self.name, note="message", name=message, octets=octets.decode("latin-1")
            )
        self._recorder.note(
            self.name, note="uid", name=message, user=self.user, mailbox=mailbox, uid=uid
        )

    @property
    def _track(self) -> Track:
        return self._recorder.replay.track(self.name)

    async def _append(self, name: bytes, message: GivenMessage, octets: bytes) -> Response:
        pieces: list[bytes | Literal] = [b"APPEND ", astring(name), b" "]
        if message.flags:
            pieces.append(b"(" + message.flags.encode() + b") ")
        if message.date:
            pieces.append(b'"' + message.date.encode() + b'" ')
        pieces.append(Literal(octets))
        reply = await self.actor.command(pieces, self._within)
        if b"[TRYCREATE]" in reply.octets.upper() and name.upper() == b"INBOX":
            # Some servers make INBOX when it is first selected.
            await self._do([b"SELECT INBOX"], "SELECT INBOX")
            await self._do([b"CLOSE"], "CLOSE")
            reply = await self.actor.command(pieces, self._within)
        return self._need(reply, f"APPEND of {message.name}")

    async def _look(self, name: bytes) -> list[int]:
        r"""Return the UIDs of a mailbox in order, with EXAMINE so that \Recent stays."""
        await self._do([b"EXAMINE ", astring(name)], "EXAMINE")
        seen = len(self._track.seen)
        await self._do([b"UID FETCH 1:* (UID)"], "UID FETCH")
        uids = []
        for item in self._track.seen[seen:]:
            uid = item.response.items.get("UID")
            if isinstance(uid, Atom) and uid.isdigit():
                uids.append(int(uid))
        # So that nothing stays selected; CLOSE of an examined mailbox removes nothing.
        await self._do([b"CLOSE"], "CLOSE")
        return sorted(set(uids))

    async def _do(self, pieces: list[bytes | Literal], what: str) -> Response:
        return self._need(await self.actor.command(pieces, self._within), what)

    def _need(self, reply: Reply, what: str) -> Response:
        if reply.ended is Ended.ANSWERED:
            response = parse_response(reply.octets)
            if response.kind in ("OK", "PREAUTH"):
                return response
            answer = reply.octets.strip().decode("ascii", "backslashreplace")
            raise Refused(f"set-up: {what} was answered {answer}")
        if reply.ended is Ended.TIMEOUT:
            raise Refused(f"set-up: {what}: no answer within {self._within:g} s")
        raise Refused(f"set-up: {what}: {_ENDS.get(reply.ended, str(reply.ended))}")


def _append_uid(response: Response) -> int | None:
    if response.code != "APPENDUID" or len(response.data) != 2:
        return None
    last = response.data[1]
    uids = expand(last.decode("latin-1")) if isinstance(last, bytes) else None
    return uids[-1] if uids else None


def imap_actor(name: str, server: Server, record: Record, via: str = "plain") -> ImapActor:
    """Return an IMAP actor for ``server``; Refused if it does not offer what ``via`` needs."""
    service = "imaps" if via == "tls" or "imap" not in server.info.services else "imap"
    return ImapActor(
        name, where(server, service), record, tls=server.tls, starttls=via == "starttls"
    )


def where(server: Server, service: str) -> Callable[[], Endpoint]:
    """Return what tells where ``service`` listens now; Refused if the server has none."""
    if service not in server.info.services:
        raise Refused(f"the server has no {service} service")
    return lambda: server.info.services[service]
