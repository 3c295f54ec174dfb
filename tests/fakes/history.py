"""Legal histories of a server and two clients, made by chance; and mutations of them."""

import random

from tests.fakes.bases import CAPS

FLAGS = ("\\Seen", "\\Flagged", "\\Answered", "\\Draft")


class _Client:
    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self.view: list[int] = []
        self.news: dict[int, None] = {}


class History:
    """A mailbox that two clients work on in turn; ``lines`` is what goes over the wire."""

    def __init__(self, seed: int, commands: int = 25) -> None:
        self.chance = random.Random(seed)
        self.messages: dict[int, set[str]] = {}
        self.next = 1
        self.lines: list[str] = []
        self.clients = [_Client("a"), _Client("b")]
        for _ in range(self.chance.randint(2, 6)):
            self._arrive()
        for client in self.clients:
            self._open(client)
        for _ in range(commands):
            self._step(self.chance.choice(self.clients))
        self.lines += ['server= {"note":"end of steps"}', 'server= {"note":"rest"}']
        for client in self.clients:
            self._noop(client)
        for client in self.clients:
            self._fetch_all(client)
        observer = _Client("observer-alice")
        self._open(observer, word="EXAMINE")

    def _arrive(self) -> int:
        uid = self.next
        self.next += self.chance.randint(1, 3)
        self.messages[uid] = set()
        return uid

    def _flags(self, uid: int) -> str:
        return "(" + " ".join(sorted(self.messages[uid])) + ")"

    def _open(self, client: _Client, word: str = "SELECT") -> None:
        name = client.name
        client.view = list(self.messages)
        kept = "" if word == "EXAMINE" else " ".join((*FLAGS, "\\Deleted", "\\*"))
        self.lines += [
            f"{name}< * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready",
            f"{name}> {name}l LOGIN alice secret",
            f"{name}< {name}l OK [CAPABILITY {CAPS.replace('CONDSTORE QRESYNC ', '')}] in",
            f"{name}> {name}s {word} INBOX",
            f"{name}< * FLAGS ({' '.join(FLAGS)} \\Deleted)",
            f"{name}< * {len(client.view)} EXISTS",
            f"{name}< * 0 RECENT",
            f"{name}< * OK [UIDVALIDITY 7] valid",
            f"{name}< * OK [UIDNEXT {self.next}] next",
            f"{name}< * OK [PERMANENTFLAGS ({kept})] permanent",
            f"{name}< {name}s OK [{'READ-ONLY' if word == 'EXAMINE' else 'READ-WRITE'}] open",
        ]
        self._fetch_all(client)

    def _tag(self, client: _Client, command: str) -> str:
        client.count += 1
        tag = f"{client.name}{client.count}"
        self.lines.append(f"{client.name}> {tag} {command}")
        return tag

    def _end(self, client: _Client, tag: str) -> None:
        self.lines.append(f"{client.name}< {tag} OK done")

    def _fetch_all(self, client: _Client) -> None:
        tag = self._tag(client, "UID FETCH 1:* (FLAGS)")
        for number, uid in enumerate(client.view, start=1):
            self.lines.append(
                f"{client.name}< * {number} FETCH (UID {uid} FLAGS {self._flags(uid)})"
            )
        client.news.clear()
        self._end(client, tag)

    def _news(self, client: _Client) -> None:
        """Tell what others did: removals, arrivals, flags."""
        for uid in [uid for uid in client.view if uid not in self.messages]:
            self.lines.append(f"{client.name}< * {client.view.index(uid) + 1} EXPUNGE")
            client.view.remove(uid)
        if len(client.view) < len(self.messages):
            client.view = list(self.messages)
            self.lines.append(f"{client.name}< * {len(client.view)} EXISTS")
        for uid in client.news:
            if uid in client.view:
                number = client.view.index(uid) + 1
                self.lines.append(
                    f"{client.name}< * {number} FETCH (UID {uid} FLAGS {self._flags(uid)})"
                )
        client.news.clear()

    def _noop(self, client: _Client) -> None:
        tag = self._tag(client, "NOOP")
        self._news(client)
        self._end(client, tag)

    def _step(self, client: _Client) -> None:
        known = [uid for uid in client.view if uid in self.messages]
        if len(known) < len(client.view) or not known or self.chance.random() < 0.3:
            self._noop(client)
            self._fetch_all(client)
            return
        uid = self.chance.choice(known)
        match self.chance.choice(("store", "append", "search", "fetch", "expunge")):
            case "store":
                flag, sign = self.chance.choice(FLAGS), self.chance.choice("+-")
                tag = self._tag(client, f"UID STORE {uid} {sign}FLAGS ({flag})")
                (self.messages[uid].add if sign == "+" else self.messages[uid].discard)(flag)
                self._told(client, uid)
                self._end(client, tag)
            case "append":
                tag = self._tag(client, "APPEND INBOX {13}")
                self.lines += [f"{client.name}< + go", f"{client.name}> Subject: s~~x"]
                new = self._arrive()
                self._news(client)
                self.lines.append(f"{client.name}< {tag} OK [APPENDUID 7 {new}] done")
                self._fetch_all(client)
            case "search":
                tag = self._tag(client, f"UID SEARCH UID {client.view[0]}:{uid}")
                found = " ".join(str(other) for other in client.view if other <= uid)
                self.lines.append(f"{client.name}< * SEARCH {found}".rstrip())
                self._end(client, tag)
            case "fetch":
                number = client.view.index(uid) + 1
                tag = self._tag(client, f"FETCH {number} (UID FLAGS)")
                self.lines.append(
                    f"{client.name}< * {number} FETCH (UID {uid} FLAGS {self._flags(uid)})"
                )
                client.news.pop(uid, None)
                self._end(client, tag)
            case "expunge":
                tag = self._tag(client, f"UID STORE {uid} +FLAGS (\\Deleted)")
                self.messages[uid].add("\\Deleted")
                self._told(client, uid)
                self._end(client, tag)
                tag = self._tag(client, f"UID EXPUNGE {uid}")
                del self.messages[uid]
                self._news(client)
                self._end(client, tag)

    def _told(self, client: _Client, uid: int) -> None:
        number = client.view.index(uid) + 1
        self.lines.append(f"{client.name}< * {number} FETCH (UID {uid} FLAGS {self._flags(uid)})")
        client.news.pop(uid, None)
        for other in self.clients:
            if other is not client:
                other.news[uid] = None

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def mutations(history: History) -> list[tuple[str, str]]:
    """Return what was done and the text, for each mutation of one response that changes its meaning."""
    lines = history.lines
    made = []
    for at, line in enumerate(lines):
        words = line.split()
        if len(words) < 4 or words[1] != "*" or not words[0].endswith("<"):
            continue
        kind = words[3] if words[2].isdigit() else words[2]
        before, after = lines[:at], lines[at + 1 :]

        def put(what: str, *instead: str, kind: str = kind, before=before, after=after) -> None:
            made.append((f"{kind} {what}", "\n".join([*before, *instead, *after])))

        if kind == "EXPUNGE":
            put("dropped")
            put("doubled", line, line)
            put("renumbered", f"{words[0]} * {int(words[2]) + 1} EXPUNGE")
        elif kind == "EXISTS" and not lines[at - 1].startswith(f"{words[0]} * FLAGS"):
            put("renumbered", f"{words[0]} * {int(words[2]) - 2} EXISTS")
        elif kind == "FETCH":
            put("renumbered", line.replace(f"* {words[2]} ", f"* {int(words[2]) + 1} ", 1))
            put("of another UID", line.replace(f"UID {words[5]}", f"UID {int(words[5]) + 1}", 1))
            if _asked(lines, at):
                put("dropped")
        elif kind == "SEARCH" and len(words) > 3:
            put("dropped")
            put("shortened", line.rsplit(" ", 1)[0])
    return made


def _asked(lines: list[str], at: int) -> bool:
    """Whether the FETCH answers a FETCH."""
    name = lines[at].split("<")[0]
    sent = next(line for line in reversed(lines[:at]) if line.startswith(f"{name}> "))
    return " FETCH " in sent
