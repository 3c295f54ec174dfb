"""POP3's answers: status words, lengths, line ends, unique ids (RFC 1939 sections 3 and 7)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.check.lines import body
from conformance.check.replay import Replay
from conformance.verdict import Finding, Verdict
from conformance.wire.transcript import Event, Kind, escape

__all__ = ["Pop3"]

_MOST = 512
_STATUS = re.compile(rb"\+OK(?=[ \r])|-ERR(?=[ \r])|\+ ")
_ID = re.compile(rb"[!-~]{1,70}\Z")
_STAMP = re.compile(rb"<[^<>\s]+@[^<>\s]+>")


@dataclass(slots=True)
class _Client:
    """One connection: whether it was greeted, and the command under way, in upper case."""

    greeted: bool = False
    command: bytes = b""


class Pop3:
    """Looks at each answer of a POP3 server; says each thing once a transcript."""

    name = "pop3"

    def __init__(self) -> None:
        """Start before the first connection."""
        self._clients: dict[str, _Client] = {}
        self._stamps: dict[bytes, int] = {}
        self._said: set[str] = set()

    def see(self, index: int, event: Event, replay: Replay) -> Iterator[Finding]:
        """Judge an answer; remember what was asked."""
        if event.kind is Kind.NOTE or replay.track(event.actor).speaks != "pop3":
            return
        client = self._clients.setdefault(event.actor, _Client())
        if event.kind is Kind.CONNECTION:
            if event.octets.startswith(b"connected"):
                self._clients[event.actor] = _Client()
        elif event.kind is Kind.SENT:
            client.command = event.octets.upper().strip()
        else:
            for section, key, said in self._wrong(index, client, event.octets):
                if key not in self._said:
                    self._said.add(key)
                    yield Finding(
                        check=self.name,
                        verdict=Verdict.FAIL,
                        message=said,
                        rule=section,
                        level="MUST",
                        key=key,
                        culprit=index,
                    )
            client.greeted = True

    def end(self, replay: Replay) -> Iterator[Finding]:
        """Nothing is left to say."""
        return iter(())

    def _wrong(self, index: int, client: _Client, octets: bytes) -> Iterator[tuple[str, str, str]]:
        """Yield section, key and sentence for each thing that is wrong with an answer."""
        first = octets.split(b"\n", 1)[0] + b"\n"
        line = escape(first.rstrip(b"\r\n")[:80])
        if not client.greeted and not octets.startswith(b"+OK"):
            yield "RFC1939:3", "no greeting", f"the connection began with {line}"
        elif not _STATUS.match(octets):
            yield "RFC1939:3", "status", f"{line} begins with neither +OK nor -ERR"
        if len(first) > _MOST:
            yield "RFC1939:3", "first line too long", f"a first line of {len(first)} octets"
        if re.search(rb"(?<!\r)\n", octets):
            yield "RFC1939:3", "line without CRLF", f"a line of the answer {line} ends in LF alone"
        if not client.greeted:
            yield from self._stamp(index, first)
        if client.command.startswith(b"UIDL") and octets.startswith(b"+OK"):
            yield from _unique_ids(client.command, octets)

    def _stamp(self, index: int, greeting: bytes) -> Iterator[tuple[str, str, str]]:
        """A greeting with a time stamp for APOP has one that was never used (section 7)."""
        if stamp := _STAMP.search(greeting):
            if stamp[0] in self._stamps:
                yield "RFC1939:7", "time stamp twice", f"two greetings have {escape(stamp[0])}"
            self._stamps[stamp[0]] = index


def _unique_ids(command: bytes, octets: bytes) -> Iterator[tuple[str, str, str]]:
    """A unique id has 1 to 70 characters that can be seen (section 7)."""
    whole = command == b"UIDL"
    lines = (body(octets) or b"").split(b"\r\n") if whole else [octets[4:].rstrip(b"\r\n")]
    for line in filter(None, lines):
        words = line.split(b" ", 1)
        if len(words) < 2 or not _ID.match(words[1]):
            yield "RFC1939:7", "unique id", f"{escape(line[:80])} is no number with a unique id"
            return
