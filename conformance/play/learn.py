"""Learn the UIDs of messages that came while playing, where the scenario speaks of them."""

from conformance.actors.connection import Ended, Reply
from conformance.imap.response import parse_response
from conformance.imap.tree import Atom
from conformance.play.cast import Role
from conformance.play.setup import Refused
from conformance.play.state import State
from conformance.scenario.model import Step
from conformance.scenario.pattern import Message
from conformance.scenario.template import parse_command

__all__ = ["find", "identify"]


async def identify(state: State, step: Step, role: Role, reply: Reply) -> None:
    """After an APPEND of a named message, learn its UID: from APPENDUID, or by looking."""
    words = step.command.split()
    if step.verb or reply.ended is not Ended.ANSWERED or words[0].upper() != "APPEND":
        return
    names = [piece.name for piece in parse_command(step.command) if isinstance(piece, Message)]
    response = parse_response(reply.octets)
    if len(names) != 1 or response.kind != "OK" or not state.asked_for(names[0]):
        return
    mailbox = state.recorder.facts.namespace.real(words[1].strip('"'))
    last = response.data[-1] if response.code == "APPENDUID" and response.data else None
    if isinstance(last, Atom) and last.isdigit():
        state.setup(role.user).tell(names[0], mailbox, int(last))
        return
    await find(state, names[0], mailbox, role)


async def find(state: State, message: str, mailbox: str, role: Role) -> None:
    """Learn a new message's UID by looking, on a connection of our own."""
    setup = state.setup(role.user)
    try:
        await setup.find(message, mailbox)
        if not state.looks:
            await setup.close()
    except Refused as refused:
        state.recorder.note(role.name, note="not found", message=message, reason=str(refused))
