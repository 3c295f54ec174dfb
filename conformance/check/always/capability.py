"""Capabilities: consistent with each other and with the connection's state, and kept."""

from collections.abc import Iterator

from conformance.check.always.lens import Lens, Moment
from conformance.check.always.rules import Rule, blame
from conformance.verdict import Finding

__all__ = ["CAPABILITY"]

# An extension, what it needs beside it, and where that is said.
_NEEDS = (
    ("QRESYNC", ("ENABLE", "IMAP4REV2"), "RFC7162:3.2.3"),
    ("SEARCHRES", ("ESEARCH", "IMAP4REV2"), "RFC5182:2.1"),
    ("UTF8=ACCEPT", ("ENABLE", "IMAP4REV2"), "RFC6855:3"),
    ("UTF8=ONLY", ("ENABLE", "IMAP4REV2"), "RFC6855:3"),
)
# Commands that cannot be wrong in themselves when they have no or only a fixed argument.
_COMMANDS = {
    "NAMESPACE": "NAMESPACE",
    "ID": "ID",
    "IDLE": "IDLE",
    "UNSELECT": "UNSELECT",
}


def consistent(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """What is advertised fits together, and the state of the connection (9051 6.1.1)."""
    client, response = moment.client, moment.response
    if response is None or not (response.kind == "CAPABILITY" or response.code == "CAPABILITY"):
        return
    words = client.session.capabilities
    if words.isdisjoint({"IMAP4REV1", "IMAP4REV2"}):
        yield blame(
            moment,
            "RFC9051:6.1.1",
            "no IMAP4",
            "neither IMAP4rev1 nor IMAP4rev2 is among the capabilities",
        )
    if {"LITERAL+", "LITERAL-"} <= words:
        yield blame(
            moment,
            "RFC7888:5",
            "LITERAL+ and LITERAL-",
            "LITERAL+ and LITERAL- are advertised both",
            level="MUST NOT",
        )
    for word, needs, section in _NEEDS:
        if word in words and words.isdisjoint(needs):
            yield blame(
                moment, section, f"{word} without {needs[0]}", f"{word} needs {needs[0]} beside it"
            )
    if "STARTTLS" in words and client.session.tls:
        yield blame(
            moment,
            "RFC9051:6.2.1",
            "STARTTLS in TLS",
            "STARTTLS is advertised inside TLS",
            level="SHOULD NOT",
        )


def kept(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A command of an advertised extension is not unknown (RFC 9051 section 6.1.1)."""
    sent, response = moment.sent, moment.response
    if sent is None or response is None or response.kind != "BAD" or not sent.known_user:
        return
    name = sent.command.name
    word = _COMMANDS.get(name)
    if word is None or word not in sent.offered or len(sent.command.args) > (name == "ID"):
        return
    if name == "UNSELECT" and sent.box is None:
        return
    yield blame(
        moment,
        "RFC9051:6.1.1",
        f"{name} BAD",
        f"{name} was answered BAD, and {word} is advertised",
        known=(sent.index, moment.client.advertised[1]),
    )


CAPABILITY: dict[str, tuple[Rule, ...]] = {
    "CAPABILITY": (consistent,),
    "OK": (consistent,),
    "PREAUTH": (consistent,),
    "tagged": (consistent, kept),
}
