"""What an actor does in a step: a command for the wire, or one of the harness's verbs."""

import asyncio

from conformance.actors.connection import Ended, Reply
from conformance.actors.cutting import cutter
from conformance.check.lines import positive
from conformance.imap.response import parse_response
from conformance.play.cast import Role
from conformance.play.fill import Unplayable, fill, raw
from conformance.play.learn import find
from conformance.play.setup import Refused
from conformance.play.state import State, expects
from conformance.scenario.model import Level, Step
from conformance.scenario.pattern import Message
from conformance.scenario.template import parse_command

__all__ = ["act", "ready"]


async def act(state: State, role: Role, step: Step) -> Reply:
    """Do ``step`` and return how it ended.

    Raises Unplayable if the step needs what is not known, Refused if the login failed.
    """
    within = state.settings.within if step.within is None else step.within
    match step.verb:
        case "connects":
            role.held = role.bare = True
            return await role.actor.connect(within)
        case "drops":
            role.held = role.bare = False
            role.actor.drop()
            return Reply(Ended.ANSWERED, len(state.recorder.transcript.events) - 1)
        case "leaves":
            lost = await ready(state, role, within)  # who never came has to come first
            role.held = role.bare = False
            return lost or await role.actor.leave(within)
    if step.verb == "hears" and role.held and not role.actor.connected:
        # What was said before the connection ended is still to be heard.
        return await _hear(state, role, step, within)
    lost = await ready(state, role, within)
    if lost is not None:
        return lost
    if not step.pieces:
        return await _do(state, role, step, within)
    role.actor.connection.cut(cutter(step.pieces))
    try:
        reply = await _do(state, role, step, within)
        await role.actor.connection.written(within)
    finally:
        role.actor.connection.cut(None)
    return reply


async def _do(state: State, role: Role, step: Step, within: float) -> Reply:
    match step.verb:
        case "":
            return await _command(state, role, step, within)
        case "idles":
            return await role.idler.idle(within)
        case "done":
            return await role.idler.done(within)
        case "hears":
            return await _hear(state, role, step, within)
        case "polls":
            return await _poll(state, role, step, within)
        case "sends":
            return await _send(state, role, step, within)
        case "delivers":
            return await _deliver(state, role, step, within)
    raise Unplayable(f"the player cannot do '{step.verb}'")


async def ready(state: State, role: Role, within: float) -> Reply | None:
    """Connect and log in where that is left to us; return a Reply if there is no connection."""
    if role.actor.connected:
        return None
    if role.held:  # the server took the connection away
        return Reply(Ended.CLOSED, len(state.recorder.transcript.events) - 1)
    reply = await role.actor.connect(within)
    if reply.ended is Ended.ANSWERED and not role.anonymous:
        reply = await role.actor.login(role.credentials, within)
    if reply.ended is not Ended.ANSWERED:
        return reply
    kind = parse_response(reply.octets).kind
    accepted = positive(reply.octets) or kind in ("OK", "PREAUTH")
    if not accepted:
        answer = reply.octets.strip().decode("ascii", "backslashreplace")
        raise Refused(f"login was answered {answer}")
    role.held = True
    role.window = reply.at
    return None


async def _command(state: State, role: Role, step: Step, within: float) -> Reply:
    facts = state.recorder.facts
    track = state.recorder.replay.track(role.name)
    session = track.session
    # POP3's LIST, too, has an argument, and it is no mailbox.
    named = facts.namespace.command if track.speaks == "imap" else str
    number = session.numbers.number if session is not None else lambda _: None
    values = {
        "user": role.credentials.user.encode(),
        "password": role.credentials.password.encode(),
        **state.captures,
    }
    commands = [fill(named(command), facts, values, number) for command in step.command.split("\n")]
    if len(commands) > 1:
        try:
            return await role.pipelining.pipeline(commands, within)
        except ValueError as reason:
            raise Unplayable(str(reason)) from None
    (pieces,) = commands
    name = step.command.split(None, 1)[0].upper()
    reply = await role.actor.command(pieces, within)
    if name in ("LOGOUT", "QUIT"):
        role.held = role.bare = False
        role.actor.close()
    return reply


async def _hear(state: State, role: Role, step: Step, within: float) -> Reply:
    """Wait until all that should come has come; the whole time if nothing need come."""
    connection = role.actor.connection
    # 'ends: BYE' is over when the server closes.
    waits = expects(step) and step.expectations.ends is None
    ended = await connection.until(
        lambda: waits and state.judge(step, role, connection.last).satisfied, within
    )
    if ended is Ended.TIMEOUT:  # not hearing is no hang: the patterns say what was due
        ended = Ended.ANSWERED
    reply = Reply(ended, connection.last)
    if ended is Ended.ANSWERED and _wants_bye(step):
        role.held = role.bare = False  # nobody is surprised that the connection goes
        role.actor.close()
    return reply


def _wants_bye(step: Step) -> bool:
    return any(p.text.split()[0].upper() == "BYE" for p in step.expectations.at(Level.MUST))


async def _poll(state: State, role: Role, step: Step, within: float) -> Reply:
    """NOOP until all that should come has come, at most ``within`` seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    pause = state.settings.poll_every
    waits = expects(step)
    while True:
        reply = await role.actor.command([b"NOOP"], state.settings.within)
        if reply.ended is not Ended.ANSWERED:
            return reply
        if waits and state.judge(step, role, reply.at).satisfied:
            return reply
        left = deadline - loop.time()
        if left <= 0:
            return reply
        await asyncio.sleep(min(pause, left))
        pause = min(pause * 1.5, 1.0)


async def _send(state: State, role: Role, step: Step, within: float) -> Reply:
    """Send octets as they are; then hear what they bring, if something should come."""
    octets = raw(step.command, state.recorder.facts, state.captures)
    at = role.actor.connection.send(octets)
    if not expects(step) and not step.expectations.at(Level.MUST_NOT):
        return Reply(Ended.ANSWERED, at)
    return await _hear(state, role, step, within)


async def _deliver(state: State, role: Role, step: Step, within: float) -> Reply:
    """Deliver messages, one after the other, to the actor's user."""
    reply = Reply(Ended.ANSWERED, role.window)
    for piece in parse_command(step.command):
        if isinstance(piece, Message):
            octets = state.recorder.facts.messages[piece.name]
            reply = await role.smtp.deliver(octets, role.credentials.user, within)
            if reply.ended is not Ended.ANSWERED or not positive(reply.octets):
                break
            if state.asked_for(piece.name):
                await find(state, piece.name, "INBOX", role)
    return reply
