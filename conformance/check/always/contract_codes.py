"""APPENDUID, COPYUID, EXPUNGE of MOVE: the codes that tell where messages went."""

from collections.abc import Iterator

from conformance.check.always.asked import asked_ranges, within
from conformance.check.always.client import Moment, Sent
from conformance.check.always.folders import appended, number_of, uid_code
from conformance.check.always.lens import Lens
from conformance.check.always.rules import Rule, blame, done
from conformance.imap.response import Response
from conformance.imap.tree import Atom
from conformance.verdict import Finding

__all__ = ["CODES", "UNTAGGED_CODES"]

_COPYING = frozenset({"COPY", "UID COPY", "MOVE", "UID MOVE"})


def appenduid(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """APPENDUID tells a UID for each message that was appended (RFC 4315 section 3)."""
    sent, response = moment.sent, moment.response
    if sent is None or response is None or response.code != "APPENDUID":
        return
    if sent.command.name not in ("APPEND", "REPLACE", "UID REPLACE"):
        yield blame(
            moment,
            "RFC4315:3",
            "APPENDUID unasked",
            f"APPENDUID came with {sent.command.name}",
            known=(sent.index,),
        )
        return
    code = uid_code(response)
    if code is None:
        return
    validity, _, uids = code
    yield from _validity(moment, validity, "APPENDUID")
    mails = appended(sent.command, sent.index) if sent.command.name == "APPEND" else None
    if mails is not None and len(mails) != len(uids):
        yield blame(
            moment,
            "RFC4315:3",
            "APPENDUID count",
            f"APPENDUID tells {len(uids)} UIDs for {len(mails)} messages",
            known=(sent.index,),
        )
    last = response.data[1]
    if len(uids) == 1 and isinstance(last, Atom) and last.count(b":"):
        yield blame(
            moment,
            "RFC4315:3",
            "APPENDUID set of one",
            "APPENDUID tells one UID in the form of a range",
            level="MUST NOT",
        )
    name = sent.command.args[0] if sent.command.args else b""
    if isinstance(name, bytes):
        yield from _fresh_uids(moment, lens, bytes(name), uids, sent)


def _copying(moment: Moment) -> tuple[Sent | None, bool]:
    """Return the command that a code is about, and whether it may be one of several.

    An untagged code of one of two pipelined commands does not say of which.
    """
    if moment.sent is not None:
        return moment.sent, False
    asked = [s for s in moment.client.pending.values() if s.command.name in _COPYING]
    return (asked[0] if asked else None), len(asked) > 1


def copyuid(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """COPYUID pairs what was copied with what it became (RFC 4315 section 3)."""
    response = moment.response
    if response is None or response.code != "COPYUID":
        return
    sent, several = _copying(moment)
    if several:
        return
    if sent is None or sent.command.name not in _COPYING:
        yield blame(moment, "RFC4315:3", "COPYUID unasked", "COPYUID came, and nothing was copied")
        return
    if len(response.data) == 3:
        validity = number_of(response.data[0])
        if validity is not None:
            yield from _validity(moment, validity, "COPYUID")
    code = uid_code(response)
    if code is None:
        return
    _, source, target = code
    if len(source) != len(target):
        yield blame(
            moment,
            "RFC4315:3",
            "COPYUID uneven",
            f"COPYUID pairs {len(source)} UIDs with {len(target)}",
            known=(sent.index,),
        )
    elif len(set(source)) != len(source) or len(set(target)) != len(target):
        yield blame(
            moment,
            "RFC4315:3",
            "COPYUID repeats",
            "COPYUID names a UID twice",
            known=(sent.index,),
        )
    yield from _source(moment, sent, source)
    name = sent.command.args[1] if len(sent.command.args) > 1 else b""
    if isinstance(name, bytes):
        yield from _fresh_uids(moment, lens, bytes(name), target, sent)


def _source(moment: Moment, sent: Sent, source: list[int]) -> Iterator[Finding]:
    """The messages copied are among those asked for."""
    spans = asked_ranges(sent)
    box = sent.box
    if spans is None or box is None:
        return
    if sent.command.name.startswith("UID "):
        star = "*" in str(sent.command.args[0])
        if not star and not all(within(uid, spans) for uid in source):
            yield blame(
                moment,
                "RFC4315:3",
                "COPYUID beyond the asked",
                "COPYUID names a message that was not to be copied",
                known=(sent.index,),
            )
        return
    # The numbers are those of when it was sent: removals may be told before its completion.
    asked: dict[int | None, int] = {}
    if sent.numbers is not None:
        for low, high in spans:
            numbers = range(max(low, 1), min(high, sent.count) + 1)
            asked |= {sent.numbers.uid(number): number for number in numbers}
    for uid in source:
        number = asked.get(uid, box.numbers.number(uid))
        settled = sent.alone and not sent.command.name.endswith("MOVE")
        if number is not None and settled and not within(number, spans):
            yield blame(
                moment,
                "RFC4315:3",
                "COPYUID beyond the asked",
                "COPYUID names a message that was not to be copied",
                known=(sent.index,),
            )
            return


def _validity(moment: Moment, validity: int, code: str) -> Iterator[Finding]:
    if validity == 0:
        yield blame(moment, "RFC4315:3", f"{code} UIDVALIDITY zero", f"{code} tells UIDVALIDITY 0")


def _fresh_uids(
    moment: Moment, lens: Lens, name: bytes, uids: list[int], sent: Sent
) -> Iterator[Finding]:
    """What is new has a UID above all that were there (RFC 9051 section 2.3.1.1)."""
    folder = lens.folders.get(moment.client.user, name)
    if 0 in uids:
        yield blame(moment, "RFC9051:2.3.1.1", "new UID zero", "a new message has UID 0")
    earlier = [uid for uid, mail in folder.mails.items() if mail.index < sent.index]
    highest = max(earlier, default=0)
    if uids and 0 < min(uids) <= highest:
        yield blame(
            moment,
            "RFC9051:2.3.1.1",
            "new UID not above",
            f"a new message has UID {min(uids)}, and UID {highest} was there before",
            known=(folder.mails[highest].index,),
        )
    told, index = folder.uidnext
    if uids and min(uids) < told and index < sent.index:
        yield blame(
            moment,
            "RFC9051:2.3.1.1",
            "new UID below UIDNEXT told",
            f"a new message has UID {min(uids)}, below the UIDNEXT {told} that was told before",
            known=(index,),
        )


def code_validity(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """APPENDUID and COPYUID tell the destination's UIDVALIDITY (RFC 4315 section 3)."""
    response = moment.response
    if response is None or response.code not in ("APPENDUID", "COPYUID"):
        return
    sent, several = _copying(moment)
    if several:
        return
    if sent is None or not response.data:
        return
    at = 0 if response.code == "APPENDUID" else 1
    name = sent.command.args[at] if len(sent.command.args) > at else None
    told = number_of(response.data[0])
    if not isinstance(name, bytes) or told is None:
        return
    known = lens.folders.destinations.get((moment.client.user, bytes(name).upper()))
    if known is not None and known[0] != told:
        yield blame(
            moment,
            "RFC4315:3",
            f"{response.code} with another UIDVALIDITY",
            f"{response.code} says UIDVALIDITY {told}, and the destination's is {known[0]}",
            known=(known[1],),
        )


def move_order(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """MOVE tells COPYUID before it tells the removals (RFC 6851 section 4.3)."""
    sent = done(moment, "MOVE", "UID MOVE")
    if sent is None or not sent.alone:
        return
    answers = lens.answers(moment, sent)
    removed = [s for s in answers if s.response.kind in ("EXPUNGE", "VANISHED")]
    coded = [s for s in answers if s.response.code == "COPYUID"]
    if not removed or not coded or coded[0].index < removed[0].index or sent.box is None:
        return
    if not lens.removed_elsewhere(moment.client, sent.box.index):
        yield blame(
            moment,
            "RFC6851:4.3",
            "MOVE tells COPYUID late",
            "MOVE told that messages went before it told by COPYUID where they went",
            level="SHOULD",
            known=(sent.index, removed[0].index),
        )


def code_with_failure(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A failed APPEND or COPY leaves no copy, so it has no UID to tell (RFC 9051 6.3.12, 6.4.7)."""
    sent, response = moment.sent, moment.response
    if sent is None or response is None or response.kind == "OK":
        return
    if response.code in ("APPENDUID", "COPYUID") and not sent.command.name.endswith("MOVE"):
        yield blame(
            moment,
            "RFC4315:3",
            f"{response.code} with {response.kind}",
            f"{response.code} came with {response.kind}",
            known=(sent.index,),
        )


def _copyuid_untagged(moment: Moment, lens: Lens) -> Iterator[Finding]:
    response: Response | None = moment.response
    if response is not None and response.code == "COPYUID":
        yield from copyuid(moment, lens)
        yield from code_validity(moment, lens)


CODES: tuple[Rule, ...] = (appenduid, copyuid, code_validity, move_order, code_with_failure)
UNTAGGED_CODES: dict[str, tuple[Rule, ...]] = {"OK": (_copyuid_untagged,)}
