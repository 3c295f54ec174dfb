"""SEARCH, SORT and THREAD, plain or extended: an answer comes, and it is true."""

from collections.abc import Iterator

from conformance.check.always.client import Box, Moment, Sent
from conformance.check.always.lens import Lens
from conformance.check.always.message import Message
from conformance.check.always.rules import Rule, blame, done
from conformance.check.always.search_answer import Answer, Question, collect, question
from conformance.check.always.search_form import FORM
from conformance.check.always.sorting import sorted_so
from conformance.check.always.thread_answer import threaded_so
from conformance.check.always.truth import Key, Unclear, program
from conformance.verdict import Finding

__all__ = ["SEARCHING"]

_NAMES = ("SEARCH", "UID SEARCH", "SORT", "UID SORT", "THREAD", "UID THREAD")
_MOST = 5_000


def answered(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A search that is answered OK has told its result, and a true one (9051 6.4.4)."""
    sent = done(moment, *_NAMES)
    if sent is None:
        return
    asked = question(sent)
    answer = collect(sent, lens.answers(moment, sent), asked.kind)
    if answer is None:
        yield from _silent(moment, sent, asked)
        return
    yield from _form(moment, sent, asked, answer)
    yield from _range(moment, sent, answer)
    try:
        key = program(asked.program)
    except (Unclear, ValueError, IndexError):
        return
    faults = [*_true(moment, lens, sent, key, answer)]
    yield from faults
    if not faults and answer.numbers and len(answer.numbers) <= _MOST and sent.alone:
        if asked.kind == "SORT":
            yield from sorted_so(moment, lens, sent, asked, answer)
        elif asked.kind == "THREAD":
            yield from threaded_so(moment, lens, sent, asked, answer)


def _silent(moment: Moment, sent: Sent, asked: Question) -> Iterator[Finding]:
    """No answer at all; of plain SORT and THREAD the table of promises says so."""
    if asked.options is not None and set(asked.options) == {"SAVE"}:
        return
    if asked.kind != "SEARCH" and asked.options is None:
        return
    wanted = "ESEARCH" if asked.options is not None else asked.kind
    yield blame(
        moment,
        "RFC9051:6.4.4" if asked.kind == "SEARCH" else "RFC5267:3",
        f"{sent.command.name} without {wanted}",
        f"{sent.command.name} was answered OK, and no {wanted} came",
        known=(sent.index,),
    )


def _form(moment: Moment, sent: Sent, asked: Question, answer: Answer) -> Iterator[Finding]:
    name = sent.command.name
    # Who does not offer RETURN may make of it what it likes.
    offered = moment.client.rev2 or moment.client.offers("ESEARCH", "ESORT", "SEARCHRES", "PARTIAL")
    if asked.options is not None and not answer.extended and offered:
        yield blame(
            moment,
            "RFC4731:3.1",
            f"{name} RETURN with {asked.kind}",
            f"{name} with RETURN was answered by {asked.kind} instead of ESEARCH",
            known=(sent.index, answer.index),
        )
    elif asked.options is None and answer.extended and not moment.client.rev2:
        yield blame(
            moment,
            "RFC3501:6.4.4",
            f"{name} with ESEARCH",
            f"{name} without RETURN was answered by ESEARCH in IMAP4rev1",
            known=(sent.index, answer.index),
        )


def _range(moment: Moment, sent: Sent, answer: Answer) -> Iterator[Finding]:
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
    # Of two that were sent together each may find the same message.
    if sent.alone and len(set(numbers)) < len(numbers):
        yield blame(
            moment,
            "RFC9051:7.3.4",
            "search finds twice",
            "a message was found twice",
            level="SHOULD NOT",
            known=(sent.index, answer.index),
        )


def _true(moment: Moment, lens: Lens, sent: Sent, key: Key, answer: Answer) -> Iterator[Finding]:
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
        yield _wrong(moment, sent, answer, box, (number, uid), missed=truth)
        return
    if matching is not None and sent.count == len(box.numbers):
        yield from _items(moment, sent, answer, matching)


def _wrong(
    moment: Moment,
    sent: Sent,
    answer: Answer,
    box: Box,
    message: tuple[int, int | None],
    *,
    missed: bool,
) -> Finding:
    number, uid = message
    which = f"UID {uid}" if sent.command.name.startswith("UID ") else f"message {number}"
    known = [sent.index, answer.index]
    if uid is not None and uid in box.folder.mails:
        known.append(box.folder.mails[uid].index)
    if uid is not None and uid in box.flags:
        known.append(box.flags[uid][1])
    said = "matches, and was not found" if missed else "was found, and matches not"
    return blame(
        moment,
        "RFC9051:6.4.4",
        "search misses" if missed else "search finds too much",
        f"{which} {said}",
        known=tuple(known),
    )


def _items(moment: Moment, sent: Sent, answer: Answer, matching: list[int]) -> Iterator[Finding]:
    """COUNT, MIN and MAX are those of what matches; SORT's are the ends of its order."""
    ordered = sent.command.name.endswith("SORT")
    for item, value in answer.items.items():
        if item == "COUNT":
            right: int | None = len(matching)
        elif ordered and value in matching:
            continue  # RFC 5267 section 3.1
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


SEARCHING: dict[str, tuple[Rule, ...]] = {"ESEARCH": FORM, "tagged": (answered,)}
