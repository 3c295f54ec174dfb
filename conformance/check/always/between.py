"""Between clients: what all successful commands together leave, overlap taken into account.

Of every flag of every message the operations are kept with the span in which each may
have taken effect. At rest a value is possible if its operation was not surely followed
by another; what an observer sees must be possible, and so must who is there and who not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from conformance.check.always.asked import asked_ranges, modifiers, within
from conformance.check.always.client import Box, Client, Moment, Sent
from conformance.check.always.folders import Folder, number_of, number_set
from conformance.check.always.lens import Lens
from conformance.check.replay import Replay
from conformance.imap.tree import Atom
from conformance.verdict import Finding, Verdict
from conformance.wire.transcript import Event, Kind

__all__ = ["Between"]

_HARMLESS = frozenset({"NOOP", "IDLE", "SEARCH", "UID SEARCH", "LOGOUT", "CHECK", "STATUS", "LIST"})
_MANY = 1000
_SYSTEM = frozenset({b"\\answered", b"\\flagged", b"\\deleted", b"\\seen", b"\\draft"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One flag of one message set or cleared, somewhere between two events.

    sure  whether it took effect at all
    """

    value: bool
    start: int
    end: int
    sure: bool = True


@dataclass(slots=True)
class _State:
    """What was done to one folder.

    fuzzy     whether something was done to messages that cannot be told
    flags     UID and flag -> the operations, in order of their ends
    removed   UID -> the span in which it was surely told to go, and the event
    doomed    UIDs that may have been removed
    """

    fuzzy: bool = False
    flags: dict[tuple[int, bytes], list[Operation]] = field(default_factory=dict)
    first: dict[int, tuple[frozenset[bytes], int]] = field(default_factory=dict)
    purged: dict[int, int] = field(default_factory=dict)
    doomed: set[int] = field(default_factory=set)


class Between:
    """Follows what each command does to the mailboxes, and judges what is seen at rest."""

    name = "between"

    def __init__(self, lens: Lens) -> None:
        """Look through ``lens``."""
        self._lens = lens
        self._states: dict[int, tuple[Folder, _State]] = {}
        self._said: set[str] = set()
        self._last: dict[tuple[str, int], tuple[Box, dict[int, tuple[frozenset[bytes], int]]]] = {}

    def see(self, index: int, event: Event, replay: Replay) -> Iterator[Finding]:
        """Take in what a command did; judge what is told at rest."""
        moment = self._lens.moment
        if moment is None:
            return
        if moment.response is None:
            if event.kind is Kind.CONNECTION:
                self._cut_off(moment.client)
            return
        if moment.response.kind == "FETCH" and moment.flags is not None:
            self._flags_told(moment)
        if moment.sent is None:
            return
        sent = moment.sent
        name = sent.command.name
        if name in ("STORE", "UID STORE"):
            self._stored(moment, sent)
        elif name in ("FETCH", "UID FETCH"):
            self._fetched(moment, sent)
        elif name in ("REPLACE", "UID REPLACE"):
            if sent.box is not None:
                self._state(sent.box.folder).fuzzy = True
        elif name in ("EXPUNGE", "UID EXPUNGE", "CLOSE", "MOVE", "UID MOVE"):
            self._removed(moment, sent)
        if self._lens.resting and name == "UID FETCH" and moment.response.kind == "OK":
            for finding in self._judge(moment, sent):
                if finding.key not in self._said:
                    self._said.add(finding.key)
                    yield finding

    def end(self, replay: Replay) -> Iterator[Finding]:
        """Nothing is left to say."""
        return iter(())

    def _state(self, folder: Folder) -> _State:
        found = self._states.get(id(folder))
        if found is None:
            found = self._states[id(folder)] = (folder, _State())
        return found[1]

    # --- what commands do

    def _cut_off(self, client: Client) -> None:
        """Note that what was under way when the connection ended may have been done, or later."""
        for sent in client.pending.values():
            if sent.box is not None and sent.command.name not in _HARMLESS:
                self._state(sent.box.folder).fuzzy = True

    def _flags_told(self, moment: Moment) -> None:
        box, uid = moment.box, moment.uid
        if box is None or uid is None or moment.flags is None or self._lens.resting:
            return
        self._state(box.folder).first.setdefault(uid, (moment.flags, moment.index))

    def _targets(self, sent: Sent, state: _State) -> list[int] | None:
        """Return the UIDs that a command means; None, and all is fuzzy, if they are unknown."""
        box = sent.box
        spans = asked_ranges(sent)
        if box is None or spans is None:
            state.fuzzy = True
            return None
        if sent.command.name.startswith("UID "):
            if b"*" in _set(sent):
                state.fuzzy = True
                return None
            if any(high - low >= _MANY for low, high in spans):  # such as 1:4294967295
                known = {*box.folder.mails, *state.first}
                return [uid for uid in known if within(uid, spans)]
            return [uid for low, high in spans for uid in range(low, high + 1)]
        if sent.numbers is None:
            state.fuzzy = True
            return None
        uids = [
            sent.numbers.uid(number)
            for low, high in spans
            for number in range(max(low, 1), min(high, sent.count) + 1)
        ]
        if None in uids:
            state.fuzzy = True
            return None
        return [uid for uid in uids if uid is not None]

    def _stored(self, moment: Moment, sent: Sent) -> None:
        box, response = sent.box, moment.response
        if box is None or response is None or response.kind == "BAD" or box.read_only:
            return
        state = self._state(box.folder)
        action, flags = _action(sent)
        uids = self._targets(sent, state)
        if uids is None or not action:
            return
        refused = set(number_set(response.data[0]) or ()) if response.code == "MODIFIED" else set()
        by_uid = sent.command.name.startswith("UID ")
        sure = response.kind == "OK"
        if refused and not by_uid:
            state.fuzzy = True
            return
        conditional = "UNCHANGEDSINCE" in modifiers(sent)
        kept = box.permanent[0] if box.permanent is not None else None
        for uid in uids:
            if uid in refused:
                continue
            wanted: dict[bytes, bool] = {}
            if action.startswith("+"):
                wanted = dict.fromkeys(flags, True)
            elif action.startswith("-"):
                wanted = dict.fromkeys(flags, False)
            else:
                known = {flag for other, flag in state.flags if other == uid}
                wanted = dict.fromkeys(_SYSTEM | known, False) | dict.fromkeys(flags, True)
            for flag, value in wanted.items():
                lasting = kept is not None and flag in kept and not conditional
                operation = Operation(value, sent.index, moment.index, sure and lasting)
                state.flags.setdefault((uid, flag), []).append(operation)

    def _fetched(self, moment: Moment, sent: Sent) -> None:
        r"""FETCH of a body sets \Seen (RFC 9051 section 6.4.5)."""
        box = sent.box
        if box is None or box.read_only or moment.client.stirred < sent.index:
            return
        state = self._state(box.folder)
        uids = self._targets(sent, state)
        for uid in uids or ():
            operation = Operation(True, sent.index, moment.index, False)  # noqa: FBT003
            state.flags.setdefault((uid, b"\\seen"), []).append(operation)

    def _removed(self, moment: Moment, sent: Sent) -> None:
        box, response = sent.box, moment.response
        if box is None or response is None or box.read_only:
            return
        state = self._state(box.folder)
        name = sent.command.name
        if name in ("MOVE", "UID MOVE"):
            uids = self._targets(sent, state)
            if uids is None:
                return
            state.doomed.update(uids)
            if response.kind == "OK":
                for uid in uids:
                    if uid in box.folder.mails:
                        state.purged.setdefault(uid, moment.index)
            return
        chosen: list[int] | None = None
        if name == "UID EXPUNGE":
            chosen = self._targets(sent, state)
            if chosen is None:
                return
        if response.kind != "OK":
            return
        for uid in box.folder.mails:
            if chosen is not None and uid not in chosen:
                continue
            operations = state.flags.get((uid, b"\\deleted"), [])
            surely = [o for o in operations if o.end < sent.index]
            if surely and surely[-1].value and surely[-1].sure:
                last = surely[-1]
                if all(o is last or o.end < last.start for o in operations):
                    state.purged.setdefault(uid, moment.index)

    # --- what is seen at rest

    def _judge(self, moment: Moment, sent: Sent) -> Iterator[Finding]:
        box = sent.box
        if box is None or not box.certain or self._lens.others.broken or self._lens.others.loose:
            return
        seen: dict[int, tuple[frozenset[bytes], int]] = {}
        for answer in self._lens.answers(moment, sent):
            uid = number_of(answer.response.items.get("UID"))
            flags = answer.response.items.get("FLAGS")
            if uid is not None and isinstance(flags, tuple):
                low = frozenset(flag.lower() for flag in flags if isinstance(flag, bytes))
                seen[uid] = (low - {b"\\recent"}, answer.index)
        observer = moment.client.actor.startswith("observer-")
        if not observer:
            if sent.alone and box.count is not None and len(seen) < box.count:
                yield self._blame(
                    moment,
                    "RFC9051:5.2",
                    "size update missing",
                    f"{len(seen)} messages are shown, and this client was told of {box.count}",
                    (box.count_index,),
                )
            self._last[moment.client.actor, id(box.folder)] = (box, seen)
            return
        yield from self._agree(moment, box, seen)
        for client in self._lens.clients.values():
            if client is not moment.client:
                self._cut_off(client)
        if self._alone():
            yield from self._possible(moment, box, seen)

    def _alone(self) -> bool:
        """Whether all that was done is known: one user, and IMAP only."""
        users = {client.user for client in self._lens.clients.values()}
        return len(users) == 1 and not self._lens.others.foreign

    def _agree(
        self, moment: Moment, box: Box, seen: dict[int, tuple[frozenset[bytes], int]]
    ) -> Iterator[Finding]:
        for (actor, _), (other, told) in self._last.items():
            if other.folder is not box.folder or other.validity != box.validity:
                if other.name != box.name or other.validity is None or box.validity is None:
                    continue
                if other.validity[0] != box.validity[0]:
                    continue
            missing = sorted(set(seen) - set(told))
            extra = sorted(set(told) - set(seen))
            if missing:
                yield self._blame(
                    moment,
                    "RFC9051:5.2",
                    "client misses a message",
                    f"{actor} has synchronized and does not see UID {missing[0]}, which is there",
                    (seen[missing[0]][1],),
                    level="SHOULD",
                )
            if extra:
                yield self._blame(
                    moment,
                    "RFC9051:5.2",
                    "client sees a message that is gone",
                    f"{actor} has synchronized and still sees UID {extra[0]}, which is gone",
                    (told[extra[0]][1],),
                    level="SHOULD",
                )
            for uid in set(seen) & set(told):
                if seen[uid][0] != told[uid][0]:
                    flag = min(seen[uid][0] ^ told[uid][0]).decode("latin-1")
                    yield self._blame(
                        moment,
                        "RFC9051:5.2",
                        "clients see other flags",
                        f"{actor} has synchronized and sees UID {uid} otherwise in {flag}",
                        (told[uid][1], seen[uid][1]),
                        level="SHOULD",
                    )
                    break

    def _possible(
        self, moment: Moment, box: Box, seen: dict[int, tuple[frozenset[bytes], int]]
    ) -> Iterator[Finding]:
        folder = box.folder
        state = self._state(folder)
        for uid, (_, index) in seen.items():
            if uid in folder.gone:
                yield self._blame(
                    moment,
                    "RFC9051:7.5.1",
                    "message returns",
                    f"UID {uid} is here, and a client was told that it is expunged",
                    (folder.gone[uid], index),
                )
            elif uid in state.purged and not state.fuzzy:
                yield self._blame(
                    moment,
                    "RFC9051:6.4.3",
                    "message not removed",
                    f"UID {uid} is here, and was to be removed by a command answered OK",
                    (state.purged[uid], index),
                )
        for uid, mail in folder.mails.items():
            if uid in seen or uid in state.doomed or state.fuzzy:
                continue
            if mail.flags is None or b"\\deleted" in mail.flags:
                continue
            if not any(o.value for o in state.flags.get((uid, b"\\deleted"), ())):
                known = [mail.index]
                if uid in folder.gone:
                    known.append(folder.gone[uid])
                yield self._blame(
                    moment,
                    "RFC9051:6.4.3",
                    "message lost",
                    rf"UID {uid} is gone, and nobody marked it \Deleted or moved it",
                    known,
                )
        if not state.fuzzy:
            yield from self._flags(moment, state, seen)

    def _flags(
        self, moment: Moment, state: _State, seen: dict[int, tuple[frozenset[bytes], int]]
    ) -> Iterator[Finding]:
        for uid, (flags, index) in seen.items():
            first = state.first.get(uid)
            names = {flag for other, flag in state.flags if other == uid}
            for flag in names | (_SYSTEM if first is not None else frozenset()):
                operations = state.flags.get((uid, flag), [])
                values, known = _values(operations, flag, first)
                if values and (flag in flags) not in values:
                    word = flag.decode("latin-1")
                    has = "has" if flag in flags else "has not"
                    yield self._blame(
                        moment,
                        "RFC9051:6.4.6",
                        "flag without cause" if not operations else "flag update lost",
                        f"UID {uid} {has} {word} at rest, which no order of the commands leaves",
                        (*known, index),
                    )
                    return

    def _blame(
        self,
        moment: Moment,
        rule: str,
        key: str,
        message: str,
        known: Iterable[int],
        *,
        level: str = "MUST",
    ) -> Finding:
        return Finding(
            check=self.name,
            verdict=Verdict.WARN if level == "SHOULD" else Verdict.FAIL,
            message=message,
            rule=rule,
            level=level,
            key=key,
            actor=moment.client.actor,
            culprit=moment.index,
            known=tuple(known),
        )


def _values(
    operations: list[Operation], flag: bytes, first: tuple[frozenset[bytes], int] | None
) -> tuple[set[bool], list[int]]:
    """Return the values that a flag may have at last, and the events that say so."""
    sure = [operation for operation in operations if operation.sure]
    if not sure and first is None:
        return set(), []
    values: set[bool] = set()
    known: list[int] = []
    for one in operations:
        # It is the last one unless a sure one began after it had ended.
        if not any(other.start > one.end for other in sure):
            values.add(one.value)
            known.append(one.end)
    if first is not None and not any(o.end > first[1] for o in sure):
        # What was told is the value unless something sure came later.
        values.add(flag in first[0])
        known.append(first[1])
    return values, known


def _set(sent: Sent) -> bytes:
    node = sent.command.args[0] if sent.command.args else b""
    return bytes(node) if isinstance(node, bytes) else b""


def _action(sent: Sent) -> tuple[str, frozenset[bytes]]:
    """Return what a STORE does (``+FLAGS`` …) and with which flags; empty in doubt."""
    args = sent.command.args
    for at, node in enumerate(args[1:], start=1):
        if isinstance(node, Atom) and b"FLAGS" in node.upper():
            rest = args[at + 1 :]
            nodes = rest[0] if rest and isinstance(rest[0], tuple) else rest
            flags = frozenset(flag.lower() for flag in nodes if isinstance(flag, bytes))
            return node.decode("latin-1").upper().removesuffix(".SILENT"), flags
    return "", frozenset()
