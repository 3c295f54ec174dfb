"""Write random sessions as scenarios; the same seed and number give the same session.

Why a seeded ``Random`` and not Hypothesis's state machine: one session finds several things, and
those are told apart by fingerprint, which Hypothesis does by exception and place alone; a race
that fails once in five plays is a finding here and ``Flaky`` there; and a play costs a tenth
of a second, so shrinking has to know what a session is made of instead of trying a thousand
streams of octets. Whatever draws like a ``Random`` can drive it, so property tests do so with
``hypothesis.strategies.randoms``.

Each session leaves some kinds of steps out and stresses others ("swarm testing"): what is
drawn evenly hides what only many of a kind bring about.
"""

from dataclasses import dataclass
from random import Random

from conformance.explore.kinds import Kind
from conformance.explore.mailboxes import ALWAYS, CONNECTION, MAILBOXES, select
from conformance.explore.messages import MESSAGES
from conformance.explore.model import Box, Client, World, implied
from conformance.explore.rude import Rude
from conformance.explore.turn import FILES, Turn
from conformance.scenario.model import Actor, Given, GivenMessage, Scenario, Step

__all__ = ["CLIENTS", "Offer", "generate", "numbered"]

CLIENTS = ("phone", "laptop", "tablet", "desk", "webmail", "watch")
_GIVEN_FLAGS = ("", "", "", r"\Seen", r"\Flagged \Seen", r"\Answered", r"\Deleted", "$Junk")
_GIVEN_DATES = ("", "", "01-Jan-2024 10:00:00 +0000", "02-Jan-2024 23:30:00 +0200")


@dataclass(frozen=True, slots=True)
class Offer:
    """What sessions may be made of.

    capabilities  what the server advertises after login, in upper case
    services      its services beside IMAP (lmtp, pop3)
    clients       how many IMAP clients take part at most
    steps         how long a session may be
    alone         whether each session has accounts of its own; if not there is one user
    rude          whether malformed input is sent, too
    """

    capabilities: frozenset[str]
    services: frozenset[str] = frozenset()
    clients: int = 3
    steps: tuple[int, int] = (8, 40)
    alone: bool = True
    rude: bool = False


def generate(chance: Random, offer: Offer, name: str) -> Scenario:
    """Return a session as a scenario; ``name`` is its id."""
    return _Writer(chance, offer).scenario(name)


class _Writer:
    def __init__(self, chance: Random, offer: Offer) -> None:
        self.chance = chance
        self.offer = offer
        self.world = World(implied(offer.capabilities))
        self.actors: list[Actor] = []
        self.beside: list[Actor] = []
        self.given: list[Given] = []
        self.rude = Rude(chance, offer.capabilities) if offer.rude else None

    def scenario(self, name: str) -> Scenario:
        chance = self.chance
        self._people()
        self._mail()
        kinds = self._swarm()
        steps: list[Step] = []
        turns = chance.randint(*self.offer.steps)
        while len(steps) < turns:
            steps += self._next(kinds)
        for client in self.world.clients:
            if client.idling:
                steps.append(Turn(chance, self.world, client).does("done"))
        acting = {step.actor for step in _flat(steps)}
        users = {actor.user for actor in self.actors if actor.name in acting}
        text = "\n".join(step.command for step in _flat(steps))
        return Scenario(
            id=name,
            title=f"Random session {name}",
            actors=tuple(a for a in (*self.actors, *self.beside) if a.name in acting),
            messages={n: f for n, f in self.world.messages.items() if f"message({n})" in text},
            given=tuple(box for box in self.given if (box.user or "alice") in users),
            steps=tuple(steps),
        )

    # --- who takes part, and what lies there

    def _people(self) -> None:
        chance, offer = self.chance, self.offer
        count = chance.randint(min(2, offer.clients), offer.clients)
        stranger = offer.alone and count > 1 and chance.random() < 0.12
        for at, name in enumerate((*CLIENTS, *(f"client{n}" for n in range(99)))[:count]):
            user = "bob" if stranger and at == count - 1 else "alice"
            self.world.clients.append(Client(name, user))
            self.actors.append(Actor(name, user=user))
        if "lmtp" in offer.services and chance.random() < 0.15:
            self.beside.append(Actor("office", "lmtp"))
        if "pop3" in offer.services and chance.random() < 0.1:
            self.beside.append(Actor("mailcheck", "pop3"))

    def _mail(self) -> None:
        chance = self.chance
        number = 0
        for user in dict.fromkeys(client.user for client in self.world.clients):
            boxes = self.world.boxes[user] = {}
            wanted = [("INBOX", chance.randint(1, 6))]
            if chance.random() < 0.7:
                wanted.append(("Work", chance.randint(0, 3)))
            if chance.random() < 0.2:
                wanted.append(("Sent", chance.randint(0, 2)))
            for name, count in wanted:
                messages = []
                for _ in range(count):
                    number += 1
                    messages.append(self._message(f"m{number}"))
                boxes[name] = Box([message.name for message in messages], count)
                self.given.append(Given(name, tuple(messages), user if user != "alice" else ""))

    def _message(self, name: str) -> GivenMessage:
        chance = self.chance
        file = chance.choice(FILES) if chance.random() < 0.4 else ""
        return GivenMessage(name, file, chance.choice(_GIVEN_FLAGS), chance.choice(_GIVEN_DATES))

    def _swarm(self) -> dict[Kind, float]:
        """Return the kinds of this session with their weights."""
        chance = self.chance
        kinds = {}
        for kind in (*MESSAGES, *MAILBOXES, *ALWAYS, *CONNECTION):
            factor = chance.choice((0.0, 1.0, 1.0, 1.0, 3.0))
            if kind.name in ("NOOP", "look", "SELECT"):
                factor = max(factor, 1.0)
            if kind.offered(self.world.offered):
                kinds[kind] = kind.weight * factor
        return kinds

    # --- what happens

    def _next(self, kinds: dict[Kind, float]) -> list[Step]:
        chance = self.chance
        draw = chance.random()
        if self.beside and draw < 0.1:
            return self._others()
        if draw > 0.95 and len(self.world.clients) > 1:
            race = self._race(kinds)
            if race is not None:
                return [race]
        client = chance.choice(self.world.clients)
        turn = Turn(chance, self.world, client)
        if self.rude is not None and draw > 0.7 and not client.idling:
            return self.rude.steps(turn)
        step = self._step(turn, kinds)
        return [] if step is None else [step]

    def _step(self, turn: Turn, kinds: dict[Kind, float]) -> Step | None:
        client, chance = turn.client, self.chance
        if client.idling:
            if turn.maybe(0.6):
                return None  # others act meanwhile
            client.idling = False
            return turn.does("done")
        if not client.box and turn.maybe(0.75):
            client.connected = True
            return select(turn)
        usable = [
            kind
            for kind in kinds
            if kinds[kind] and (client.box or kind not in MESSAGES) and not _strange(kind, client)
        ]
        (kind,) = chance.choices(usable, [kinds[kind] for kind in usable])
        client.connected = kind not in CONNECTION
        return kind.make(turn)

    def _others(self) -> list[Step]:
        """Deliver mail, or have a session of POP3."""
        chance = self.chance
        actor = chance.choice(self.beside)
        turn = Turn(chance, self.world, Client(actor.name, actor.user))
        if actor.speaks == "lmtp":
            self.world.box(actor.user, "INBOX").count += 1
            return [turn.does("delivers", f"message({turn.message()})")]
        commands = ["STAT", "UIDL", "LIST", "RETR 1", "TOP 1 0", "NOOP", "CAPA", "DELE 1", "RSET"]
        words = turn.some(commands, 1, 3)
        return [*(turn.says(word) for word in words), turn.does("leaves")]

    def _race(self, kinds: dict[Kind, float]) -> Step | None:
        chance = self.chance
        free = [client for client in self.world.clients if client.box and not client.idling]
        if len(free) < 2:
            return None
        lanes = []
        for client in chance.sample(free, min(len(free), chance.choice((2, 2, 3)))):
            turn = Turn(chance, self.world, client)
            lane = [self._step(turn, kinds) for _ in range(chance.choice((1, 1, 2)))]
            lanes.append(tuple(step for step in lane if step is not None))
        kept = tuple(lane for lane in lanes if lane)
        if len(kept) < 2:
            return None
        once = any(step.verb for lane in kept for step in lane)  # IDLE within IDLE is no race
        return Step(together=kept, times=1 if once else chance.choice((1, 1, 2, 4)))


def _strange(kind: Kind, client: Client) -> bool:
    """Return whether a kind makes no sense now."""
    if kind in CONNECTION:
        return not client.connected
    return kind.name in ("SORT", "THREAD") and "UIDONLY" in client.enabled


def _flat(steps: list[Step]) -> list[Step]:
    return [one for step in steps for one in (sum(step.together, ()) or (step,))]


def numbered(seed: int, number: int) -> Random:
    """Return the source of chance of a run's session."""
    return Random(f"{seed} {number}")  # noqa: S311 - no secret
