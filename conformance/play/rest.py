"""At rest: after the last step every client synchronizes, and an observer looks anew.

It comes after everything that the scenario says, so it disturbs nothing; what it
finds is for the checks.
"""

import asyncio
from collections.abc import Iterable

from conformance.actors.connection import Ended
from conformance.actors.imap import ImapActor, astring
from conformance.check.replay import Track
from conformance.imap.session import State
from conformance.play.cast import Role
from conformance.play.recorder import Recorder
from conformance.play.setup import Refused, imap_actor
from conformance.servers.base import Credentials, Server

__all__ = ["OBSERVER", "look"]

OBSERVER = "observer"

_MAILBOXES = 8
_MESSAGES = 2000


async def look(
    roles: Iterable[Role],
    mailboxes: dict[str, list[bytes]],
    accounts: dict[str, Credentials],
    server: Server,
    recorder: Recorder,
    within: float,
) -> None:
    """Let each client with a selected mailbox synchronize, and look at ``mailboxes`` by user.

    Nothing that goes wrong here is told otherwise than by the transcript.
    """
    recorder.note("server", note="rest")
    resting = [role for role in roles if _rests(role, recorder)]
    observers = {}
    for user, credentials in accounts.items():
        name = f"{OBSERVER}-{user}"
        try:
            observers[user] = imap_actor(name, server, recorder.record)
        except Refused:
            continue
        recorder.note(name, note="actor", user=user, speaks="imap", account=credentials.user)
    try:
        welcome = await asyncio.gather(
            *(_enter(observer, accounts[user], within) for user, observer in observers.items()),
            *(_synchronize(role.imap, within) for role in resting),
        )
        entered = dict(zip(observers, welcome, strict=False))
        for user, observer in observers.items():
            if entered[user]:
                await _observe(observer, mailboxes.get(user, [])[:_MAILBOXES], within)
    finally:
        for observer in observers.values():
            if observer.connected:
                observer.drop()


def _rests(role: Role, recorder: Recorder) -> bool:
    """Whether the client can be asked: connected, a mailbox selected, nothing under way."""
    if not isinstance(role.actor, ImapActor) or not role.actor.connected:
        return False
    track: Track = recorder.replay.track(role.name)
    session = track.session
    if session is None or session.pending or session.state is not State.SELECTED:
        return False
    return len(session.numbers) <= _MESSAGES and "UIDONLY" not in session.enabled


async def _enter(observer: ImapActor, credentials: Credentials, within: float) -> bool:
    reply = await observer.connect(within)
    if reply.ended is Ended.ANSWERED:
        reply = await observer.login(credentials, within)
    return reply.ended is Ended.ANSWERED and b" OK" in reply.octets[:40].upper()


async def _synchronize(actor: ImapActor, within: float) -> bool:
    reply = await actor.command([b"NOOP"], within)
    if reply.ended is Ended.ANSWERED:
        reply = await actor.command([b"UID FETCH 1:* (FLAGS)"], within)
    return reply.ended is Ended.ANSWERED


async def _observe(observer: ImapActor, mailboxes: list[bytes], within: float) -> None:
    for name in mailboxes:
        if not name.isascii():
            continue  # named under UTF8=ACCEPT, which the observer has not enabled
        reply = await observer.command([b"EXAMINE ", astring(name)], within)
        if reply.ended is not Ended.ANSWERED:
            return
        if b" OK" in reply.octets[:40].upper():
            reply = await observer.command([b"UID FETCH 1:* (FLAGS RFC822.SIZE)"], within)
            if reply.ended is not Ended.ANSWERED:
                return
