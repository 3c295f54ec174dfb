"""Check a captured session: transcripts of ours, text with C: and S: marks, or raw octets.

Reads the capture once, in chunks, and holds no long literal; so a capture of any size will do.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Literal

from conformance.grammar.talk import LintFinding, Side, Talk

__all__ = ["Form", "LintFinding", "Side", "lint", "recognise"]

Form = Literal["transcript", "marked", "server", "client"]

_MAGIC = b"# imap-conformance transcript 1"
_MARK = re.compile(rb"[ \t]*([CS]):[ \t]?")
_EVENT = re.compile(rb" *\d+\.\d+ (\S+) +([<>!=|]) ?")
_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")
_SERVER = re.compile(rb"\* |\+ |\S+ (?:OK|NO|BAD)[ \r\n]", re.IGNORECASE)


def recognise(start: bytes) -> Form:
    """Return what form of capture begins with ``start``."""
    if start.startswith(_MAGIC):
        return "transcript"
    if re.search(rb"^[ \t]*[CS]: ?\S", start, re.MULTILINE):
        return "marked"
    return "server" if _SERVER.match(start) else "client"


def lint(
    chunks: Iterable[bytes],
    form: Form | None = None,
    *,
    capabilities: Iterable[str] = (),
    enabled: Iterable[str] = (),
) -> Iterator[LintFinding]:
    """Yield what is wrong in a capture, in order.

    chunks        the octets of the file, cut anywhere
    form          what kind of capture it is; by default its beginning tells
    capabilities  what the server advertises, beyond what the capture shows; with neither,
                  the syntax of every extension is allowed
    """
    start, chunks = _start(chunks)
    form = form or recognise(start)
    talks: dict[str, Talk] = {}

    def talk(name: str) -> Talk:
        if name not in talks:
            talks[name] = Talk(name, set(capabilities), set(enabled))
        return talks[name]

    if form in ("server", "client"):
        side: Side = "server" if form == "server" else "client"
        for octets, offset, line in _parts(chunks):
            yield from talk("").feed(side, octets, offset, line)
    elif form == "marked":
        yield from _marked(_lines(chunks), talk(""))
    else:
        yield from _transcript(_lines(chunks), talk)
    for one in talks.values():
        yield from one.end()


Line = tuple[bytes, int, int]


def _start(chunks: Iterable[bytes]) -> tuple[bytes, Iterable[bytes]]:
    """Return how a capture begins, and all of it."""
    rest = iter(chunks)
    start = b""
    for chunk in rest:
        start += chunk
        if len(start) >= _ENOUGH:
            break
    return start, chain((start,), rest)


_ENOUGH = 4096


def _parts(chunks: Iterable[bytes]) -> Iterator[Line]:
    """Yield parts of lines as they come, with their offset and line number."""
    offset, line = 0, 1
    for chunk in chunks:
        start = 0
        while start < len(chunk):
            end = chunk.find(b"\n", start) + 1
            yield chunk[start : end or len(chunk)], offset + start, line
            start = end or len(chunk)
            line += end > 0
        offset += len(chunk)


def _lines(chunks: Iterable[bytes]) -> Iterator[Line]:
    """Yield lines, or parts of long ones, with their offset and line number."""
    offset, line, held = 0, 1, b""
    for chunk in chunks:
        data = held + chunk
        start = 0
        while (end := data.find(b"\n", start) + 1) > 0:
            yield data[start:end], offset + start, line
            start = end
            line += 1
        held = data[start:]
        offset += start
        if len(held) > _PART:
            yield held, offset, line
            offset += len(held)
            held = b""
    if held:
        yield held, offset, line


_PART = 1 << 20


def _marked(lines: Iterator[Line], talk: Talk) -> Iterator[LintFinding]:
    """Read lines that begin with ``C:`` or ``S:``; each stands for octets that end in CRLF.

    A line without a mark goes on with the one before: as it is within a literal, else as
    RFCs wrap long lines, with its indentation standing for one space.
    """
    side: Side | None = None
    held: list[Line] = []
    for octets, offset, line in lines:
        text = octets.rstrip(b"\r\n")
        mark = _MARK.match(text)
        if mark:
            if side is not None:
                yield from _flush(talk, side, held)
            side = "client" if mark[1] == b"C" else "server"
            held = [(text[mark.end() :], offset + mark.end(), line)]
        elif side is not None and held and not talk.open(side) and not _announces(held):
            if text[:1] in (b" ", b"\t") and text.strip():
                indent = len(text) - len(text.lstrip())
                held.append((b" " + text.lstrip(), offset + indent - 1, line))
            else:
                yield from _flush(talk, side, held)
                held = []
        elif side is not None and (held or talk.open(side)):
            yield from _flush(talk, side, held)
            held = []
            yield from talk.feed(side, text + b"\r\n", offset, line)
    if side is not None:
        yield from _flush(talk, side, held)


def _announces(held: list[Line]) -> bool:
    return bool(re.search(rb"\{\d+\+?\}\Z", held[-1][0]))


def _flush(talk: Talk, side: Side, held: list[Line]) -> Iterator[LintFinding]:
    for number, (text, offset, line) in enumerate(held, 1):
        yield from talk.feed(side, text + (b"\r\n" if number == len(held) else b""), offset, line)


def _transcript(lines: Iterator[Line], talk: Any) -> Iterator[LintFinding]:
    """Read a transcript of ours: see conformance.wire.transcript for its form."""
    kind = b""
    name = ""
    for octets, offset, line in lines:
        text = octets.rstrip(b"\r\n")
        event = _EVENT.match(text)
        if event is None:
            continue
        if event[2] != b"|":
            kind = event[2]
            name = event[1].decode("ascii", "replace")
        if kind not in (b"<", b">"):
            continue
        side: Side = "server" if kind == b"<" else "client"
        yield from _unescaped(talk(name), side, text[event.end() :], offset + event.end(), line)


def _unescaped(
    talk: Talk, side: Side, text: bytes, offset: int, line: int
) -> Iterator[LintFinding]:
    whole = not text.endswith(b"\\")
    text = text if whole else text[:-1]
    position = 0
    for escaped in _ESCAPED.finditer(text):
        before = text[position : escaped.start()]
        if before:
            yield from talk.feed(side, before, offset + position, line)
        octet = bytes((int(escaped[1], 16),))
        yield from talk.feed(side, octet, offset + escaped.start(), line)
        position = escaped.end()
    last = text[position:] + (b"\r\n" if whole else b"")
    if last:
        yield from talk.feed(side, last, offset + position, line)
