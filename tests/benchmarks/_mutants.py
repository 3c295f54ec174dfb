"""Transcripts with one response gone, changed or added, their notes of steps kept in step."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from conformance.check.facts import Captures, Facts
from conformance.imap.session import Session
from conformance.imap.tree import Atom as Word
from conformance.scenario import pattern as p
from conformance.scenario.samples import samples
from conformance.wire.transcript import Event, Kind, Transcript

__all__ = ["added", "forbidden", "otherwise", "refused", "variants"]

_MOST = 16
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
            made.events.append(replace(event, octets=octets))
        where.append(len(made.events) - 1)
    _renumber(made, where)
    return made


def added(transcript: Transcript, actor: str, after: int, at: int, octets: bytes) -> Transcript:
    """Return ``transcript`` with one response more, the last of the window ``after`` to ``at``."""
    made = Transcript(transcript.header)
    position = at if at > after else at + 1
    event = Event(transcript.events[at].time, actor, Kind.RECEIVED, octets)
    made.events = [*transcript.events[:position], event, *transcript.events[position:]]
    where = [index + (index >= at) for index in range(len(transcript.events))]
    if after == at:  # the window was empty: it ends with the new response
        where = [index + (index > at) for index in range(len(transcript.events))]
    _renumber(made, where, empty=at if after == at else None)
    return made


def _renumber(made: Transcript, where: Sequence[int], *, empty: int | None = None) -> None:
    for index, event in enumerate(made.events):
        if event.kind is Kind.NOTE and b'"note":"end"' in event.octets:
            note = event.note()
            grown = note["after"] == note["at"] == empty
            note["after"], note["at"] = where[note["after"]], where[note["at"]] + grown
            octets = json.dumps(note, separators=(",", ":")).encode()
            made.events[index] = replace(event, octets=octets)


def refused(octets: bytes) -> bytes | None:
    """Return a completion as its opposite; None if it is none."""
    if octets.startswith(b"+OK"):
        return b"-ERR no\r\n"
    if octets.startswith(b"-ERR"):
        return b"+OK yes\r\n"
    words = octets.split(b" ", 2)
    if len(words) > 1 and words[1].rstrip().upper() in (b"OK", b"NO", b"BAD"):
        other = b"OK" if words[1].rstrip().upper() != b"OK" else b"NO"
        return words[0] + b" " + other + b" otherwise\r\n"
    return None


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
    pattern: tuple[p.Node, ...], facts: Facts, captures: Captures, session: Session | None
) -> Iterator[bytes]:
    """Yield responses that may fit ``pattern``, with the UIDs and captures of that moment."""
    known = _known(pattern, facts, captures, session)
    seen: set[bytes] = set()
    for number, octets in enumerate(samples(known)):
        for one in (octets, octets.removeprefix(b"* ")) if session is None else (octets,):
            if one not in seen:
                seen.add(one)
                yield one
        if number > 60:
            return


def _known(
    nodes: tuple[p.Node, ...], facts: Facts, captures: Captures, session: Session | None
) -> tuple[p.Node, ...]:
    return tuple(_value(node, facts, captures, session) for node in nodes)


def _value(node: p.Node, facts: Facts, captures: Captures, session: Session | None) -> p.Node:
    match node:
        case p.Uid(name) if name in facts.uids:
            return p.Atom(str(facts.uids[name]))
        case p.Seq(name) if name in facts.uids and session is not None:
            return p.Atom(str(session.numbers.number(facts.uids[name]) or 1))
        case p.Capture(name) if name in captures:
            value = captures[name]
            if isinstance(value, Word):
                return p.Atom(value.decode("latin-1"))
            return p.Quoted(bytes(value)) if isinstance(value, bytes) else node
        case p.Set(ranges):
            members = [one for r in ranges for one in (r.low, r.high) if one is not None]
            ends = [_value(one, facts, captures, session) for one in members]
            if all(isinstance(end, p.Atom) for end in ends):
                return p.Atom(",".join(end.text for end in ends if isinstance(end, p.Atom)))
            return node
        case p.ListNode(items):
            return p.ListNode(_known(items, facts, captures, session))
        case p.Bracket(items):
            return p.Bracket(_known(items, facts, captures, session))
        case _:
            return node
