"""What a client does with the messages of the mailbox that it has selected."""

from conformance.explore.kinds import Kind
from conformance.explore.search_keys import keys, returning, sorting
from conformance.explore.turn import Turn
from conformance.scenario.model import Step

__all__ = ["MESSAGES"]

_PARTS = (
    *("BODY.PEEK[]", "BODY.PEEK[HEADER]", "BODY.PEEK[TEXT]", "BODY.PEEK[1]", "BODY.PEEK[1.MIME]"),
    *("BODY.PEEK[2]", "BODY.PEEK[2.MIME]", "BODY.PEEK[]<0.20>", "BODY.PEEK[]<30.50>"),
    *("BODY.PEEK[TEXT]<5.1000>", "BODY.PEEK[]<99999.10>", "BODY.PEEK[2.HEADER]"),
    *("BODY.PEEK[HEADER.FIELDS (SUBJECT DATE)]", "BODY.PEEK[HEADER.FIELDS.NOT (TO FROM)]"),
    *("BODY[]", "BODY[TEXT]", "BODY[1]"),
)
_REV1 = ("RFC822", "RFC822.HEADER", "RFC822.TEXT")
_BINARY = ("BINARY.PEEK[1]", "BINARY.SIZE[1]", "BINARY.PEEK[2]", "BINARY.SIZE[2]", "BINARY[1]")
_FACTS = ("FLAGS", "UID", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODYSTRUCTURE", "BODY")
_EXTENDED = (
    ("CONDSTORE", ("MODSEQ",)),
    ("OBJECTID", ("EMAILID", "THREADID")),
    ("SAVEDATE", ("SAVEDATE",)),
    ("PREVIEW", ("PREVIEW",)),
    ("BINARY", _BINARY),
)


def _items(turn: Turn) -> str:
    if turn.maybe(0.12):
        return turn.chance.choice(("ALL", "FAST", "FULL"))
    if turn.maybe(0.25):
        return "(FLAGS)"
    pool = list(_FACTS)
    pool += [item for word, items in _EXTENDED if turn.offers(word) for item in items]
    if turn.maybe(0.6):
        pool += _PARTS
        if turn.offers("IMAP4REV1") and "IMAP4REV2" not in turn.client.enabled:
            pool += _REV1
    chosen = {item.replace(".PEEK", ""): item for item in turn.some(pool, 1, 5)}
    return f"({' '.join(chosen.values())})"


def _fetch(turn: Turn) -> Step:
    uid, chosen = turn.set()
    modifier = ""
    if turn.offers("CONDSTORE") and turn.maybe(0.15):
        modifier = " (CHANGEDSINCE 1)"
        if uid and "QRESYNC" in turn.client.enabled and turn.maybe(0.5):
            modifier = " (CHANGEDSINCE 1 VANISHED)"
    elif uid and turn.offers("PARTIAL") and turn.maybe(0.1):
        modifier = " (PARTIAL 1:2)"
    return turn.says(f"{uid}FETCH {chosen} {_items(turn)}{modifier}")


def _look(turn: Turn) -> Step:
    """Look at all flags, as clients do when they synchronize."""
    return turn.says("UID FETCH 1:* (FLAGS)")


def _store(turn: Turn) -> Step:
    uid, chosen = turn.set()
    modifier = ""
    if turn.offers("CONDSTORE") and turn.maybe(0.2):
        since = turn.chance.choice(("1", "999999"))
        modifier = f" (UNCHANGEDSINCE {since})"
    how = turn.chance.choice(("+FLAGS", "+FLAGS", "-FLAGS", "FLAGS"))
    silent = ".SILENT" if turn.maybe(0.25) else ""
    flags = turn.flags(0 if how == "FLAGS" else 1)
    return turn.says(f"{uid}STORE {chosen}{modifier} {how}{silent} {flags}")


def _delete(turn: Turn) -> Step:
    uid, chosen = turn.set()
    return turn.says(rf"{uid}STORE {chosen} +FLAGS (\Deleted)")


def _expunge(turn: Turn) -> Step:
    if turn.offers("UIDPLUS") and turn.maybe(0.3):
        return turn.says(f"UID EXPUNGE {turn.uids()}")
    return turn.says("EXPUNGE")


def _copy(turn: Turn) -> Step:
    uid, chosen = turn.set()
    target = turn.mailbox()
    turn.world.box(turn.client.user, target).count += 1
    return turn.says(f"{uid}COPY {chosen} {target}")


def _move(turn: Turn) -> Step:
    uid, chosen = turn.set()
    target = turn.mailbox()
    turn.world.box(turn.client.user, target).count += 1
    return turn.says(f"{uid}MOVE {chosen} {target}")


def _search(turn: Turn) -> Step:
    uid = "UID " if "UIDONLY" in turn.client.enabled or turn.maybe(0.5) else ""
    found = keys(turn)
    back = returning(turn, "SEARCH")
    charset = "CHARSET UTF-8 " if turn.maybe(0.05) else ""
    return turn.says(f"{uid}SEARCH {back}{charset}{found}")


def _sort(turn: Turn) -> Step:
    uid = "UID " if "UIDONLY" in turn.client.enabled or turn.maybe(0.5) else ""
    found = keys(turn, 1)
    return turn.says(f"{uid}SORT {returning(turn, 'SORT')}{sorting(turn)} US-ASCII {found}")


def _thread(turn: Turn) -> Step:
    ways = [word for word in turn.world.offered if word.startswith("THREAD=")]
    way = turn.chance.choice(sorted(ways)).removeprefix("THREAD=")
    uid = "UID " if "UIDONLY" in turn.client.enabled or turn.maybe(0.5) else ""
    return turn.says(f"{uid}THREAD {way} US-ASCII {keys(turn, 1)}")


def _replace(turn: Turn) -> Step:
    uid, chosen = turn.set()
    return turn.says(f"{uid}REPLACE {chosen} {turn.client.box} message({turn.message()})")


def _close(turn: Turn) -> Step:
    turn.client.leave()
    return turn.says("CLOSE")


def _unselect(turn: Turn) -> Step:
    turn.client.leave()
    return turn.says("UNSELECT")


def _check(turn: Turn) -> Step:
    return turn.says("CHECK")


def _pipeline(turn: Turn) -> Step:
    """Send commands that cannot be ambiguous in one write (RFC 9051 section 5.5)."""
    commands = [
        f"UID STORE {turn.uids()} +FLAGS {turn.flags()}",
        f"UID FETCH {turn.uids()} (FLAGS)",
        "NOOP",
        f"UID STORE {turn.uids()} -FLAGS {turn.flags()}",
        f"UID SEARCH {keys(turn, 0)}",
    ]
    return turn.says("\n".join(turn.some(commands, 2, 3)))


MESSAGES = (
    Kind("FETCH", _fetch, 9),
    Kind("look", _look, 4),
    Kind("STORE", _store, 8),
    Kind("delete", _delete, 3),
    Kind("EXPUNGE", _expunge, 3),
    Kind("COPY", _copy, 2),
    Kind("MOVE", _move, 2, "MOVE"),
    Kind("SEARCH", _search, 5),
    Kind("SORT", _sort, 2, "SORT"),
    Kind("THREAD", _thread, 1, "THREAD="),
    Kind("REPLACE", _replace, 1, "REPLACE"),
    Kind("CLOSE", _close, 1),
    Kind("UNSELECT", _unselect, 1, "UNSELECT"),
    Kind("CHECK", _check, 1),
    Kind("pipeline", _pipeline, 2),
)
