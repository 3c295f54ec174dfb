"""LIST, LSUB, STATUS, ENABLE and their kind: answers fit what was asked."""

from collections.abc import Iterator

from conformance.check.always.client import Moment
from conformance.check.always.contract_table import words
from conformance.check.always.lens import Lens
from conformance.check.always.list_patterns import asked_patterns, matches
from conformance.check.always.rules import Rule, blame, line
from conformance.check.always.view_select import status_items
from conformance.imap.tree import is_nil
from conformance.imap.world import mailbox_name
from conformance.verdict import Finding

__all__ = ["LISTING", "UNTAGGED"]

_PAIRS = (
    (b"\\haschildren", b"\\hasnochildren", "RFC9051:7.3.1"),
    (b"\\haschildren", b"\\noinferiors", "RFC9051:7.3.1"),
    (b"\\marked", b"\\unmarked", "RFC9051:7.3.1"),
    (b"\\marked", b"\\noselect", "RFC9051:7.3.1"),
    (b"\\noselect", b"\\unmarked", "RFC9051:7.3.1"),
)


def listed(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """What LIST returns fits what was asked for (RFC 9051 section 6.3.9)."""
    client, response = moment.client, moment.response
    if response is None or len(response.data) < 3:
        return
    name, delimiter = response.data[2], response.data[1]
    if not isinstance(name, bytes) or not isinstance(delimiter, bytes):
        return
    # The LIST of an IMAP4rev2 SELECT and of NOTIFY is no answer to a pattern.
    asking = [sent for sent in client.pending.values() if sent.command.name == response.kind]
    if not asking or len(client.pending) > 1 or client.loud:
        return
    found = asked_patterns(asking[0])
    if found is None or any(reference for reference in found[0]):
        return
    separator = b"" if is_nil(delimiter) else bytes(delimiter)
    wanted = found[1]
    if wanted == [b""]:
        return
    if any(b"&" in pattern or max(pattern, default=0) > 127 for pattern in wanted):
        return
    if "OLDNAME" in line(moment).upper():
        return
    if not any(matches(pattern, separator, bytes(name)) for pattern in wanted):
        yield blame(
            moment,
            "RFC9051:6.3.9",
            f"{response.kind} beyond its pattern",
            f"{line(moment)} fits none of the patterns asked for",
            known=(asking[0].index,),
        )


def attributes_agree(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """Attributes that contradict each other do not stand together (RFC 9051 section 7.3.1)."""
    response = moment.response
    if response is None or not response.data or not isinstance(response.data[0], tuple):
        return
    attributes = {node.lower() for node in response.data[0] if isinstance(node, bytes)}
    for one, other, section in _PAIRS:
        if one in attributes and other in attributes:
            names = f"{one.decode()} and {other.decode()}"
            old = b"\\noselect" in (one, other) and not moment.client.rev2  # a SHOULD there
            yield blame(
                moment,
                "RFC3501:7.2.2" if old else section,
                f"{names} together",
                f"{names} stand together in {line(moment)}",
                level="SHOULD NOT" if old else "MUST NOT",
            )


def delimiter_stays(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """LIST "" "" answers with the delimiter and an unselectable name (RFC 9051 section 6.3.9)."""
    sent, response = moment.sent, moment.response
    if sent is None or response is None or response.kind != "OK" or sent.command.name != "LIST":
        return
    found = asked_patterns(sent)
    if found is None or found[1] != [b""] or not sent.alone or len(sent.command.args) > 2:
        return
    if isinstance(sent.command.args[1], tuple):
        return  # the extended form asks for no delimiter (RFC 5258 section 3)
    if not any(seen.response.kind == "LIST" for seen in lens.answers(moment, sent)):
        yield blame(
            moment,
            "RFC9051:6.3.9",
            "LIST of nothing without delimiter",
            'LIST "" "" was answered OK, and no LIST told the delimiter',
            known=(sent.index,),
        )


def list_twice(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A name is listed once, with what is known of it (RFC 9051 section 6.3.9).

    One that stands there again with other attributes may be news that nobody asked for.
    """
    sent, response = moment.sent, moment.response
    if sent is None or response is None or response.kind != "OK" or not sent.alone:
        return
    if sent.command.name not in ("LIST", "LSUB") or moment.client.loud:
        return
    names: dict[bytes, tuple[int, frozenset[bytes]]] = {}
    for seen in lens.answers(moment, sent):
        data = seen.response.data
        if (
            seen.response.kind == sent.command.name
            and len(data) >= 3
            and isinstance(data[2], bytes)
        ):
            name = mailbox_name(bytes(data[2]))
            listed = data[0] if isinstance(data[0], tuple) else ()
            attributes = frozenset(bytes(a).lower() for a in listed if isinstance(a, bytes))
            if name in names and names[name][1] == attributes:
                yield blame(
                    moment,
                    "RFC9051:6.3.9",
                    f"{sent.command.name} twice",
                    f"a name came twice in one {sent.command.name}",
                    level="SHOULD NOT",
                    known=(names[name][0], seen.index),
                )
                return
            names[name] = (seen.index, attributes)


def one_separator(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """All names of one top level have the same separator (RFC 9051 section 7.3.1)."""
    sent, response = moment.sent, moment.response
    if sent is None or response is None or sent.command.name not in ("LIST", "LSUB"):
        return
    tops: dict[bytes, tuple[bytes, int]] = {}
    for seen in lens.answers(moment, sent):
        data = seen.response.data
        if len(data) < 3 or not isinstance(data[1], bytes) or not isinstance(data[2], bytes):
            continue
        separator, name = bytes(data[1]), mailbox_name(bytes(data[2]))
        if is_nil(data[1]) or not separator or seen.response.kind != sent.command.name:
            continue
        top = name.split(separator, 1)[0]
        first = tops.setdefault(top, (separator, seen.index))
        if top and first[0] != separator:
            yield blame(
                moment,
                "RFC9051:7.3.1",
                "two separators",
                f"below {top.decode('latin-1')} names have different separators",
                known=(first[1], seen.index),
            )
            return


def status_answers(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """STATUS tells of the mailbox asked for, with each item asked for (9051 6.3.11)."""
    sent, response = moment.sent, moment.response
    if sent is None or response is None or response.kind != "OK" or len(sent.command.args) < 2:
        return
    if sent.command.name != "STATUS":
        return
    name, items = sent.command.args[:2]
    if not isinstance(name, bytes) or not isinstance(items, tuple):
        return
    told: set[str] = set()
    others = 0
    for seen in lens.answers(moment, sent):
        data = seen.response.data
        if seen.response.kind == "STATUS" and len(data) == 2 and isinstance(data[0], bytes):
            if mailbox_name(bytes(data[0])) == mailbox_name(bytes(name)):
                told.update(status_items(Moment(0, moment.event, moment.client, seen.response)))
            else:
                others += 1
    if not told and others and not moment.client.loud and b"&" not in name and name.isascii():
        yield blame(
            moment,
            "RFC9051:6.3.11",
            "STATUS of another mailbox",
            "STATUS came for another mailbox than the one asked for",
            known=(sent.index,),
        )
    missing = [word for word in words(items) if word not in told] if told else []
    if missing:
        yield blame(
            moment,
            "RFC9051:6.3.11",
            f"STATUS without {missing[0]}",
            f"STATUS was asked for {missing[0]} and did not tell it",
            known=(sent.index,),
        )


def enabled_asked(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """ENABLED names what this ENABLE asked for (RFC 9051 section 6.3.1)."""
    client, response = moment.client, moment.response
    if response is None:
        return
    sent = next((s for s in client.pending.values() if s.command.name == "ENABLE"), None)
    if sent is None:
        yield blame(
            moment, "RFC9051:7.2.1", "ENABLED unasked", "ENABLED came, and no ENABLE was sent"
        )
        return
    extra = [word for word in words(response.data) if word not in words(sent.command.args)]
    # QRESYNC implies CONDSTORE (RFC 7162 section 3.2.3).
    extra = [word for word in extra if word != "CONDSTORE"]
    if extra:
        yield blame(
            moment,
            "RFC9051:6.3.1",
            "ENABLED more than asked",
            f"ENABLED names {extra[0]}, which this ENABLE did not ask for",
            level="SHOULD NOT",
            known=(sent.index,),
        )


LISTING: tuple[Rule, ...] = (delimiter_stays, list_twice, one_separator, status_answers)
UNTAGGED: dict[str, tuple[Rule, ...]] = {
    "LIST": (listed, attributes_agree),
    "LSUB": (listed,),
    "ENABLED": (enabled_asked,),
}
