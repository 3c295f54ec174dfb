"""What sessions have covered: commands, transitions of a client's state, pairs across clients."""

import re
from collections import Counter
from dataclasses import dataclass, field

from conformance.imap.command import parse_command
from conformance.imap.response import parse_response
from conformance.wire.transcript import Kind, Transcript

__all__ = ["Covered"]

_TAG = re.compile(rb"[a-z]\d+")
_SELECTING = ("SELECT", "EXAMINE")
_LEAVING = ("CLOSE", "UNSELECT")


@dataclass(slots=True)
class Covered:
    """Counts over all sessions so far.

    commands     name -> how often
    transitions  (state before, command, how it ended)
    pairs        (command of one client, next command of another one)
    """

    commands: Counter[str] = field(default_factory=Counter)
    transitions: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many commands were sent."""
        return self.commands.total()

    def take(self, transcript: Transcript) -> None:
        """Count what happened in a session."""
        states: dict[str, str] = {}
        pending: dict[tuple[str, bytes], str] = {}
        last: tuple[str, str] | None = None
        for event in transcript.events:
            actor = event.actor
            if event.kind is Kind.CONNECTION:
                if event.octets.startswith(b"connected"):
                    states[actor] = "new"
            elif event.kind is Kind.SENT:
                for line in event.octets.split(b"\r\n")[:-1]:
                    command = parse_command(line + b"\r\n")
                    if command is None or actor not in states:
                        continue
                    if not _TAG.fullmatch(command.tag):
                        continue  # a line of a literal
                    pending[actor, command.tag] = command.name
                    self.commands[command.name] += 1
                    if last is not None and last[0] != actor:
                        self.pairs[last[1], command.name] += 1
                    last = (actor, command.name)
            elif event.kind is Kind.RECEIVED and not event.octets.startswith((b"*", b"+")):
                response = parse_response(event.octets)
                name = pending.pop((actor, response.tag), "")
                if name:
                    state = states.get(actor, "new")
                    self.transitions[state, name, response.kind] += 1
                    states[actor] = _after(state, name, response.kind)


def _after(state: str, name: str, kind: str) -> str:
    if name in _SELECTING:
        return "selected" if kind == "OK" else "authenticated"
    if kind != "OK":
        return state
    if name in ("LOGIN", "AUTHENTICATE") or name in _LEAVING:
        return "authenticated"
    return "logout" if name == "LOGOUT" else state
