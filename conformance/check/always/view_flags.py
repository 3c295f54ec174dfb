r"""Rules of flags and mod-sequences as one client sees them."""

from collections.abc import Iterator

from conformance.check.always.client import Moment
from conformance.check.always.folders import number_of
from conformance.check.always.lens import Lens
from conformance.check.always.rules import Rule, blame
from conformance.imap.tree import Atom
from conformance.verdict import Finding

__all__ = ["FLAGS"]

_KNOWN = frozenset(
    {b"\\answered", b"\\flagged", b"\\deleted", b"\\seen", b"\\draft", b"\\recent", b"\\*"}
)


def keyword_announced(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A keyword in FETCH was named by FLAGS before (RFC 9051 section 7.3.5)."""
    box, flags = moment.box, moment.flags
    if box is None or flags is None or box.announced is None:
        return
    unknown = {flag for flag in flags - box.announced[0] if not flag.startswith(b"\\")}
    if unknown:
        yield blame(
            moment,
            "RFC9051:7.3.5",
            "keyword not in FLAGS",
            f"the keyword {min(unknown).decode('latin-1')} was not among the mailbox's FLAGS",
            level="SHOULD",
            known=(box.announced[1],),
        )


def recent_once(moment: Moment, lens: Lens) -> Iterator[Finding]:
    r"""\Recent is told to one session only (RFC 3501 section 2.3.2)."""
    box, flags, uid = moment.box, moment.flags, moment.uid
    if box is None or flags is None or uid is None or b"\\recent" not in flags:
        return
    if "IMAP4REV2" in moment.client.session.enabled:
        return  # deprecated there, and nothing is promised of it
    first = box.folder.recent.get(uid)
    mine = f"{moment.client.actor} {box.index}"
    if box.read_only or not box.open:
        return
    if first is None:
        box.folder.recent[uid] = (mine, moment.index)
    elif first[0] != mine and first[1] < box.index and not lens.others.loose:
        yield blame(
            moment,
            "RFC3501:2.3.2",
            "Recent twice",
            rf"\Recent for UID {uid}, and a session that could write was told of it as recent",
            level="MUST",
            known=(first[1],),
        )


def modseq_grows(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A message's mod-sequence never falls (RFC 7162 section 3.1)."""
    box, response, uid = moment.box, moment.response, moment.uid
    if box is None or response is None or uid is None:
        return
    item = response.items.get("MODSEQ")
    value = number_of(item[0]) if isinstance(item, tuple) and item else None
    if value is None:
        return
    if value == 0:
        yield blame(moment, "RFC7162:3.1", "MODSEQ zero", "a mod-sequence is 0")
        return
    highest, index = box.modseqs.get(uid, (0, -1))
    if value < highest:
        yield blame(
            moment,
            "RFC7162:3.1",
            "MODSEQ falls",
            f"UID {uid} has mod-sequence {value}, and had {highest} before",
            known=(index,),
        )


def modseq_with_flags(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """To a CONDSTORE-aware client, flags that changed come with MODSEQ (RFC 7162 section 3.2)."""
    client, box, response = moment.client, moment.box, moment.response
    if box is None or response is None or moment.flags is None or box.nomodseq:
        return
    aware = client.enabling.get("CONDSTORE")
    if client.qresync:
        aware = 0
    if aware is None or "MODSEQ" in response.items or box.highest is None:
        return
    # A FETCH of FLAGS asks for no MODSEQ; one that nobody asked for is a change.
    if any(sent.command.name.endswith(("FETCH", "STORE")) for sent in client.pending.values()):
        return
    before = moment.before_flags
    if before is not None and before[0] != moment.flags:
        yield blame(
            moment,
            "RFC7162:3.2",
            "change without MODSEQ",
            "flags changed for a CONDSTORE-aware client, and no MODSEQ came with them",
            known=(aware,),
        )


def modseq_has(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A mailbox with NOMODSEQ tells no mod-sequences (RFC 7162 section 3.1.2.2)."""
    box, response = moment.box, moment.response
    if box is not None and response is not None and box.nomodseq and "MODSEQ" in response.items:
        yield blame(
            moment,
            "RFC7162:3.1.2.2",
            "MODSEQ after NOMODSEQ",
            "MODSEQ came for a mailbox that was said to have no mod-sequences",
        )


def item_twice(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """An item stands once in a FETCH response (RFC 9051 section 7.5.2)."""
    response = moment.response
    if response is None or not response.data or not isinstance(response.data[0], tuple):
        return
    names = [node for node in response.data[0][::2] if isinstance(node, Atom)]
    if len(names) > len(response.items):
        values = list(zip(response.data[0][::2], response.data[0][1::2], strict=False))
        for at, (name, value) in enumerate(values):
            for other, again in values[:at]:
                if name == other and value != again:
                    yield blame(
                        moment,
                        "RFC9051:7.5.2",
                        "item twice",
                        "an item stands twice in one FETCH, with different values",
                    )
                    return


def system_flags(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """There are no system flags but those that the RFCs define (RFC 9051 section 9)."""
    response, told = moment.response, moment.flags
    if response is not None and response.kind == "FLAGS" and moment.box is not None:
        told = moment.box.announced[0] if moment.box.announced else None
    odd = told and {flag for flag in told - _KNOWN if flag.startswith(b"\\")}
    if odd:
        yield blame(
            moment,
            "RFC9051:9",
            "unknown system flag",
            f"{min(odd).decode('latin-1')} is a system flag that no RFC defines",
            level="MUST NOT",
        )


def highest_grows(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """HIGHESTMODSEQ of a mailbox never falls from one SELECT to the next (RFC 7162 3.1.2.1)."""
    response, box = moment.response, moment.box
    if response is None or response.code != "HIGHESTMODSEQ" or box is None or box.open:
        return
    value = number_of(response.data[0]) if response.data else None
    if value is None or box.validity is None:
        return
    key = (box.user, box.name, box.validity[0])
    before = lens.folders.modseqs.get(key)
    if before is not None and value < before[0] and before[1] < box.index:
        yield blame(
            moment,
            "RFC7162:3.1.2.1",
            "HIGHESTMODSEQ falls",
            f"HIGHESTMODSEQ is {value}, and was {before[0]} at an earlier SELECT",
            known=(before[1],),
        )
    if before is None or value > before[0]:
        lens.folders.modseqs[key] = (value, moment.index)


def two_modseq_codes(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A mailbox has mod-sequences or has none (RFC 7162 section 3.1.2)."""
    box, response = moment.box, moment.response
    if box is None or response is None or response.code not in ("NOMODSEQ", "HIGHESTMODSEQ"):
        return
    if box.nomodseq and box.highest is not None and not box.open:
        yield blame(
            moment,
            "RFC7162:3.1.2.2",
            "NOMODSEQ and HIGHESTMODSEQ",
            "SELECT says both that the mailbox has mod-sequences and that it has none",
            known=(box.highest[1],),
        )


FLAGS: dict[str, tuple[Rule, ...]] = {
    "FLAGS": (system_flags,),
    "FETCH": (item_twice,),
    "FETCH FLAGS": (system_flags, keyword_announced, recent_once, modseq_with_flags),
    "FETCH MODSEQ": (modseq_grows, modseq_has),
    "OK": (highest_grows, two_modseq_codes),
}
