"""What each client has been told at any moment, and by which event.

It is the ground the other checks stand on and finds nothing itself. Unlike the
session, which guesses UIDs where it can, it knows only what the server said.
"""

from bisect import bisect_right
from collections.abc import Iterator
from operator import attrgetter

from conformance.check.always.client import Box, Client, Moment, Sent
from conformance.check.always.commands import (
    BY_NUMBER,
    continues,
    declines,
    enabling,
    goes_on,
    stirs,
)
from conformance.check.always.completing import complete, copied
from conformance.check.always.folders import Folders, Mail
from conformance.check.always.others import Others
from conformance.check.always.telling import tell
from conformance.check.replay import Replay, Track
from conformance.imap.command import Command
from conformance.imap.session import Seen, State
from conformance.imap.world import mailbox_name
from conformance.verdict import Finding
from conformance.wire.transcript import Event, Kind

__all__ = ["Lens"]

_index = attrgetter("index")


class Lens:
    """The check that judges nothing: it goes first and keeps ``moment`` for the others.

    resting  whether everybody was told to synchronize, and nothing else happens
    """

    name = "lens"

    def __init__(self) -> None:
        """Start before the first event."""
        self.folders = Folders()
        self.others = Others()
        self.clients = self.others.clients
        self.moment: Moment | None = None
        self.tracks: dict[str, Track] = {}
        self.resting = False
        self.disturbed = self.others.disturbed
        self.removed_elsewhere = self.others.removed_elsewhere
        self.may_be_gone = self.others.may_be_gone

    def see(self, index: int, event: Event, replay: Replay) -> Iterator[Finding]:
        """Take in an event that ``replay`` has taken in."""
        self.moment = None
        self.tracks = replay.tracks
        kind = event.kind
        if kind is Kind.NOTE:
            self._note(index, event, replay)
            return iter(())
        if event.actor == "server" and kind is Kind.CONNECTION:
            # It was killed, or made to start again.
            self.others.broken = self.others.loose = True
            return iter(())
        track = replay.track(event.actor)
        if track.session is None:
            if track.speaks != "imap":
                asks = kind is Kind.SENT
                self.others.foreigner(event.actor, track.speaks, index, asks=asks)
            return iter(())
        if kind is Kind.CONNECTION:
            self._connection(index, event, track)
            return iter(())
        client = self.clients.get(event.actor)
        if client is None:
            return iter(())
        moment = self.moment = Moment(index, event, client, box=client.box)
        if kind is Kind.SENT:
            self._sent(moment)
        elif track.seen:
            self._received(moment, track)
        return iter(())

    def end(self, replay: Replay) -> Iterator[Finding]:
        """Nothing is to be said."""
        self.moment = None
        return iter(())

    def answers(self, moment: Moment, sent: Sent) -> list[Seen]:
        """Return what came since ``sent`` was sent, up to this moment."""
        track = self.tracks[moment.client.actor]
        return track.seen[bisect_right(track.seen, sent.index, key=_index) :]

    # --- events

    def _note(self, index: int, event: Event, replay: Replay) -> None:
        values = event.note()
        match values["note"]:
            case "rest":
                self.resting = True
            case "rested":
                self.resting = False
            case "uid":
                folder = self.folders.get(values["user"], values["mailbox"].encode())
                octets = replay.facts.messages.get(values["name"])
                if values["uid"] not in folder.mails and octets is not None:
                    folder.mails[values["uid"]] = Mail(octets, index=index)

    def _connection(self, index: int, event: Event, track: Track) -> None:
        client = self.clients.get(event.actor)
        if event.octets.startswith(b"connected") and track.session is not None:
            self.clients[event.actor] = Client(event.actor, track.user, track.session, index)
        elif client is not None and not event.octets.startswith((b"tls ", b"compress")):
            self.others.cut_off(client, index)
            self.moment = Moment(index, event, client, box=client.box)

    def _sent(self, moment: Moment) -> None:
        client, index, octets = moment.client, moment.index, moment.event.octets
        if continues(octets):
            client.continues += 1
        words = octets.split(None, 1)
        if words and len(client.odd) < 100 and words[0] not in client.session.pending:
            client.odd.add(words[0])
        for command in client.session.pending.values():
            self._pending(client, command, index)
        for command in client.session.queued:
            client.pending[command.tag].shared = True

    def _pending(self, client: Client, command: Command, index: int) -> None:
        """Take in a command that was sent, or has grown by a literal."""
        known = client.pending.get(command.tag)
        if known is not None and known.command is command:
            return
        if known is not None:
            known.command = command
        else:
            known = client.pending[command.tag] = Sent(command, index, client.box)
            known.offered = client.session.capabilities
            known.known_user = client.session.state is not State.NOT_AUTHENTICATED
            if client.box is not None:
                known.count = client.box.count or 0
                known.highest = client.box.numbers.highest
                if command.name in BY_NUMBER:
                    known.numbers = client.box.numbers.snapshot()
            if len(client.pending) > 1:
                for other in client.pending.values():
                    other.alone = False
        self._under_way(client, known, index)

    def _under_way(self, client: Client, sent: Sent, index: int) -> None:
        """Take in what a command under way may do."""
        command = sent.command
        name = command.name
        self.others.sent(client, name, index)
        client.asked.setdefault(name, sent.index)
        client.enabling = dict.fromkeys(enabling(command), sent.index) | client.enabling
        if name.endswith(("STORE", "FETCH")):
            sent.stirred = client.stirred
            if stirs(command):
                client.stirred = index
        elif name.endswith(("SEARCH", "SORT")):
            if goes_on(command):
                client.contexts = True
        elif name in ("SELECT", "EXAMINE"):
            if command.args and client.entering is not sent:
                self._enter(client, sent)
        elif name == "NOTIFY":
            client.loud, client.deaf = True, declines(command)

    def _again(self, moment: Moment, sent: Sent) -> None:
        """Take up the next command with the same tag; which one was answered cannot be told."""
        client, tag = moment.client, sent.command.tag
        command = client.session.pending.get(tag)
        if command is not None:
            self._pending(client, command, sent.index)
            client.pending[tag].shared = True
        client.odd.add(tag)
        moment.sent = None

    def _enter(self, client: Client, sent: Sent) -> None:
        name = sent.command.args[0]
        if not isinstance(name, bytes):
            return
        sent.former = client.box.name if client.box is not None else b""
        client.behind = set(client.pending) - {sent.command.tag}
        client.entering = sent
        replaces = client.box is not None
        client.box = sent.box = Box(
            client.user,
            mailbox_name(bytes(name)),
            sent.command.name == "EXAMINE",
            sent.index,
            self.folders.get(client.user, bytes(name)),
            replaces=replaces,
        )

    def _received(self, moment: Moment, track: Track) -> None:
        seen = track.seen[-1]
        if seen.index != moment.index:
            return
        client, response = moment.client, seen.response
        moment.response = response
        if client.greeted < 0:
            client.greeted = moment.index
        if response.kind == "BYE" and response.untagged:
            client.bye = moment.index
        if response.kind == "CAPABILITY" or response.code == "CAPABILITY":
            client.advertised = (client.session.capabilities, moment.index)
        if response.tagged:
            moment.sent = client.pending.pop(response.tag, None)
            if moment.sent is not None:
                if response.kind != "OK":  # what was refused need not have turned anything on
                    client.enabling = {
                        word: at for word, at in client.enabling.items() if at != moment.sent.index
                    }
                self._completed(moment, moment.sent)
                if moment.sent.shared:
                    self._again(moment, moment.sent)
            return
        box = client.box
        if box is None:
            return
        moment.before = box.count
        if client.behind:
            moment.unclear = True
            moment.box = None
            return
        moment.box = box
        tell(moment, box, self.folders, self.others)
        if response.code == "COPYUID":
            copied(client, response, moment.index, self.folders, box)

    def _completed(self, moment: Moment, sent: Sent) -> None:
        client = moment.client
        client.behind.discard(sent.command.tag)
        if not client.pending:
            client.continues = 0
        name = sent.command.name
        moment.box = sent.box if name in ("SELECT", "EXAMINE") else client.box
        self.others.completed(client, sent, moment.index)
        if name.endswith(("STORE", "FETCH")) and stirs(sent.command):
            client.stirred = moment.index
        calm = name in ("SELECT", "EXAMINE") and not self.disturbed(client, sent.index)
        complete(moment, sent, self.folders, calm=calm)
