"""Rules of what SELECT and STATUS tell of a mailbox: UIDVALIDITY, UIDNEXT, modseqs, UNSEEN."""

from collections.abc import Iterator

from conformance.check.always.client import Moment
from conformance.check.always.folders import number_of
from conformance.check.always.lens import Lens
from conformance.check.always.rules import Rule, blame
from conformance.imap.tree import Node
from conformance.verdict import Finding

__all__ = ["SELECTING", "status_items"]

_MAX32 = 2**32


def status_items(moment: Moment) -> dict[str, Node]:
    """Return the items of a STATUS response by name; empty if it has none."""
    data = moment.response.data if moment.response else ()
    if len(data) != 2 or not isinstance(data[1], tuple):
        return {}
    pairs = data[1]
    return {
        name.decode("latin-1").upper(): value
        for name, value in zip(pairs[::2], pairs[1::2], strict=False)
        if isinstance(name, bytes)
    }


def validity(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """UIDVALIDITY is a nonzero 32-bit number that holds for the session (2.3.1.1)."""
    response, box = moment.response, moment.box
    if response is None or response.code != "UIDVALIDITY" or not response.data:
        return
    value = number_of(response.data[0])
    if value is None:
        return
    if not 0 < value < _MAX32:
        yield blame(
            moment,
            "RFC9051:2.3.1.1",
            "UIDVALIDITY out of range",
            f"UIDVALIDITY {value} is no nonzero 32-bit number",
        )
    elif box is not None and box.validity is not None and box.validity[0] != value:
        yield blame(
            moment,
            "RFC9051:2.3.1.1",
            "UIDVALIDITY changes in session",
            f"UIDVALIDITY became {value}, and was {box.validity[0]} in this same session",
            level="MUST NOT",
            known=(box.validity[1],),
        )


def uidnext_zero(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """UIDNEXT is a nonzero 32-bit number (RFC 9051 section 2.3.1.1)."""
    response = moment.response
    if response is None or response.code != "UIDNEXT" or not response.data:
        return
    value = number_of(response.data[0])
    if value is not None and not 0 < value <= _MAX32:
        yield blame(moment, "RFC9051:2.3.1.1", "UIDNEXT out of range", f"UIDNEXT is {value}")


def uidnext_grows(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """UIDNEXT never falls, nor below a UID that was told before (2.3.1.1)."""
    response, box = moment.response, moment.box
    client = moment.client
    if response is None:
        return
    if response.code == "UIDNEXT" and box is not None and not box.open:
        value = number_of(response.data[0]) if response.data else None
        folder, began = box.folder, box.index
        if box.validity is None and folder.validity is not None:
            return  # it might be another incarnation: UIDVALIDITY comes later
    elif response.kind == "STATUS":
        name = response.data[0] if response.data else None
        sent = next(
            (sent for sent in client.pending.values() if sent.command.name in ("STATUS", "LIST")),
            None,
        )
        if not isinstance(name, bytes) or sent is None:
            return
        items = status_items(moment)
        value, began = number_of(items.get("UIDNEXT")), sent.index
        told = number_of(items.get("UIDVALIDITY"))
        folder = lens.folders.get(client.user, bytes(name))
        if told is not None:
            folder = lens.folders.validity(client.user, bytes(name), told, moment.index)
    else:
        return
    if value is None:
        return
    mine = client.box if response.kind == "STATUS" else None
    own = mine if mine is not None and mine.folder is folder else None
    # STATUS is no way to ask for news of the selected mailbox (RFC 9051 section 6.3.11): there it
    # may know no more than this client was told.
    before, index = folder.uidnext
    behind = own is not None and index > own.index
    if value < before and index < began and not behind:
        yield blame(
            moment,
            "RFC9051:2.3.1.1",
            "UIDNEXT falls",
            f"UIDNEXT is {value}, and was {before}",
            level="MUST NOT",
            known=(index,),
        )
    mails = (
        uid
        for uid, mail in folder.mails.items()
        if own is None or uid <= own.numbers.highest or mail.index < own.index
    )
    highest = max(mails, default=0)
    if 0 < value <= highest and folder.mails[highest].index < began:
        yield blame(
            moment,
            "RFC9051:2.3.1.1",
            "UIDNEXT not above UIDs",
            f"UIDNEXT is {value}, and a message with UID {highest} is there",
            known=(folder.mails[highest].index,),
        )
    if value > before:
        folder.uidnext = (value, moment.index)


def status_validity(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """STATUS of the selected mailbox tells the UIDVALIDITY that SELECT told (2.3.1.1)."""
    box, response = moment.client.box, moment.response
    if box is None or response is None or box.validity is None or not box.open or not response.data:
        return
    name = response.data[0]
    if not isinstance(name, bytes) or bytes(name) != box.name:
        return
    told = number_of(status_items(moment).get("UIDVALIDITY"))
    if told is not None and told != box.validity[0] and box.folder.validity == box.validity[0]:
        yield blame(
            moment,
            "RFC9051:2.3.1.1",
            "UIDVALIDITY differs in STATUS",
            f"STATUS says UIDVALIDITY {told}, and SELECT said {box.validity[0]}",
            known=(box.validity[1],),
        )


def validity_falls(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A mailbox made anew has a larger UIDVALIDITY, or its UIDs go on (RFC 9051 2.3.1.1)."""
    response, box = moment.response, moment.box
    if response is None or response.code != "UIDVALIDITY" or box is None or not response.data:
        return
    value = number_of(response.data[0])
    highest = lens.folders.validities.get((box.user, box.name))
    if value is None:
        return
    if highest is not None and value < highest[0] and highest[1] < box.index:
        yield blame(
            moment,
            "RFC9051:2.3.1.1",
            "UIDVALIDITY falls",
            f"UIDVALIDITY is {value}, and was {highest[0]} before",
            known=(highest[1],),
        )
    if highest is None or value > highest[0]:
        lens.folders.validities[box.user, box.name] = (value, moment.index)


def unseen_in_range(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """The UNSEEN code names a message by its number (RFC 3501 section 7.1)."""
    response, box = moment.response, moment.box
    if response is None or response.code != "UNSEEN" or box is None or not response.data:
        return
    value = number_of(response.data[0])
    if value is not None and box.count is not None and not 0 < value <= box.count:
        yield blame(
            moment,
            "RFC3501:7.1",
            "UNSEEN out of range",
            f"message {value} is named as first unseen of {box.count}",
            known=(box.count_index,),
        )


def permanent_known(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """PERMANENTFLAGS names flags that FLAGS named, and the wildcard (RFC 9051 section 7.1)."""
    response, box = moment.response, moment.box
    if response is None or response.code != "PERMANENTFLAGS" or box is None:
        return
    if box.announced is None or box.permanent is None:
        return
    extra = box.permanent[0] - box.announced[0] - {b"\\*"}
    if extra:
        names = b" ".join(sorted(extra)).decode("latin-1")
        yield blame(
            moment,
            "RFC9051:7.1",
            "PERMANENTFLAGS beyond FLAGS",
            f"PERMANENTFLAGS has {names}, which FLAGS has not",
            level="SHOULD",
            known=(box.announced[1],),
        )


def wildcard_in_flags(moment: Moment, lens: Lens) -> Iterator[Finding]:
    r"""``\*`` is for PERMANENTFLAGS alone (RFC 9051 section 7.3.5)."""
    box = moment.box
    if box is not None and box.announced is not None and b"\\*" in box.announced[0]:
        yield blame(moment, "RFC9051:7.3.5", "wildcard in FLAGS", r"FLAGS has \*, which is no flag")


SELECTING: dict[str, tuple[Rule, ...]] = {
    "OK": (
        validity,
        validity_falls,
        uidnext_zero,
        uidnext_grows,
        unseen_in_range,
        permanent_known,
    ),
    "STATUS": (uidnext_grows, status_validity),
    "FLAGS": (wildcard_in_flags,),
}
