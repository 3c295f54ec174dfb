"""THREAD answers with the threads that its algorithm makes (RFC 5256 section 3)."""

import re
from collections.abc import Callable, Iterator, Sequence

from conformance.check.always.client import Moment, Sent
from conformance.check.always.contract_table import words
from conformance.check.always.folders import number_of
from conformance.check.always.lens import Lens
from conformance.check.always.message import Message
from conformance.check.always.rules import blame
from conformance.check.always.search_answer import Answer, Question
from conformance.check.always.sorting import message_named, thread_subject
from conformance.check.always.threads import Entry, Tree, ordered_subject, references
from conformance.imap.tree import Node
from conformance.verdict import Finding

__all__ = ["threaded_so"]

_ALGORITHMS: dict[str, Callable[[Sequence[Entry]], tuple[Tree, ...]]] = {
    "ORDEREDSUBJECT": ordered_subject,
    "REFERENCES": references,
}
_ID = rb'<(?:"[A-Za-z0-9.]+"|[A-Za-z0-9!#$%&\'*+/=?^_`{|}~.-]+)@[A-Za-z0-9.-]+>'
_IDS = re.compile(rb"\s*(?:%s\s*)*" % _ID)
_MOST = 500


def threaded_so(
    moment: Moment, lens: Lens, sent: Sent, asked: Question, answer: Answer
) -> Iterator[Finding]:
    """The threads are those of the messages that were found; in doubt of one, of none is said."""
    name = words(asked.how)[0] if words(asked.how) else ""
    algorithm = _ALGORITHMS.get(name)
    if algorithm is None or not answer.numbers or len(answer.numbers) > _MOST:
        return
    entries = []
    for number in answer.numbers:
        message = message_named(moment, lens, sent, number)
        entry = None if message is None else _entry(message, number)
        if entry is None:
            return
        entries.append(entry)
    right = algorithm(entries)
    if _threads(answer.data) != right:
        yield blame(
            moment,
            "RFC5256:3",
            f"THREAD {name}",
            f"THREAD {name} does not give the threads that these messages make",
            known=(sent.index, answer.index),
            expected=("THREAD " + "".join(map(_written, right)),),
        )


def _entry(message: Message, name: int) -> Entry | None:
    subject, date = thread_subject(message), message.sent
    own = message.values(b"MESSAGE-ID")
    before = message.values(b"REFERENCES")
    parent = message.values(b"IN-REPLY-TO")
    if subject is None or date is None or own is None or before is None or parent is None:
        return None
    for lines in (own, before, parent):
        if len(lines) > 1 or not all(_IDS.fullmatch(line) for line in lines):
            return None  # what of it is a valid msg-id is a matter of taste
    ids = _ids(own)
    return Entry(
        message.number,
        name,
        date,
        *subject,
        ids[0] if ids else b"",
        _ids(before) or _ids(parent)[:1],
    )


def _ids(lines: list[bytes]) -> tuple[bytes, ...]:
    """Return the msg-ids, without quoting that means nothing."""
    return tuple(found.replace(b'"', b"") for line in lines for found in re.findall(_ID, line))


def _thread(node: Node) -> Tree | None:
    """Return a thread-list as a tree (RFC 5256 section 5); None if it is none."""
    if not isinstance(node, tuple):
        return None
    children = _threads(node)
    members = [number for inner in node if (number := number_of(inner)) is not None]
    made: Tree = (members.pop() if members else None, children)
    for number in reversed(members):
        made = (number, (made,))
    return made


def _threads(nodes: tuple[Node, ...]) -> tuple[Tree, ...]:
    return tuple(tree for node in nodes if (tree := _thread(node)) is not None)


def _written(tree: Tree) -> str:
    """Return a thread as THREAD writes it."""
    number, children = tree
    words = [] if number is None else [str(number)]
    while len(children) == 1:
        words.append(str(children[0][0]))
        children = children[0][1]
    return "(" + " ".join(words + (["".join(map(_written, children))] if children else [])) + ")"
