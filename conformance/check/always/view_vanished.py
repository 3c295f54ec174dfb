"""Rules of VANISHED (RFC 7162 section 3.2.10)."""

from collections.abc import Iterator

from conformance.check.always.client import Moment
from conformance.check.always.lens import Lens
from conformance.check.always.rules import Rule, blame
from conformance.verdict import Finding

__all__ = ["VANISHED"]


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


VANISHED: dict[str, tuple[Rule, ...]] = {
    "VANISHED": (vanished_enabled, vanished_known, vanished_earlier_asked),
}
