"""What was asked by SEARCH, SORT or THREAD, and what came in answer, as values."""

from dataclasses import dataclass, field

from conformance.check.always.client import Sent
from conformance.check.always.contract_table import words
from conformance.check.always.folders import number_of, number_set
from conformance.imap.response import Response
from conformance.imap.session import Seen
from conformance.imap.tree import Atom, Node

__all__ = ["Answer", "Question", "collect", "esearch", "question"]


@dataclass(frozen=True, slots=True)
class Question:
    """A search, taken apart.

    kind     SEARCH, SORT or THREAD
    options  the words of RETURN; None without RETURN
    how      the sort criteria, or the threading algorithm
    program  the nodes of the search program
    """

    kind: str
    options: list[str] | None
    how: tuple[Node, ...]
    program: list[Node]


@dataclass(slots=True)
class Answer:
    """What came for a search: its numbers as far as they were told, and the ESEARCH items.

    data  for THREAD: the threads as they came
    """

    index: int
    numbers: list[int] | None = None
    items: dict[str, int] = field(default_factory=dict)
    extended: bool = False
    data: tuple[Node, ...] = ()


def question(sent: Sent) -> Question:
    """Return what ``sent``, a SEARCH, SORT or THREAD, asks for."""
    args = list(sent.command.args)
    kind = sent.command.name.removeprefix("UID ")
    options: list[str] | None = None
    how: tuple[Node, ...] = ()
    if len(args) > 1 and isinstance(args[0], Atom) and args[0].upper() == b"RETURN":
        options = words(args[1]) if isinstance(args[1], tuple) else []
        args = args[2:]
    if kind != "SEARCH":
        first = args[0] if args else ()
        how = first if isinstance(first, tuple) else (first,)
        args = args[2:]  # with the charset
    elif len(args) > 1 and isinstance(args[0], Atom) and args[0].upper() == b"CHARSET":
        args = args[2:]
    return Question(kind, options, how, args)


def esearch(response: Response) -> tuple[bytes | None, bool, dict[str, Node]]:
    """Return tag, whether UID is said, and the items of an ESEARCH response."""
    data = list(response.data)
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


def collect(sent: Sent, answers: list[Seen], kind: str) -> Answer | None:
    """Return what of ``answers`` belongs to ``sent``; None if nothing does."""
    found: Answer | None = None
    for seen in answers:
        response = seen.response
        if response.kind == kind:
            numbers = _numbers(response.data)
            if found is None or found.numbers is None:
                found = Answer(seen.index, numbers, data=response.data)
            else:  # in several responses
                found.numbers = [*found.numbers, *numbers]
                found.data += response.data
        elif response.kind == "ESEARCH":
            tag, _, items = esearch(response)
            if tag is not None and tag != sent.command.tag:
                continue
            found = Answer(seen.index, extended=True)
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


def _numbers(nodes: tuple[Node, ...]) -> list[int]:
    """Return the numbers in order, also those inside of threads."""
    found: list[int] = []
    for node in nodes:
        if isinstance(node, tuple):
            if not (len(node) == 2 and isinstance(node[0], Atom) and node[0].upper() == b"MODSEQ"):
                found += _numbers(node)
        elif (number := number_of(node)) is not None:
            found.append(number)
    return found
