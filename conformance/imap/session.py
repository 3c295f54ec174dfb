"""One IMAP connection as both sides see it, fed with what was sent and received.

It keeps what later octets depend on: the state (RFC 9051 section 3), capabilities,
what was enabled, the commands under way, the selected mailbox and its numbers.
It believes the server; whether the server may be believed is for the checks.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from conformance.imap.command import Command
from conformance.imap.numbers import Numbers, Snapshot
from conformance.imap.response import Response
from conformance.imap.sets import expand
from conformance.imap.tree import Atom
from conformance.imap.world import Mailbox, World

__all__ = ["Seen", "Session", "State"]


class State(StrEnum):
    """RFC 9051 section 3."""

    NOT_AUTHENTICATED = "not authenticated"
    AUTHENTICATED = "authenticated"
    SELECTED = "selected"
    LOGOUT = "logout"


NOTHING = Snapshot()


@dataclass(frozen=True, slots=True)
class Seen:
    """A response with what the client knew at that moment.

    index    the transcript's event
    uid      for EXPUNGE and FETCH: the UID that the number meant to this client
    slots    for SEARCH and its kind: the UIDs by number at that moment
    command  for a tagged response: the command it completes
    """

    index: int
    octets: bytes
    response: Response
    uid: int | None = None
    slots: Snapshot = NOTHING
    command: Command | None = None


@dataclass(slots=True)
class Session:
    """The state of one connection; ``user`` is whose mailboxes it opens.

    pending  tag -> the command under way
    queued   commands under way whose tag an earlier one still has: a server must accept a tag
             that is used again (RFC 9051 section 2.2.1)
    begun    the command of ``pending`` of which only a part was sent
    """

    user: str
    world: World
    state: State = State.NOT_AUTHENTICATED
    capabilities: frozenset[str] = frozenset()
    enabled: frozenset[str] = frozenset()
    pending: dict[bytes, Command] = field(default_factory=dict)
    queued: list[Command] = field(default_factory=list)
    begun: Command | None = None
    mailbox: bytes = b""
    read_only: bool = False
    numbers: Numbers = field(default_factory=Numbers)
    selecting: bool = False
    tls: bool = False

    def sent(self, command: Command) -> None:
        """Take in that the client has sent the whole of ``command``."""
        begun, self.begun = self.begun, None
        if command.tag in self.pending and not (begun and begun.tag == command.tag):
            self.queued.append(command)
        else:
            self.pending[command.tag] = command
        if command.name in ("SELECT", "EXAMINE") and command.args:
            self._leave()
            self.selecting = True
            name = command.args[0]
            self.mailbox = name if isinstance(name, bytes) else b""

    def begins(self, command: Command) -> None:
        """Take in that the client has sent the beginning of ``command``, up to a literal."""
        if command.tag not in self.pending:
            self.pending[command.tag] = self.begun = command

    def received(self, index: int, octets: bytes, response: Response) -> Seen:
        """Take in a response; return it with what it meant when it arrived."""
        kind = response.kind
        if response.tagged:
            command = self.pending.pop(response.tag, None)
            if command is not None:
                if self.queued:
                    self._next(command.tag)
                self._completed(command, response)
            if response.code == "CAPABILITY":
                self._capabilities(response)
            return Seen(index, octets, response, command=command)
        if kind == "EXPUNGE" and response.number is not None:
            uid = self.numbers.expunge(response.number)
            if uid is not None:
                self._box().alive.discard(uid)
            return Seen(index, octets, response, uid=uid)
        if kind == "FETCH" and response.number is not None:
            return Seen(index, octets, response, uid=self._fetched(response))
        if kind in ("SEARCH", "ESEARCH", "SORT", "THREAD"):
            return Seen(index, octets, response, slots=self.numbers.snapshot())
        if kind == "EXISTS" and response.number is not None:
            self._exists(response.number)
        elif kind == "VANISHED":
            self._vanished(response)
        elif kind == "CAPABILITY" or response.code == "CAPABILITY":
            self._capabilities(response)
        elif kind == "ENABLED":
            self.enabled |= {
                node.decode("latin-1").upper() for node in response.data if isinstance(node, bytes)
            }
        elif kind == "PREAUTH":
            self.state = State.AUTHENTICATED
        elif kind == "BYE":
            self.state = State.LOGOUT
        return Seen(index, octets, response)

    def _next(self, tag: bytes) -> None:
        """Let the first command that was sent with ``tag`` once more have it now."""
        for at, command in enumerate(self.queued):
            if command.tag == tag:
                self.pending[tag] = self.queued.pop(at)
                return

    def _box(self) -> Mailbox:
        return self.world.mailbox(self.user, self.mailbox)

    def _leave(self) -> None:
        self.mailbox = b""
        self.numbers = Numbers()
        self.read_only = False
        if self.state is State.SELECTED:
            self.state = State.AUTHENTICATED

    def _capabilities(self, response: Response) -> None:
        self.capabilities = frozenset(
            node.decode("latin-1").upper() for node in response.data if isinstance(node, bytes)
        )

    def _exists(self, count: int) -> None:
        box = self._box()
        first = not len(self.numbers)
        new = self.numbers.exists(count)
        if new <= 0 or not box.complete:
            return
        candidates = box.ascending(self.numbers.highest)
        # At SELECT everything must be accounted for; later, what is known comes in order.
        if len(candidates) == new or (not first and len(candidates) > new):
            start = len(self.numbers) - new + 1
            for offset, uid in enumerate(candidates[:new]):
                self.numbers.learn(start + offset, uid)

    def _fetched(self, response: Response) -> int | None:
        number = response.number or 0
        told = response.items.get("UID")
        if isinstance(told, Atom) and told.isdigit():
            uid = int(told)
            self.numbers.learn(number, uid)
            self._box().alive.add(uid)
            return uid
        return self.numbers.uid(number)

    def _vanished(self, response: Response) -> None:
        data = response.data
        if not data or not isinstance(data[-1], bytes):
            return
        uids = set(expand(data[-1].decode("latin-1")) or ())
        self._box().alive.difference_update(uids)
        if len(data) == 1:
            self.numbers.vanish(uids)

    def _completed(self, command: Command, response: Response) -> None:
        name, kind = command.name, response.kind
        if name in ("LOGIN", "AUTHENTICATE") and kind == "OK":
            self.state = State.AUTHENTICATED
            self.capabilities = frozenset()
        elif name == "STARTTLS" and kind == "OK":
            self.tls = True
            self.capabilities = frozenset()
        elif name in ("SELECT", "EXAMINE"):
            self.selecting = False
            if kind == "OK":
                self.state = State.SELECTED
                self.read_only = name == "EXAMINE" or response.code == "READ-ONLY"
            else:
                self._leave()
        elif name in ("CLOSE", "UNSELECT") and kind == "OK":
            self._leave()
        elif name == "UNAUTHENTICATE" and kind == "OK":
            self._leave()
            self.state = State.NOT_AUTHENTICATED
            self.enabled = frozenset()
        elif name == "APPEND" and kind == "OK":
            self._arrived(command.args[:1], response)
        elif name in ("COPY", "UID COPY", "MOVE", "UID MOVE") and kind == "OK":
            # MOVE's COPYUID may have come untagged before; without any we know less.
            self._arrived(command.args[1:2], response)
        elif name in ("RENAME", "DELETE", "REPLACE", "UID REPLACE") and kind == "OK":
            for argument in command.args:
                if isinstance(argument, bytes):
                    self.world.forget(self.user, argument)

    def _arrived(self, mailbox: tuple[object, ...], response: Response) -> None:
        if not mailbox or not isinstance(mailbox[0], bytes):
            return
        box = self.world.mailbox(self.user, mailbox[0])
        uids: list[int] | None = None
        if response.code in ("APPENDUID", "COPYUID") and response.data:
            last = response.data[-1]
            uids = expand(last.decode("latin-1")) if isinstance(last, bytes) else None
        if uids is None:
            box.complete = False
        else:
            box.alive.update(uids)
