"""Transcripts with one response gone, changed or added, their notes of steps kept in step."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from conformance.check.facts import Captures, Facts
from conformance.imap.tree import Atom as Word
from conformance.scenario import pattern as p
from conformance.scenario.samples import samples
from conformance.wire.transcript import Event, Kind, Transcript

__all__ = ["added", "forbidden", "otherwise", "refused", "variants"]

_MOST = 16
_TRIED = 60
_PLACE = b"MESSAGE.%b"
_TOKEN = re.compile(
    rb'"(?:[^"\\\r\n]|\\.)*"|\{\d+\}\r\n|\\[A-Za-z*]+|[0-9]+|[A-Za-z$&][\w$&.+/:@-]*', re.DOTALL
)


def otherwise(transcript: Transcript, changes: Mapping[int, bytes | None]) -> Transcript:
    """Return ``transcript`` with other octets at some events; None takes the event away."""
    made = Transcript(transcript.header)
    where: list[int] = []
    for index, event in enumerate(transcript.events):
        octets = changes.get(index, event.octets)
        if octets is not None:
            made.events.append(event._replace(octets=octets))
        where.append(len(made.events) - 1)
    _renumber(made, where)
    return made


def added(
    transcript: Transcript, actor: str, after: int, at: int, octets: bytes, *, first: bool = False
) -> Transcript:
    """Return ``transcript`` with one response more in the window ``after`` to ``at``.

    It is the last one before the completion, or ``first``. An empty window ends with it.
    """
    made = Transcript(transcript.header)
    position = after + 1 if first or at <= after else at
    event = Event(transcript.events[at].time, actor, Kind.RECEIVED, octets)
    made.events = [*transcript.events[:position], event, *transcript.events[position:]]
    where = [index + (index >= position) for index in range(len(transcript.events))]
    _renumber(made, where, grown=(after, at, position) if at <= after else None)
    return made


def _renumber(
    made: Transcript, where: Sequence[int], *, grown: tuple[int, int, int] | None = None
) -> None:
    """Set the notes of steps right; an empty window that has ``grown`` ends with what is new."""
    for index, event in enumerate(made.events):
        if event.kind is Kind.NOTE and b'"note":"end"' in event.octets:
            note = event.note()
            after, at = note["after"], note["at"]
            note["after"], note["at"] = where[after], where[at]
            if grown is not None and (after, at) == grown[:2]:
                note["at"] = grown[2]
            octets = json.dumps(note, separators=(",", ":")).encode()
            made.events[index] = event._replace(octets=octets)


def refused(octets: bytes) -> Iterator[bytes]:
    """Yield a completion as others; nothing if it is none."""
    if octets.startswith(b"+OK"):
        yield b"-ERR no\r\n"
    elif octets.startswith(b"-ERR"):
        yield b"+OK yes\r\n"
    words = octets.split(b" ", 2)
    kinds = (b"OK", b"NO", b"BAD")
    if len(words) > 1 and words[0] != b"*" and words[1].rstrip().upper() in kinds:
        for kind in kinds:
            if kind != words[1].rstrip().upper():
                yield words[0] + b" " + kind + b" otherwise\r\n"


def variants(octets: bytes) -> Iterator[bytes]:
    """Yield ``octets`` with one word, number, flag or string in it changed; at most some."""
    for match in list(_TOKEN.finditer(octets))[1 : _MOST + 1]:
        word = match[0]
        if word.isdigit():
            other = b"%d" % (int(word) + 1)
        elif word.startswith(b"\\"):
            other = rb"\Draft" if word != rb"\Draft" else rb"\Seen"
        elif word.startswith(b'"'):
            letter = b"y" if word[1:2] == b"x" else b"x"
            other = b'"' + letter + (word[2:] if len(word) > 2 else b'"')
        elif word.startswith(b"{"):
            start = match.end()
            other = word
            if octets[start : start + 1] not in (b"", b"\r"):
                letter = b"y" if octets[start : start + 1] == b"x" else b"x"
                yield octets[:start] + letter + octets[start + 1 :]
            continue
        else:
            other = word + b"x"
        yield octets[: match.start()] + other + octets[match.end() :]
    if b"FLAGS (" in octets:
        yield octets.replace(b"FLAGS ()", rb"FLAGS (\Draft)")
        yield re.sub(rb"FLAGS \([^)]*\)", b"FLAGS ()", octets)


def forbidden(
    pattern: tuple[p.Node, ...], facts: Facts, captures: Captures, *, imap: bool
) -> Iterator[bytes]:
    """Yield responses that may fit ``pattern``, with the UIDs and captures of that moment."""
    guesses = range(1, 8) if any(isinstance(node, p.Seq) for node in p.walk(pattern)) else (1,)
    known = [_known(pattern, facts, captures, guess) for guess in guesses]
    seen: set[bytes] = set()
    for nodes in (*known, *(tuple(_real(node, facts) for node in nodes) for nodes in known)):
        for sample in islice(samples(nodes), _TRIED):
            octets = _filled(sample, facts)
            for one in (octets,) if imap else (octets, octets.removeprefix(b"* ")):
                if one not in seen:
                    seen.add(one)
                    yield one


def _filled(octets: bytes, facts: Facts) -> bytes:
    for name, message in facts.messages.items():
        literal = b"{%d}\r\n%b" % (len(message), message)
        octets = octets.replace(_PLACE % name.encode(), literal)
    return octets


def _real(node: p.Node, facts: Facts) -> p.Node:
    """Return a mailbox's name as the server has it; other words are no worse for it."""
    match node:
        case p.Atom(text) if not text.isupper() and not text.isdigit() and text[0] != "\\":
            return p.Quoted(facts.namespace.real(text).encode())
        case p.Quoted(octets):
            return p.Quoted(facts.namespace.real(octets.decode("latin-1")).encode("latin-1"))
    return node


def _known(
    nodes: tuple[p.Node, ...], facts: Facts, captures: Captures, guess: int
) -> tuple[p.Node, ...]:
    return tuple(_value(node, facts, captures, guess) for node in nodes)


def _value(node: p.Node, facts: Facts, captures: Captures, guess: int) -> p.Node:
    match node:
        case p.Uid(name) if name in facts.uids:
            return p.Atom(str(facts.uids[name]))
        case p.Seq():
            return p.Atom(str(guess))
        case p.Message(name) if name in facts.messages:
            return p.Atom((_PLACE % name.encode()).decode())
        case p.Capture(name) if name in captures:
            value = captures[name]
            if isinstance(value, Word):
                return p.Atom(value.decode("latin-1"))
            return p.Quoted(bytes(value)) if isinstance(value, bytes) else node
        case p.Set(ranges):
            members = [one for r in ranges for one in (r.low, r.high) if one is not None]
            ends = [_value(one, facts, captures, guess) for one in members]
            if all(isinstance(end, p.Atom) for end in ends):
                return p.Atom(",".join(end.text for end in ends if isinstance(end, p.Atom)))
            return node
        case p.ListNode(items):
            return p.ListNode(_known(items, facts, captures, guess))
        case p.Bracket(items):
            return p.Bracket(_known(items, facts, captures, guess))
        case _:
            return node
