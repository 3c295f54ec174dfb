"""What LIST and LSUB ask for, and which names fit (RFC 9051 section 6.3.9)."""

import re

from conformance.check.always.client import Sent
from conformance.imap.tree import Node

__all__ = ["asked_patterns", "matches"]


def asked_patterns(sent: Sent) -> tuple[list[bytes], list[bytes]] | None:
    """Return the references and patterns of a LIST or LSUB; None if they cannot be told."""
    args: list[Node] = list(sent.command.args)
    if args and isinstance(args[0], tuple):
        args = args[1:]  # selection options
    if len(args) < 2 or not isinstance(args[0], bytes):
        return None
    nodes = args[1] if isinstance(args[1], tuple) else (args[1],)
    return [bytes(args[0])], [bytes(node) for node in nodes if isinstance(node, bytes)]


def matches(pattern: bytes, delimiter: bytes, name: bytes) -> bool:
    """Return whether ``name`` fits a LIST pattern: ``*`` any octets, ``%`` none that delimits."""
    text = "".join(
        ".*"
        if char == b"*"
        else (f"[^{re.escape(delimiter.decode('latin-1'))}]*" if delimiter else ".*")
        if char == b"%"
        else re.escape(char.decode("latin-1"))
        for char in (pattern[at : at + 1] for at in range(len(pattern)))
    )
    subject = name.decode("latin-1")
    if re.fullmatch(text, subject, re.DOTALL):
        return True
    # INBOX is the same in any case, also as the first part of a pattern (RFC 9051 section 5.1).
    return subject.upper().startswith("INBOX") and bool(
        re.fullmatch(text, "INBOX" + subject[5:], re.DOTALL | re.IGNORECASE)
    )
