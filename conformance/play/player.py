"""Play one scenario on one server: do the steps, record everything, judge nothing.

It asks the checks only what it needs to go on: what a step captured, and whether
``hears`` and ``polls`` have heard enough.
"""

import asyncio
import random
from dataclasses import dataclass
from typing import NoReturn

from conformance.actors.connection import Ended, Reply
from conformance.actors.imap import ImapActor
from conformance.check.expect import Judged, evaluate
from conformance.check.facts import Captures
from conformance.check.lines import positive
from conformance.check.window import window
from conformance.imap.response import parse_response
from conformance.imap.tree import Atom
from conformance.play import outside
from conformance.play.cast import Role, cast
from conformance.play.fill import Unplayable, fill, raw
from conformance.play.mail import content
from conformance.play.recorder import Recorder
from conformance.play.rest import look
from conformance.play.setup import Refused, Setup
from conformance.scenario.model import GivenMessage, Level, Scenario, Step
from conformance.scenario.pattern import Message
from conformance.scenario.template import parse_command
from conformance.scenario.writer import dump
from conformance.servers.base import Server, ServerError
from conformance.wire.transcript import Kind, Transcript

__all__ = ["Played", "Settings", "play"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to play: ``within`` is how long any answer may take, in seconds.

    look  whether to look at the mailboxes after the last step
    """

    within: float = 10.0
    look: bool = True
    poll_every: float = 0.05
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Played:
    """What a play left.

    hung  whether an answer did not come in time, so that the server wants looking at
    """

    transcript: Transcript
    hung: bool = False


class _Stop(Exception):  # noqa: N818 - the play's end, not an error
    """The scenario cannot go on."""


async def play(
    scenario: Scenario,
    server: Server,
    scope: str,
    recorder: Recorder,
    settings: Settings = Settings(),
    offered: frozenset[str] = frozenset(),
) -> Played:
    """Play ``scenario`` with accounts of ``scope`` and return the recording.

    offered  the capabilities after login, in upper case, for steps with ``if``
    """
    player = _Player(scenario, server, scope, recorder, settings, offered)
    try:
        await player.run()
    finally:
        player.close()
    return Played(recorder.transcript, player.hung)


class _Player:
    def __init__(
        self,
        scenario: Scenario,
        server: Server,
        scope: str,
        recorder: Recorder,
        settings: Settings,
        offered: frozenset[str],
    ) -> None:
        self.scenario = scenario
        self.server = server
        self.scope = scope
        self.recorder = recorder
        self.settings = settings
        self.offered = offered
        self.roles: dict[str, Role] = {}
        self.setups: dict[str, Setup] = {}
        self.captures: Captures = {}
        self.hung = False

    async def run(self) -> None:
        """Set up, then do the steps in order until one cannot be done."""
        info = self.server.info
        self.recorder.note(
            "server",
            note="server",
            spec=self.server.spec,
            name=info.name,
            version=info.version,
            services=sorted(info.services),
            facts=dict(info.facts),
            capabilities=sorted(self.offered),
        )
        try:
            await self._set_up()
        except (Refused, Unplayable) as refused:
            self.recorder.note("server", note="refused", reason=str(refused))
            return
        try:
            for number, step in enumerate(self.scenario.steps):
                await self._step(str(number), step)
        except _Stop:
            self.recorder.note("server", note="end of steps")
            return
        self.recorder.note("server", note="end of steps")
        if self.settings.look and not outside.disturbs(self.scenario):
            await self._look()

    async def _look(self) -> None:
        """Look at what is left, on every client's connection and on one of an observer."""
        roles = [role for role in self.roles.values() if isinstance(role.actor, ImapActor)]
        accounts = {role.user: role.credentials for role in roles}
        mailboxes: dict[str, list[bytes]] = {}
        for user, name in self.recorder.replay.world.known():
            mailboxes.setdefault(user, []).append(name)
        within = min(self.settings.within, 3.0)
        await look(roles, mailboxes, accounts, self.server, self.recorder, within)

    def close(self) -> None:
        """Cut every connection that is still open."""
        for role in self.roles.values():
            if role.actor.connected:
                role.actor.drop()
            if role.relay is not None:
                role.relay.close()
        for setup in self.setups.values():
            setup.drop()

    # --- set-up

    async def _set_up(self) -> None:
        spoiled = outside.relayed(self.scenario)
        for actor in self.scenario.actors:
            credentials = self.server.credentials(self.scope, actor.user)
            self.roles[actor.name] = await cast(
                actor,
                credentials,
                self.server,
                self.recorder,
                relayed=actor.name in spoiled,
            )
        for name in self.scenario.messages:
            octets = self._named(name)
            self.recorder.note("server", note="message", name=name, octets=octets.decode("latin-1"))
        first = self.scenario.actors[0].user if self.scenario.actors else ""
        for given in self.scenario.given:
            contents = [(message, content(self.scenario, message)) for message in given.messages]
            await self._setup(given.user or first).give(given, contents)
        for setup in self.setups.values():
            await setup.close()

    def _named(self, name: str) -> bytes:
        return content(self.scenario, GivenMessage(name, self.scenario.messages[name]))

    def _setup(self, user: str) -> Setup:
        found = self.setups.get(user)
        if found is None:
            credentials = self.server.credentials(self.scope, user)
            found = self.setups[user] = Setup(
                self.server, user, credentials, self.recorder, self.settings.within
            )
        return found

    # --- steps

    async def _step(self, path: str, step: Step) -> None:
        if step.needs and not all(self.offered.intersection(any_of) for any_of in step.needs):
            self.recorder.note(step.actor or "server", note="passed over", step=path)
            return
        if step.together:
            await self._together(path, step)
            return
        if step.actor in ("server", "network"):
            await self._outside(path, step)
            return
        role = self.roles[step.actor]
        self.recorder.note(step.actor, note="begin", step=path)
        try:
            reply = await self._do(role, step)
        except (Unplayable, Refused) as reason:
            self._give_up(path, step, str(reason))
        self._end(path, step, role, reply)
        await self._identify(step, role, reply)
        if reply.ended is not Ended.ANSWERED and not _may_close(step, reply.ended):
            self.hung = self.hung or reply.ended is Ended.TIMEOUT
            raise _Stop
        if reply.ended is not Ended.ANSWERED:
            role.held = False

    async def _together(self, path: str, step: Step) -> None:
        """Let the lanes race: all connected first, then begun in an order that the seed gives."""
        order = list(enumerate(step.together))
        random.Random(f"{self.settings.seed} {path}").shuffle(order)  # noqa: S311 - no secret
        try:
            for _, lane in order:
                role = self.roles.get(lane[0].actor)
                if role is not None and lane[0].verb != "connects":
                    await self._ready(role, self.settings.within)
        except (Unplayable, Refused) as reason:
            self._give_up(path, step, str(reason))
        ends = await asyncio.gather(
            *(self._lane(f"{path}.{number}", lane) for number, lane in order),
            return_exceptions=True,
        )
        for end in ends:
            if isinstance(end, BaseException):
                raise end

    async def _outside(self, path: str, step: Step) -> None:
        try:
            if step.actor == "server":
                await outside.server(self.server, step.verb, self.roles)
            else:
                outside.network(step, self.roles)
        except (Unplayable, ServerError) as reason:
            self._give_up(path, step, str(reason))
        what = f"{step.verb} {step.command}".strip()
        self.recorder.record(step.actor, Kind.CONNECTION, what.encode())

    async def _lane(self, path: str, lane: tuple[Step, ...]) -> None:
        for number, step in enumerate(lane):
            await self._step(f"{path}.{number}", step)

    def _give_up(self, path: str, step: Step, reason: str) -> NoReturn:
        self.recorder.note(step.actor or "server", note="unplayable", step=path, reason=reason)
        raise _Stop

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
        self.captures = self._judge(step, role, reply.at).captures
        role.window = reply.at

    def _judge(self, step: Step, role: Role, end: int) -> Judged:
        seen = window(self.recorder.replay.track(role.name), role.window, end)
        return evaluate(step, seen, self.recorder.facts, self.captures, self.scenario.rules)

    async def _do(self, role: Role, step: Step) -> Reply:
        within = self.settings.within if step.within is None else step.within
        match step.verb:
            case "connects":
                role.held = role.bare = True
                return await role.actor.connect(within)
            case "drops":
                role.held = role.bare = False
                role.actor.drop()
                return Reply(Ended.ANSWERED, len(self.recorder.transcript.events) - 1)
            case "leaves":
                role.held = role.bare = False
                return await role.actor.leave(within)
        lost = await self._ready(role, within)
        if lost is not None:
            return lost
        match step.verb:
            case "":
                return await self._command(role, step, within)
            case "idles":
                return await role.imap.idle(within)
            case "done":
                return await role.imap.done(within)
            case "hears":
                return await self._hear(role, step, within)
            case "polls":
                return await self._poll(role, step, within)
            case "sends":
                return await self._send(role, step, within)
            case "delivers":
                return await self._deliver(role, step, within)
        raise Unplayable(f"the player cannot do '{step.verb}'")

    async def _ready(self, role: Role, within: float) -> Reply | None:
        """Connect and log in where that is left to us; return a Reply if there is no connection."""
        if role.actor.connected:
            return None
        if role.held:  # the server took the connection away
            return Reply(Ended.CLOSED, len(self.recorder.transcript.events) - 1)
        reply = await role.actor.connect(within)
        if reply.ended is Ended.ANSWERED:
            reply = await role.actor.login(role.credentials, within)
        if reply.ended is not Ended.ANSWERED:
            return reply
        accepted = positive(reply.octets) or parse_response(reply.octets).kind == "OK"
        if not accepted:
            answer = reply.octets.strip().decode("ascii", "backslashreplace")
            raise Refused(f"login was answered {answer}")
        role.held = True
        role.window = reply.at
        return None

    async def _command(self, role: Role, step: Step, within: float) -> Reply:
        session = self.recorder.replay.track(role.name).session
        number = session.numbers.number if session is not None else lambda _: None
        values = {
            "user": role.credentials.user.encode(),
            "password": role.credentials.password.encode(),
            **self.captures,
        }
        pieces = fill(
            self.recorder.facts.namespace.command(step.command), self.recorder.facts, values, number
        )
        name = step.command.split(None, 1)[0].upper()
        reply = await role.actor.command(pieces, within)
        if name in ("LOGOUT", "QUIT"):
            role.held = role.bare = False
            role.actor.close()
        return reply

    async def _hear(self, role: Role, step: Step, within: float) -> Reply:
        """Wait until all that should come has come; the whole time if nothing need come."""
        connection = role.actor.connection
        waits = _expects(step)
        ended = await connection.until(
            lambda: waits and self._judge(step, role, connection.last).satisfied, within
        )
        if ended is Ended.TIMEOUT:  # not hearing is no hang: the patterns say what was due
            ended = Ended.ANSWERED
        return Reply(ended, connection.last)

    async def _send(self, role: Role, step: Step, within: float) -> Reply:
        """Send octets as they are; then hear what they bring, if something should come."""
        octets = raw(step.command, self.recorder.facts, self.captures)
        at = role.actor.connection.send(octets)
        if not _expects(step) and not step.expectations.at(Level.MUST_NOT):
            return Reply(Ended.ANSWERED, at)
        return await self._hear(role, step, within)

    async def _deliver(self, role: Role, step: Step, within: float) -> Reply:
        """Deliver messages, one after the other, to the actor's user."""
        reply = Reply(Ended.ANSWERED, role.window)
        for piece in parse_command(step.command):
            if isinstance(piece, Message):
                octets = self.recorder.facts.messages[piece.name]
                reply = await role.smtp.deliver(octets, role.credentials.user, within)
                if reply.ended is not Ended.ANSWERED or not positive(reply.octets):
                    break
                if self._asked_for(piece.name):
                    await self._find(piece.name, "INBOX", role)
        return reply

    async def _poll(self, role: Role, step: Step, within: float) -> Reply:
        """NOOP until all that should come has come, at most ``within`` seconds."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        pause = self.settings.poll_every
        waits = _expects(step)
        while True:
            reply = await role.actor.command([b"NOOP"], self.settings.within)
            if reply.ended is not Ended.ANSWERED:
                return reply
            if waits and self._judge(step, role, reply.at).satisfied:
                return reply
            left = deadline - loop.time()
            if left <= 0:
                return reply
            await asyncio.sleep(min(pause, left))
            pause = min(pause * 1.5, 1.0)

    async def _identify(self, step: Step, role: Role, reply: Reply) -> None:
        """After an APPEND of a named message, learn its UID: from APPENDUID, or by looking."""
        words = step.command.split()
        if step.verb or reply.ended is not Ended.ANSWERED or words[0].upper() != "APPEND":
            return
        names = [piece.name for piece in parse_command(step.command) if isinstance(piece, Message)]
        response = parse_response(reply.octets)
        if len(names) != 1 or response.kind != "OK" or not self._asked_for(names[0]):
            return
        mailbox = self.recorder.facts.namespace.real(words[1].strip('"'))
        last = response.data[-1] if response.code == "APPENDUID" and response.data else None
        if isinstance(last, Atom) and last.isdigit():
            self._setup(role.user).tell(names[0], mailbox, int(last))
            return
        await self._find(names[0], mailbox, role)

    async def _find(self, message: str, mailbox: str, role: Role) -> None:
        """Learn a new message's UID by looking, on a connection of our own."""
        setup = self._setup(role.user)
        try:
            await setup.find(message, mailbox)
            await setup.close()
        except Refused as refused:
            self.recorder.note(role.name, note="not found", message=message, reason=str(refused))

    def _asked_for(self, name: str) -> bool:
        # As played: the file's own text has neither the beginning nor the values of a case.
        text = dump(self.scenario)
        return f"uid({name})" in text or f"seq({name})" in text


def _expects(step: Step) -> bool:
    """Whether anything should come, so that waiting may end early."""
    patterns = step.expectations.patterns
    return bool(patterns.get(Level.MUST) or patterns.get(Level.SHOULD))


def _may_close(step: Step, ended: Ended) -> bool:
    """Whether the scenario goes on after the server closed: where the author allows any end."""
    branches = [step.expectations, *(branch.expectations for branch in step.either)]
    texts = [expectations.ends.text for expectations in branches if expectations.ends]
    return ended is Ended.CLOSED and any(text == "any" or "BYE" in text for text in texts)
