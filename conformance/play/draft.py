"""A scenario made of what was said: commands become steps, and what came becomes ``must``.

It is a draft. It says what this server did, not what the RFCs want; whoever keeps it decides
what of that has to be so. Numbers that no other server would give are written as ``uid(x)`` or
``$_``, and logins are left to the harness.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.check.replay import Replay
from conformance.imap.session import Seen
from conformance.play.draft_patterns import patterns
from conformance.play.mail import made
from conformance.play.setup import SETUP
from conformance.scenario.model import (
    Actor,
    Expectations,
    Given,
    GivenMessage,
    Level,
    Pattern,
    Scenario,
    Step,
)
from conformance.wire.framer import Flood, Framer
from conformance.wire.transcript import Event, Kind, Transcript

__all__ = ["Draft", "draft"]

_LITERAL = re.compile(rb"(~?)\{(\d{1,9})(\+?)\}\r\n")
_OURS = ("LOGIN", "AUTHENTICATE", "STARTTLS")
_LARGEST_GIVEN = 50
_KEYWORD = re.compile(r'(?<![\\"])\$(?=[a-z_])')
_SET = re.compile(r"(UID \S+ )([\d,:]+)(?= |\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Draft:
    """The scenario, and the message files that it speaks of."""

    scenario: Scenario
    files: Mapping[str, bytes]


@dataclass(slots=True)
class _Taken:
    """A step under way: where it began, and after which event its window begins."""

    begun: int
    actor: str
    verb: str
    text: str
    after: int


@dataclass(slots=True)
class _Client:
    framer: Framer = field(default_factory=Framer)
    under_way: dict[bytes, _Taken] = field(default_factory=dict)
    idle: bytes = b""
    window: int = -1
    before: bool = True  # whether it has not logged in yet


def draft(transcript: Transcript, id_: str, title: str) -> Draft:
    """Return the scenario that ``transcript`` tells; ValueError if no client of it spoke IMAP."""
    names = _Names()
    for event in transcript.events:
        names.see(event)
    drafting = _Drafting(names)
    for index, event in enumerate(transcript.events):
        if event.kind is Kind.NOTE and event.note()["note"] == "rest":
            break  # from here on the harness looks on its own
        drafting.see(index, event)
    if not drafting.steps:
        raise ValueError("no client said anything in IMAP that could become a step")
    steps = tuple(step for _, step in sorted(drafting.steps, key=lambda found: found[0]))
    actors = tuple(drafting.actors[name] for name in dict.fromkeys(step.actor for step in steps))
    scenario = Scenario(
        id=id_,
        title=title,
        why="Say who is hurt if this goes wrong.",
        tags=("draft",),
        actors=actors,
        messages={name: file for name, (file, _) in drafting.files.items()},
        given=names.given(actors[0].user),
        steps=steps,
    )
    return Draft(scenario, dict(drafting.files.values()) | names.files)


class _Names:
    """The messages that are there, by UID; a first look over all that came."""

    def __init__(self) -> None:
        self.replay = Replay()
        self.uids: dict[int, str] = {}
        self.boxes: dict[tuple[str, str], list[str]] = {}
        self.files: dict[str, bytes] = {}
        self._octets: dict[str, bytes] = {}
        self._steady = True

    def see(self, event: Event) -> None:
        self.replay.feed(event)
        if event.kind is Kind.NOTE:
            note = event.note()
            if note["note"] == "message":
                self._octets[note["name"]] = note["octets"].encode("latin-1")
            elif note["note"] == "uid":
                self.uids[note["uid"]] = note["name"]
                if note["name"] in self._octets and event.actor.startswith(SETUP):
                    self.boxes.setdefault((note["user"], note["mailbox"]), []).append(note["name"])
        elif event.kind is Kind.RECEIVED and not event.actor.startswith((SETUP, "observer")):
            self._came(event)

    def _came(self, event: Event) -> None:
        """Take names for what a mailbox holds when it is first opened."""
        track = self.replay.track(event.actor)
        if track.session is None or not track.seen:
            return
        seen = track.seen[-1]
        response = seen.response
        mailbox = track.session.mailbox.decode("utf-8", "replace")
        key = (track.user, mailbox)
        if response.kind == "EXISTS" and track.session.selecting and key not in self.boxes:
            count = min(response.number or 0, _LARGEST_GIVEN)
            first = sum(map(len, self.boxes.values())) + 1
            self.boxes[key] = [f"m{number}" for number in range(first, first + count)]
        elif response.kind == "EXPUNGE":
            self._steady = False
        elif response.kind == "FETCH" and self._steady and seen.uid and response.number:
            names = self.boxes.get(key, [])
            if response.number <= len(names):
                self.uids.setdefault(seen.uid, names[response.number - 1])

    def given(self, first: str) -> tuple[Given, ...]:
        """Return the mailboxes, and keep what is not made from its name as a file."""
        boxes = []
        for (user, mailbox), names in self.boxes.items():
            messages = []
            for name in dict.fromkeys(names):
                octets = self._octets.get(name)
                file = "" if octets is None or octets == made(name) else f"{name}.eml"
                if octets is not None and file:
                    self.files[file] = octets
                messages.append(GivenMessage(name, file))
            boxes.append(Given(mailbox, tuple(messages), "" if user == first else user))
        return tuple(sorted(boxes, key=lambda box: box.user))


class _Drafting:
    def __init__(self, names: _Names) -> None:
        self.names = names
        self.replay = Replay()
        self.clients: dict[str, _Client] = {}
        self.actors: dict[str, Actor] = {}
        self.steps: list[tuple[int, Step]] = []
        self.files: dict[str, tuple[str, bytes]] = {}

    def see(self, index: int, event: Event) -> None:
        self.replay.feed(event)
        name = event.actor
        track = self.replay.track(name)
        if event.kind is Kind.NOTE and event.note()["note"] == "actor":
            self.actors[name] = Actor(name, track.speaks, track.user)
        if name.startswith((SETUP, "observer")) or track.speaks != "imap":
            return
        client = self.clients.setdefault(name, _Client())
        if event.kind is Kind.SENT:
            self._sent(index, name, client, event.octets)
        elif event.kind is Kind.RECEIVED and track.seen:
            self._received(index, client, track.seen[-1])
        elif event.kind is Kind.CONNECTION and event.octets.startswith(b"connected"):
            self.actors.setdefault(name, Actor(name, user=track.user or "alice"))
            self.clients[name] = _Client(window=index)

    def _sent(self, index: int, name: str, client: _Client, octets: bytes) -> None:
        try:
            frames = client.framer.feed(octets)
        except Flood:
            return
        for frame in frames:
            tag, _, rest = frame.partition(b" ")
            if frame.strip().upper() == b"DONE" and client.idle:
                self._heard(index, name, client)
                taken = _Taken(index, name, "done", "", client.window)
                client.under_way[client.idle] = taken
                client.idle = b""
                continue
            if not rest or not tag.isalnum():
                continue
            word = rest.split(None, 1)[0].upper().decode("latin-1")
            verb = {"IDLE": "idles", "LOGOUT": "leaves"}.get(word, "")
            text = "" if verb else self._text(rest)
            client.under_way[tag] = _Taken(index, name, verb, text, client.window)
            if word == "IDLE":
                client.idle = tag

    def _received(self, index: int, client: _Client, seen: Seen) -> None:
        if seen.response.kind == "+" and client.idle in client.under_way:
            self._step(index, client, client.under_way.pop(client.idle), None)
            return
        if not seen.response.tagged:
            return
        taken = client.under_way.pop(seen.response.tag, None)
        if taken is None:
            return
        word = taken.text.split(" ", 1)[0].upper()
        if client.before and (word in _OURS or word == "CAPABILITY"):
            client.before = word not in _OURS[:2] or seen.response.kind != "OK"
            client.window = index
            return
        client.idle = b"" if client.idle == seen.response.tag else client.idle
        self._step(index, client, taken, seen)

    def _step(self, index: int, client: _Client, taken: _Taken, seen: Seen | None) -> None:
        found = self._patterns(taken.actor, client.window, index)
        ends = None
        if seen is not None and seen.response.kind in ("NO", "BAD"):
            code = seen.response.code
            ends = Pattern(f"{seen.response.kind} [{code}]" if code else seen.response.kind)
        wanted = {Level.MUST: found} if found else {}
        expectations = Expectations(wanted, ends)
        self.steps.append((taken.begun, Step(taken.actor, taken.verb, taken.text, expectations)))
        client.window = index

    def _heard(self, index: int, name: str, client: _Client) -> None:
        """Add what came while it idled."""
        found = self._patterns(name, client.window, index)
        if found:
            expectations = Expectations({Level.MUST: found})
            self.steps.append((index - 1, Step(name, "hears", "", expectations, within=5.0)))
            client.window = index

    def _patterns(self, name: str, after: int, end: int) -> tuple[Pattern, ...]:
        seen = [s for s in self.replay.track(name).seen if after < s.index <= end]
        return patterns(seen, self.names.uids)

    def _text(self, rest: bytes) -> str:
        """Return a command as a scenario writes it."""
        text = ""
        at = 0
        rest = rest.removesuffix(b"\n").removesuffix(b"\r")
        while found := _LITERAL.search(rest, at):
            text += _typed(rest[at : found.start()])
            size = int(found[2])
            content = rest[found.end() : found.end() + size]
            at = found.end() + size
            text += self._literal(content, found[1].decode(), found[3].decode())
        text += _typed(rest[at:])
        word, space, others = text.partition(" ")
        text = word.upper() + space + others
        return _SET.sub(lambda m: m[1] + self._uids(m[2]), text)

    def _literal(self, content: bytes, binary: str, plus: str) -> str:
        plain = content.isascii() and b"\n" not in content and len(content) <= 60
        if plain and b'"' not in content and b"\\" not in content:
            return f'{binary}{{"{content.decode()}"{plus}}}'
        known = (name for name, (_, octets) in self.files.items() if octets == content)
        name = next(known, f"mail-{len(self.files) + 1}")
        self.files[name] = (f"{name}.eml", content)
        return f"message({name})" if not binary + plus else f"{binary}{{message({name}){plus}}}"

    def _uids(self, numbers: str) -> str:
        def name(match: re.Match[str]) -> str:
            known = self.names.uids.get(int(match[0]))
            return f"uid({known})" if known else match[0]

        return re.sub(r"\d+", name, numbers)


def _typed(octets: bytes) -> str:
    return _KEYWORD.sub(r"\\$", octets.decode("utf-8", "replace"))
