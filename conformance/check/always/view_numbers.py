"""Rules of message numbers: EXISTS, RECENT, EXPUNGE and FETCH; and when numbers may change."""

from collections.abc import Iterator

from conformance.check.always.client import Client, Moment
from conformance.check.always.lens import Lens
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
    """Messages leave by EXPUNGE or VANISHED alone (RFC 9051 section 5.2)."""
    box, response = moment.box, moment.response
    if box is None or response is None or response.number is None or moment.before is None:
        return
    if response.number < moment.before and box.open:
        yield blame(
            moment,
            "RFC9051:5.2",
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


NUMBERS: dict[str, tuple[Rule, ...]] = {
    "EXISTS": (unselected, exists_shrinks),
    "RECENT": (unselected, recent_within_exists, recent_in_rev2),
    "EXPUNGE": (unselected, expunge_range, expunge_allowed, expunge_under_qresync),
    "VANISHED": (unselected, expunge_allowed),
    "FETCH": (unselected, fetch_range),
    "FLAGS": (unselected,),
}
