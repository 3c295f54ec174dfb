"""What untagged data tells a client of the selected mailbox (RFC 9051 sections 7.1 to 7.5)."""

from conformance.check.always.client import Box, Flags, Moment
from conformance.check.always.folders import Folders, number_of, number_set
from conformance.check.always.others import Others
from conformance.imap.response import Response
from conformance.imap.tree import Node

__all__ = ["tell"]


def tell(moment: Moment, box: Box, folders: Folders, others: Others) -> None:
    """Take the response of ``moment`` in: change ``box``, and say in ``moment`` what it meant."""
    response = moment.response
    if response is None:
        return
    kind, index = response.kind, moment.index
    if kind == "OK":
        _code(moment, box, response, folders)
    elif kind == "EXISTS" and response.number is not None:
        box.numbers.exists(response.number)
        box.count, box.count_index = response.number, index
        if not box.open:
            box.base = response.number
        elif moment.before is not None and response.number < moment.before:
            box.certain = False
    elif kind == "RECENT":
        box.recent = response.number
    elif kind == "FLAGS" and response.data and isinstance(response.data[0], tuple):
        box.announced = (_flags(response.data[0]), index)
    elif kind in ("EXPUNGE", "FETCH", "VANISHED"):
        if box.replaces and not box.open and box.count is None and not _earlier(response):
            # It may still speak of the mailbox that was selected before.
            moment.unclear = True
            moment.box = None
        elif kind == "EXPUNGE":
            _expunge(moment, box, response.number or 0, others)
        elif kind == "FETCH":
            _fetch(moment, box, response)
        else:
            _vanish(moment, box, response)


def _code(moment: Moment, box: Box, response: Response, folders: Folders) -> None:
    index = moment.index
    value = number_of(response.data[0]) if response.data else None
    match response.code:
        case "CLOSED":
            box.replaces = False
        case "UIDVALIDITY" if value is not None:
            if box.validity is None:
                box.validity = (value, index)
                box.folder = folders.validity(box.user, box.name, value, index)
                folders.destinations[box.user, box.name.upper()] = (value, index)
        case "UIDNEXT" if value is not None:
            # What comes later need not fit the count that the client knows then.
            if not box.open:
                box.uidnext = (value, index)
        case "HIGHESTMODSEQ" if value is not None:
            box.highest = (value, index)
        case "NOMODSEQ":
            box.nomodseq = True
        case "PERMANENTFLAGS" if response.data and isinstance(response.data[0], tuple):
            box.permanent = (_flags(response.data[0]), index)


def _expunge(moment: Moment, box: Box, number: int, others: Others) -> None:
    moment.was = box.numbers.expunge(number)
    if box.count is not None and 0 < number <= box.count:
        box.count -= 1
    box.base -= number <= box.base
    box.top -= number <= box.top
    if moment.was is None:
        others.silent[moment.client.actor] = moment.index
    else:
        _gone(box, moment.was, moment.index)
        if moment.was > box.numbers.highest:
            box.top = box.numbers.number(box.numbers.highest) or 0


def _vanish(moment: Moment, box: Box, response: Response) -> None:
    uids = number_set(response.data[-1]) if response.data else None
    if uids is None:
        return
    earlier = _earlier(response)
    moment.vanished = (earlier, uids)
    uids = [uid for uid in uids if uid]
    if earlier:
        return
    for uid in uids if len(uids) < 50_000 else ():
        _gone(box, uid, moment.index)
    places = [box.numbers.number(uid) for uid in set(uids)] if len(uids) < 2000 else []
    moment.holes = box.numbers.holes
    moment.unknown = box.numbers.vanish(set(uids))
    if moment.unknown or not places:
        box.base, box.calm = 0, False  # which numbers went is not known
    box.base -= sum(place is not None and place <= box.base for place in places)
    if box.count is not None:
        box.count = max(0, box.count - len(set(uids)))
    box.top = box.numbers.number(box.numbers.highest) or 0 if box.numbers.highest else 0


def _gone(box: Box, uid: int, index: int) -> None:
    box.folder.gone.setdefault(uid, index)
    box.flags.pop(uid, None)
    box.deleted.discard(uid)
    box.modseqs.pop(uid, None)


def _fetch(moment: Moment, box: Box, response: Response) -> None:
    number = response.number or 0
    numbers = box.numbers
    items = response.items
    uid = moment.was = moment.uid = numbers.uid(number)
    told = number_of(items.get("UID"))
    if told is not None:
        moment.told = told
        if told != uid:
            moment.fits = number > box.top and told > numbers.highest
            numbers.learn(number, told)
            uid = moment.uid = told
        if told == numbers.highest:
            box.top = number
    flags = items.get("FLAGS")
    if isinstance(flags, tuple):
        moment.flags = _flags(flags)
        if uid is not None:
            moment.before_flags = box.flags.get(uid)
            box.flags[uid] = (moment.flags, moment.index)
            if b"\\deleted" in moment.flags:
                box.deleted.add(uid)
            else:
                box.deleted.discard(uid)
    modseq = items.get("MODSEQ")
    if uid is not None and isinstance(modseq, tuple) and modseq:
        value = number_of(modseq[0])
        if value is not None and value >= box.modseqs.get(uid, (0, 0))[0]:
            box.modseqs[uid] = (value, moment.index)


_NO_FLAGS: Flags = frozenset()


def _flags(nodes: tuple[Node, ...]) -> Flags:
    if not nodes:
        return _NO_FLAGS
    return frozenset(node.lower() for node in nodes if isinstance(node, bytes))


def _earlier(response: Response) -> bool:
    return response.kind == "VANISHED" and len(response.data) > 1
