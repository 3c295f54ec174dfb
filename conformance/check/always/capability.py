"""Capabilities: consistent with each other and with the connection's state, and kept."""

from collections.abc import Iterator

from conformance.check.always.client import Moment
from conformance.check.always.lens import Lens
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
_TAKEN = {"ID": "RFC2971:3", "NAMESPACE": "RFC2342:4", "ENABLE": "RFC5161:1"}
_OLD_RIGHTS = frozenset("LRSWIPACD0123456789")
_NEW_RIGHTS = frozenset("TEXK")
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
    if {"UTF8=ACCEPT", "UTF8=ONLY"} <= words:
        yield blame(
            moment,
            "RFC6855:3",
            "UTF8=ACCEPT and UTF8=ONLY",
            "UTF8=ACCEPT and UTF8=ONLY are advertised both",
            level="MUST NOT",
        )
    yield from _rights(moment, words)
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


def _rights(moment: Moment, words: frozenset[str]) -> Iterator[Finding]:
    """RIGHTS= holds t, e, x and k, and none of the rights of RFC 2086 (RFC 4314 2.2, 5.1.1)."""
    for word in words:
        if not word.startswith("RIGHTS="):
            continue
        rights = frozenset(word.removeprefix("RIGHTS="))
        if rights & _OLD_RIGHTS:
            yield blame(
                moment,
                "RFC4314:2.2",
                "RIGHTS= with old rights",
                f"{word} holds a right that RFC 2086 defined",
                level="MUST NOT",
            )
        if not rights >= _NEW_RIGHTS:
            yield blame(
                moment,
                "RFC4314:5.1.1",
                "RIGHTS= without new rights",
                f"{word} lacks one of t, e, x and k",
            )


def told_once(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """CAPABILITY is answered by a single CAPABILITY response (RFC 9051 section 6.1.1)."""
    sent = moment.sent
    if sent is None or sent.command.name != "CAPABILITY" or not sent.alone:
        return
    told = [seen for seen in lens.answers(moment, sent) if seen.response.kind == "CAPABILITY"]
    if len(told) > 1:
        yield blame(
            moment,
            "RFC9051:6.1.1",
            "CAPABILITY twice",
            f"CAPABILITY was answered by {len(told)} CAPABILITY responses",
            known=(sent.index, told[0].index),
        )


def enabled_offered(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """ENABLED lists only what the server supports (RFC 5161 section 3.2)."""
    client, response = moment.client, moment.response
    if response is None or not _told_inside(moment):
        return
    offered, index = client.advertised
    for node in response.data:
        word = bytes(node).decode("latin-1").upper() if isinstance(node, bytes) else ""
        # What an extension brings along need not be offered (RFC 7162 section 3.2.3).
        if word and word not in offered and word != "CONDSTORE":
            yield blame(
                moment,
                "RFC5161:3.2",
                "ENABLED not offered",
                f"ENABLED lists {word}, which CAPABILITY does not",
                level="MUST NOT",
                known=(index,),
            )


def _told_inside(moment: Moment) -> bool:
    """Whether capabilities were told since the login was sent: before, there may be fewer."""
    asked = moment.client.asked
    login = max(asked.get("LOGIN", -1), asked.get("AUTHENTICATE", -1))
    return 0 <= login < moment.client.advertised[1]


def taken(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A command of an extension that is taken belongs to one that is advertised."""
    sent, response = moment.sent, moment.response
    if sent is None or response is None or response.kind != "OK" or not sent.known_user:
        return
    name = sent.command.name
    if name not in _TAKEN or {name, "IMAP4REV2"} & sent.offered or not _told_inside(moment):
        return
    yield blame(
        moment,
        _TAKEN[name],
        f"{name} not offered",
        f"{name} was answered OK, and {name} is not among the capabilities",
        known=(moment.client.advertised[1], sent.index),
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
    "ENABLED": (enabled_offered,),
    "tagged": (consistent, told_once, taken, kept),
}
