"""Rules of UIDs: they stay, ascend, and are never given twice (RFC 9051 section 2.3.1.1)."""

from collections.abc import Iterator

from conformance.check.always.client import Box, Moment
from conformance.check.always.lens import Lens
from conformance.check.always.rules import Rule, blame
from conformance.verdict import Finding

__all__ = ["UIDS"]


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


UIDS: dict[str, tuple[Rule, ...]] = {
    "FETCH UID": (uid_stays, uid_below_uidnext, uid_reused, uid_of_former),
}
