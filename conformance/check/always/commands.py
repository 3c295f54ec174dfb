"""What commands do besides answering: which remove, which change flags unheard, which enable."""

import re
from collections.abc import Iterator

from conformance.imap.command import Command
from conformance.imap.tree import Atom, Node

__all__ = [
    "BY_NUMBER",
    "HARMLESS",
    "REMOVING",
    "continues",
    "declines",
    "enabling",
    "goes_on",
    "stirs",
]

HARMLESS = frozenset(
    {
        "IDLE",
        "NOOP",
        "CAPABILITY",
        "LOGIN",
        "AUTHENTICATE",
        "ID",
        "NAMESPACE",
        "ENABLE",
        "LIST",
        "LSUB",
        "STATUS",
        "SEARCH",
        "SORT",
        "THREAD",
        "GETQUOTA",
        "GETQUOTAROOT",
        "GETACL",
        "MYRIGHTS",
        "LISTRIGHTS",
        "LOGOUT",
        "CHECK",
        "UNSELECT",
        "NOTIFY",
        "STARTTLS",
        "COMPRESS",
        "GETMETADATA",
        "UID SEARCH",
        "UID SORT",
        "UID THREAD",
    }
)
"""What changes nothing that another client could see."""

REMOVING = frozenset(
    {"EXPUNGE", "UID EXPUNGE", "CLOSE", "MOVE", "UID MOVE", "DELETE", "RENAME", "REPLACE"}
    | {"UID REPLACE"}
)
"""What may remove messages."""

BY_NUMBER = frozenset({"STORE", "FETCH", "MOVE", "COPY"})
"""What names messages by numbers that mean something at the moment of sending."""

_READS = re.compile(rb"(?:^| )(?:BODY\[|BINARY\[|RFC822(?:\.TEXT)?(?: |$))")
_SYNCHRONIZING = re.compile(rb"\{\d+\}\r\n\Z")
_CONDSTORE = {"CHANGEDSINCE", "UNCHANGEDSINCE", "MODSEQ", "HIGHESTMODSEQ", "CONDSTORE", "QRESYNC"}


def continues(octets: bytes) -> bool:
    """Return whether what was sent ends in a literal's announcement that waits for ``+``."""
    return octets.endswith(b"}\r\n") and bool(
        _SYNCHRONIZING.search(octets, max(0, len(octets) - 30))
    )


def stirs(command: Command) -> bool:
    """Return whether a STORE or FETCH may change flags and not tell."""
    text = b" ".join(_words(command.args)).upper()
    if command.name.endswith("STORE"):
        return b".SILENT" in text
    return bool(_READS.search(text))


def goes_on(command: Command) -> bool:
    """Return whether a search may send results after its end (RFC 5267 section 4)."""
    text = b" ".join(_words(command.args)).upper()
    return b"UPDATE" in text or b"CONTEXT" in text


def declines(command: Command) -> bool:
    """Return whether a NOTIFY wants no news of the selected mailbox (RFC 5465 section 3)."""
    words = {word.upper() for word in _words(command.args)}
    return not words & {b"SELECTED", b"SELECTED-DELAYED"}


def enabling(command: Command) -> list[str]:
    """Return what a command turns on by itself: it makes a client CONDSTORE-aware (RFC 7162 3.1).

    What ENABLE does, ENABLED tells.
    """
    if command.name in ("APPEND", "LOGIN", "ENABLE") or command.name.endswith(("SORT", "THREAD")):
        return []  # a MODSEQ criterion counts in SEARCH alone
    words = (word.decode("latin-1").upper() for word in _words(command.args) if len(word) < 30)
    return ["CONDSTORE"] if any(word in _CONDSTORE for word in words) else []


def _words(nodes: tuple[Node, ...]) -> Iterator[bytes]:
    for node in nodes:
        if isinstance(node, tuple):
            yield from _words(node)
        elif isinstance(node, Atom) and len(node) < 500:
            yield node
