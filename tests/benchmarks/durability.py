"""How many messages, tagged OK, are gone when the server is killed at once and started again.

A measurement of the servers, not of us. Each round stores a message in a folder that nobody
has open, sees the tagged OK, kills every process of the container, starts it with its data
and looks for all messages that it said it had. The machine goes on, so what a server
left to the kernel is safe: this finds what it still held in its own memory.
``DURABILITY_SERVERS`` names servers (built ones that claim to be ``durable``), ``DURABILITY`` the rounds.
"""

import asyncio
import os
import re
import statistics
import sys
import time
from dataclasses import dataclass, field

import uvloop

from conformance.servers.base import Server, ServerError
from conformance.servers.overview import overview
from conformance.servers.registry import server

AT_ONCE = 2
PATIENCE = 20.0


@dataclass
class Seen:
    """What the rounds on one server showed; seconds from the tagged OK to the KILL's return."""

    spec: str
    version: str = ""
    stored: list[int] = field(default_factory=list)
    lost: dict[int, int] = field(default_factory=dict)
    kills: list[float] = field(default_factory=list)
    error: str = ""


class Client:
    """The bare minimum of a client: commands in, lines out."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take over a connection."""
        self._reader, self._writer = reader, writer

    @classmethod
    async def log_in(cls, made: Server, scope: str) -> "Client":
        """Connect and log in; OSError or EOFError if that does not work."""
        place, account = made.info.services["imap"], made.credentials(scope, "alice")
        client = cls(*await asyncio.open_connection(place.host, place.port, limit=2**20))
        await client._reader.readline()
        await client.do(f"LOGIN {account.user} {account.password}")
        return client

    async def do(self, command: str, literal: bytes | None = None) -> bytes:
        """Send ``command`` and return all that came up to its tagged OK; EOFError without one."""
        tail = b"" if literal is None else b" {%d}" % len(literal)
        self._writer.write(b"a " + command.encode() + tail + b"\r\n")
        came = []
        async with asyncio.timeout(PATIENCE):
            while True:
                line = await self._reader.readline()
                came.append(line)
                if line.startswith(b"+") and literal is not None:
                    self._writer.write(literal + b"\r\n")
                elif line.startswith(b"a OK"):
                    return b"".join(came)
                elif not line or line.startswith(b"a "):
                    raise EOFError(f"{command}: {line!r}")

    def close(self) -> None:
        """Cut the connection."""
        self._writer.close()


def message(number: int) -> bytes:
    """Return a message that says which one it is."""
    return b"From: a@example.org\r\nSubject: round-%d-end\r\n\r\nkept?\r\n" % number


async def store(made: Server, folder: str, number: int) -> None:
    """Store message ``number``; it is tagged OK when this returns."""
    client = await Client.log_in(made, "durable")
    if number == 0:
        await client.do("SELECT INBOX")  # some make the account's mailbox now
        await client.do(f"CREATE {folder}")
    await client.do(f"APPEND {folder}", message(number))
    client.close()


async def look(made: Server, folder: str) -> set[int]:
    """Return the numbers of the messages that are there."""
    client = await Client.log_in(made, "durable")
    came = await client.do(f"SELECT {folder}")
    if b"* 0 EXISTS" not in came:
        came = await client.do("FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    client.close()
    return {int(number) for number in re.findall(rb"round-(\d+)-end", came)}


async def measure(spec: str, rounds: int) -> Seen:
    """Do ``rounds`` on the server ``spec``."""
    seen = Seen(spec)
    made = server(spec, run="durability")
    try:
        await made.start()
        seen.version = made.info.version
        folder = f"{made.info.facts.get('personal', '')}Kept"
        for number in range(rounds):
            await store(made, folder, number)
            seen.stored.append(number)
            begun = time.perf_counter()
            await made.kill()
            seen.kills.append(time.perf_counter() - begun)
            there = await look(made, folder)
            for each in set(seen.stored) - there - set(seen.lost):
                seen.lost[each] = number
    except (ServerError, OSError, EOFError, TimeoutError) as error:
        seen.error = f"{type(error).__name__}: {error}"
    finally:
        await made.stop()
    return seen


def told(seen: Seen) -> str:
    """Return a line about ``seen``."""
    late = sum(1 for number, when in seen.lost.items() if when > number)
    line = f"{seen.spec:26} {seen.version:10} {len(seen.lost):3} of {len(seen.stored):3} lost"
    line += f" ({late} of them only at a later kill)" if late else ""
    if seen.kills:
        line += f", back in {statistics.median(seen.kills):.2f} s"
    return line + (f"; ended by {seen.error}" if seen.error else "")


async def everything(rounds: int) -> None:
    """Measure all servers, a few at a time."""
    named = os.environ.get("DURABILITY_SERVERS", "").split()
    specs = named or [
        offer.spec
        for offer in await overview()
        if offer.image is not None and "durable" in offer.definition.features
    ]
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(spec: str) -> None:
        async with slots:
            print(told(await measure(spec, rounds)), flush=True)

    await asyncio.gather(*map(one, specs))


def main() -> None:
    """Measure and print."""
    print(f"KILL after a tagged OK, {sys.platform}, {os.cpu_count()} CPUs")
    uvloop.run(everything(int(os.environ.get("DURABILITY", "50"))))
