"""What a client does with mailboxes, and with its connection."""

from conformance.explore.kinds import Kind
from conformance.explore.model import Box
from conformance.explore.turn import Turn
from conformance.scenario.model import Step

__all__ = ["ALWAYS", "CONNECTION", "MAILBOXES", "select"]


def select(turn: Turn) -> Step:
    """Select a mailbox; resynchronize it where QRESYNC is enabled (RFC 7162 section 3.2.5)."""
    client = turn.client
    name = turn.mailbox(0.03)
    word = "EXAMINE" if turn.maybe(0.12) else "SELECT"
    parameter = ""
    if "QRESYNC" in client.enabled and name in client.marks:
        validity, modseq = client.marks[name]
        known = turn.chance.choice(("", "", " 1:*", " 1:99"))
        since = turn.chance.choice((f"${modseq}", f"${modseq}", "1"))
        parameter = f" (QRESYNC (${validity} {since}{known.replace('*', '9')}))"
    elif turn.offers("CONDSTORE") and turn.maybe(0.3):
        parameter = " (CONDSTORE)"
    client.leave()
    client.box, client.read_only = name, word == "EXAMINE"
    if not turn.offers("QRESYNC"):
        return turn.says(f"{word} {name}{parameter}")
    marks = turn.capture("v"), turn.capture("h")
    step = turn.says(
        f"{word} {name}{parameter}",
        f"OK [UIDVALIDITY ${marks[0]}]",
        f"OK [HIGHESTMODSEQ ${marks[1]}]",
    )
    client.marks[name] = marks
    return step


def _create(turn: Turn) -> Step:
    name = turn.mailbox(0.8)
    turn.world.box(turn.client.user, name)
    return turn.says(f"CREATE {name}")


def _delete(turn: Turn) -> Step:
    name = turn.mailbox(0.1)
    if name != "INBOX":
        turn.world.boxes[turn.client.user].pop(name, None)
    return turn.says(f"DELETE {name}")


def _rename(turn: Turn) -> Step | None:
    old, new = turn.mailbox(0.05), turn.mailbox(0.9)
    if old == new:
        return None
    boxes = turn.world.boxes[turn.client.user]
    if old == "INBOX":
        boxes[new], boxes[old] = boxes[old], Box()
    elif old in boxes and new not in boxes:
        boxes[new] = boxes.pop(old)
    return turn.says(f"RENAME {old} {new}")


def _subscribe(turn: Turn) -> Step:
    word = turn.chance.choice(("SUBSCRIBE", "SUBSCRIBE", "UNSUBSCRIBE"))
    return turn.says(f"{word} {turn.mailbox()}")


def _list(turn: Turn) -> Step:
    pattern = turn.chance.choice(("*", "*", "%", "INBOX", "W*", "Work/%", "%/%", '""'))
    if pattern != '""' and turn.offers("LIST-EXTENDED") and turn.maybe(0.4):
        selection = turn.chance.choice(("", "(SUBSCRIBED) ", "(SUBSCRIBED RECURSIVEMATCH) "))
        wanted = ["SUBSCRIBED", "CHILDREN"]
        if turn.offers("SPECIAL-USE"):
            wanted.append("SPECIAL-USE")
        if turn.offers("LIST-STATUS"):
            wanted.append("STATUS (MESSAGES UIDNEXT)")
        returning = turn.some(wanted, 0, 2)
        back = f" RETURN ({' '.join(returning)})" if returning else ""
        return turn.says(f'LIST {selection}"" {pattern}{back}')
    if turn.offers("IMAP4REV1") and "IMAP4REV2" not in turn.client.enabled and turn.maybe(0.25):
        return turn.says(f'LSUB "" {pattern}')
    return turn.says(f'LIST "" {pattern}')


def _status(turn: Turn) -> Step:
    items = ["MESSAGES", "UIDNEXT", "UIDVALIDITY", "UNSEEN"]
    for word, item in (
        ("IMAP4REV1", "RECENT"),
        ("CONDSTORE", "HIGHESTMODSEQ"),
        ("STATUS=SIZE", "SIZE"),
        ("OBJECTID", "MAILBOXID"),
        ("APPENDLIMIT", "APPENDLIMIT"),
        ("IMAP4REV2", "DELETED"),
    ):
        if turn.offers(word) and not (item == "RECENT" and "IMAP4REV2" in turn.client.enabled):
            items.append(item)
    return turn.says(f"STATUS {turn.mailbox()} ({' '.join(turn.some(items, 1, 4))})")


def _append(turn: Turn) -> Step:
    name = turn.mailbox()
    message = turn.message()
    flags = f" {turn.flags()}" if turn.maybe(0.4) else ""
    date = f" {turn.date()}" if turn.maybe(0.3) else ""
    body = f"message({message})"
    if turn.offers("LITERAL+") and turn.maybe(0.3):
        body = f"{{message({message})+}}"
    box = turn.world.box(turn.client.user, name)
    box.count += 1
    if name in turn.known and body.startswith("message("):
        box.names.append(message)
    return turn.says(f"APPEND {name}{flags}{date} {body}")


def _multiappend(turn: Turn) -> Step:
    name = turn.mailbox(0.05)
    turn.world.box(turn.client.user, name).count += 2
    one, other = turn.message(), turn.message()
    return turn.says(f"APPEND {name} message({one}) {turn.flags()} message({other})")


def _enable(turn: Turn) -> Step | None:
    words = [
        w for w in ("CONDSTORE", "QRESYNC", "QRESYNC", "IMAP4REV2", "UIDONLY") if turn.offers(w)
    ]
    if not words or not turn.offers("ENABLE"):
        return None
    word = turn.chance.choice(words)
    if word == "UIDONLY" and turn.maybe(0.7):
        return None
    turn.client.enabled.add(word)
    return turn.says(f"ENABLE {'IMAP4rev2' if word == 'IMAP4REV2' else word}")


def _quota(turn: Turn) -> Step:
    return turn.says(turn.chance.choice(("GETQUOTAROOT INBOX", 'GETQUOTA ""')))


def _rights(turn: Turn) -> Step:
    name = turn.mailbox(0.05)
    command = turn.chance.choice(
        (
            f"MYRIGHTS {name}",
            f"GETACL {name}",
            f"LISTRIGHTS {name} anyone",
            f"SETACL {name} anyone lr",
            f"DELETEACL {name} anyone",
        )
    )
    return turn.says(command)


def _metadata(turn: Turn) -> Step:
    name = turn.chance.choice(("INBOX", '""', turn.mailbox(0.05)))
    if turn.maybe(0.5):
        return turn.says(f'SETMETADATA {name} (/private/comment "one")')
    return turn.says(f"GETMETADATA {name} /private/comment")


def _noop(turn: Turn) -> Step:
    return turn.says("NOOP")


def _ask(turn: Turn) -> Step:
    commands = ["CAPABILITY"]
    if turn.offers("NAMESPACE"):
        commands.append("NAMESPACE")
    if turn.offers("ID"):
        commands.append("ID NIL")
    return turn.says(turn.chance.choice(commands))


def _idle(turn: Turn) -> Step:
    turn.client.idling = True
    return turn.does("idles")


def _notify(turn: Turn) -> Step:
    command = turn.chance.choice(
        (
            "NOTIFY SET (SELECTED (MessageNew MessageExpunge FlagChange))",
            "NOTIFY SET (SELECTED-DELAYED (MessageNew MessageExpunge)) (PERSONAL (MailboxName))",
        )
    )
    return turn.says(command)


def _esearch(turn: Turn) -> Step:
    return turn.says("ESEARCH IN (PERSONAL) RETURN (COUNT ALL) UNSEEN")


def _drop(turn: Turn) -> Step:
    turn.client.reset()
    return turn.does("drops", ends=False)


def _leave(turn: Turn) -> Step:
    turn.client.reset()
    return turn.does("leaves")


def _compress(turn: Turn) -> Step:
    return turn.says("COMPRESS DEFLATE")


MAILBOXES = (
    Kind("SELECT", select, 4),
    Kind("CREATE", _create, 2),
    Kind("DELETE", _delete, 1),
    Kind("RENAME", _rename, 1),
    Kind("SUBSCRIBE", _subscribe, 1),
    Kind("LIST", _list, 3),
    Kind("STATUS", _status, 3),
    Kind("APPEND", _append, 4),
    Kind("MULTIAPPEND", _multiappend, 1, "MULTIAPPEND"),
    Kind("ENABLE", _enable, 2, "ENABLE"),
    Kind("QUOTA", _quota, 1, "QUOTA"),
    Kind("ACL", _rights, 1, "ACL"),
    Kind("METADATA", _metadata, 1, "METADATA"),
    Kind("NOTIFY", _notify, 1, "NOTIFY"),
    Kind("ESEARCH", _esearch, 1, "MULTISEARCH"),
    Kind("COMPRESS", _compress, 1, "COMPRESS=DEFLATE"),
)
ALWAYS = (Kind("NOOP", _noop, 6), Kind("ask", _ask, 1), Kind("IDLE", _idle, 3, "IDLE"))
CONNECTION = (Kind("drops", _drop, 1), Kind("leaves", _leave, 1))
