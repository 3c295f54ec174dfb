"""At rest: every client synchronizes, and an observer looks anew, all at the same time.

After the last step this comes after everything that the scenario says, so it disturbs
nothing; what it finds is for the checks. The observer is the user's set-up connection:
it has been logged in since the mailboxes were made, and never selected one meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from conformance.actors.connection import Ended
from conformance.actors.imap import ImapActor, astring
from conformance.imap.session import Session, State
from conformance.play.cast import Role
from conformance.play.recorder import Recorder
from conformance.play.setup import Refused, Setup
from conformance.wire.transcript import Kind

__all__ = ["look"]

_MAILBOXES = 8
_MESSAGES = 2000


async def look(
    roles: Sequence[Role], setup: Callable[[str], Setup], recorder: Recorder, within: float
) -> None:
    """Let each client with a selected mailbox synchronize, and each user's set-up look.

    Nothing that goes wrong here is told otherwise than by the transcript.
    """
    recorder.note("server", note="rest")
    world = recorder.replay.world
    aware = _aware(recorder)
    waiting: list[Awaitable[None]] = []
    for role in roles:
        session = recorder.replay.track(role.name).session
        if session is not None and _rests(role, session):
            items = b"FLAGS MODSEQ" if role.name in aware else b"FLAGS"
            waiting.append(_synchronize(role.imap, items, within))
    for user in dict.fromkeys(role.user for role in roles):
        names = [
            name
            for owner, name in world.known()
            if owner == user and _plain(name) and len(world.mailbox(user, name).alive) <= _MESSAGES
        ]
        if names:
            items = b"FLAGS MODSEQ" if aware else b"FLAGS"
            waiting.append(_observe(setup(user), names[:_MAILBOXES], items, within))
    await asyncio.gather(*waiting)
    recorder.note("server", note="rested")


def _aware(recorder: Recorder) -> set[str]:
    """Return who has heard of mod-sequences on its present connection.

    Who has not would turn CONDSTORE on by asking, and what it is told then is not what it knew.
    """
    aware: set[str] = set()
    for event in recorder.transcript.events:
        if event.kind is Kind.RECEIVED and b"MODSEQ (" in event.octets:
            aware.add(event.actor)
        elif event.kind is Kind.CONNECTION and event.octets == b"connected":
            aware.discard(event.actor)
    return aware


def _plain(name: bytes) -> bool:
    """Whether EXAMINE can be sent at once, and without UTF8=ACCEPT, which no observer enables."""
    return isinstance(astring(name), bytes)


def _rests(role: Role, session: Session) -> bool:
    """Whether the client can be asked: connected, a mailbox selected, nothing under way."""
    if not isinstance(role.actor, ImapActor) or not role.actor.connected:
        return False
    if session.pending or session.state is not State.SELECTED:
        return False
    return len(session.numbers) <= _MESSAGES and "UIDONLY" not in session.enabled


async def _synchronize(actor: ImapActor, items: bytes, within: float) -> None:
    # Not in one write: a server may bring both up to date at once, after the second (Dovecot does).
    reply = await actor.command([b"NOOP"], within)
    if reply.ended is Ended.ANSWERED:
        await actor.command([b"UID FETCH 1:* (%s)" % items], within)


async def _observe(setup: Setup, names: list[bytes], items: bytes, within: float) -> None:
    try:
        await setup.open()
    except Refused:
        return
    for name in names:
        fetch = b"UID FETCH 1:* (%s RFC822.SIZE)" % items
        reply = await setup.actor.pipeline([[b"EXAMINE ", astring(name)], [fetch]], within)
        if reply.ended is not Ended.ANSWERED:
            return
