r"""The transcript: everything that was sent, received or done, in order, and nothing judged.

As text, one event is one line, or several where the octets hold line feeds::

    # imap-conformance transcript 1
    # scenario: devices/star-seen-while-idling
        0.412031 laptop > l3 UID STORE 1 +FLAGS (\Flagged)
        0.413377 laptop < * 1 FETCH (UID 1 FLAGS (\Flagged))
        0.413500 phone  ! closed
        0.413600 phone  = {"note":"end","step":"4","how":"done"}

The columns are seconds since the start, the actor, the kind (``>`` sent, ``<``
received, ``!`` the connection itself, ``=`` a note of the harness, as JSON) and the
octets. ``|`` instead of a kind continues the event above. Each line stands for
octets that end in CRLF; a line that ends in a lone backslash does not.
``\xHH`` is the octet HH; every other backslash is itself. Only printable
ASCII is ever written, so a hostile server cannot reach the reader's terminal,
and reading the text back gives the same octets.
"""

import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, TextIO

__all__ = ["Event", "Kind", "Transcript", "TranscriptError", "escape", "unescape"]

MAGIC = "# imap-conformance transcript 1"


class Kind(StrEnum):
    """What kind of thing happened."""

    SENT = ">"
    RECEIVED = "<"
    CONNECTION = "!"
    NOTE = "="


class Event(NamedTuple):
    """One thing that happened: seconds since the start, whose it is, and the octets."""

    time: float
    actor: str
    kind: Kind
    octets: bytes

    def note(self) -> dict[str, Any]:
        """Return what a note says; ValueError if this is no note."""
        if self.kind is not Kind.NOTE:
            raise ValueError(f"{self.kind} is not a note")
        return dict(_said(self.octets))


@lru_cache(maxsize=2)  # every check asks for the note that is there now
def _said(octets: bytes) -> dict[str, Any]:
    return dict(json.loads(octets))


class TranscriptError(ValueError):
    """A text is not a transcript; the message names the line."""


_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")
_UNPRINTABLE = re.compile(rb"[^ -~]|\\(?=x)|\\\Z")
_AS_IT_IS = bytes(octet for octet in range(0x20, 0x7F) if octet != 0x5C)


def escape(octets: bytes) -> str:
    r"""Return ``octets`` as printable ASCII, other octets as ``\xHH``."""
    if _UNPRINTABLE.search(octets):
        octets = _UNPRINTABLE.sub(lambda m: b"\\x%02x" % m[0][0], octets)
    return octets.decode("ascii")


def unescape(text: str) -> bytes:
    """Return the octets that ``escape`` wrote as ``text``."""
    octets = text.encode("ascii")
    if b"\\x" in octets:
        octets = _ESCAPED.sub(lambda m: bytes((int(m[1], 16),)), octets)
    return octets


class Transcript:
    """The events of one play, with a few words about it in ``header``."""

    def __init__(self, header: Mapping[str, str] | None = None) -> None:
        """Start empty; ``header`` holds one-line values such as scenario and server."""
        self.header: dict[str, str] = dict(header or {})
        self.events: list[Event] = []

    def add(self, time: float, actor: str, kind: Kind, octets: bytes) -> int:
        """Add an event and return its index."""
        self.events.append(Event(time, actor, kind, octets))
        return len(self.events) - 1

    def note(self, time: float, actor: str, **values: Any) -> int:
        """Add a note of the harness and return its index."""
        text = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
        return self.add(time, actor, Kind.NOTE, text.encode())

    def notes(self, name: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """Yield index, actor and values of every note whose ``note`` is ``name``."""
        marker = f'"note":"{name}"'.encode()
        for index, event in enumerate(self.events):
            if event.kind is Kind.NOTE and marker in event.octets:
                values = event.note()
                if values.get("note") == name:
                    yield index, event.actor, values

    def dump(self, stream: TextIO) -> None:
        """Write the transcript as text."""
        stream.write(MAGIC + "\n")
        stream.writelines(
            f"# {key}: {escape(text.encode())}\n" for key, text in self.header.items()
        )
        width = max((len(event.actor) for event in self.events), default=1)
        stream.writelines(_text(event, width) for event in self.events)

    @classmethod
    def load(cls, stream: TextIO) -> "Transcript":
        """Read a transcript back from text; TranscriptError says where it is none."""
        transcript = cls()
        if stream.readline().rstrip("\n") != MAGIC:
            raise TranscriptError(f"line 1: a transcript starts with '{MAGIC}'")
        parts: list[bytes] = []  # of the event under way; joined once, for long messages

        def finish() -> None:
            if len(parts) > 1:
                last = transcript.events[-1]
                transcript.events[-1] = Event(last.time, last.actor, last.kind, b"".join(parts))

        append, kinds = transcript.events.append, _KINDS
        more = ""  # how a line begins that goes on with the event of the line before
        for number, raw in enumerate(stream, 2):
            if more and raw.startswith(more) and "\\" not in raw:
                # Almost every line of a large message; no other way of reading it is as quick.
                parts.append(raw[len(more) :].rstrip("\n").encode("ascii") + b"\r\n")
                continue
            line = raw.rstrip("\n")
            match = _LINE.fullmatch(line)
            if not match:
                if line.startswith("# ") and not transcript.events:
                    key, _, value = line[2:].partition(": ")
                    transcript.header[key] = unescape(value).decode(errors="replace")
                    continue
                raise TranscriptError(f"line {number}: not 'seconds actor kind octets'")
            time, actor, kind, text = match.groups()
            if kind in "!=":
                octets = unescape(text)
            elif text.endswith("\\"):
                octets = unescape(text[:-1])
            else:
                octets = unescape(text) + b"\r\n"
            if kind == "|":
                if not parts:
                    raise TranscriptError(f"line {number}: '|' continues nothing")
                parts.append(octets)
                more = line[: match.start(4)]
            else:
                if len(parts) > 1:
                    finish()
                append(Event(float(time), actor, kinds[kind], octets))
                parts, more = [octets], ""
        finish()
        return transcript


_KINDS = {kind.value: kind for kind in Kind}
_LINE = re.compile(r" *(\d+\.\d+) (\S+) +([<>!=|]) (.*)", re.ASCII)


def _text(event: Event, width: int) -> str:
    """Return the lines that stand for ``event``; ``width`` pads the actor's name."""
    head = f"{event.time:12.6f} {event.actor:<{width}}"
    if event.kind in (Kind.CONNECTION, Kind.NOTE):
        return f"{head} {event.kind} {escape(event.octets)}\n"
    if _whole_lines(event.octets):
        # A large message has thousands of lines.
        body = event.octets[:-2].decode("ascii").replace("\r\n", f"\n{head} | ")
        return f"{head} {event.kind} {body}\n"
    kind = str(event.kind)
    pieces = []
    for piece in _pieces(event.octets):
        if piece.endswith(b"\r\n"):
            pieces.append(f"{head} {kind} {escape(piece[:-2])}\n")
        else:
            pieces.append(f"{head} {kind} {escape(piece)}\\\n")
        kind = "|"
    return "".join(pieces)


def _whole_lines(octets: bytes) -> bool:
    """Whether every octet stands for itself, and every line ends in CRLF."""
    return octets.endswith(b"\r\n") and octets.translate(None, _AS_IT_IS) == b"\r\n" * octets.count(
        b"\r\n"
    )


def _pieces(octets: bytes) -> list[bytes]:
    """Cut after each line feed; an empty event is one empty piece."""
    pieces = [piece + b"\n" for piece in octets.split(b"\n")]
    pieces[-1] = pieces[-1][:-1]
    return [piece for piece in pieces if piece] or [b""]
