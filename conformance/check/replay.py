"""Walk through a transcript and keep, for each actor, what it has been told so far.

The player feeds a Replay while it plays (to fill in ``uid(first)`` and to know when
``hears`` is satisfied); the checks feed one from a stored transcript. Both therefore
see the same.
"""

from dataclasses import dataclass, field

from conformance.check.facts import Facts
from conformance.imap.command import parse_command
from conformance.imap.namespace import Namespace
from conformance.imap.response import parse_response
from conformance.imap.session import Seen, Session
from conformance.imap.world import World
from conformance.wire.framer import Flood, Framer
from conformance.wire.transcript import Event, Kind, Transcript

__all__ = ["Line", "Replay", "Track", "replay"]


@dataclass(frozen=True, slots=True)
class Line:
    """A response of a protocol other than IMAP; ``index`` is the transcript's event."""

    index: int
    octets: bytes


@dataclass(slots=True)
class Track:
    """What one actor saw, in order.

    session   its present IMAP connection; None before the first and for other protocols
    seen      its responses with what each meant when it came
    """

    actor: str
    user: str = ""
    speaks: str = "imap"
    session: Session | None = None
    seen: list[Seen] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    connected: bool = False
    sending: Framer = field(default_factory=Framer)


class Replay:
    """All actors' tracks, the messages known by name, and where the steps begin and end."""

    def __init__(self) -> None:
        """Start before the first event."""
        self.world = World()
        self.tracks: dict[str, Track] = {}
        self.facts = Facts()
        self.index = -1

    def track(self, actor: str) -> Track:
        """Return the track of ``actor``, made at its first event."""
        found = self.tracks.get(actor)
        if found is None:
            found = self.tracks[actor] = Track(actor)
        return found

    def feed(self, event: Event) -> None:
        """Take in the next event."""
        self.index += 1
        track = self.track(event.actor)
        kind = event.kind
        if kind is Kind.RECEIVED:
            self._received(track, event.octets)
        elif kind is Kind.SENT:
            self._sent(track, event.octets)
        elif kind is Kind.CONNECTION:
            self._connection(track, event.octets)
        else:
            self._note(track, event)

    def _received(self, track: Track, octets: bytes) -> None:
        if track.session is None:
            track.lines.append(Line(self.index, octets))
            return
        response = parse_response(octets)
        if response.tagged and response.tag in track.session.pending:
            track.sending.take_rest()
        seen = track.session.received(self.index, octets, response)
        track.seen.append(seen)

    def _sent(self, track: Track, octets: bytes) -> None:
        if track.session is None:
            return
        try:
            frames = track.sending.feed(octets)
        except Flood:
            track.sending.take_rest()
            return
        for frame in frames:
            command = parse_command(frame)
            if command is not None:
                track.session.sent(command)
        # A command whose literal is still to come may already be refused.
        if not frames and track.sending.wanting:
            command = parse_command(track.sending.rest)
            if command is not None:
                track.session.begins(command)

    def _connection(self, track: Track, octets: bytes) -> None:
        if octets.startswith(b"connected"):
            track.connected = True
            track.sending = Framer()
            if track.speaks == "imap":
                track.session = Session(track.user, self.world)
        elif octets.startswith(b"tls") and track.session is not None:
            track.session.tls = True
        elif not octets.startswith((b"connect", b"compress")):
            track.connected = False

    def _note(self, track: Track, event: Event) -> None:
        values = event.note()
        note = values["note"]
        if note == "server":
            facts = values.get("facts", {})
            self.facts.namespace = Namespace(facts.get("personal", ""), facts.get("separator", "/"))
        elif note == "actor":
            track.user, track.speaks = values["user"], values["speaks"]
        elif note == "message":
            self.facts.messages[values["name"]] = values["octets"].encode("latin-1")
        elif note == "uid":
            self.facts.uids[values["name"]] = values["uid"]
            box = self.world.mailbox(values["user"], values["mailbox"].encode())
            box.alive.add(values["uid"])
            # It was listed to learn this: before others come, nothing is left to know, though
            # a server without UIDPLUS named no UID when it was put in.
            if not any(
                other.connected and other.user == track.user
                for other in self.tracks.values()
                if other is not track
            ):
                box.complete = True


def replay(transcript: Transcript) -> Replay:
    """Return a Replay that has seen the whole of ``transcript``."""
    result = Replay()
    for event in transcript.events:
        result.feed(event)
    return result
