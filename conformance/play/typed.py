"""A session that somebody types: each line a step, done at once on a server."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from conformance.play import outside
from conformance.play.fill import Unplayable
from conformance.play.lanes import Stop
from conformance.play.player import Player
from conformance.play.recorder import Recorder
from conformance.play.setup import Refused
from conformance.play.state import Settings, State
from conformance.scenario.loader import read
from conformance.scenario.model import Scenario, Step
from conformance.scenario.problems import LoadError
from conformance.scenario.writer import dump
from conformance.servers.base import Server, ServerError
from conformance.wire.transcript import Transcript

__all__ = ["play_typed", "stage"]


def stage(actors: Sequence[str], messages: Sequence[str]) -> Scenario:
    """Return what a typed session begins with: Alice's clients, and messages in INBOX.

    LoadError if one of the names is none.
    """
    names = ", ".join(f"{name}: {{}}" for name in actors)
    given = ", ".join(messages)
    text = f"scenario: typed\nactors: {{{names}}}\ngiven: {{INBOX: [{given}]}}\n"
    return read(f"{text}steps:\n- {actors[0]}: NOOP\n", "typed", "typed", [])


async def play_typed(
    server: Server,
    beginning: Scenario,
    ask: Callable[[], str],
    tell: Callable[[Transcript, str], None],
    within: float = 10.0,
) -> Transcript:
    """Play on ``server``, which is started, what is asked for line by line, up to EOFError.

    beginning  its actors and mailboxes are there
    ask        gives the next line: ``phone: SELECT INBOX``
    tell       is given all that happened so far, and what is wrong with the line, if anything
    Refused or ServerError if not even the beginning can be brought about.
    """
    head = dump(beginning).partition("steps:")[0]
    recorder = Recorder({"scenario": "typed", "server": server.spec})
    state = State(replace(beginning, steps=()), server, "typed", recorder, Settings(within=within))
    state.curious = True
    hand = _Hand(state)
    try:
        await hand.set_up()
        tell(recorder.transcript, "")
        while True:
            try:
                line = ask()
            except EOFError:
                return recorder.transcript
            said = ""
            try:
                steps = read(f"{head}steps:\n- {line}\n", "typed", "typed", []).steps
                said = await hand.do(steps[0]) if line.strip() else ""
            except LoadError as error:
                said = "; ".join(problem.message for problem in error.problems)
            except (Unplayable, Refused, ServerError) as error:
                said = str(error)
            tell(recorder.transcript, said)
    finally:
        hand.close()


class _Hand:
    """Plays steps one by one as they come, for whoever does not know them all beforehand."""

    def __init__(self, state: State) -> None:
        """Play in ``state``, whose scenario has actors and mailboxes."""
        self._player = Player(state)
        self._count = 0

    async def set_up(self) -> None:
        """Bring about what is given; Refused, Unplayable or ServerError if that fails."""
        outside.may_break(self._player.state.server)
        self._player.announce()
        await self._player.set_up()

    async def do(self, step: Step) -> str:
        """Do ``step`` and return why it could not be done or ended; empty if all went well."""
        self._count += 1
        try:
            await self._player.step(str(self._count), step)
        except Stop:
            note = self._player.recorder.transcript.events[-1].octets
            reason = json.loads(note).get("reason") if note.startswith(b"{") else ""
            return reason or "it did not end as a command should"
        return ""

    def close(self) -> None:
        """Cut every connection that is still open."""
        self._player.close()
