"""FETCH and STORE: every message asked for is answered, with every item asked for."""

from collections.abc import Iterator

from conformance.check.always.asked import (
    asked_action,
    asked_items,
    asked_ranges,
    asked_set,
    canonical,
    modifiers,
    within,
)
from conformance.check.always.client import Box, Flags, Moment, Sent
from conformance.check.always.lens import Lens
from conformance.check.always.rules import Rule, blame, done
from conformance.imap.session import Seen
from conformance.imap.sets import ranges
from conformance.verdict import Finding

__all__ = ["FETCHING"]

_MOST = 5_000
_FEW = 50


def _settled(moment: Moment, sent: Sent) -> bool:
    """Whether this client's numbers are the mailbox's, as far as anybody can know."""
    box = sent.box
    if "UIDONLY" in moment.client.session.enabled:  # there are no numbers (RFC 9586)
        return False
    return box is not None and box.open and box.certain and sent.alone


def fetch_answered(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """FETCH answered OK has told each message and each item (RFC 9051 section 6.4.5)."""
    sent = done(moment, "FETCH", "UID FETCH")
    if sent is None or modifiers(sent):
        return
    spans = asked_ranges(sent)
    if spans is None or not _settled(moment, sent) or sent.box is None:
        return
    box = sent.box
    wanted = [
        number
        for number in _wanted(sent, spans)
        if not lens.may_be_gone(moment.client, box, box.numbers.uid(number))
    ]
    items = asked_items(sent)
    answers = lens.answers(moment, sent)
    if any(seen.response.kind in ("EXPUNGE", "VANISHED") for seen in answers):
        return
    got = _told(answers)
    missing = [number for number in wanted if number not in got]
    if missing:
        yield blame(
            moment,
            "RFC9051:6.4.5",
            "FETCH leaves a message out",
            f"FETCH was answered OK, and nothing came of message {missing[0]}",
            known=(sent.index, sent.box.count_index),
        )
    for number in wanted:
        names = got.get(number)
        if names is None:
            continue
        for item in items:
            if item not in names and not (item == "MODSEQ" and sent.box.nomodseq):
                kind = item.partition("[")[0]
                yield blame(
                    moment,
                    "RFC9051:6.4.5" if item != "UID" else "RFC9051:6.4.9",
                    f"FETCH without {kind}",
                    f"{item} was asked for, and did not come for message {number}",
                    known=(sent.index,),
                )
                return


def _wanted(sent: Sent, spans: list[tuple[int, int]]) -> list[int]:
    """Return the numbers of the messages asked for, as far as the client knows them.

    Where the mailbox grew meanwhile, ``*`` may have been the last one before or the last one now:
    wanted are the messages that are meant either way.
    """
    box = sent.box
    if box is None:
        return []
    named = _named(sent, box, spans)
    text = asked_set(sent).decode("latin-1")
    if "*" not in text or len(box.numbers) == sent.count:
        return named
    if sent.command.name.startswith("UID "):
        before = ranges(text, max(sent.highest, 1)) or []
        return [at for at in named if (uid := box.numbers.uid(at)) and within(uid, before)]
    now = ranges(text, len(box.numbers)) or []
    return [at for at in named if within(at, now)]


def _named(sent: Sent, box: Box, spans: list[tuple[int, int]]) -> list[int]:
    if not sent.command.name.startswith("UID "):
        numbers = [n for low, high in spans for n in range(max(low, 1), min(high, sent.count) + 1)]
        return numbers[:_MOST]
    if asked_set(sent) == b"1:*":
        return list(range(1, min(sent.count, _MOST) + 1))
    if sum(high - low + 1 for low, high in spans) <= _FEW:
        uids = sorted({uid for low, high in spans for uid in range(low, high + 1)})
        return [at for uid in uids if (at := box.numbers.number(uid)) is not None]
    found: list[int] = []
    for number in range(1, min(sent.count, _MOST) + 1):
        uid = box.numbers.uid(number)
        if uid is not None and within(uid, spans):
            found.append(number)
    return found


def _told(answers: list[Seen]) -> dict[int, set[str]]:
    told: dict[int, set[str]] = {}
    for seen in answers:
        number = seen.response.number
        if seen.response.kind == "FETCH" and number is not None:
            told.setdefault(number, set()).update(map(canonical, seen.response.items))
    return told


def uid_included(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """FETCH that a UID command causes has the UID (RFC 9051 section 6.4.9)."""
    sent = done(moment, "UID FETCH", "UID STORE")
    if sent is None or not sent.alone:
        return
    for seen in lens.answers(moment, sent):
        if seen.response.kind == "FETCH" and "UID" not in seen.response.items:
            if lens.disturbed(moment.client, sent.box.index if sent.box else 0):
                return  # it may be news of another client
            yield blame(
                moment,
                "RFC9051:6.4.9",
                f"{sent.command.name} without UID",
                f"a FETCH came for {sent.command.name}, and has no UID",
                known=(sent.index, seen.index),
            )
            return


def store_echo(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """STORE returns the new flags, STORE of .SILENT does not (RFC 9051 section 6.4.6)."""
    sent, response = done(moment, "STORE", "UID STORE"), moment.response
    if sent is None or response is None or sent.box is None:
        return
    action, flags = asked_action(sent)
    spans = asked_ranges(sent)
    if spans is None or not action or not _settled(moment, sent) or sent.box.read_only:
        return
    answers = lens.answers(moment, sent)
    got = _told(answers)
    if not action.endswith(".SILENT"):
        if response.code == "MODIFIED" or any(
            seen.response.kind in ("EXPUNGE", "VANISHED") for seen in answers
        ):
            return
        for number in _wanted(sent, spans):
            if lens.may_be_gone(moment.client, sent.box, sent.box.numbers.uid(number)):
                continue
            if "FLAGS" not in got.get(number, ()) and _changes(sent.box, number, action, flags):
                yield blame(
                    moment,
                    "RFC9051:6.4.6",
                    "STORE without FLAGS",
                    f"STORE was answered OK, and the new flags of message {number} did not come",
                    level="SHOULD",
                    known=(sent.index,),
                )
                return
    elif response.code != "MODIFIED" and not lens.disturbed(moment.client, sent.box.index):
        uid_command = sent.command.name.startswith("UID ")
        for seen in answers:
            which = seen.uid if uid_command else seen.response.number
            if (
                seen.response.kind == "FETCH"
                and "FLAGS" in seen.response.items
                and which is not None
                and within(which, spans)
            ):
                yield blame(
                    moment,
                    "RFC9051:6.4.6",
                    "STORE.SILENT with FLAGS",
                    "STORE with .SILENT was answered with the flags it asked not to hear",
                    level="SHOULD NOT",
                    known=(sent.index, seen.index),
                )
                return


def _changes(box: Box, number: int, action: str, flags: Flags) -> bool:
    """Whether a STORE changes flags that this client knows: what stays need not be told again."""
    known = box.flags.get(box.numbers.uid(number) or 0)
    if known is None:
        return False
    if action.startswith("+"):
        return not flags <= known[0]
    if action.startswith("-"):
        return bool(flags & known[0])
    return flags != known[0] - {b"\\recent"}


def _fresh(moment: Moment, lens: Lens, number: int) -> bool:
    """Whether the flags that the client knows are those that the command met."""
    sent = moment.sent
    if sent is None or sent.box is None:
        return False
    known = sent.box.flags.get(sent.box.numbers.uid(number) or 0)
    return (
        known is not None
        and known[1] > sent.stirred
        and not lens.disturbed(moment.client, known[1])
    )


def store_modseq(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A conditional STORE tells the new mod-sequence of what it changed (RFC 7162 3.1.3).

    What was so already keeps its mod-sequence (3.1.11), so there may be nothing to tell.
    """
    sent, response = done(moment, "STORE", "UID STORE"), moment.response
    if sent is None or response is None or sent.box is None:
        return
    if "UNCHANGEDSINCE" not in modifiers(sent):
        return
    spans = asked_ranges(sent)
    if spans is None or response.code == "MODIFIED" or not _settled(moment, sent):
        return
    action, flags = asked_action(sent)
    got = _told(lens.answers(moment, sent))
    for number in _wanted(sent, spans):
        if lens.may_be_gone(moment.client, sent.box, sent.box.numbers.uid(number)):
            continue
        told = got.get(number, set())
        changed = _changes(sent.box, number, action, flags) and _fresh(moment, lens, number)
        if "MODSEQ" not in told and ("FLAGS" in told or changed):
            yield blame(
                moment,
                "RFC7162:3.1.3",
                "conditional STORE without MODSEQ",
                f"a conditional STORE was answered OK, and no MODSEQ came for message {number}",
                known=(sent.index,),
            )
            return


def expunge_told(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """EXPUNGE tells of each message that it removes, before its OK (RFC 9051 section 6.4.3)."""
    sent = done(moment, "EXPUNGE", "UID EXPUNGE")
    if sent is None or sent.box is None or not sent.alone or sent.box.read_only:
        return
    box = sent.box
    spans = asked_ranges(sent) if sent.command.name == "UID EXPUNGE" else [(1, 2**32)]
    if b"*" in asked_set(sent) and box.numbers.number(box.numbers.highest) != len(box.numbers):
        return  # the last message is one whose UID was not told
    for uid in box.deleted if spans is not None else ():
        index = box.flags[uid][1]
        if index <= moment.client.stirred:
            continue
        if within(uid, spans or []) and not lens.disturbed(moment.client, index):
            yield blame(
                moment,
                "RFC9051:6.4.3",
                "EXPUNGE does not tell",
                rf"EXPUNGE was answered OK, and did not tell of UID {uid}, which is \Deleted",
                known=(index, sent.index),
            )
            return


FETCHING: tuple[Rule, ...] = (fetch_answered, uid_included, store_echo, store_modseq, expunge_told)
