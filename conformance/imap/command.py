"""One command as a value: tag, name and arguments, as it went over the wire."""

import re
from typing import NamedTuple

from conformance.imap.tree import Malformed, Node, read

__all__ = ["Command", "parse_command"]

_HEAD = re.compile(rb"([^ \r\n]+) (UID )?([A-Za-z0-9.\-]+)(?: |(?=\r?\n)|\Z)", re.IGNORECASE)


class Command(NamedTuple):
    """A command, taken apart.

    tag    the tag
    name   the command's name in upper case; ``UID FETCH`` and its kind keep their UID
    args   what follows, as a tree; empty if it could not be taken apart
    """

    tag: bytes
    name: str
    args: tuple[Node, ...] = ()


def parse_command(frame: bytes) -> Command | None:
    """Return ``frame``, a whole command with its literals and CRLF; None if it is none."""
    head = _HEAD.match(frame)
    if not head:
        return None
    name = head[3].upper().decode("ascii")
    if head[2]:
        name = f"UID {name}"
    # One line end and no more: the octets before it may be a literal's own.
    end = len(frame) - (2 if frame.endswith(b"\r\n") else frame.endswith(b"\n"))
    try:
        args = read(frame, head.end(), max(end, head.end()))
    except Malformed:
        args = ()
    return Command(head[1], name, args)
