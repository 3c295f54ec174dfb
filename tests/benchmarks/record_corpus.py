"""Record what real servers say, for the grammar's benchmark: ``python -m tests.benchmarks.record_corpus``.

Plays the same commands on each server (every message of fixtures/messages appended, then
fetched, searched, flagged, moved and expunged in several ways) and keeps the octets that the
server sent, gzipped, one file a server, in tests/benchmarks/corpus/.
"""

import asyncio
import gzip
import re
import sys
from pathlib import Path

import uvloop

from conformance.servers import registry
from conformance.servers.base import Server

FOLDER = Path(__file__).parent / "corpus"
MESSAGES = Path(__file__).parents[2] / "fixtures" / "messages"
SERVERS = ("docker:dovecot", "docker:cyrus", "docker:courier", "docker:mailutils")
_LITERAL = re.compile(rb"\{(\d+)\}\r\n\Z")


class Talk:
    """A connection that keeps all it receives."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._number = 0
        self.received = bytearray()

    async def line(self) -> bytes:
        """Read one response."""
        frame = b""
        while True:
            line = await asyncio.wait_for(self._reader.readline(), 20)
            if not line:
                raise ConnectionError("closed")
            frame += line
            announced = _LITERAL.search(line)
            if not announced:
                self.received += frame
                return frame
            frame += await self._reader.readexactly(int(announced[1]))

    async def command(self, text: str, literal: bytes | None = None) -> bytes:
        """Send a command and return its tagged response."""
        self._number += 1
        tag = b"a%d" % self._number
        self._writer.write(tag + b" " + text.encode() + b"\r\n")
        while True:
            frame = await self.line()
            if frame.startswith(b"+"):
                self._writer.write((literal or b"") + b"\r\n")
            elif frame.startswith(tag + b" "):
                return frame


async def record(server: Server, messages: list[bytes]) -> bytes:
    """Play the session and return what was received."""
    imap = server.info.services["imap"]
    reader, writer = await asyncio.open_connection(imap.host, imap.port, limit=1 << 24)
    talk = Talk(reader, writer)
    await talk.line()
    who = server.credentials("corpus", "alice")
    await talk.command("CAPABILITY")
    await talk.command(f'LOGIN "{who.user}" "{who.password}"')
    await talk.command("CAPABILITY")
    for text in ("NAMESPACE", 'ID ("name" "recorder")', 'LIST "" ""', "ENABLE CONDSTORE"):
        await talk.command(text)
    prefix, dot = ("INBOX.", ".") if b'"."' in talk.received else ("", "/")
    names = [f"{prefix}{name}" for name in ("Work", "Archive", f"Work{dot}2026", "Odd &AOQ-")]
    for name in names:
        await talk.command(f'CREATE "{name}"')
        await talk.command(f'SUBSCRIBE "{name}"')
    box = names[0]
    for number, message in enumerate(messages):
        flags = (r"(\Seen)", r"(\Flagged \Answered)", "()", r"(\Draft $Forwarded)")[number % 4]
        await talk.command(f'APPEND "{box}" {flags} {{{len(message)}}}', message)
    for text in ('LIST "" "*"', 'LSUB "" "*"', f'STATUS "{box}" (MESSAGES UIDNEXT UNSEEN)'):
        for _ in range(6):
            await talk.command(text)
    await talk.command(f'SELECT "{box}"')
    for text in (
        "FETCH 1:* (UID FLAGS)",
        "FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)",
        "FETCH 1:* (UID ENVELOPE BODYSTRUCTURE)",
        "FETCH 1:* BODYSTRUCTURE",
        "FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (DATE FROM TO SUBJECT MESSAGE-ID)])",
        "FETCH 1:* BODY.PEEK[]",
        "FETCH 1:* (FLAGS BODY.PEEK[1]<0.200>)",
        "FETCH 1:* ALL",
        "FETCH 1:* (MODSEQ UID)",
        "FETCH 1:* BODY",
        r"STORE 1:* +FLAGS (\Answered)",
        r"STORE 1:* -FLAGS (\Answered)",
        r"UID STORE 1:* +FLAGS ($Forwarded Work)",
        "FETCH 1:* (UID FLAGS)",
        "FETCH 1:* FAST",
    ):
        await talk.command(text)
    for key in ("ALL", "SEEN", "FROM alice", "SINCE 1-Jan-2020", "NOT FLAGGED", "LARGER 2000"):
        for command in ("SEARCH", "UID SEARCH", "SEARCH RETURN (MIN MAX COUNT ALL)"):
            await talk.command(f"{command} {key}")
    await talk.command("SORT (REVERSE DATE) UTF-8 ALL")
    await talk.command("THREAD REFERENCES UTF-8 ALL")
    await talk.command(f'COPY 1:20 "{names[1]}"')
    await talk.command(f'MOVE 1:5 "{names[1]}"')
    for start in range(1, 40):
        await talk.command(rf"STORE {start} +FLAGS.SILENT (\Deleted)")
        await talk.command("NOOP")
    await talk.command("EXPUNGE")
    await talk.command("FETCH 1 NONSENSE")
    await talk.command("CLOSE")
    await talk.command("LOGOUT")
    writer.close()
    return bytes(talk.received)


async def main(specs: list[str]) -> None:
    """Record each server in turn."""
    messages = [
        re.sub(rb"\r?\n", b"\r\n", path.read_bytes())
        for path in sorted(MESSAGES.glob("*.eml"))
        if path.stat().st_size < 30_000 and b"\0" not in path.read_bytes()
    ]
    for spec in specs:
        server = registry.server(spec, run="corpus")
        try:
            await server.start()
            octets = await record(server, messages)
            version = server.info.version
        finally:
            await server.stop()
        name = spec.split(":")[1]
        (FOLDER / f"{name}.gz").write_bytes(gzip.compress(octets, mtime=0))
        print(f"{spec} {version}: {len(octets):,} octets")


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1:] or list(SERVERS)))
