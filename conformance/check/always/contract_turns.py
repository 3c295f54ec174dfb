"""Who may speak when: tags, continuations, greetings, BYE, and the state a command needs."""

from collections.abc import Iterator

from conformance.check.always.client import Moment
from conformance.check.always.lens import Lens
from conformance.check.always.rules import Rule, blame, line
from conformance.verdict import Finding

__all__ = ["TURNS"]

_SELECTED = frozenset(
    {"CLOSE", "UNSELECT", "EXPUNGE", "SEARCH", "FETCH", "STORE", "COPY", "MOVE", "CHECK", "SORT"}
    | {"UID FETCH", "UID STORE", "UID COPY", "UID MOVE", "UID SEARCH", "UID EXPUNGE", "THREAD"}
)
_ANYTIME = frozenset({"CAPABILITY", "NOOP", "LOGOUT", "STARTTLS", "AUTHENTICATE", "LOGIN", "ID"})
_NAMED = frozenset(
    {"SELECT", "EXAMINE", "CREATE", "DELETE", "RENAME", "SUBSCRIBE", "UNSUBSCRIBE", "LIST", "LSUB"}
    | {"STATUS", "APPEND", "NAMESPACE", "ENABLE", "IDLE"}
)
_GREETINGS = frozenset({"OK", "PREAUTH", "BYE"})


def tag_asked(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A tagged response answers a command under way (RFC 9051 section 2.2.2)."""
    if moment.sent is None and moment.response and moment.response.tag not in moment.client.odd:
        yield blame(
            moment,
            "RFC9051:2.2.2",
            "tag of no command",
            f"{line(moment)} came, and no command under way has this tag",
        )


def continuation_due(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A ``+`` comes when a command waits for one (RFC 9051 section 7.6)."""
    client = moment.client
    if client.continues > 0:
        client.continues -= 1
        return
    names = {sent.command.name for sent in client.pending.values()}
    if names.isdisjoint({"AUTHENTICATE", "IDLE"}):
        yield blame(
            moment,
            "RFC9051:7.6",
            "continuation not due",
            "a continuation request came, and nothing waits for one",
        )


def greeting(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """The first response is the greeting: OK, PREAUTH or BYE (RFC 9051 section 7.1)."""
    client, response = moment.client, moment.response
    if client.greeted != moment.index or response is None:
        return
    if response.tagged or response.kind not in _GREETINGS:
        yield blame(moment, "RFC9051:3", "no greeting", f"the connection began with {line(moment)}")


def preauth_late(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """PREAUTH is a greeting and nothing else (RFC 9051 section 7.1.4)."""
    if moment.client.greeted != moment.index:
        yield blame(moment, "RFC9051:7.1.4", "PREAUTH late", "PREAUTH came after the greeting")


def state_needed(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A command that the state does not permit is not carried out (RFC 9051 section 3)."""
    sent, response = moment.sent, moment.response
    if sent is None or response is None or response.kind != "OK":
        return
    name = sent.command.name
    if name in _SELECTED and sent.box is None and sent.alone:
        yield blame(
            moment,
            "RFC9051:3.3",
            f"{name} unselected",
            f"{name} was answered OK, and no mailbox was selected",
            level="MUST NOT",
            known=(sent.index,),
        )
    elif not sent.known_user and (name in _NAMED or name in _SELECTED):
        yield blame(
            moment,
            "RFC9051:3.1",
            f"{name} before login",
            f"{name} was answered OK before the client had logged in",
            level="MUST NOT",
            known=(sent.index,),
        )


def login_disabled(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """LOGINDISABLED means what it says (RFC 9051 section 6.2.3)."""
    sent, response = moment.sent, moment.response
    if sent is None or response is None or response.kind == "NO":
        return
    whole = sent.command.name == "LOGIN" and len(sent.command.args) == 2
    if whole and "LOGINDISABLED" in sent.offered and not sent.known_user:
        yield blame(
            moment,
            "RFC9051:6.2.3" if response.kind == "OK" else "RFC9051:7.2.2",
            "LOGIN despite LOGINDISABLED"
            if response.kind == "OK"
            else "LOGIN BAD under LOGINDISABLED",
            f"LOGIN was answered {response.kind} although LOGINDISABLED was advertised",
            known=(moment.client.advertised[1],),
        )


def bye_before_close(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """The server says BYE before it closes (RFC 9051 section 3.4)."""
    client = moment.client
    if lens.others.broken:
        return
    if client.bye < 0 and moment.event.octets.startswith(b"closed by server") and client.greeted:
        yield blame(
            moment,
            "RFC9051:3.4",
            "closed without BYE",
            "the server closed the connection without BYE",
            level="SHOULD NOT",
        )


def silent_after_logout(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """After BYE and the tagged OK of LOGOUT nothing comes (RFC 9051 section 6.1.3)."""
    client = moment.client
    if client.left >= 0 and moment.response is not None and moment.index > client.left:
        yield blame(
            moment,
            "RFC9051:6.1.3",
            "after LOGOUT",
            f"{line(moment)} came after LOGOUT was answered",
            level="SHOULD NOT",
            known=(client.left,),
        )


TURNS: dict[str, tuple[Rule, ...]] = {
    "any": (greeting, silent_after_logout),
    "tagged": (tag_asked, state_needed, login_disabled),
    "+": (continuation_due,),
    "PREAUTH": (preauth_late,),
    "closed": (bye_before_close,),
}
