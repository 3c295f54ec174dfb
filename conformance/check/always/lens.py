"""What each client has been told at any moment, and by which event.

It is the ground the other checks stand on and finds nothing itself. Unlike the
session, which guesses UIDs where it can, it knows only what the server said.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter

from conformance.check.always.folders import (
    Folder,
    Folders,
    Key,
    Mail,
    appended,
    number_of,
    number_set,
    uid_code,
)
from conformance.check.replay import Replay, Track
from conformance.imap.command import Command
from conformance.imap.numbers import Numbers, Snapshot
from conformance.imap.response import Response
from conformance.imap.session import Seen, Session, State
from conformance.imap.tree import Atom, Node
from conformance.imap.world import mailbox_name
from conformance.verdict import Finding
from conformance.wire.transcript import Event, Kind

__all__ = ["Box", "Client", "Lens", "Moment", "Sent"]

# What these do changes nothing that another client could see.
_IDLE = frozenset(
    {
        "IDLE",
        "NOOP",
        "CAPABILITY",
        "LOGIN",
        "AUTHENTICATE",
        "ID",
        "NAMESPACE",
        "ENABLE",
        "LIST",
        "LSUB",
        "STATUS",
        "SEARCH",
        "SORT",
        "THREAD",
        "GETQUOTA",
        "GETQUOTAROOT",
        "GETACL",
        "MYRIGHTS",
        "LISTRIGHTS",
        "LOGOUT",
        "CHECK",
        "UNSELECT",
        "NOTIFY",
        "STARTTLS",
        "COMPRESS",
        "GETMETADATA",
        "UID SEARCH",
        "UID SORT",
        "UID THREAD",
    }
)

REMOVING = frozenset(
    {"EXPUNGE", "UID EXPUNGE", "CLOSE", "MOVE", "UID MOVE", "DELETE", "RENAME", "REPLACE"}
    | {"UID REPLACE"}
)
"""What may remove messages."""

Flags = frozenset[bytes]

_FAR = 2000
_BY_NUMBER = frozenset({"STORE", "FETCH", "MOVE"})

_index = attrgetter("index")
_SYNCHRONIZING = re.compile(rb"\{\d+\}\r\n\Z")


@dataclass(slots=True)
class Sent:
    """A command under way, and the event that sent its beginning.

    box    the mailbox that was selected, or for SELECT the one it selects
    count  how many messages the client knew of
    alone  whether no other command of this client was under way beside it
    former   for SELECT: the name of the mailbox that was selected before
    offered  the capabilities that the client knew of
    """

    command: Command
    index: int
    box: "Box | None" = None
    count: int = 0
    numbers: Snapshot | None = None
    alone: bool = True
    former: bytes = b""
    offered: frozenset[str] = frozenset()
    known_user: bool = False


@dataclass(slots=True)
class Box:
    """The selected mailbox as one client was told of it.

    count      EXISTS, None before it was told
    base       how many of the messages were there when UIDNEXT was told
    certain    False once numbers cannot be followed any more
    top        the number of the message with the highest UID told
    calm       whether nobody changed anything while it was being selected
    flags      UID -> flags in lower case, and the event
    announced  the flags of FLAGS, permanent those of PERMANENTFLAGS, each with its event
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

    box      the mailbox that is selected, or being selected
    greeted  the index of the greeting; -1 before it
    asked    every command name sent on it -> the first event that did
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
    loud: bool = False  # NOTIFY is set
    continues: int = 0  # how many continuations are due for literals
    binary: bool = False  # compression or the like: what is sent cannot be followed
    stirred: int = -1  # its own latest command that may have changed flags unheard
    contexts: bool = False  # a search that goes on (RFC 5267)
    odd: set[bytes] = field(default_factory=set)  # first words of lines that are no commands
    left: int = -1  # when LOGOUT was answered

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
    fits: bool = False  # the UID is higher than any told, and so is its number
    commands: list[Sent] = field(default_factory=list)


class Lens:
    """The check that judges nothing: it goes first and keeps ``moment`` for the others."""

    name = "lens"

    def __init__(self) -> None:
        """Start before the first event."""
        self.clients: dict[str, Client] = {}
        self.folders = Folders()
        self.moment: Moment | None = None
        self.changed: dict[str, int] = {}
        self.validities: dict[Key, tuple[int, int]] = {}
        self.destinations: dict[Key, tuple[int, int]] = {}  # the UIDVALIDITY last told
        self.modseqs: dict[tuple[str, bytes, int], tuple[int, int]] = {}
        self.removing: dict[str, int] = {}
        self.silent: dict[str, int] = {}  # removals of which nobody was told which they were
        self.tracks: dict[str, Track] = {}
        self.others = False  # there are clients of other protocols
        self.broken = False  # the server was killed or the network cut
        self.resting = False  # all steps are done
        self.loose = False  # mail may arrive at any time
        self._speaks: dict[str, str] = {}

    def see(self, index: int, event: Event, replay: Replay) -> Iterator[Finding]:
        """Take in an event that ``replay`` has taken in."""
        self.moment = None
        self.tracks = replay.tracks
        kind = event.kind
        if kind is Kind.NOTE:
            self._note(index, event, replay)
            return iter(())
        if event.actor == "server" and kind is Kind.CONNECTION:
            self.broken = self.loose = True  # it was killed, or made to start again
            return iter(())
        track = replay.track(event.actor)
        if track.session is None:
            if track.speaks != "imap":
                self.others = True
                self.changed[event.actor] = self.removing[event.actor] = index
                self.silent[event.actor] = index
                self.loose = self.loose or track.speaks == "smtp"
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

    def disturbed(self, client: Client, since: int) -> bool:
        """Return whether anybody else may have changed anything after event ``since``."""
        if self.loose:
            return True
        for actor, index in self.changed.items():
            if actor != client.actor and index > since:
                return True
        return any(
            sent.command.name not in _IDLE
            for other in self.clients.values()
            if other is not client and other.open
            for sent in other.pending.values()
        )

    def removed_elsewhere(self, client: Client, since: int) -> bool:
        """Return whether anybody else may have removed messages after event ``since``."""
        return self.loose or any(
            actor != client.actor and index > since for actor, index in self.removing.items()
        )

    def may_be_gone(self, client: Client, box: Box, uid: int | None) -> bool:
        """Return whether somebody else may have removed the message with ``uid``.

        Who removes by EXPUNGE or MOVE is told what went, so only that counts, and what is silent.
        """
        if uid is None:
            return self.removed_elsewhere(client, box.index)
        if self.loose or uid in box.folder.gone:
            return True
        if any(actor != client.actor and at > box.index for actor, at in self.silent.items()):
            return True
        return any(
            sent.command.name in REMOVING
            for other in self.clients.values()
            if other is not client
            for sent in other.pending.values()
        )

    def answers(self, moment: Moment, sent: Sent) -> list[Seen]:
        """Return what came since ``sent`` was sent, up to this moment."""
        track = self.tracks[moment.client.actor]
        return track.seen[bisect_right(track.seen, sent.index, key=_index) :]

    # --- events

    def _note(self, index: int, event: Event, replay: Replay) -> None:
        values = event.note()
        if values["note"] == "rest":
            self.resting = True
        elif values["note"] == "uid":
            folder = self.folders.get(values["user"], values["mailbox"].encode())
            octets = replay.facts.messages.get(values["name"])
            if values["uid"] not in folder.mails and octets is not None:
                folder.mails[values["uid"]] = Mail(octets, index=index)

    def _connection(self, index: int, event: Event, track: Track) -> None:
        client = self.clients.get(event.actor)
        if event.octets.startswith(b"connected") and track.session is not None:
            self.clients[event.actor] = Client(event.actor, track.user, track.session, index)
        elif client is not None and not event.octets.startswith((b"tls ", b"compress")):
            if client.pending:
                self.changed[event.actor] = index
            client.open = False
            self.moment = Moment(index, event, client, box=client.box)

    def _sent(self, moment: Moment) -> None:
        client = moment.client
        if _SYNCHRONIZING.search(moment.event.octets, max(0, len(moment.event.octets) - 30)):
            client.continues += 1
        words = moment.event.octets.split(None, 1)
        if words and len(client.odd) < 100 and words[0] not in client.session.pending:
            client.odd.add(words[0])
        for command in client.session.pending.values():
            self._under_way(moment, command)
        if client.session.queued:
            for sent in client.pending.values():
                sent.alone = False

    def _under_way(self, moment: Moment, command: Command) -> None:
        client, index = moment.client, moment.index
        known = client.pending.get(command.tag)
        if known is not None:
            known.command = command
        else:
            known = client.pending[command.tag] = Sent(command, index, client.box)
            moment.commands.append(known)
            known.offered = client.session.capabilities
            known.known_user = client.session.state is not State.NOT_AUTHENTICATED
            if client.box is not None:
                known.count = client.box.count or 0
                if command.name in _BY_NUMBER:
                    known.numbers = client.box.numbers.snapshot()
            if len(client.pending) > 1:
                for other in client.pending.values():
                    other.alone = False
            client.asked.setdefault(command.name, index)
            client.enabling.update(dict.fromkeys(_enabling(command), index))
        name = command.name
        if name not in _IDLE:
            self.changed[client.actor] = index
        if name in REMOVING:
            self.removing[client.actor] = index
        if name.endswith(("STORE", "FETCH")) and _stirs(command):
            client.stirred = index
        if name.endswith(("SEARCH", "SORT")) and _goes_on(command):
            client.contexts = True
        if name in ("SELECT", "EXAMINE") and command.args and client.entering is not known:
            self._enter(client, known)
        if name == "NOTIFY":
            client.loud = True

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
                if response.kind == "BAD":  # what was not understood turned nothing on
                    client.enabling = {
                        word: at for word, at in client.enabling.items() if at != moment.sent.index
                    }
                self._completed(moment, moment.sent)
            again = client.session.pending.get(response.tag)
            if again is not None:  # sent with the same tag, and answered next
                self._under_way(moment, again)
                client.pending[again.tag].alone = False
            return
        box = client.box
        if box is None:
            return
        moment.box = box
        moment.before = box.count
        if client.behind:
            moment.unclear = True
            moment.box = None
            return
        self._data(moment, box, response)

    def _data(self, moment: Moment, box: Box, response: Response) -> None:
        kind, index = response.kind, moment.index
        if kind == "OK":
            self._code(moment, box, response)
        elif kind == "EXISTS" and response.number is not None:
            box.numbers.exists(response.number)
            box.count, box.count_index = response.number, index
            if not box.open:
                box.base = response.number
            elif moment.before is not None and response.number < moment.before:
                box.certain = False
        elif kind == "RECENT":
            box.recent = response.number
        elif kind == "FLAGS" and response.data and isinstance(response.data[0], tuple):
            box.announced = (_flags(response.data[0]), index)
        elif kind in ("EXPUNGE", "FETCH", "VANISHED"):
            if box.replaces and not box.open and box.count is None and not _earlier(response):
                # It may still speak of the mailbox that was selected before.
                moment.unclear = True
                moment.box = None
            elif kind == "EXPUNGE":
                self._expunge(moment, box, response.number or 0)
            elif kind == "FETCH":
                self._fetch(moment, box, response)
            else:
                self._vanish(moment, box, response)

    def _code(self, moment: Moment, box: Box, response: Response) -> None:
        index = moment.index
        value = number_of(response.data[0]) if response.data else None
        match response.code:
            case "CLOSED":
                box.replaces = False
            case "UIDVALIDITY" if value is not None:
                if box.validity is None:
                    box.validity = (value, index)
                    box.folder = self.folders.validity(box.user, box.name, value, index)
                    self.destinations[box.user, box.name.upper()] = (value, index)
            case "UIDNEXT" if value is not None:
                box.uidnext = (value, index)
            case "HIGHESTMODSEQ" if value is not None:
                box.highest = (value, index)
            case "NOMODSEQ":
                box.nomodseq = True
            case "PERMANENTFLAGS" if response.data and isinstance(response.data[0], tuple):
                box.permanent = (_flags(response.data[0]), index)
            case "COPYUID":
                self._copied(moment.client, response, index, box)

    def _expunge(self, moment: Moment, box: Box, number: int) -> None:
        moment.was = box.numbers.expunge(number)
        if box.count is not None and 0 < number <= box.count:
            box.count -= 1
        box.base -= number <= box.base
        box.top -= number <= box.top
        if moment.was is None:
            self.silent[moment.client.actor] = moment.index
        else:
            self._gone(box, moment.was, moment.index)
            if moment.was > box.numbers.highest:
                box.top = box.numbers.number(box.numbers.highest) or 0

    def _vanish(self, moment: Moment, box: Box, response: Response) -> None:
        uids = number_set(response.data[-1]) if response.data else None
        if uids is None:
            return
        earlier = _earlier(response)
        moment.vanished = (earlier, uids)
        uids = [uid for uid in uids if uid]
        if earlier:
            return
        for uid in uids if len(uids) < 50_000 else ():
            self._gone(box, uid, moment.index)
        places = [box.numbers.number(uid) for uid in set(uids)] if len(uids) < 2000 else []
        moment.holes = box.numbers.holes
        moment.unknown = box.numbers.vanish(set(uids))
        if moment.unknown or not places:
            box.base, box.calm = 0, False  # which numbers went is not known
        box.base -= sum(place is not None and place <= box.base for place in places)
        if box.count is not None:
            box.count = max(0, box.count - len(set(uids)))
        box.top = box.numbers.number(box.numbers.highest) or 0 if box.numbers.highest else 0

    def _gone(self, box: Box, uid: int, index: int) -> None:
        box.folder.gone.setdefault(uid, index)
        box.flags.pop(uid, None)
        box.modseqs.pop(uid, None)

    def _fetch(self, moment: Moment, box: Box, response: Response) -> None:
        number = response.number or 0
        items = response.items
        moment.was = moment.uid = box.numbers.uid(number)
        told = number_of(items.get("UID"))
        moment.told = told
        if told is not None:
            moment.fits = number > box.top and told > box.numbers.highest
            box.numbers.learn(number, told)
            moment.uid = told
            if told == box.numbers.highest:
                box.top = number
        flags = items.get("FLAGS")
        uid = moment.uid
        if isinstance(flags, tuple):
            moment.flags = _flags(flags)
            if uid is not None:
                moment.before_flags = box.flags.get(uid)
                box.flags[uid] = (moment.flags, moment.index)
        modseq = items.get("MODSEQ")
        if uid is not None and isinstance(modseq, tuple) and modseq:
            value = number_of(modseq[0])
            if value is not None and value >= box.modseqs.get(uid, (0, 0))[0]:
                box.modseqs[uid] = (value, moment.index)

    # --- completions

    def _completed(self, moment: Moment, sent: Sent) -> None:
        client, response = moment.client, moment.response
        if response is None:
            return
        client.behind.discard(sent.command.tag)
        if not client.pending:
            client.continues = 0
        name, ok = sent.command.name, response.kind == "OK"
        moment.box = sent.box if name in ("SELECT", "EXAMINE") else client.box
        if name not in _IDLE:
            self.changed[client.actor] = moment.index
        if name in REMOVING:
            self.removing[client.actor] = moment.index
            if name not in ("EXPUNGE", "UID EXPUNGE", "MOVE", "UID MOVE"):
                self.silent[client.actor] = moment.index
        if name.endswith(("STORE", "FETCH")) and _stirs(sent.command):
            client.stirred = moment.index
        if name in ("SELECT", "EXAMINE"):
            if client.entering is sent:
                client.entering = None
                if ok and client.box is not None:
                    client.box.open = True
                    client.box.calm = not self.disturbed(client, client.box.index)
                    client.box.read_only = client.box.examine or response.code == "READ-ONLY"
                else:
                    client.box = None
        elif not ok:
            return
        elif name in ("CLOSE", "UNSELECT", "UNAUTHENTICATE"):
            if client.entering is None:
                client.box = None
        elif name == "LOGOUT":
            client.left = moment.index
        elif name == "APPEND":
            self._appended(client, sent, response, moment.index)
        elif name in ("COPY", "UID COPY", "MOVE", "UID MOVE"):
            self._copied(client, response, moment.index, sent.box, sent.command)
        elif name in ("DELETE", "RENAME"):
            for argument in sent.command.args:
                if isinstance(argument, bytes):
                    deleted = moment.index if name == "DELETE" else None
                    self.folders.forget(client.user, bytes(argument), deleted)
                    self._forget_validity(client.user, bytes(argument))

    def _forget_validity(self, user: str, name: bytes) -> None:
        for key in list(self.validities):
            if key[0] == user and key[1].startswith(mailbox_name(name)):
                del self.validities[key]
        for key in list(self.destinations):
            if key[0] == user and key[1].startswith(name.upper()):
                del self.destinations[key]
        for told in list(self.modseqs):
            if told[0] == user and told[1].startswith(mailbox_name(name)):
                del self.modseqs[told]

    def _appended(self, client: Client, sent: Sent, response: Response, index: int) -> None:
        code = uid_code(response)
        name = sent.command.args[0] if sent.command.args else None
        if code is None or response.code != "APPENDUID" or not isinstance(name, bytes):
            return
        validity, _, uids = code
        mails = appended(sent.command, index)
        folder = self.folders.validity(client.user, bytes(name), validity, sent.index)
        if mails is None or len(mails) != len(uids):
            return
        for uid, mail in zip(uids, mails, strict=True):
            folder.mails.setdefault(uid, mail)

    def _copied(
        self,
        client: Client,
        response: Response,
        index: int,
        box: Box | None,
        command: Command | None = None,
    ) -> None:
        code = uid_code(response)
        if command is None:
            command = next(
                (
                    sent.command
                    for sent in client.pending.values()
                    if sent.command.name.endswith(("MOVE", "COPY"))
                ),
                None,
            )
        if code is None or response.code != "COPYUID" or box is None or command is None:
            return
        name: Node | None = command.args[1] if len(command.args) > 1 else None
        validity, source, target = code
        if not isinstance(name, bytes) or len(source) != len(target):
            return
        folder = self.folders.validity(client.user, bytes(name), validity, index)
        for old, new in zip(source, target, strict=True):
            mail = box.folder.mails.get(old)
            if mail is not None:
                flags = None
                folder.mails.setdefault(new, Mail(mail.octets, mail.date, flags, index))


def _flags(nodes: tuple[Node, ...]) -> Flags:
    return frozenset(node.lower() for node in nodes if isinstance(node, bytes))


def _earlier(response: Response) -> bool:
    return response.kind == "VANISHED" and len(response.data) > 1


def _stirs(command: Command) -> bool:
    """Whether a STORE or FETCH may change flags and not tell."""
    text = b" ".join(_words(command.args)).upper()
    if command.name.endswith("STORE"):
        return b".SILENT" in text
    return bool(re.search(rb"(?:^| )(?:BODY\[|BINARY\[|RFC822(?:\.TEXT)?(?: |$))", text))


def _goes_on(command: Command) -> bool:
    text = b" ".join(_words(command.args)).upper()
    return b"UPDATE" in text or b"CONTEXT" in text


def _words(nodes: tuple[Node, ...]) -> Iterator[bytes]:
    for node in nodes:
        if isinstance(node, tuple):
            yield from _words(node)
        elif isinstance(node, Atom) and len(node) < 500:
            yield node


_CONDSTORE = {"CHANGEDSINCE", "UNCHANGEDSINCE", "MODSEQ", "HIGHESTMODSEQ", "CONDSTORE", "QRESYNC"}


def _enabling(command: Command) -> list[str]:
    """Return what a command turns on by itself: the words that make a client CONDSTORE-aware."""

    def words(nodes: tuple[Node, ...]) -> Iterator[str]:
        for node in nodes:
            if isinstance(node, Atom) and len(node) < 30:
                yield node.decode("latin-1").upper()
            elif isinstance(node, tuple):
                yield from words(node)

    if command.name in ("APPEND", "LOGIN", "ENABLE"):  # what ENABLE did, ENABLED tells
        return []
    return ["CONDSTORE"] if any(word in _CONDSTORE for word in words(command.args)) else []
