"""Play one scenario on one server: do the steps, record everything, judge nothing.

It asks the checks only what it needs to go on: what a step captured, and whether
``hears`` and ``polls`` have heard enough.
"""

from dataclasses import dataclass
from typing import NoReturn

from conformance.actors.connection import Ended, Reply
from conformance.actors.imap import ImapActor
from conformance.actors.library import LibraryError
from conformance.play import outside
from conformance.play.act import act, ready
from conformance.play.cast import Role, cast
from conformance.play.fill import Unplayable
from conformance.play.lanes import Stop, first_step, order, race
from conformance.play.learn import identify
from conformance.play.mail import content
from conformance.play.recorder import Recorder
from conformance.play.rest import look
from conformance.play.setup import Refused
from conformance.play.state import Settings, State, binds
from conformance.scenario.model import GivenMessage, Scenario, Step
from conformance.servers.base import Server, ServerError
from conformance.wire.transcript import Kind, Transcript

__all__ = ["Played", "Player", "Settings", "play"]

_PLAIN = Settings()


@dataclass(frozen=True, slots=True)
class Played:
    """What a play left.

    hung  whether an answer did not come in time, so that the server wants looking at
    cut   whether the server closed a connection, asked to or not
    """

    transcript: Transcript
    hung: bool = False
    cut: bool = False


async def play(
    scenario: Scenario,
    server: Server,
    scope: str,
    recorder: Recorder,
    settings: Settings = _PLAIN,
    offered: frozenset[str] = frozenset(),
) -> Played:
    """Play ``scenario`` with accounts of ``scope`` and return the recording.

    offered  the capabilities after login, in upper case, for steps with ``if``
    ServerError if the server is someone else's, and its mail must not be lost.
    """
    outside.may_break(server)
    state = State(scenario, server, scope, recorder, settings, offered)
    player = Player(state)
    try:
        await player.run()
    finally:
        player.close()
    return Played(recorder.transcript, state.hung, state.cut)


class Player:
    """Does the steps of one play."""

    def __init__(self, state: State) -> None:
        """Play in ``state``."""
        self.state = state
        self.recorder = state.recorder

    def announce(self) -> None:
        """Note what the server is, and what must not be shown of its accounts."""
        state = self.state
        info = state.server.info
        if not info.controlled:  # someone else's accounts are not for our reports
            for user in {actor.user for actor in state.scenario.actors}:
                self.recorder.hide(state.server.credentials(state.scope, user).password)
        self.recorder.note(
            "server",
            note="server",
            spec=state.server.spec,
            name=info.name,
            version=info.version,
            services=sorted(info.services),
            facts=dict(info.facts),
            capabilities=sorted(state.offered),
        )

    async def run(self) -> None:
        """Set up, then do the steps in order until one cannot be done."""
        state = self.state
        self.announce()
        try:
            await self.set_up()
        except (Refused, Unplayable, LibraryError) as refused:
            self.recorder.note("server", note="refused", reason=str(refused))
            # Where another play hangs the server, those beside it get no further than this.
            state.hung = isinstance(refused, Refused)
            return
        try:
            for number, step in enumerate(state.scenario.steps):
                await self.step(str(number), step)
        except Stop:
            self.recorder.note("server", note="end of steps")
            return
        finally:
            if state.settings.before is not None:
                await state.settings.before("", None, self.recorder.transcript)
        self.recorder.note("server", note="end of steps")
        if state.looks:
            await self._look()

    async def _look(self) -> None:
        """Look at what is left, on every client's connection and on the set-up ones."""
        state = self.state
        roles = [role for role in state.roles.values() if isinstance(role.actor, ImapActor)]
        await look(roles, state.setup, self.recorder, min(state.settings.within, 3.0))

    async def _checkpoint(self, path: str) -> None:
        """Look now; what the clients hear of it belongs to no other step."""
        for name in (*self.state.roles, *(setup.name for setup in self.state.setups.values())):
            self.recorder.note(name, note="begin", step=path)
        await self._look()
        for role in self.state.roles.values():
            role.window = self.recorder.index

    def close(self) -> None:
        """Cut every connection that is still open."""
        for role in self.state.roles.values():
            role.actor.drop()
            if role.relay is not None:
                role.relay.close()
        for setup in self.state.setups.values():
            setup.drop()

    async def set_up(self) -> None:
        """Bring about what is given, and have the actors ready; Refused if that cannot be done."""
        state = self.state
        scenario = state.scenario
        spoiled = outside.relayed(scenario)
        for actor in scenario.actors:
            state.roles[actor.name] = await cast(
                actor,
                state.server.credentials(state.scope, actor.user),
                state.server,
                self.recorder,
                relayed=actor.name in spoiled,
            )
        for name, file in scenario.messages.items():
            octets = content(scenario, GivenMessage(name, file))
            self.recorder.note("server", note="message", name=name, octets=octets.decode("latin-1"))
        first = scenario.actors[0].user if scenario.actors else ""
        for given in scenario.given:
            contents = [(message, content(scenario, message)) for message in given.messages]
            await state.setup(given.user or first).give(given, contents)
        for setup in () if state.looks else state.setups.values():
            await setup.close()

    # --- steps

    async def step(self, path: str, step: Step) -> None:
        """Do a step; Stop if the scenario cannot go on."""
        state = self.state
        if state.settings.before is not None and "." not in path:
            await state.settings.before(path, step, self.recorder.transcript)
        if step.needs and not all(state.offered.intersection(any_of) for any_of in step.needs):
            self.recorder.note(step.actor or "server", note="passed over", step=path)
            return
        if step.together:
            for time in range(step.times):
                await self._together(path, step, time)
            return
        if step.actor == "everyone":
            await self._checkpoint(path)
            return
        if step.actor in ("server", "network"):
            await self._outside(path, step)
            return
        role = state.roles[step.actor]
        self.recorder.note(step.actor, note="begin", step=path)
        try:
            reply = await act(state, role, step)
        except (Unplayable, Refused, LibraryError) as reason:
            self._give_up(path, step, str(reason))
        self._end(path, step, role, reply)
        await identify(state, step, role, reply)
        state.cut = state.cut or reply.ended is Ended.CLOSED
        if reply.ended is not Ended.ANSWERED and not _may_close(step, reply.ended):
            state.hung = state.hung or reply.ended is Ended.TIMEOUT
            raise Stop
        if reply.ended is not Ended.ANSWERED:
            role.held = False

    def _end(self, path: str, step: Step, role: Role, reply: Reply) -> None:
        """Note where the step's window ends, and take its captures."""
        self.recorder.note(
            role.name,
            note="end",
            step=path,
            how=str(reply.ended),
            after=role.window,
            at=reply.at,
        )
        if binds(step):
            self.state.captures = self.state.judge(step, role, reply.at).captures
        role.window = reply.at

    async def _together(self, path: str, step: Step, time: int) -> None:
        """Let the lanes race, all connected first; from the second time on some are held back."""
        state = self.state
        name = f"{state.settings.seed} {path} {time}"
        lanes = order(step.together, name)
        try:
            for first in (first_step(lane) for _, lane in lanes):
                role = state.roles.get(first.actor)
                if role is not None and first.verb not in ("connects", "meets"):
                    await ready(state, role, state.settings.within)
        except (Unplayable, Refused, LibraryError) as reason:
            self._give_up(path, step, str(reason))
        await race(lanes, path, name, self.step, self._met, held_back=time > 0)

    def _met(self, path: str, step: Step) -> None:
        self.recorder.note(step.actor, note="met", step=path)

    async def _outside(self, path: str, step: Step) -> None:
        state = self.state
        try:
            if step.actor == "server":
                await outside.server(state.server, step.verb, state.roles)
            else:
                outside.network(step, state.roles)
        except (Unplayable, ServerError) as reason:
            self._give_up(path, step, str(reason))
        what = f"{step.verb} {step.command}".strip()
        self.recorder.record(step.actor, Kind.CONNECTION, what.encode())

    def _give_up(self, path: str, step: Step, reason: str) -> NoReturn:
        self.recorder.note(step.actor or "server", note="unplayable", step=path, reason=reason)
        raise Stop


def _may_close(step: Step, ended: Ended) -> bool:
    """Whether the scenario goes on after the server closed: where the author allows any end."""
    branches = [step.expectations, *(branch.expectations for branch in step.either)]
    texts = [expectations.ends.text for expectations in branches if expectations.ends]
    return ended is Ended.CLOSED and any(text == "any" or "BYE" in text for text in texts)
