"""Which requirements each fault breaks: what the catalogue may say of its always-on checks.

A row counts for a requirement only if a server that breaks just this one would say what the
fault says. ``tests/unit/requirements/test_check_claims.py`` holds both sides together.
"""

from tests.fakes.faults import FAULTS, Fault

__all__ = ["BREAKS"]

_TABLE = r"""
reading: EXISTS is missing at SELECT || RFC9051:6.3.2/2
reading: FLAGS is missing at SELECT || RFC9051:6.3.2/1
reading: RECENT is missing at SELECT || RFC3501:6.3.1/3
reading: UIDVALIDITY is missing at SELECT || RFC9051:6.3.2/6
reading: SELECT says neither READ-WRITE nor READ-ONLY || RFC9051:6.3.2/10
reading: UIDVALIDITY is 0 || RFC9051:2.3.1.1/13
reading: UIDVALIDITY needs 33 bits || RFC9051:2.3.1.1/13
reading: UIDNEXT is 0 || RFC9051:2.3.1.1/13
reading: UID 0 || RFC9051:2.3.1.1/13
reading: APPENDUID with UID 0 || RFC9051:2.3.1.1/13
reading: UIDNEXT is not above the UIDs || RFC9051:2.3.1.1/14
reading: EXISTS shrinks || RFC9051:5.2/3
reading: FETCH of message 4 of 3 || RFC9051:2.3.1.2/1
reading: EXPUNGE during FETCH || RFC9051:7.5.1/2
reading: EXPUNGE while nothing runs || RFC9051:7.5.1/1
reading: UIDs do not ascend || RFC9051:2.3.1.1/9
reading: two messages with one UID || RFC9051:2.3.1.1/9
reading: a message changes its UID || RFC9051:2.3.1.1/2
reading: new message below UIDNEXT || RFC9051:2.3.1.1/14
reading: mod-sequence falls || RFC7162:3.1/9
reading: mod-sequence 0 || RFC7162:3.1/1
reading: FETCH leaves a message out || RFC9051:6.4.5/9
reading: FETCH leaves FLAGS out || RFC9051:6.4.5/9
reading: FETCH leaves the size out || RFC9051:6.4.5/9
reading: ENVELOPE is not told || RFC9051:6.4.5/9
syncing: MODSEQ was asked for and is missing || RFC9051:6.4.5/9
reading: UID FETCH without UID || RFC9051:6.4.9/2
reading: tag of no command || RFC9051:2.2.2/2
reading: no BYE at LOGOUT || RFC9051:6.1.3/1
reading: closed without BYE || RFC9051:3.4/1
reading: greeting is BAD || RFC9051:7.1.1/1
reading: greeting is tagged || RFC9051:7.1.1/1
reading: APPENDUID in the form of a set || RFC9051:7.1/1
reading: APPENDUID below an earlier UID || RFC9051:2.3.1.1/9
reading: size is wrong || RFC9051:2.3.4/1
reading: size changes || RFC9051:2.3.1.1/11 RFC9051:6.4.5/1
reading: INTERNALDATE changes || RFC9051:2.3.1.1/11 RFC9051:6.4.5/1
reading: ENVELOPE changes || RFC9051:2.3.1.1/11 RFC9051:6.4.5/1
reading: BODYSTRUCTURE changes || RFC9051:2.3.1.1/11 RFC9051:6.4.5/1
reading: INTERNALDATE is not the given one || RFC9051:2.3.3/2 RFC9051:6.3.12/3
reading: the message is of another || RFC9051:6.3.12/14
reading: BODY[] leaves its end out || RFC9051:7.5.2/5
reading: one octet is lost || RFC9051:6.3.12/14
reading: header without its blank line || RFC9051:6.4.5.1/3
reading: HEADER.FIELDS without its blank line || RFC9051:6.4.5.1/3
reading: BODY[1] is the whole || RFC9051:6.4.5.1/4
reading: MIME without its blank line || RFC9051:6.4.5.1/5
reading: part decoded though not asked || RFC9051:7.5.2/8
reading: BINARY of a text with LF alone || RFC9051:7.5.2/2
reading: BINARY.SIZE of the encoded || RFC9051:7.5.2/4
reading: an offset though none was asked for || RFC9051:7.5.2/6 RFC9051:6.4.5/9
reading: HEADER.FIELDS with one too many || RFC9051:6.4.5.1/2
reading: HEADER.FIELDS leaves one out || RFC9051:6.4.5.1/2
reading: partial longer than asked || RFC9051:6.4.5/6
reading: partial beyond the end has octets || RFC9051:6.4.5/6
reading: a system flag of its own || RFC9051:9/8
reading: a system flag of its own among FLAGS || RFC9051:9/8
reading: BODYSTRUCTURE with the decoded size || RFC9051:7.5.2/15
reading: BODYSTRUCTURE with another size || RFC9051:7.5.2/15
reading: BODYSTRUCTURE with more lines || RFC9051:7.5.2/15
reading: BODYSTRUCTURE with data that nobody defined || RFC9051:7.5.2/12
reading: BODYSTRUCTURE leaves a part out || RFC9051:7.5.2/14
reading: PREVIEW of 257 characters || RFC8970:3.3/5
reading: PREVIEW of 201 characters || RFC8970:3.3/4
reading: PREVIEW in Latin-1 || RFC8970:3.3/2
searching: SEARCH UNSEEN leaves one out || RFC9051:6.4.4/24
searching: SEARCH UNSEEN finds a seen one || RFC9051:6.4.4/24
searching: KEYWORD finds what has none || RFC9051:6.4.4/24
searching: SUBJECT is compared by case || RFC9051:6.4.4/19 RFC3501:6.4.4/11
searching: FROM finds another || RFC9051:6.4.4/28
searching: LARGER finds smaller ones || RFC9051:6.4.4/27
searching: SMALLER finds nothing || RFC9051:6.4.4/27
searching: SINCE leaves the day itself out || RFC9051:6.4.4/25
searching: BEFORE has the day itself || RFC9051:6.4.4/25
searching: SENTON finds the day of arrival || RFC9051:6.4.4/26
searching: OR takes the first key only || RFC9051:6.4.4/31
searching: NOT is passed over || RFC9051:6.4.4/31
searching: HEADER finds all || RFC9051:6.4.4/29
searching: UID SEARCH answers numbers || RFC3501:6.4.8/2
searching: no SEARCH at all || RFC3501:6.4.4/2
searching: SEARCH with RETURN answered by SEARCH || RFC9051:6.4.4/10
searching: SEARCH answered by ESEARCH || RFC4731:3.1/11 RFC9051:7.2.2/3
searching: ESEARCH with the tag of another || RFC9051:7.3.4/3
searching: ESEARCH without UID || RFC9051:6.4.9/1
searching: ESEARCH without the COUNT asked for || RFC9051:6.4.4/9
searching: the set in ALL has what does not match || RFC9051:7.3.4/2
searching: SORT in another order || RFC5256:3/5
searching: EXPUNGE during SEARCH || RFC9051:7.5.1/2
searching: EXPUNGE during SORT || RFC5256:3/7
flagging: STORE does not return the flags || RFC9051:6.4.6/1
flagging: one EXPUNGE is told twice || RFC9051:7.5.1/5
flagging: EXPUNGE is not told to who asked for it || RFC9051:6.4.3/2
flagging: a removal is never told to the other || RFC9051:5.2/1
flagging: EXISTS instead of EXPUNGE || RFC9051:5.2/3
flagging: UIDNEXT of STATUS is below a UID || RFC9051:2.3.1.1/14
flagging: STATUS leaves an item out || RFC9051:6.3.11/1
flagging: STATUS of another mailbox || RFC9051:7.3.3/1
flagging: no STATUS at all || RFC9051:6.3.11/1
flagging: NOOP is answered NO || RFC9051:6.1.2/1
flagging: Recent for two sessions || RFC3501:2.3.2/4
flagging: a flag update is lost || RFC9051:2.3.2/3
flagging: a client does not hear of flags || RFC9051:5.2/2
flagging: a message is lost || RFC9051:6.4.3/1
flagging: EXPUNGE of more than was marked || RFC9051:6.4.3/1
flagging: EXPUNGE leaves the message || RFC9051:6.4.3/1
flagging: EXAMINE is READ-WRITE || RFC9051:6.3.3/2
moving: COPYUID pairs unevenly || RFC9051:7.1/6
moving: COPYUID names a message that was not asked for || RFC4315:3/10
moving: MOVE tells where after it removes || RFC9051:6.4.8/10
moving: LIST % tells a child || RFC9051:6.3.9/13 RFC9051:6.3.9/3
moving: LIST tells a name that does not fit || RFC9051:6.3.9/3
moving: LIST tells a name twice || RFC9051:6.3.9.3/1
moving: LIST with contradictory children || RFC9051:6.3.9.5/5
moving: LIST with \Marked and \Unmarked || RFC9051:7.3.1/2
moving: LIST with \NoInferiors and children || RFC9051:7.3.1/9
moving: LIST with \Noselect and \Marked || RFC9051:7.3.1/2 RFC3501:7.2.2/1
moving: no delimiter || RFC9051:6.3.9/11
moving: no NAMESPACE || RFC9051:6.3.10/1
moving: no ID || RFC2971:3.2/1
moving: no CAPABILITY || RFC9051:6.1.1/1 RFC3501:6.1.1/1
moving: two CAPABILITY || RFC9051:6.1.1/1 RFC3501:6.1.1/1
moving: no protocol among the capabilities || RFC9051:6.1.1/1 RFC3501:6.1.1/1
moving: no QUOTA || RFC9208:4.1.1/1
moving: no QUOTAROOT || RFC9208:4.1.2/1
moving: no MYRIGHTS || RFC4314:3.5/1
moving: no ACL || RFC4314:3.3/2
moving: login although LOGINDISABLED || RFC9051:7.2.2/1
moving: LOGIN under LOGINDISABLED is BAD || RFC9051:7.2.2/1
moving: SELECT before login || RFC9051:3.1/1
moving: FETCH without a mailbox || RFC9051:3.2/1
moving: EXPUNGE without a mailbox || RFC9051:3.2/1
moving: LITERAL+ and LITERAL- || RFC7888:5/3
moving: STARTTLS inside TLS || RFC9051:6.2.1/4
moving: SEARCHRES without ESEARCH || RFC5182:2.1/1
moving: QRESYNC without ENABLE || RFC7162:3.2.3/1
moving: UTF8=ACCEPT and UTF8=ONLY || RFC6855:3/8
moving: RIGHTS= with a right of RFC 2086 || RFC4314:2.2/1
moving: RIGHTS= without the new rights || RFC4314:5.1.1/1
moving: a long field in ID || RFC2971:3.3/1
moving: a long value in ID || RFC2971:3.3/2
moving: too many fields in ID || RFC2971:3.3/3
moving: one field twice in ID || RFC2971:3.3/5
moving: ID is taken and not offered || RFC2971:3/7
moving: NAMESPACE is taken and not offered || RFC2342:4/1
moving: a child with another separator || RFC9051:7.3.1/4 RFC9051:5.1.1/2
moving: a right stands twice in LISTRIGHTS || RFC4314:3.7/2
moving: MYRIGHTS with e and t, without d || RFC4314:2.1.1/2
moving: ACL with t, without d || RFC4314:2.1.1/2
moving: MYRIGHTS with k, without c || RFC4314:2.1.1/5
moving: ACL with k, without c || RFC4314:2.1.1/5
moving: LISTRIGHTS with e, without d || RFC4314:2.1.1/3
moving: LISTRIGHTS with k, without c || RFC4314:2.1.1/6
moving: a right that RIGHTS= does not list || RFC4314:2/1
moving: rights in upper case || RFC4314:7/2
moving: an extension of NAMESPACE without X- || RFC2342:5/2
syncing: no ENABLED || RFC9051:6.3.1/4
syncing: ENABLED names what was not asked for || RFC9051:6.3.1/5
syncing: ENABLED names what is not offered || RFC9051:7.2.1/1
syncing: ENABLE is taken and not offered || RFC5161:1/1
syncing: HIGHESTMODSEQ is missing || RFC7162:3.1.2/1
syncing: EXPUNGE although QRESYNC is enabled || RFC7162:3.2.10/1
syncing: VANISHED of UIDs that are not there || RFC7162:3.2.10.2/1
syncing: VANISHED (EARLIER) unasked || RFC7162:3.2.10.1/1
syncing: VANISHED during FETCH || RFC7162:3.2.10.2/3
syncing: VANISHED while nothing runs || RFC7162:3.2.10.2/3
syncing: no MODSEQ after a conditional STORE || RFC7162:3.1.3/3
syncing: MODSEQ falls after STORE || RFC7162:3.1/9
syncing: no CLOSED at the switch || RFC7162:3.2.11/1
syncing: CLOSED comes late || RFC7162:3.2.11/2
syncing: HIGHESTMODSEQ falls from SELECT to SELECT || RFC7162:3.1.2.1/2
syncing: UIDVALIDITY falls from SELECT to SELECT || RFC9051:2.3.1.1/7
syncing: a UID returns || RFC9051:2.3.1.1/12
syncing: a change comes without MODSEQ || RFC7162:3.1/7
collecting: +ok in lower case || RFC1939:3/1
collecting: -err in lower case || RFC1939:3/1
collecting: POP3 greets with something else || RFC1939:3/8
collecting: a first line of more than 512 octets || RFC1939:3/10
collecting: a line that ends in LF alone || RFC1939:3/12
collecting: one time stamp for two greetings || RFC1939:7/1
collecting: a unique id of 71 characters || RFC1939:7/6
collecting: a unique id with a space || RFC1939:7/6
"""

_FAULTS = {f"{fault.base}: {fault.name}": fault for fault in FAULTS}


def _rows() -> dict[str, tuple[Fault, ...]]:
    broken: dict[str, list[Fault]] = {}
    for row in _TABLE.strip().splitlines():
        name, ids = row.split(" || ")
        for identifier in ids.split():
            broken.setdefault(identifier, []).append(_FAULTS[name])
    return {identifier: tuple(faults) for identifier, faults in broken.items()}


BREAKS = _rows()
"""Requirement's id -> the faults that break it and are caught."""
