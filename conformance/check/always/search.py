"""SEARCH, SORT and their extended forms: the form of the answer, and whether it is true."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.check.always.contract_table import words
from conformance.check.always.folders import number_of, number_set
from conformance.check.always.lens import Lens, Moment, Sent
from conformance.check.always.rules import Rule, blame
from conformance.check.always.truth import Key, Message, Unclear, program
from conformance.imap.session import Seen
from conformance.imap.tree import Atom, Node
from conformance.verdict import Finding

__all__ = ["SEARCHING"]

_NAMES = frozenset({"SEARCH", "UID SEARCH", "SORT", "UID SORT"})
_MOST = 5_000


@dataclass(slots=True)
class _Answer:
    """What came for a search: its numbers as far as they were told, and the ESEARCH items."""

    index: int
    numbers: list[int] | None = None
    items: dict[str, int] = field(default_factory=dict)
    extended: bool = False


def _keys(sent: Sent) -> tuple[list[str] | None, list[Node]]:
    """Return the RETURN options, None without RETURN, and the nodes of the search program."""
    args = list(sent.command.args)
    options: list[str] | None = None
    if len(args) > 1 and isinstance(args[0], Atom) and args[0].upper() == b"RETURN":
        options = words(args[1]) if isinstance(args[1], tuple) else []
        args = args[2:]
    if sent.command.name.endswith("SORT"):
        args = args[2:]  # the criteria and the charset
    elif len(args) > 1 and isinstance(args[0], Atom) and args[0].upper() == b"CHARSET":
        args = args[2:]
    return options, args


def _esearch(seen: Seen) -> tuple[bytes | None, bool, dict[str, Node]]:
    """Return tag, whether UID is said, and the items of an ESEARCH response."""
    data = list(seen.response.data)
    tag: bytes | None = None
    if data and isinstance(data[0], tuple):
        if len(data[0]) == 2 and isinstance(data[0][1], bytes):
            tag = bytes(data[0][1])
        data.pop(0)
    uid = bool(data) and isinstance(data[0], Atom) and data[0].upper() == b"UID"
    if uid:
        data.pop(0)
    items = {
        name.decode("latin-1").upper(): value
        for name, value in zip(data[::2], data[1::2], strict=False)
        if isinstance(name, Atom)
    }
    return tag, uid, items


def correlated(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """ESEARCH names the tag of its command (RFC 4731 section 3.1, RFC 9051 section 7.3.4)."""
    client, response = moment.client, moment.response
    if response is None:
        return
    tag, uid, items = _esearch(Seen(moment.index, b"", response))
    if tag is None:
        return
    sent = client.pending.get(tag)
    if sent is None:
        if client.contexts:
            return  # CONTEXT's updates come after their command (RFC 5267)
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
    low, high = number_of(items.get("MIN")), number_of(items.get("MAX"))
    count, everything = number_of(items.get("COUNT")), number_set(items.get("ALL"))
    if low is not None and high is not None and low > high:
        yield blame(
            moment, "RFC4731:3.1", "ESEARCH MIN above MAX", f"MIN {low} is larger than MAX {high}"
        )
    if everything is not None:
        found = set(everything)
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
    if count == 0 and (low is not None or high is not None or everything):
        yield blame(
            moment,
            "RFC4731:3.1",
            "ESEARCH empty with results",
            "COUNT is 0, and MIN, MAX or ALL came too",
            level="MUST NOT",
        )
    options = _keys(sent)[0]
    if options:
        for item in ("MIN", "MAX", "ALL", "COUNT"):
            if item in items and item not in options:
                yield blame(
                    moment,
                    "RFC4731:3.1",
                    "ESEARCH unasked item",
                    f"ESEARCH tells {item}, which was not asked for",
                    level="SHOULD NOT",
                    known=(sent.index,),
                )
        if "COUNT" in options and "COUNT" not in items:
            yield blame(
                moment,
                "RFC4731:3.1",
                "ESEARCH without COUNT",
                "COUNT was asked for, and did not come",
                known=(sent.index,),
            )


def answered(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A search that is answered OK has told its result, and a true one (9051 6.4.4)."""
    sent, response = moment.sent, moment.response
    if sent is None or response is None or response.kind != "OK":
        return
    name = sent.command.name
    if name not in _NAMES:
        return
    options, nodes = _keys(sent)
    answers = lens.answers(moment, sent)
    kind = "SORT" if name.endswith("SORT") else "SEARCH"
    answer = _collect(sent, answers, kind)
    if answer is None:
        if options is not None and set(options) == {"SAVE"}:
            return
        wanted = "ESEARCH" if options is not None else kind
        if kind == "SORT" and options is None:
            return  # the table of promises says so
        yield blame(
            moment,
            "RFC9051:6.4.4" if kind == "SEARCH" else "RFC5267:3",
            f"{name} without {wanted}",
            f"{name} was answered OK, and no {wanted} came",
            known=(sent.index,),
        )
        return
    if options is not None and not answer.extended:
        yield blame(
            moment,
            "RFC4731:3.1",
            f"{name} RETURN with {kind}",
            f"{name} with RETURN was answered by {kind} instead of ESEARCH",
            known=(sent.index, answer.index),
        )
    elif options is None and answer.extended and not moment.client.rev2:
        yield blame(
            moment,
            "RFC3501:6.4.4",
            f"{name} with ESEARCH",
            f"{name} without RETURN was answered by ESEARCH in IMAP4rev1",
            known=(sent.index, answer.index),
        )
    yield from _range(moment, lens, sent, answer)
    try:
        key = program(nodes)
    except (Unclear, ValueError, IndexError):
        return
    yield from _true(moment, lens, sent, key, answer)
    if kind == "SORT" and answer.numbers and len(answer.numbers) <= _MOST:
        yield from _order(moment, sent, answer)


def _collect(sent: Sent, answers: list[Seen], kind: str) -> _Answer | None:
    found: _Answer | None = None
    for seen in answers:
        response = seen.response
        if response.kind == kind:
            numbers = [n for node in response.data if (n := number_of(node)) is not None]
            if found is None or found.numbers is None:
                found = _Answer(seen.index, numbers)
            else:
                found.numbers = [*found.numbers, *numbers]  # in several responses
        elif response.kind == "ESEARCH":
            tag, _, items = _esearch(seen)
            if tag is not None and tag != sent.command.tag:
                continue
            found = _Answer(seen.index, extended=True)
            found.items = {
                name: number
                for name in ("MIN", "MAX", "COUNT")
                if (number := number_of(items.get(name))) is not None
            }
            if "ALL" in items:
                found.numbers = number_set(items["ALL"])
            elif found.items.get("COUNT") == 0 or not items:
                found.numbers = []
    return found


def _range(moment: Moment, lens: Lens, sent: Sent, answer: _Answer) -> Iterator[Finding]:
    """Each number found is one of the client's messages, and found once."""
    box = sent.box
    if box is None or not box.certain or answer.numbers is None:
        return
    numbers = answer.numbers
    if not sent.command.name.startswith("UID ") and sent.alone:
        limit = max(sent.count, box.count or 0)
        wrong = [number for number in numbers if not 0 < number <= limit]
        if wrong:
            yield blame(
                moment,
                "RFC9051:2.3.1.2",
                "search finds no message",
                f"message {wrong[0]} was found, and this client knows of {limit}",
                known=(sent.index, answer.index, box.count_index),
            )
    if len(set(numbers)) < len(numbers):
        yield blame(
            moment,
            "RFC9051:7.3.4",
            "search finds twice",
            "a message was found twice",
            level="SHOULD NOT",
            known=(sent.index, answer.index),
        )


def _true(moment: Moment, lens: Lens, sent: Sent, key: Key, answer: _Answer) -> Iterator[Finding]:
    """What is found matches, and what matches is found."""
    box = sent.box
    if box is None or not box.certain or not sent.alone or sent.count > _MOST:
        return
    by_uid = sent.command.name.startswith("UID ")
    found = None if answer.numbers is None else set(answer.numbers)
    matching: list[int] | None = []
    for number in range(1, min(sent.count, len(box.numbers)) + 1):
        uid = box.numbers.uid(number)
        name = uid if by_uid else number
        if lens.may_be_gone(moment.client, box, uid):
            matching = None
            continue
        truth = key(Message(number, uid, box, moment, lens, sent.count))
        if truth is None or name is None:
            matching = None
            if name is None:
                continue
        if truth and matching is not None:
            matching.append(name)
        if truth is None or found is None or truth == (name in found):
            continue
        which = f"UID {uid}" if by_uid else f"message {number}"
        known = [sent.index, answer.index]
        if uid is not None and uid in box.folder.mails:
            known.append(box.folder.mails[uid].index)
        if uid is not None and uid in box.flags:
            known.append(box.flags[uid][1])
        said = (
            f"{which} matches, and was not found"
            if truth
            else f"{which} was found, and matches not"
        )
        yield blame(
            moment,
            "RFC9051:6.4.4",
            "search misses" if truth else "search finds too much",
            said,
            known=tuple(known),
        )
        return
    if matching is None or sent.count != len(box.numbers):
        return
    for item, value in answer.items.items():
        if item == "COUNT":
            right: int | None = len(matching)
        elif not matching:
            right = None
        else:
            right = min(matching) if item == "MIN" else max(matching)
        if value != right:
            yield blame(
                moment,
                "RFC4731:3.1",
                f"ESEARCH {item} wrong",
                f"{item} is {value}, and should be {right}",
                known=(sent.index, answer.index),
            )


def _order(moment: Moment, sent: Sent, answer: _Answer) -> Iterator[Finding]:
    """SORT by SIZE puts the smaller first, with REVERSE the larger (RFC 5256 section 3)."""
    criteria = sent.command.args[0] if sent.command.args else ()
    if isinstance(criteria, tuple) and words(criteria)[:1] == ["RETURN"]:
        return
    if not isinstance(criteria, tuple) or sent.box is None or answer.numbers is None:
        return
    names = words(criteria)
    if names not in (["SIZE"], ["REVERSE", "SIZE"]):
        return
    box = sent.box
    sizes = []
    for number in answer.numbers:
        uid = number if sent.command.name.startswith("UID ") else box.numbers.uid(number)
        told = box.folder.items.get((uid or 0, "RFC822.SIZE"))
        size = number_of(told[0]) if told is not None else None
        if size is None:
            return
        sizes.append(size)
    if sizes != sorted(sizes, reverse=names[0] == "REVERSE"):
        yield blame(
            moment,
            "RFC5256:3",
            "SORT order",
            f"SORT by {' '.join(names)} is not in that order",
            known=(sent.index, answer.index),
        )


SEARCHING: dict[str, tuple[Rule, ...]] = {"ESEARCH": (correlated,), "tagged": (answered,)}
