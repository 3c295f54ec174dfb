r"""What commands did to a mailbox's flags and messages, overlap taken into account.

Of every flag of every message the operations are kept with the span in which each may
have taken effect. A value is possible at rest if its operation was not surely followed
by another.
"""

from dataclasses import dataclass, field

from conformance.check.always.asked import asked_action, asked_ranges, asked_set, modifiers, within
from conformance.check.always.client import Client, Flags, Moment, Sent
from conformance.check.always.commands import HARMLESS
from conformance.check.always.folders import Folder, number_set

__all__ = ["SYSTEM", "Effects", "Operation", "State"]

SYSTEM = frozenset({b"\\answered", b"\\flagged", b"\\deleted", b"\\seen", b"\\draft"})

_MANY = 1000
_REMOVING = ("EXPUNGE", "UID EXPUNGE", "CLOSE", "MOVE", "UID MOVE")


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
class State:
    """What was done to one folder.

    fuzzy     whether something was done to messages that cannot be told
    flags     UID and flag -> the operations, in order of their ends
    first     UID -> the flags as they were first told, and the event
    purged    UID -> the event at which it was surely to be gone
    doomed    UIDs that may have been removed
    """

    fuzzy: bool = False
    flags: dict[tuple[int, bytes], list[Operation]] = field(default_factory=dict)
    first: dict[int, tuple[Flags, int]] = field(default_factory=dict)
    purged: dict[int, int] = field(default_factory=dict)
    doomed: set[int] = field(default_factory=set)

    def values(self, uid: int, flag: bytes) -> tuple[set[bool], list[int]]:
        """Return the values that a flag may have at last, and the events that say so.

        No values: nothing is known.
        """
        operations = self.flags.get((uid, flag), [])
        first = self.first.get(uid)
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

    def surely_deleted(self, uid: int, before: int) -> bool:
        r"""Return whether ``uid`` was surely \Deleted when event ``before`` happened."""
        operations = self.flags.get((uid, b"\\deleted"), [])
        earlier = [o for o in operations if o.end < before]
        if not earlier or not earlier[-1].value or not earlier[-1].sure:
            return False
        last = earlier[-1]
        return all(o is last or o.end < last.start for o in operations)

    def was_there(self, folder: Folder, uid: int, sent: Sent) -> bool:
        """Return whether ``uid`` was there for who sent the command: a set may name UIDs to come.

        What others know of and this client was not told, its session need not have yet.
        """
        mail, first = folder.mails.get(uid), self.first.get(uid)
        heard = [mail.index] if mail is not None else []
        heard += [first[1]] if first is not None else []
        return any(index < sent.index for index in heard) and _knew(sent, folder, uid)


def _knew(sent: Sent, folder: Folder, uid: int) -> bool:
    """Return whether the client was surely told of a message, be it by EXISTS alone."""
    return uid <= sent.highest or sum(other <= uid for other in folder.mails) <= sent.count


class Effects:
    """The states of all folders, as commands complete."""

    def __init__(self) -> None:
        """Start with nothing done."""
        self._states: dict[int, tuple[Folder, State]] = {}

    def state(self, folder: Folder) -> State:
        """Return what was done to ``folder``."""
        found = self._states.get(id(folder))
        if found is None:
            found = self._states[id(folder)] = (folder, State())
        return found[1]

    def told(self, moment: Moment) -> None:
        """Take in flags that a FETCH tells."""
        box, uid = moment.box, moment.uid
        if box is not None and uid is not None and moment.flags is not None:
            first = self.state(box.folder).first
            if uid not in first:
                first[uid] = (moment.flags, moment.index)

    def cut_off(self, client: Client) -> None:
        """Note that what is under way may have been done, or will be."""
        for sent in client.pending.values():
            if sent.box is not None and sent.command.name not in HARMLESS:
                self.state(sent.box.folder).fuzzy = True

    def completed(self, moment: Moment, sent: Sent) -> None:
        """Take in what a command did that the moment completes."""
        name = sent.command.name
        if name in ("STORE", "UID STORE"):
            self._stored(moment, sent)
        elif name in ("FETCH", "UID FETCH"):
            self._fetched(moment, sent)
        elif name in ("REPLACE", "UID REPLACE"):
            if sent.box is not None:
                self.state(sent.box.folder).fuzzy = True
        elif name in _REMOVING:
            self._removed(moment, sent)

    def _targets(self, sent: Sent, state: State) -> list[int] | None:
        """Return the UIDs that a command means; None, and all is fuzzy, if they are unknown."""
        box = sent.box
        spans = asked_ranges(sent)
        if box is None or spans is None:
            state.fuzzy = True
            return None
        if sent.command.name.startswith("UID "):
            if b"*" in asked_set(sent):
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
        state = self.state(box.folder)
        action, flags = asked_action(sent)
        uids = self._targets(sent, state)
        if uids is None or not action:
            return
        refused = set(number_set(response.data[0]) or ()) if response.code == "MODIFIED" else set()
        if refused and not sent.command.name.startswith("UID "):
            state.fuzzy = True
            return
        action = action.removesuffix(".SILENT")
        conditional = "UNCHANGEDSINCE" in modifiers(sent)
        kept = box.permanent[0] if box.permanent is not None else None
        for uid in uids:
            if uid in refused:
                continue
            there = response.kind == "OK" and state.was_there(box.folder, uid, sent)
            wanted = dict.fromkeys(flags, not action.startswith("-"))
            if action[0] not in "+-":
                known = {flag for other, flag in state.flags if other == uid}
                wanted = dict.fromkeys(SYSTEM | known, False) | wanted
            for flag, value in wanted.items():
                lasting = kept is not None and flag in kept and not conditional
                operation = Operation(value, sent.index, moment.index, there and lasting)
                state.flags.setdefault((uid, flag), []).append(operation)

    def _fetched(self, moment: Moment, sent: Sent) -> None:
        r"""FETCH of a body sets \Seen (RFC 9051 section 6.4.5)."""
        box = sent.box
        if box is None or box.read_only or moment.client.stirred < sent.index:
            return
        state = self.state(box.folder)
        for uid in self._targets(sent, state) or ():
            operation = Operation(True, sent.index, moment.index, False)  # noqa: FBT003
            state.flags.setdefault((uid, b"\\seen"), []).append(operation)

    def _removed(self, moment: Moment, sent: Sent) -> None:
        box, response = sent.box, moment.response
        if box is None or response is None or box.read_only:
            return
        state = self.state(box.folder)
        name = sent.command.name
        mails = box.folder.mails
        if name in ("MOVE", "UID MOVE"):
            uids = self._targets(sent, state)
            state.doomed.update(uids or ())
            # Moved into its own mailbox, a message may get a UID that the command named.
            gone = [
                uid
                for uid in uids or ()
                if uid in mails and mails[uid].index < sent.index and _knew(sent, box.folder, uid)
            ]
        else:
            chosen = self._targets(sent, state) if name == "UID EXPUNGE" else list(mails)
            gone = [
                uid
                for uid in chosen or ()
                if uid in mails
                and state.surely_deleted(uid, sent.index)
                and _knew(sent, box.folder, uid)
            ]
        if response.kind == "OK":
            for uid in gone:
                state.purged.setdefault(uid, moment.index)
