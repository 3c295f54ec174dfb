"""A real server whose answers are bent on their way: wrong on purpose, in one thing at a time."""

import asyncio
import re
from dataclasses import dataclass, replace

from conformance.check.judge import judge
from conformance.play.player import Settings, play
from conformance.play.recorder import Recorder
from conformance.scenario.loader import load
from conformance.servers.base import Endpoint
from conformance.wire.framer import Framer

SETUP, PHONE, LAPTOP = 1, 2, 3
"""Whose connection it is, by the order in which they are opened."""

STORY = r"""
scenario: Two clients, and a proxy between them and the server
why: A proxy bends what the server says.
rules: [RFC9051:7]
actors:
  phone: {user: alice}
  laptop: {user: alice}
given:
  INBOX: [one, two, three]
  Other: [elsewhere]
steps:
- phone: SELECT INBOX
- phone: FETCH 1:3 (UID FLAGS INTERNALDATE RFC822.SIZE)
- phone: UID FETCH uid(one) (BODY.PEEK[] BODY.PEEK[HEADER.FIELDS (SUBJECT)])
- phone: UID SEARCH DELETED
- laptop: SELECT INBOX
- laptop: FETCH 1:3 (UID FLAGS RFC822.SIZE)
- laptop: UID STORE uid(one) +FLAGS (\Flagged)
- phone: NOOP
- phone: UID SEARCH FLAGGED
- laptop: UID STORE uid(two) +FLAGS (\Deleted)
- laptop: EXPUNGE
- phone: NOOP
- phone: UID FETCH 1:* (FLAGS)
- laptop: UID COPY uid(one) Other
- laptop: STATUS Other (MESSAGES UIDNEXT UIDVALIDITY)
- laptop: LIST "" *
- laptop: CAPABILITY
- laptop: LOGOUT
"""


@dataclass(frozen=True)
class Bend:
    """What of the server's responses is bent, and which check must see it.

    find, put   a pattern that begins the response, and what stands in its place: \r\n parts
                responses, and nothing at all drops it
    whose       the connection on which; 0 for all
    nth         which of those that fit, from 1; 0 for all
    """

    name: str
    find: str
    put: str
    check: str
    key: str
    whose: int = 0
    nth: int = 0


BENDS = (
    Bend("no FLAGS at SELECT", r"\* FLAGS .*", "", "contract", "SELECT without FLAGS", PHONE),
    Bend("no UIDVALIDITY", r"\* OK \[UIDVALIDITY.*", "", "contract", "SELECT without OK", PHONE),
    Bend("UIDVALIDITY 0", r"(\* OK \[UIDVALIDITY )\d+", r"\g<1>0", "view", "UIDVALIDITY", PHONE),
    Bend("UIDNEXT too low", r"(\* OK \[UIDNEXT )\d+", r"\g<1>1", "view", "UID not below", PHONE),
    Bend("EXISTS too high", r"\* 3 EXISTS", "* 4 EXISTS", "between", "size update", PHONE, 1),
    Bend("EXISTS shrinks", r"\* 2 EXPUNGE", "* 2 EXISTS", "view", "EXISTS shrinks", PHONE),
    Bend("a removal is not told", r"\* 2 EXPUNGE", "", "between", "size update", PHONE),
    Bend("a removal is told twice", r"(\* 2 EXPUNGE)", r"\1\r\n\1\r\n\1", "view", "EXPUNGE out"),
    Bend(
        "EXPUNGE during FETCH", r"(\* 3 FETCH .*)", r"* 3 EXPUNGE\r\n\1", "view", "EXPUNGE during"
    ),
    Bend("one UID for two", r"(\* 2 FETCH .*UID )\d+", r"\g<1>101", "view", "UIDs not", PHONE, 1),
    Bend("FETCH of nobody", r"\* 3 FETCH", "* 9 FETCH", "view", "FETCH out of range", PHONE, 1),
    Bend("a FETCH is left out", r"\* 3 FETCH .*", "", "contract", "FETCH leaves", PHONE, 1),
    Bend("no SIZE", r"(\* 1 FETCH .*)RFC822.SIZE \d+ ?", r"\1", "contract", "FETCH without", PHONE),
    Bend("SIZE changes", r"(\* 1 FETCH .*RFC822.SIZE )\d+", r"\g<1>7", "content", "RFC822.SIZE"),
    Bend("an octet changes", r"(?s)(\* 1 FETCH .*)This is", r"\1That is", "content", "BODY all"),
    Bend("another subject", r"(?s)(\* 1 FETCH .*)Subject: one", r"\1Subject: two", "content", "H"),
    Bend("no echo of STORE", r"\* 1 FETCH .*", "", "contract", "STORE without FLAGS", LAPTOP, 2),
    Bend("SEARCH misses", r"\* SEARCH.*", "* SEARCH", "search", "search misses", PHONE, 2),
    Bend("SEARCH finds", r"(\* SEARCH)", r"\1 103", "search", "search finds too", PHONE, 1),
    Bend("no SEARCH", r"\* SEARCH.*", "", "search", "UID SEARCH without", PHONE),
    Bend("no STATUS", r"\* STATUS.*", "", "contract", "STATUS without", LAPTOP),
    Bend("STATUS of less", r"(\* STATUS .*)UIDNEXT \d+ ?", r"\1", "contract", "STATUS without"),
    Bend("UIDNEXT of STATUS", r"(\* STATUS .*UIDNEXT )\d+", r"\g<1>1", "view", "UIDNEXT"),
    Bend("a name twice", r"(\* LIST .*)", r"\1\r\n\1", "contract", "LIST twice", LAPTOP),
    Bend("no CAPABILITY", r"\* CAPABILITY .*", "", "contract", "CAPABILITY without", LAPTOP),
    Bend("no BYE", r"\* BYE.*", "", "contract", "LOGOUT without BYE", LAPTOP),
    Bend("two spaces", r"\* 3 EXISTS", "*  3 EXISTS", "grammar", "quirk response-data", PHONE),
    Bend("a tag of nobody", r"(\* LIST .*)", r"\1\r\nzz9 OK what", "contract", "tag of no", LAPTOP),
    Bend(
        "a flag is lost",
        r"(\* 1 FETCH .*)\\Flagged",
        r"\1",
        "between",
        "flag update lost",
        SETUP,
        1,
    ),
    Bend("a message is lost", r"\* 1 FETCH .*", "", "between", "client sees", SETUP, 1),
    Bend(
        "a flag of its own",
        r"(\* 2 FETCH .*FLAGS \()",
        r"\1\\Draft ",
        "between",
        "clients see",
        SETUP,
    ),
    Bend("COPYUID too low", r"(\S+ OK \[COPYUID \d+ \d+ )\d+", r"\g<1>1", "contract", "new UID"),
)
"""On a server whose UIDs in a new INBOX begin with 101, as pymap's do."""


class Proxy:
    """Passes everything on to a server, and bends what comes back."""

    def __init__(self, server, bend: Bend | None) -> None:
        self._server = server
        self._bend = bend
        self._pattern = re.compile(bend.find.encode()) if bend else None
        self._matched = 0
        self._connections = 0
        self._tasks: set[asyncio.Task] = set()

    def __getattr__(self, name):
        return getattr(self._server, name)

    @property
    def info(self):
        return replace(self._server.info, services={"imap": self._endpoint})

    async def __aenter__(self):
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._endpoint = Endpoint(*self._listener.sockets[0].getsockname()[:2])
        return self

    async def __aexit__(self, *_):
        self._listener.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._connections += 1
        place = self._server.info.services["imap"]
        inside, outside = await asyncio.open_connection(place.host, place.port)
        up = asyncio.create_task(self._up(reader, outside))
        try:
            await self._down(inside, writer, self._connections)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            up.cancel()
            for end in (writer, outside):
                end.close()

    async def _up(self, reader, writer):
        while data := await reader.read(65536):
            writer.write(data)

    async def _down(self, reader, writer, number):
        framer = Framer()
        while data := await reader.read(65536):
            for frame in framer.feed(data):
                writer.write(self._bent(frame, number))

    def _bent(self, frame: bytes, number: int) -> bytes:
        bend, pattern = self._bend, self._pattern
        if bend is None or pattern is None or bend.whose not in (0, number):
            return frame
        if not pattern.search(frame):
            return frame
        self._matched += 1
        if bend.nth not in (0, self._matched):
            return frame
        put = bend.put.replace(r"\r\n", "\r\n").encode()
        bent = pattern.sub(put, frame, count=1)
        return b"" if bent.strip() == b"" else bent


async def findings(server, bend: Bend | None, scope: str, folder):
    """Play the story with ``bend`` and return what the checks find, as (check, key)."""
    path = folder / "story.yaml"
    path.write_text(STORY)
    scenario = load(path, folder)
    async with Proxy(server, bend) as proxy:
        played = await play(scenario, proxy, scope, Recorder({}), Settings(within=3.0))
    return {(f.check, f.key) for f in judge(played.transcript, scenario).findings}
