"""Fill in a command's references: ``uid(x)``, ``seq(x)``, ``message(x)`` and ``$x``."""

from collections.abc import Callable

from conformance.actors.base import Literal
from conformance.actors.imap import astring
from conformance.check.facts import Captures, Facts
from conformance.imap.tree import Atom, Node
from conformance.scenario import template
from conformance.scenario.pattern import Capture, Message, Seq, Uid

__all__ = ["Unplayable", "fill", "raw"]


class Unplayable(Exception):  # noqa: N818 - a state of affairs, not a fault of ours
    """A step needs something that is not known; the message says what."""


def fill(
    command: str,
    facts: Facts,
    captures: Captures,
    number: Callable[[int], int | None] = lambda _: None,
) -> list[bytes | Literal]:
    """Return ``command`` in parts, ready to be sent; Unplayable if a reference means nothing yet.

    number  gives this client's sequence number for a UID
    """
    pieces: list[bytes | Literal] = []
    for piece in template.parse_command(command):
        match piece:
            case template.Text(text):
                pieces.append(text.encode())
            case template.Literal(content, plus, binary):
                octets = _message(content.name, facts) if isinstance(content, Message) else content
                pieces.append(Literal(octets, plus, binary))
            case Message(name):
                pieces.append(Literal(_message(name, facts)))
            case Uid(name):
                pieces.append(b"%d" % _uid(name, facts))
            case Seq(name):
                found = number(_uid(name, facts))
                if found is None:
                    raise Unplayable(f"this client has no number for message {name}")
                pieces.append(b"%d" % found)
            case Capture(name):
                if name not in captures:
                    raise Unplayable(f"${name} was never bound")
                pieces += _render(captures[name])
    return pieces


def raw(text: str, facts: Facts, captures: Captures) -> bytes:
    """Return the octets that ``sends`` puts on the wire; Unplayable as for ``fill``."""
    octets = b""
    for piece in template.parse_raw(text):
        match piece:
            case template.Octets(data):
                octets += data
            case Message(name):
                octets += _message(name, facts)
            case Capture(name):
                if name not in captures:
                    raise Unplayable(f"${name} was never bound")
                value = captures[name]
                octets += value if isinstance(value, bytes) else b""
    return octets


def _uid(name: str, facts: Facts) -> int:
    uid = facts.uids.get(name)
    if uid is None:
        raise Unplayable(f"the UID of message {name} is not known")
    return uid


def _message(name: str, facts: Facts) -> bytes:
    octets = facts.messages.get(name)
    if octets is None:
        raise Unplayable(f"there is no message {name}")
    return octets


def _render(value: Node) -> list[bytes | Literal]:
    if isinstance(value, tuple):
        parts: list[bytes | Literal] = [b"("]
        for at, node in enumerate(value):
            parts += [b" "] * (at > 0) + _render(node)
        return [*parts, b")"]
    return [bytes(value) if isinstance(value, Atom) else astring(value)]
