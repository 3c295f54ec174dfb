"""What each command promises when it is answered OK: a table by command and section.

A need names a kind of untagged response, or a response code (``OK [UIDNEXT]``), and
under which circumstances it must come.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.check.always.client import Client, Moment, Sent
from conformance.check.always.commands import enabling
from conformance.check.always.lens import Lens
from conformance.check.always.rules import Rule, blame
from conformance.imap.session import Seen
from conformance.imap.tree import Atom, Node
from conformance.verdict import Finding

__all__ = ["COMPLETING", "NEEDS", "Need", "words"]


@dataclass(frozen=True, slots=True)
class Need:
    """One promise.

    kind   the untagged response's kind; with ``code``, the code of an untagged OK
    when   empty: always; ``rev1``, ``rev2``: under that protocol; ``condstore``: for a client
           that is CONDSTORE-aware
    """

    kind: str
    section: str
    code: str = ""
    when: str = ""
    level: str = "MUST"

    def __str__(self) -> str:
        """Return it as people know it."""
        return f"OK [{self.code}]" if self.code else self.kind


_SELECT = (
    Need("FLAGS", "RFC9051:6.3.2"),
    Need("EXISTS", "RFC9051:6.3.2"),
    Need("RECENT", "RFC3501:6.3.1", when="rev1"),
    Need("LIST", "RFC9051:6.3.2", when="rev2"),
    Need("OK", "RFC9051:6.3.2", "UIDVALIDITY"),
    Need("OK", "RFC9051:6.3.2", "UIDNEXT", when="rev2"),
    Need("OK", "RFC3501:6.3.1", "UIDNEXT", when="rev1", level="SHOULD"),
    Need("OK", "RFC9051:6.3.2", "PERMANENTFLAGS", when="rev2"),
    Need("OK", "RFC3501:6.3.1", "PERMANENTFLAGS", when="rev1", level="SHOULD"),
    Need("OK", "RFC7162:3.1.2.1", "HIGHESTMODSEQ", when="condstore"),
)

NEEDS: dict[str, tuple[Need, ...]] = {
    "SELECT": _SELECT,
    "EXAMINE": _SELECT,
    "CAPABILITY": (Need("CAPABILITY", "RFC9051:6.1.1"),),
    "LOGOUT": (Need("BYE", "RFC9051:6.1.3"),),
    "ENABLE": (Need("ENABLED", "RFC9051:6.3.1"),),
    "STATUS": (Need("STATUS", "RFC9051:6.3.11"),),
    "NAMESPACE": (Need("NAMESPACE", "RFC9051:6.3.10"),),
    "ID": (Need("ID", "RFC2971:3.1"),),
    "SORT": (Need("SORT", "RFC5256:3"),),
    "UID SORT": (Need("SORT", "RFC5256:3"),),
    "THREAD": (Need("THREAD", "RFC5256:3"),),
    "UID THREAD": (Need("THREAD", "RFC5256:3"),),
    "GETQUOTA": (Need("QUOTA", "RFC9208:4.1.1"),),
    "GETQUOTAROOT": (Need("QUOTAROOT", "RFC9208:4.1.2"),),
    "GETACL": (Need("ACL", "RFC4314:3.3"),),
    "MYRIGHTS": (Need("MYRIGHTS", "RFC4314:3.5"),),
    "LISTRIGHTS": (Need("LISTRIGHTS", "RFC4314:3.4"),),
}


def words(nodes: tuple[Node, ...]) -> list[str]:
    """Return the atoms among ``nodes``, in upper case."""
    return [node.decode("latin-1").upper() for node in nodes if isinstance(node, Atom)]


def promised(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A command that is answered OK has given all that it promises."""
    sent, response = moment.sent, moment.response
    if sent is None or response is None or response.kind != "OK":
        return
    needs = NEEDS.get(sent.command.name)
    if needs is None:
        return
    client = moment.client
    answers = lens.answers(moment, sent)
    for need in needs:
        if not _applies(need, client, sent) or _came(need, answers):
            continue
        if need.kind in ("SORT", "THREAD") and sent.command.args[:1] and _extended(sent):
            continue  # with RETURN the answer is ESEARCH (RFC 5267)
        yield blame(
            moment,
            need.section,
            f"{sent.command.name} without {need}",
            f"{sent.command.name} was answered OK, and {need} did not come",
            level=need.level,
            known=(sent.index,),
        )


def _applies(need: Need, client: Client, sent: Sent) -> bool:
    match need.when:
        case "rev1":
            return not client.rev2
        case "rev2":
            return client.rev2
        case "condstore":
            # What was sent in the same write may come after it: only its own words count then.
            aware = client.enabling.get("CONDSTORE", sent.index) < sent.index
            aware = aware or bool(enabling(sent.command))
            aware = aware or not {"CONDSTORE", "QRESYNC"}.isdisjoint(client.session.enabled)
            return aware and client.offers("CONDSTORE", "QRESYNC")
    return True


def _came(need: Need, answers: list[Seen]) -> bool:
    for seen in answers:
        response = seen.response
        if need.code:
            if response.code == need.code and not response.tagged:
                return True
            if need.code == "HIGHESTMODSEQ" and response.code == "NOMODSEQ":
                return True
        elif response.kind == need.kind and not response.tagged:
            return True
    return False


def _extended(sent: Sent) -> bool:
    return words(sent.command.args[:1]) == ["RETURN"]


def selected_how(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """EXAMINE says READ-ONLY; SELECT says which it is (RFC 3501 sections 6.3.1 and 6.3.2)."""
    sent, response = moment.sent, moment.response
    if sent is None or response is None or response.kind != "OK":
        return
    if sent.command.name == "EXAMINE" and response.code != "READ-ONLY":
        yield blame(
            moment,
            "RFC9051:6.3.3",
            "EXAMINE not READ-ONLY",
            "EXAMINE was answered without the code READ-ONLY",
            known=(sent.index,),
        )
    elif sent.command.name == "SELECT" and response.code not in ("READ-ONLY", "READ-WRITE"):
        yield blame(
            moment,
            "RFC9051:6.3.2",
            "SELECT without READ-WRITE",
            "SELECT was answered with neither READ-WRITE nor READ-ONLY",
            level="SHOULD",
            known=(sent.index,),
        )


def closed_said(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """SELECT of another mailbox marks the switch by CLOSED (RFC 7162 section 3.2.11)."""
    sent, response, client = moment.sent, moment.response, moment.client
    if sent is None or response is None or response.kind != "OK" or not sent.alone:
        return
    if sent.command.name not in ("SELECT", "EXAMINE") or sent.box is None:
        return
    if not client.rev2 and not client.offers("QRESYNC", "CONDSTORE"):
        return
    if sent.former and sent.former != sent.box.name:
        answers = lens.answers(moment, sent)
        at = next((at for at, seen in enumerate(answers) if seen.response.code == "CLOSED"), None)
        if at is None:
            yield blame(
                moment,
                "RFC9051:7.1" if client.rev2 else "RFC7162:3.2.11",
                "no CLOSED",
                "another mailbox was selected, and no CLOSED told where the old one ended",
                known=(sent.index,),
            )
        elif any(seen.response.kind in ("EXISTS", "FLAGS") for seen in answers[:at]):
            yield blame(
                moment,
                "RFC9051:7.1" if client.rev2 else "RFC7162:3.2.11",
                "CLOSED late",
                "data of the new mailbox came before CLOSED",
                known=(sent.index, answers[at].index),
            )


def recent_at_select(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """RECENT of SELECT is no more than its EXISTS (RFC 3501 section 7.3.2)."""
    sent, box = moment.sent, moment.box
    if sent is None or sent.command.name not in ("SELECT", "EXAMINE") or box is None:
        return
    if box.open and box.recent is not None and box.count is not None and box.recent > box.count:
        yield blame(
            moment,
            "RFC3501:7.3.2",
            "RECENT above EXISTS",
            f"{box.recent} messages are recent of {box.count}",
            known=(box.count_index,),
        )


def always_ok(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """CAPABILITY, NOOP and LOGOUT have nothing to fail by (RFC 9051 section 6.1)."""
    sent, response = moment.sent, moment.response
    if sent is None or response is None or response.kind != "NO" or sent.command.args:
        return
    if sent.command.name in ("CAPABILITY", "NOOP", "LOGOUT"):
        yield blame(
            moment,
            "RFC9051:6.1",
            f"{sent.command.name} NO",
            f"{sent.command.name} was answered NO, and its results are OK and BAD",
            # Of a mailbox that is gone RFC 2180 lets a server say so.
            level="SHOULD" if moment.client.box is not None else "MUST",
            known=(sent.index,),
        )


COMPLETING: tuple[Rule, ...] = (
    promised,
    selected_how,
    closed_said,
    recent_at_select,
    always_ok,
)
