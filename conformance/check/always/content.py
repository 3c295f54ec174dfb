"""Every answer about a message against what was put in, and against earlier answers."""

import re
from collections.abc import Iterator

from conformance.check.always.asked import canonical
from conformance.check.always.client import Moment
from conformance.check.always.content_binary import binary
from conformance.check.always.content_sections import sections
from conformance.check.always.envelope import envelope_faults
from conformance.check.always.folders import number_of
from conformance.check.always.lens import Lens
from conformance.check.always.message import instant, put_in
from conformance.check.always.rules import Rule, blame
from conformance.check.always.structure import structure_faults
from conformance.imap.tree import Atom, Node, is_nil
from conformance.verdict import Finding

__all__ = ["CONTENT"]

_LASTING = re.compile(
    r"(INTERNALDATE|RFC822(\.SIZE|\.HEADER|\.TEXT)?|ENVELOPE|BODY|BODYSTRUCTURE"
    r"|EMAILID|BODY\[[^\]]*\]|BINARY(\.SIZE)?\[[^\]]*\])\Z",
    re.DOTALL,
)


def same_as_before(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """What a message is does not change, whoever asks (RFC 9051 section 2.3.1.1)."""
    box, uid, response = moment.box, moment.uid, moment.response
    if box is None or uid is None or response is None:
        return
    for item, value in response.items.items():
        if len(item) < 4 or not _LASTING.match(item):
            continue
        key = (uid, canonical(item))
        before = box.folder.items.setdefault(key, (value, moment.index))
        if before[0] != value and not _alike(item, before[0], value):
            kind = item.partition("[")[0]
            yield blame(
                moment,
                "RFC9051:2.3.1.1",
                f"{kind} changes",
                f"{item} of UID {uid} is not what it was before",
                known=(before[1],),
            )


def _alike(item: str, one: Node, other: Node) -> bool:
    if item == "INTERNALDATE" and isinstance(one, bytes) and isinstance(other, bytes):
        return instant(one) == instant(other)
    return _folded(one) == _folded(other)


def _folded(node: Node) -> object:
    if isinstance(node, tuple):
        return tuple(map(_folded, node))
    return bytes(node).upper() if isinstance(node, Atom) else bytes(node)


def _ghost(moment: Moment, lens: Lens) -> bool:
    """Whether this is empty data for a message that somebody else removed (RFC 2180 4.1.3)."""
    box, response = moment.box, moment.response
    if box is None or response is None or not any(map(_nil, response.items.values())):
        return False
    return lens.may_be_gone(moment.client, box, moment.uid)


def _nil(value: Node) -> bool:
    if isinstance(value, tuple):  # an ENVELOPE of nothing, or TEXT/PLAIN of 0 octets
        return all(map(is_nil, value)) or b"0" in value
    return bytes(value) in (b"", b"0", b"NIL") or value.startswith(b"00-Jan-0000")


def _of_what_is_there(rule: Rule) -> Rule:
    """Return ``rule`` for messages that are not gone."""

    def careful(moment: Moment, lens: Lens) -> Iterator[Finding]:
        if not _ghost(moment, lens):
            yield from rule(moment, lens)

    return careful


def size(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """RFC822.SIZE is the number of octets of the message (RFC 9051 section 2.3.4)."""
    response = moment.response
    if response is None or "RFC822.SIZE" not in response.items:
        return
    mail, root = put_in(moment)
    told = number_of(response.items["RFC822.SIZE"])
    # Without parts there is something that a server may mend: bare line feeds, or NUL.
    if mail is None or mail.octets is None or told is None or root is None:
        return
    if told != len(mail.octets):
        yield blame(
            moment,
            "RFC9051:2.3.4",
            "RFC822.SIZE",
            f"RFC822.SIZE is {told}, and {len(mail.octets)} octets were put in",
            known=(mail.index,),
        )


def internal_date(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """INTERNALDATE is the date that APPEND gave (RFC 9051 section 6.3.12)."""
    response = moment.response
    if response is None or "INTERNALDATE" not in response.items:
        return
    mail = put_in(moment)[0]
    told = response.items["INTERNALDATE"]
    if mail is None or mail.date is None or not isinstance(told, bytes):
        return
    given, got = instant(mail.date), instant(told)
    if given is not None and got is not None and given != got:
        yield blame(
            moment,
            "RFC9051:6.3.12",
            "INTERNALDATE",
            "INTERNALDATE is not the date that the message was given",
            level="SHOULD",
            known=(mail.index,),
        )


def envelope(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """ENVELOPE is the header in parsed form (RFC 9051 section 7.5.2)."""
    response = moment.response
    if response is None or "ENVELOPE" not in response.items:
        return
    mail, root = put_in(moment)
    if root is None or mail is None:
        return
    for field, said in envelope_faults(root.header, response.items["ENVELOPE"]):
        yield blame(
            moment,
            "RFC9051:7.5.2",
            f"ENVELOPE {field}",
            said,
            # A date that is written in another way may still be the date.
            level="SHOULD" if field == "date" else "MUST",
            known=(mail.index,),
        )


def structure(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """BODY and BODYSTRUCTURE tell the parts, their types and sizes (RFC 9051 section 7.5.2)."""
    response = moment.response
    if response is None:
        return
    for item in ("BODY", "BODYSTRUCTURE"):
        value = response.items.get(item)
        if value is None:
            continue
        mail, root = put_in(moment)
        if root is None or mail is None or not root.sure:
            return
        for key, said in structure_faults(root, value):
            yield blame(
                moment,
                "RFC9051:7.5.2",
                f"{item} {key}",
                f"{item}: {said}",
                known=(mail.index,),
            )
            break


_OF_ITEMS: dict[str, tuple[Rule, ...]] = {
    "RFC822": (sections,),
    "RFC822.HEADER": (sections,),
    "RFC822.TEXT": (sections,),
    "RFC822.SIZE": (size,),
    "BODY": (sections, structure),
    "BODYSTRUCTURE": (structure,),
    "BINARY": (binary,),
    "BINARY.SIZE": (binary,),
    "INTERNALDATE": (internal_date,),
    "ENVELOPE": (envelope,),
    "EMAILID": (),
}
CONTENT: dict[str, tuple[Rule, ...]] = {
    f"FETCH {item}": tuple(map(_of_what_is_there, (same_as_before, *rules)))
    for item, rules in _OF_ITEMS.items()
}
