"""Rules of message numbers and UIDs: EXISTS, RECENT, EXPUNGE, VANISHED and FETCH."""

from collections.abc import Iterator

from conformance.check.always.lens import Box, Client, Lens, Moment
from conformance.check.always.rules import Rule, blame, line
from conformance.verdict import Finding

__all__ = ["NUMBERS"]

_HOLDING = frozenset({"FETCH", "STORE", "SEARCH", "SORT", "THREAD"})


def unselected(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """Mailbox data needs a mailbox (RFC 9051 section 3)."""
    client = moment.client
    if client.box is None and not moment.unclear and not client.loud and not _selecting(client):
        yield blame(
            moment,
            "RFC9051:3.3",
            f"{_kind(moment)} unselected",
            f"{line(moment)} came while no mailbox is selected",
        )


def _selecting(client: Client) -> bool:
    return any(sent.command.name in ("SELECT", "EXAMINE") for sent in client.pending.values())


def _kind(moment: Moment) -> str:
    return moment.response.kind if moment.response else ""


def exists_shrinks(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """Messages leave by EXPUNGE or VANISHED alone (RFC 9051 sections 7.4.1 and 7.5.1)."""
    box, response = moment.box, moment.response
    if box is None or response is None or response.number is None or moment.before is None:
        return
    if response.number < moment.before and box.open:
        yield blame(
            moment,
            "RFC9051:7.5.1",
            "EXISTS shrinks",
            f"EXISTS fell from {moment.before} to {response.number}, and nothing was expunged",
            known=(box.index,),
        )


def recent_within_exists(moment: Moment, lens: Lens) -> Iterator[Finding]:
    r"""RECENT counts some of the messages that EXISTS counts (RFC 3501 section 7.3.2)."""
    box, response = moment.box, moment.response
    if box is None or response is None or response.number is None:
        return
    if box.count is not None and response.number > box.count and (box.open or box.count_index >= 0):
        if not box.open:
            return  # the order of SELECT's data is free: judged at its end
        yield blame(
            moment,
            "RFC3501:7.3.2",
            "RECENT above EXISTS",
            f"{response.number} messages are recent of {box.count}",
            known=(box.count_index,),
        )


def recent_in_rev2(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """RECENT comes only from servers that speak IMAP4rev1 too (RFC 9051 section 9)."""
    words = moment.client.session.capabilities
    if "IMAP4REV2" in words and "IMAP4REV1" not in words:
        yield blame(
            moment,
            "RFC9051:9",
            "RECENT in rev2",
            "RECENT came from a server that advertises IMAP4rev2 and not IMAP4rev1",
            level="MUST NOT",
            known=(moment.client.advertised[1],),
        )


def expunge_range(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """EXPUNGE names one of the client's messages (RFC 9051 section 7.5.1)."""
    box, response = moment.box, moment.response
    if box is None or response is None or response.number is None or not box.certain:
        return
    before = moment.before
    if response.number == 0 or (before is not None and response.number > before):
        yield blame(
            moment,
            "RFC9051:7.5.1",
            "EXPUNGE out of range",
            f"EXPUNGE of message {response.number}, and this client knows of {before or 0}",
            known=(box.count_index,),
        )


def expunge_allowed(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """EXPUNGE and VANISHED wait for a command that bears them (7.5.1; RFC 5256; RFC 7162)."""
    client = moment.client
    if moment.unclear or moment.box is None or client.loud:
        return
    kind = _kind(moment)
    if kind == "VANISHED" and (moment.vanished is None or moment.vanished[0]):
        return
    section = "RFC9051:7.5.1" if kind == "EXPUNGE" else "RFC7162:3.2.10.2"
    if not client.pending:
        yield blame(
            moment,
            section,
            f"{kind} idle",
            f"{line(moment)} came while no command was in progress",
            level="MUST NOT",
        )
        return
    names = {sent.command.name for sent in client.pending.values()}
    if names <= _HOLDING:
        name = min(names)
        if name in ("SORT", "THREAD"):
            section = "RFC5256:3"
        first = min(sent.index for sent in client.pending.values())
        yield blame(
            moment,
            section,
            f"{kind} during {name}",
            f"{line(moment)} came during {name}, which holds the message numbers",
            level="MUST NOT",
            known=(first,),
        )


def expunge_under_qresync(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """After ENABLE QRESYNC removals are told by VANISHED (RFC 7162 section 3.2.10.2)."""
    if moment.client.qresync and moment.box is not None:
        yield blame(
            moment,
            "RFC7162:3.2.10.2",
            "EXPUNGE under QRESYNC",
            "EXPUNGE came although QRESYNC is enabled, which puts VANISHED in its place",
        )


def vanished_enabled(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """VANISHED is for clients that enabled QRESYNC or UIDONLY (RFC 7162 section 3.2.3)."""
    client = moment.client
    if {"QRESYNC", "UIDONLY"}.isdisjoint(client.session.enabled):
        yield blame(
            moment,
            "RFC7162:3.2.3",
            "VANISHED not enabled",
            "VANISHED came, and this client never enabled QRESYNC",
            level="MUST NOT",
        )


def vanished_known(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """VANISHED without EARLIER names messages that are there (RFC 7162 section 3.2.10.2)."""
    box = moment.box
    if box is None or moment.vanished is None or moment.vanished[0] or moment.before is None:
        return
    uids = [uid for uid in moment.vanished[1] if uid]
    if len(uids) < len(moment.vanished[1]):
        yield blame(
            moment,
            "RFC7162:3.2.10.2",
            "VANISHED zero",
            "VANISHED names UID 0, which no message has",
            level="MUST NOT",
        )
    if len(set(uids)) > moment.before:
        yield blame(
            moment,
            "RFC7162:3.2.10.2",
            "VANISHED too many",
            f"VANISHED removes {len(set(uids))} messages, and this client knows of {moment.before}",
            level="MUST NOT",
            known=(box.count_index,),
        )
    elif moment.unknown > moment.holes:
        yield blame(
            moment,
            "RFC7162:3.2.10.2",
            "VANISHED unknown UID",
            "VANISHED names a UID that no message of this mailbox has",
            level="MUST NOT",
            known=(box.count_index,),
        )


def vanished_earlier_asked(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """VANISHED (EARLIER) answers SELECT with QRESYNC or UID FETCH … VANISHED (3.2.10.1)."""
    if moment.vanished is None or not moment.vanished[0]:
        return
    names = {sent.command.name for sent in moment.client.pending.values()}
    if names.isdisjoint({"SELECT", "EXAMINE", "UID FETCH"}):
        yield blame(
            moment,
            "RFC7162:3.2.10.1",
            "VANISHED EARLIER unasked",
            "VANISHED (EARLIER) came, and neither SELECT nor UID FETCH asked for it",
        )


def fetch_range(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """FETCH names one of the client's messages (RFC 9051 sections 2.3.1.2 and 7.5.2)."""
    box, response = moment.box, moment.response
    if box is None or response is None or response.number is None or not box.certain:
        return
    if "UIDONLY" in moment.client.session.enabled:
        return
    before = moment.before
    if response.number == 0 or (before is not None and response.number > before):
        yield blame(
            moment,
            "RFC9051:2.3.1.2",
            "FETCH out of range",
            f"FETCH of message {response.number}, and this client knows of {before or 0}",
            known=(box.count_index,),
        )


def uid_stays(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A message keeps its UID (RFC 9051 section 2.3.1.1)."""
    told, was, box = moment.told, moment.was, moment.box
    if box is None or told is None:
        return
    if was is not None and told != was and box.certain:
        yield blame(
            moment,
            "RFC9051:2.3.1.1",
            "UID changes",
            f"message {_number(moment)} has UID {told}, and had UID {was} before",
            level="MUST NOT",
        )
    elif told == 0:
        yield blame(moment, "RFC9051:2.3.1.1", "UID zero", "a message has UID 0")
    elif box.certain and was is None and not moment.fits:
        yield from _ordered(moment, box, told)


def _number(moment: Moment) -> int:
    return (moment.response.number if moment.response else None) or 0


def _ordered(moment: Moment, box: Box, uid: int) -> Iterator[Finding]:
    """UIDs ascend as numbers do, and no two messages share one (RFC 9051 section 2.3.1.1)."""
    number = _number(moment)
    if number > len(box.numbers):
        return
    below = box.numbers.uid(number - 1)
    above = box.numbers.uid(number + 1)
    if below is None or above is None:
        below, above = box.nearest(number)
    if (below is not None and below >= uid) or (above is not None and above <= uid):
        other = below if below is not None and below >= uid else above
        yield blame(
            moment,
            "RFC9051:2.3.1.1",
            "UIDs not ascending",
            f"message {number} has UID {uid}, and"
            f" {'an earlier' if other == below else 'a later'} message has UID {other}",
        )


def uid_below_uidnext(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """What was there when UIDNEXT was told lies below it, what came later above (2.3.1.1)."""
    told, box = moment.told, moment.box
    if box is None or told is None or box.uidnext is None or not box.certain or told == moment.was:
        return
    uidnext, index = box.uidnext
    number = _number(moment)
    if not box.calm:
        return
    if number <= box.base and told >= uidnext:
        yield blame(
            moment,
            "RFC9051:2.3.1.1",
            "UID not below UIDNEXT",
            f"UID {told} was there when UIDNEXT was {uidnext}",
            known=(index,),
        )
    elif box.count is not None and box.base < number <= box.count and told < uidnext:
        yield blame(
            moment,
            "RFC9051:2.3.1.1",
            "new UID below UIDNEXT",
            f"a message that came later has UID {told}, below the UIDNEXT {uidnext}",
            known=(index,),
        )


def uid_of_former(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A mailbox made anew under an old UIDVALIDITY continues its UIDs (RFC 9051 section 6.3.4)."""
    told, box = moment.told, moment.box
    if box is None or told is None or box.validity is None or moment.was is not None:
        return
    former = lens.folders.former.get((box.user, box.name))
    if former is None or former[2] > box.index:
        return
    if former[0] == box.validity[0] and told <= former[1]:
        yield blame(
            moment,
            "RFC9051:6.3.4",
            "UID of a former mailbox",
            f"UID {told}, and the deleted mailbox of this UIDVALIDITY had UIDs up to {former[1]}",
            known=(former[2], box.validity[1]),
        )


def uid_reused(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A UID is never given to another message (RFC 9051 section 2.3.1.1)."""
    told, box = moment.told, moment.box
    if box is None or told is None or moment.was is not None:
        return
    gone = box.folder.gone.get(told)
    if gone is not None and gone < box.index:
        yield blame(
            moment,
            "RFC9051:2.3.1.1",
            "UID returns",
            f"UID {told} is here again, and was expunged before this mailbox was selected",
            level="MUST NOT",
            known=(gone,),
        )


NUMBERS: dict[str, tuple[Rule, ...]] = {
    "EXISTS": (unselected, exists_shrinks),
    "RECENT": (unselected, recent_within_exists, recent_in_rev2),
    "EXPUNGE": (unselected, expunge_range, expunge_allowed, expunge_under_qresync),
    "VANISHED": (
        unselected,
        expunge_allowed,
        vanished_enabled,
        vanished_known,
        vanished_earlier_asked,
    ),
    "FETCH": (unselected, fetch_range, uid_stays, uid_below_uidnext, uid_reused, uid_of_former),
    "FLAGS": (unselected,),
}
