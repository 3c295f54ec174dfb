"""What names in patterns stand for: messages' UIDs and octets, and what was captured."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.imap.namespace import Namespace
from conformance.imap.tree import Node

__all__ = ["Captures", "Facts"]

Captures = Mapping[str, Node]
"""Capture's name -> what it was bound to."""


@dataclass(slots=True)
class Facts:
    """Names as far as they are known; shared by all steps and growing while they are played.

    uids      message's name -> its UID in the mailbox where it was put
    messages  message's name -> its octets
    namespace where the server keeps what scenarios call by a plain name
    """

    uids: dict[str, int] = field(default_factory=dict)
    messages: dict[str, bytes] = field(default_factory=dict)
    namespace: Namespace = field(default_factory=Namespace)
