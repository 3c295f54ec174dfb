"""ESEARCH: the form of the answer, and whether its items agree with each other."""

from collections.abc import Iterator

from conformance.check.always.client import Moment
from conformance.check.always.folders import number_of, number_set
from conformance.check.always.lens import Lens
from conformance.check.always.rules import Rule, blame
from conformance.check.always.search_answer import esearch, question
from conformance.imap.tree import Node
from conformance.verdict import Finding

__all__ = ["FORM"]


def correlated(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """ESEARCH names the tag of its command (RFC 4731 section 3.1, RFC 9051 section 7.3.4)."""
    client, response = moment.client, moment.response
    if response is None:
        return
    tag, uid, _ = esearch(response)
    if tag is None:
        return
    sent = client.pending.get(tag)
    if sent is None:
        if not client.contexts:  # CONTEXT's updates come after their command (RFC 5267)
            yield blame(
                moment,
                "RFC9051:7.3.4",
                "ESEARCH tag",
                "ESEARCH names a tag that no command under way has",
            )
        return
    by_uid = sent.command.name.startswith("UID ")
    if uid != by_uid:
        yield blame(
            moment,
            "RFC9051:7.3.4",
            "ESEARCH UID missing" if by_uid else "ESEARCH UID unasked",
            f"ESEARCH for {sent.command.name} {'lacks' if by_uid else 'has'} the word UID",
            known=(sent.index,),
        )


def agrees(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """MIN, MAX, COUNT and ALL speak of the same result (RFC 4731 section 3.1)."""
    if moment.response is None:
        return
    tag, _, items = esearch(moment.response)
    sent = moment.client.pending.get(tag) if tag is not None else None
    if sent is not None and sent.command.name.endswith("SORT"):
        return  # MIN and MAX are the first and the last of the order (RFC 5267 section 3.1)
    low, high = number_of(items.get("MIN")), number_of(items.get("MAX"))
    count, everything = number_of(items.get("COUNT")), number_set(items.get("ALL"))
    if low is not None and high is not None and low > high:
        yield blame(
            moment, "RFC4731:3.1", "ESEARCH MIN above MAX", f"MIN {low} is larger than MAX {high}"
        )
    if everything is not None:
        yield from _of_all(moment, set(everything), low, high, count)
    if count == 0 and (low is not None or high is not None or everything):
        yield blame(
            moment,
            "RFC4731:3.1",
            "ESEARCH empty with results",
            "COUNT is 0, and MIN, MAX or ALL came too",
            level="MUST NOT",
        )


def _of_all(
    moment: Moment, found: set[int], low: int | None, high: int | None, count: int | None
) -> Iterator[Finding]:
    if count is not None and count != len(found):
        yield blame(
            moment,
            "RFC4731:3.1",
            "ESEARCH COUNT and ALL",
            f"COUNT is {count}, and ALL has {len(found)} numbers",
        )
    if low is not None and found and low != min(found):
        yield blame(
            moment, "RFC4731:3.1", "ESEARCH MIN and ALL", f"MIN is {low}, ALL begins otherwise"
        )
    if high is not None and found and high != max(found):
        yield blame(
            moment, "RFC4731:3.1", "ESEARCH MAX and ALL", f"MAX is {high}, ALL ends otherwise"
        )


def as_asked(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """ESEARCH tells what RETURN asked for (RFC 4731 section 3.1)."""
    if moment.response is None:
        return
    tag, _, items = esearch(moment.response)
    sent = moment.client.pending.get(tag) if tag is not None else None
    if sent is None:
        return
    options = question(sent).options
    if not options or "CONTEXT" in options or "UPDATE" in options:
        return
    told: dict[str, Node] = items
    for item in ("MIN", "MAX", "ALL", "COUNT"):
        if item in told and item not in options:
            yield blame(
                moment,
                "RFC4731:3.1",
                "ESEARCH unasked item",
                f"ESEARCH tells {item}, which was not asked for",
                level="SHOULD NOT",
                known=(sent.index,),
            )
    if "COUNT" in options and "COUNT" not in told:
        yield blame(
            moment,
            "RFC4731:3.1",
            "ESEARCH without COUNT",
            "COUNT was asked for, and did not come",
            known=(sent.index,),
        )


FORM: tuple[Rule, ...] = (correlated, agrees, as_asked)
