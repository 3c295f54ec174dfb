"""Search programs (RFC 9051 section 6.4.4) and what their RETURN may ask for."""

from conformance.explore.turn import Turn

__all__ = ["keys", "returning", "sorting"]

_FLAGS = (
    *("ALL", "SEEN", "UNSEEN", "FLAGGED", "UNFLAGGED", "ANSWERED", "UNANSWERED"),
    *("DELETED", "UNDELETED", "DRAFT", "UNDRAFT", "KEYWORD $Junk", "UNKEYWORD Blue"),
)
_REV1 = ("NEW", "OLD", "RECENT")
_TEXTS = (
    *("SUBJECT m1", "SUBJECT a", "FROM alice", "FROM example.org", "TO bob", "CC ann"),
    *("BODY this", "TEXT m2", 'HEADER Message-ID ""', "HEADER Subject m"),
)
_SIZES = ("LARGER 100", "SMALLER 400", "LARGER 0", "SMALLER 4000")
_DATES = (
    *("SINCE 1-Jan-2024", "BEFORE 2-Jan-2024", "ON 1-Jan-2024", "SENTSINCE 1-Jan-2026"),
    *("SENTBEFORE 2-Mar-2026", "SENTON 2-Mar-2026"),
)
_EXTENDED = (
    ("CONDSTORE", ("MODSEQ 1", "MODSEQ 0")),
    ("WITHIN", ("YOUNGER 3600", "OLDER 3600")),
    ("OBJECTID", ("EMAILID nothing",)),
    ("SAVEDATE", ("SAVEDSINCE 1-Jan-2024", "SAVEDATESUPPORTED")),
    ("SEARCH=FUZZY", ("FUZZY SUBJECT m1",)),
)


def keys(turn: Turn, depth: int = 2) -> str:
    """Return one or two search keys."""
    return " ".join(_key(turn, depth) for _ in range(turn.chance.choice((1, 1, 1, 2))))


def _key(turn: Turn, depth: int) -> str:
    kind = turn.chance.randrange(10 if depth else 7)
    match kind:
        case 0 | 1 | 2:
            flags = _FLAGS if "IMAP4REV2" in turn.client.enabled else _FLAGS + _REV1
            if "IMAP4REV1" not in turn.world.offered:
                flags = _FLAGS
            return turn.chance.choice(flags)
        case 3:
            return turn.chance.choice(_TEXTS)
        case 4:
            return turn.chance.choice(_SIZES + _DATES)
        case 5:
            extended = [key for word, found in _EXTENDED if turn.offers(word) for key in found]
            return turn.chance.choice(extended or _DATES)
        case 6:
            if turn.client.saved and turn.maybe(0.5):
                return "$"
            if "UIDONLY" in turn.client.enabled or turn.maybe(0.5):
                return f"UID {turn.uids()}"
            return turn.numbers()
        case 7:
            return f"NOT {_key(turn, depth - 1)}"
        case 8:
            return f"OR {_key(turn, depth - 1)} {_key(turn, depth - 1)}"
        case _:
            return f"({keys(turn, depth - 1)})"


def returning(turn: Turn, command: str) -> str:
    """Return a RETURN for ``command`` where the server has it, with a space behind; or nothing."""
    if not turn.offers("ESORT" if command == "SORT" else "ESEARCH") or turn.maybe(0.5):
        return ""
    wanted = ["MIN", "MAX", "COUNT", "ALL"]
    if turn.offers("PARTIAL") and turn.maybe(0.3):
        wanted = ["MIN", "MAX", "COUNT", f"PARTIAL {turn.chance.choice(('1:2', '-1:-2', '2:9'))}"]
    chosen = turn.some(wanted, 0, 3)
    if turn.offers("SEARCHRES") and turn.maybe(0.3):
        chosen.append("SAVE")
        turn.client.saved = True
    return f"RETURN ({' '.join(chosen)}) "


def sorting(turn: Turn) -> str:
    """Return the criteria of a SORT in parentheses (RFC 5256, RFC 5957)."""
    words = ["ARRIVAL", "DATE", "SIZE", "SUBJECT", "FROM", "TO", "CC"]
    if turn.offers("SORT=DISPLAY"):
        words += ["DISPLAYFROM", "DISPLAYTO"]
    chosen = turn.some(words, 1, 2)
    if turn.maybe(0.3):
        chosen[-1] = f"REVERSE {chosen[-1]}"
    return f"({' '.join(chosen)})"
