"""SORT answers in the order that was asked for (RFC 5256 section 3)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from conformance.check.always.client import Moment, Sent
from conformance.check.always.contract_table import words
from conformance.check.always.envelope import addresses
from conformance.check.always.lens import Lens
from conformance.check.always.message import Message
from conformance.check.always.rules import blame
from conformance.check.always.search_answer import Answer, Question
from conformance.check.always.subject import base_subject, casemap
from conformance.verdict import Finding

__all__ = ["message_named", "sorted_so", "thread_subject"]

Value = int | str | datetime
Criterion = tuple[Callable[[Message], Value | None], bool]
"""What is compared, and whether in reverse."""


def _address(name: bytes) -> Callable[[Message], Value | None]:
    def value(message: Message) -> Value | None:
        lines = message.values(name)
        found = None if lines is None else addresses(lines)
        if found is None:
            return None
        return casemap(found[0][1].decode("latin-1")) if found else ""

    return value


def thread_subject(message: Message) -> tuple[str, bool] | None:
    """Return the base subject for collation, and whether it is of a reply; None in doubt."""
    values = message.values(b"SUBJECT")
    if values is None or len(values) > 1:
        return None
    found = base_subject(values[0]) if values else ("", False)
    return None if found is None else (casemap(found[0]), found[1])


def _subject(message: Message) -> Value | None:
    found = thread_subject(message)
    return None if found is None else found[0]


def _arrival(message: Message) -> Value | None:
    return None if message.internal is None else message.internal.astimezone(UTC)


_VALUES: dict[str, Callable[[Message], Value | None]] = {
    "ARRIVAL": _arrival,
    "CC": _address(b"CC"),
    "DATE": lambda message: message.sent,
    "FROM": _address(b"FROM"),
    "SIZE": lambda message: message.size,
    "SUBJECT": _subject,
    "TO": _address(b"TO"),
}


def message_named(moment: Moment, lens: Lens, sent: Sent, name: int) -> Message | None:
    """Return the message that an answer to ``sent`` calls ``name``: a UID or a number."""
    box = sent.box
    if box is None:
        return None
    number = box.numbers.number(name) if sent.command.name.startswith("UID ") else name
    if number is None:
        return None
    return Message(number, box.numbers.uid(number), box, moment, lens, sent.count)


def sorted_so(
    moment: Moment, lens: Lens, sent: Sent, asked: Question, answer: Answer
) -> Iterator[Finding]:
    """Neighbours stand in order; who is equal in all stands as in the mailbox."""
    criteria = _criteria(words(asked.how))
    if criteria is None or answer.numbers is None or answer.extended:
        return
    before: tuple[int, list[Value | None], int] | None = None
    for name in answer.numbers:
        message = message_named(moment, lens, sent, name)
        if message is None or message.uid is None:
            continue
        present = (name, [value(message) for value, _ in criteria], message.number)
        if None in present[1]:
            continue
        if before is not None and not _ordered(before, present, criteria):
            yield blame(
                moment,
                "RFC5256:3",
                "SORT order",
                f"SORT by {' '.join(words(asked.how))} puts {before[0]} before {name}",
                known=(sent.index, answer.index),
            )
            return
        before = present


def _criteria(names: list[str]) -> list[Criterion] | None:
    found: list[Criterion] = []
    reverse = False
    for name in names:
        if name == "REVERSE":
            reverse = True
        elif name in _VALUES:
            found.append((_VALUES[name], reverse))
            reverse = False
        else:
            return None
    return found or None


def _ordered(
    one: tuple[int, list[Value | None], int],
    other: tuple[int, list[Value | None], int],
    criteria: list[Criterion],
) -> bool:
    for left, right, (value, back) in zip(one[1], other[1], criteria, strict=True):
        if left == right:
            if value is _arrival:
                return True  # a server may know the time more closely than it tells
            continue
        smaller = left < right  # type: ignore[operator]
        return bool(smaller) != back
    return one[2] < other[2]
