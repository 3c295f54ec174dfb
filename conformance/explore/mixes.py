"""Sessions for stress: every client goes on at once, in a lane of its own, in one mailbox."""

from collections.abc import Mapping
from random import Random

from conformance.explore.generate import CLIENTS
from conformance.explore.kinds import Kind
from conformance.explore.mailboxes import ALWAYS, MAILBOXES, select
from conformance.explore.messages import MESSAGES
from conformance.explore.model import Box, Client, World, implied
from conformance.explore.turn import Turn
from conformance.scenario.model import Actor, Given, GivenMessage, Scenario, Step

__all__ = ["MIXES", "together"]

MIXES: Mapping[str, Mapping[str, int]] = {
    "default": {
        "FETCH": 8,
        "look": 4,
        "STORE": 6,
        "SEARCH": 4,
        "NOOP": 8,
        "APPEND": 2,
        "STATUS": 2,
        "delete": 1,
        "EXPUNGE": 1,
        "COPY": 1,
        "MOVE": 1,
        "SORT": 1,
        "LIST": 1,
        "pipeline": 1,
        "SELECT": 1,
        "IDLE": 2,
    },
    "reading": {"FETCH": 10, "look": 4, "SEARCH": 4, "NOOP": 6, "STATUS": 2, "LIST": 1, "SORT": 1},
    "writing": {
        "APPEND": 6,
        "STORE": 8,
        "delete": 2,
        "EXPUNGE": 3,
        "COPY": 3,
        "MOVE": 3,
        "NOOP": 4,
        "FETCH": 2,
    },
}
"""Mix -> kind of step -> its weight."""

_KINDS = {kind.name: kind for kind in (*MESSAGES, *MAILBOXES, *ALWAYS)}


def together(
    chance: Random, offered: frozenset[str], mix: Mapping[str, int], clients: int, steps: int
) -> Scenario:
    """Return a session in which ``clients`` do ``steps`` steps each, side by side."""
    given = (
        Given("INBOX", tuple(GivenMessage(f"m{n}") for n in range(1, 6))),
        Given("Work", (GivenMessage("m6"),)),
    )
    messages: dict[str, str] = {}
    words = implied(offered)
    names = (*CLIENTS, *(f"client{n}" for n in range(clients)))[:clients]
    kinds = {_KINDS[name]: weight for name, weight in mix.items() if _KINDS[name].offered(words)}
    lanes = [_lane(chance, World(words, messages=messages), name, kinds, steps) for name in names]
    return Scenario(
        id="stress",
        title="Stress",
        actors=tuple(Actor(name) for name in names),
        messages=messages,
        given=given,
        # One client alone has nobody to be together with.
        steps=(Step(together=tuple(lanes)),) if clients > 1 else lanes[0],
    )


def _lane(
    chance: Random, world: World, name: str, kinds: Mapping[Kind, int], count: int
) -> tuple[Step, ...]:
    """Return one client's steps; of messages that come to be it names none by UID."""
    client = Client(name, "alice")
    boxes = {"INBOX": Box([f"m{n}" for n in range(1, 6)], 5), "Work": Box(["m6"], 1)}
    world.boxes = {"alice": boxes}
    turn = Turn(chance, world, client)
    steps: list[Step] = [select(turn)]
    while len(steps) < count:
        if client.idling:
            client.idling = False
            steps.append(turn.does("done"))
            continue
        (kind,) = chance.choices(list(kinds), list(kinds.values()))
        step = kind.make(turn) if client.box else select(turn)
        for box in boxes.values():
            box.names = [known for known in box.names if known.startswith("m")]
        if step is not None:
            steps.append(step)
    if client.idling:
        steps.append(turn.does("done"))
    return tuple(steps)
