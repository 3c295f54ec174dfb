"""Servers wrong on purpose: a faultless conversation, one bend in it, and the check that must see it.

``old`` is the beginning of exactly one line (or ``line#n`` its n-th occurrence); ``new``
stands in its place, line for line; empty drops it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One fault; ``key`` begins the finding's key, ``rule`` is the section it must cite."""

    name: str
    base: str
    old: str
    new: str
    check: str
    key: str
    rule: str


def _table(base: str, text: str) -> list[Fault]:
    """Rows: name | old | new | check | key | rule; ``;;`` in new parts lines."""
    faults = []
    for row in text.strip().splitlines():
        name, old, new, check, key, rule = (cell.strip() for cell in row.split(" || "))
        faults.append(Fault(name, base, old, new.replace(";;", "\n"), check, key, rule))
    return faults


FAULTS = (
    _table(
        "reading",
        r"""
two spaces in EXISTS || a< * 3 EXISTS || a< *  3 EXISTS || grammar || quirk response-data double-space || RFC3501:9
a list is not closed || a< * FLAGS || a< * FLAGS (\Seen \Deleted || grammar || syntax flag-list || RFC3501:9
a size that is no number || a< * 2 FETCH (UID 2 FLAGS () RFC822.SIZE || a< * 2 FETCH (UID 2 FLAGS () RFC822.SIZE big) || grammar || syntax msg-att-static || RFC3501:9
UIDVALIDITY is negative || a< * OK [UIDVALIDITY || a< * OK [UIDVALIDITY -7] valid || grammar || strict resp-text-code || RFC3501:9
a date without its zone || a< * 1 FETCH (UID 1 FLAGS (\Seen) INTERNALDATE || a< * 1 FETCH (UID 1 FLAGS (\Seen) INTERNALDATE "01-Jan-2024 10:00:00" RFC822.SIZE @PLAIN@) || grammar || syntax date-time || RFC3501:9
an envelope of nine || a< * 1 FETCH (UID 1 ENVELOPE || @ENV@NIL NIL NIL "<1@@TO@NIL NIL "<1@ || grammar || quirk envelope short-envelope || RFC3501:9
a tag without a state || a< a3 OK || a< a3 DONE fetched || grammar || syntax response-tagged || RFC3501:9
EXISTS is missing at SELECT || a< * 3 EXISTS || - || contract || SELECT without EXISTS || RFC9051:6.3.2
FLAGS is missing at SELECT || a< * FLAGS || - || contract || SELECT without FLAGS || RFC9051:6.3.2
RECENT is missing at SELECT || a< * 0 RECENT || - || contract || SELECT without RECENT || RFC3501:6.3.1
UIDVALIDITY is missing at SELECT || a< * OK [UIDVALIDITY || - || contract || SELECT without OK [UIDVALIDITY] || RFC9051:6.3.2
UIDNEXT is missing at SELECT || a< * OK [UIDNEXT || - || contract || SELECT without OK [UIDNEXT] || RFC3501:6.3.1
PERMANENTFLAGS is missing at SELECT || a< * OK [PERMANENTFLAGS || - || contract || SELECT without OK [PERMANENTFLAGS] || RFC3501:6.3.1
SELECT says neither READ-WRITE nor READ-ONLY || a< a2 OK || a< a2 OK selected || contract || SELECT without READ-WRITE || RFC9051:6.3.2
more recent than there are || a< * 0 RECENT || a< * 4 RECENT || contract || RECENT above EXISTS || RFC3501:7.3.2
UIDVALIDITY is 0 || a< * OK [UIDVALIDITY || a< * OK [UIDVALIDITY 0] valid || view || UIDVALIDITY out of range || RFC9051:2.3.1.1
UIDVALIDITY needs 33 bits || a< * OK [UIDVALIDITY || a< * OK [UIDVALIDITY 4294967296] valid || view || UIDVALIDITY out of range || RFC9051:2.3.1.1
UIDVALIDITY changes within the session || a< a3 OK || a< * OK [UIDVALIDITY 8] other;;a< a3 OK fetched || view || UIDVALIDITY changes in session || RFC9051:2.3.1.1
UIDNEXT is 0 in an empty mailbox || a> a2 SELECT INBOX || a> a20 SELECT Empty;;a< * FLAGS (\Seen);;a< * 0 EXISTS;;a< * 0 RECENT;;a< * OK [UIDVALIDITY 9] v;;a< * OK [UIDNEXT 0] n;;a< a20 OK [READ-WRITE] in;;a> a2 SELECT INBOX || view || UIDNEXT out of range || RFC9051:2.3.1.1
UIDNEXT is 0 || a< * OK [UIDNEXT || a< * OK [UIDNEXT 0] next || view || UIDNEXT out of range || RFC9051:2.3.1.1
UIDNEXT is not above the UIDs || a< * OK [UIDNEXT || a< * OK [UIDNEXT 5] next || view || UIDNEXT not above UIDs || RFC9051:2.3.1.1
first unseen beyond the end || a< * OK [UIDNEXT || a< * OK [UNSEEN 4] unseen;;a< * OK [UIDNEXT 6] next || view || UNSEEN out of range || RFC3501:7.1
wildcard among FLAGS || a< * FLAGS || a< * FLAGS (\Answered \Flagged \Deleted \Seen \Draft \*) || view || wildcard in FLAGS || RFC9051:7.3.5
PERMANENTFLAGS has a flag that FLAGS has not || a< * OK [PERMANENTFLAGS || a< * OK [PERMANENTFLAGS (\Seen Odd \*)] permanent || view || PERMANENTFLAGS beyond FLAGS || RFC9051:7.1
NOMODSEQ and HIGHESTMODSEQ || a< * OK [HIGHESTMODSEQ || a< * OK [HIGHESTMODSEQ 20] highest;;a< * OK [NOMODSEQ] none || view || NOMODSEQ and HIGHESTMODSEQ || RFC7162:3.1.2.2
EXISTS shrinks || a< a3 OK || a< * 2 EXISTS;;a< a3 OK fetched || view || EXISTS shrinks || RFC9051:5.2
RECENT grows beyond EXISTS || a< a3 OK || a< * 9 RECENT;;a< a3 OK fetched || view || RECENT above EXISTS || RFC3501:7.3.2
FETCH of message 4 of 3 || a< a3 OK || a< * 4 FETCH (FLAGS ());;a< a3 OK fetched || view || FETCH out of range || RFC9051:2.3.1.2
FETCH of message 0 || a< a3 OK || a< * 0 FETCH (FLAGS ());;a< a3 OK fetched || view || FETCH out of range || RFC9051:2.3.1.2
EXPUNGE during FETCH || a< a3 OK || a< * 3 EXPUNGE;;a< a3 OK fetched || view || EXPUNGE during FETCH || RFC9051:7.5.1
EXPUNGE while nothing runs || a> a4 || a< * 3 EXPUNGE;;a> a4 UID FETCH 1 (ENVELOPE BODYSTRUCTURE) || view || EXPUNGE idle || RFC9051:7.5.1
EXPUNGE of message 9 of 3 || a< a5 OK || a< * 9 EXPUNGE;;a< a5 OK fetched || view || EXPUNGE out of range || RFC9051:7.5.1
EXPUNGE of message 0 || a< a5 OK || a< * 0 EXPUNGE;;a< a5 OK fetched || view || EXPUNGE out of range || RFC9051:7.5.1
VANISHED without QRESYNC || a< a5 OK || a< * VANISHED 5;;a< a5 OK fetched || view || VANISHED not enabled || RFC7162:3.2.3
UIDs do not ascend || a< * 2 FETCH (UID 2 FLAGS () INTERNALDATE || a< * 2 FETCH (UID 7 FLAGS () INTERNALDATE "02-Jan-2024 10:00:00 +0000" RFC822.SIZE 1) || view || UIDs not ascending || RFC9051:2.3.1.1
two messages with one UID || a< * 2 FETCH (UID 2 FLAGS () INTERNALDATE || a< * 2 FETCH (UID 1 FLAGS () INTERNALDATE "02-Jan-2024 10:00:00 +0000" RFC822.SIZE 1) || view || UIDs not ascending || RFC9051:2.3.1.1
a message changes its UID || a< * 2 FETCH (UID 2 FLAGS () RFC822.SIZE || a< * 2 FETCH (UID 3 FLAGS () RFC822.SIZE 1) || view || UID changes || RFC9051:2.3.1.1
UID 0 || a< * 1 FETCH (UID 1 FLAGS (\Seen) INTERNALDATE || a< * 1 FETCH (UID 0 FLAGS (\Seen) INTERNALDATE "01-Jan-2024 10:00:00 +0000" RFC822.SIZE 1) || view || UID zero || RFC9051:2.3.1.1
UID not below UIDNEXT || a< * 3 FETCH (UID 5 FLAGS () INTERNALDATE || a< * 3 FETCH (UID 6 FLAGS () INTERNALDATE "03-Jan-2024 10:00:00 +0000" RFC822.SIZE 1) || view || UID not below UIDNEXT || RFC9051:2.3.1.1
new message below UIDNEXT || a< a5 OK || a< * 4 EXISTS;;a< * 4 FETCH (UID 4 FLAGS ());;a< a5 OK fetched || view || new UID below UIDNEXT || RFC9051:2.3.1.1
keyword that FLAGS does not have || a< a5 OK || a< * 2 FETCH (UID 2 FLAGS (Odd));;a< a5 OK fetched || view || keyword not in FLAGS || RFC9051:7.3.5
mailbox data after failed SELECT || a< a2 OK || a< a2 NO failed || view || FETCH unselected || RFC9051:3.3
mod-sequence 0 || a< a5 OK || a< * 2 FETCH (UID 2 MODSEQ (0));;a< a5 OK fetched || view || MODSEQ zero || RFC7162:3.1
mod-sequence falls || a< a5 OK || a< * 2 FETCH (UID 2 MODSEQ (12));;a< * 2 FETCH (UID 2 MODSEQ (11));;a< a5 OK fetched || view || MODSEQ falls || RFC7162:3.1
one item twice, in two ways || a< a5 OK || a< * 2 FETCH (UID 2 FLAGS () FLAGS (\Seen));;a< a5 OK fetched || view || item twice || RFC9051:7.5.2
FETCH leaves a message out || a< * 2 FETCH (UID 2 FLAGS () INTERNALDATE || - || contract || FETCH leaves a message out || RFC9051:6.4.5
FETCH leaves FLAGS out || a< * 2 FETCH (UID 2 FLAGS () INTERNALDATE || a< * 2 FETCH (UID 2 INTERNALDATE "02-Jan-2024 10:00:00 +0000" RFC822.SIZE @PARTS@) || contract || FETCH without FLAGS || RFC9051:6.4.5
FETCH leaves the size out || a< * 3 FETCH (UID 5 FLAGS () INTERNALDATE || a< * 3 FETCH (UID 5 FLAGS () INTERNALDATE "03-Jan-2024 10:00:00 +0000") || contract || FETCH without RFC822.SIZE || RFC9051:6.4.5
UID FETCH without UID || a< * 2 FETCH (UID 2 BODYSTRUCTURE || a< * 2 FETCH (FLAGS ()) || contract || UID FETCH without UID || RFC9051:6.4.9
ENVELOPE is not told || a< * 1 FETCH (UID 1 ENVELOPE || a< * 1 FETCH (UID 1 FLAGS (\Seen)) || contract || FETCH without ENVELOPE || RFC9051:6.4.5
tag of no command || a< a3 OK || a< a99 OK what;;a< a3 OK fetched || contract || tag of no command || RFC9051:2.2.2
continuation out of nowhere || a< a3 OK || a< + go;;a< a3 OK fetched || contract || continuation not due || RFC9051:7.6
PREAUTH after the greeting || a< a3 OK || a< * PREAUTH hello;;a< a3 OK fetched || contract || PREAUTH late || RFC9051:7.1.4
no BYE at LOGOUT || a< * BYE || - || contract || LOGOUT without BYE || RFC9051:6.1.3
data after LOGOUT || a! closed by us || a< * 3 EXISTS || contract || after LOGOUT || RFC9051:6.1.3
closed without BYE || a> a9 || a! closed by server || contract || closed without BYE || RFC9051:3.4
greeting is BAD || a< * OK [CAPABILITY || a< * BAD hello || contract || no greeting || RFC9051:3
greeting is tagged || a< * OK [CAPABILITY || a< a0 OK hello || contract || no greeting || RFC9051:3
APPENDUID with UIDVALIDITY 0 || g< g2 OK || g< g2 OK [APPENDUID 0 1] appended || contract || APPENDUID UIDVALIDITY zero || RFC4315:3
APPENDUID with two UIDs for one message || g< g2 OK || g< g2 OK [APPENDUID 7 1:2] appended || contract || APPENDUID count || RFC4315:3
APPENDUID in the form of a set || g< g3 OK || g< g3 OK [APPENDUID 7 2:2] appended || contract || APPENDUID set of one || RFC4315:3
APPENDUID with UID 0 || g< g2 OK || g< g2 OK [APPENDUID 7 0] appended || contract || new UID zero || RFC9051:2.3.1.1
APPENDUID below an earlier UID || g< g4 OK || g< g4 OK [APPENDUID 7 1] appended || contract || new UID not above || RFC9051:2.3.1.1
APPENDUID repeats a UID || g< g3 OK || g< g3 OK [APPENDUID 7 1] appended || contract || new UID not above || RFC9051:2.3.1.1
APPENDUID with NO || g< g4 OK || g< g4 NO [APPENDUID 7 5] failed || contract || APPENDUID with NO || RFC4315:3
PREVIEW of 257 characters || a< a4 OK || a< * 1 FETCH (UID 1 PREVIEW "so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on and o");;a< a4 OK fetched || content || PREVIEW above 256 || RFC8970:3.3
PREVIEW of 201 characters || a< a4 OK || a< * 1 FETCH (UID 1 PREVIEW "so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on so on and");;a< a4 OK fetched || content || PREVIEW above 200 || RFC8970:3.3
PREVIEW in Latin-1 || a< a4 OK || a< * 1 FETCH (UID 1 PREVIEW {1}~ü);;a< a4 OK fetched || content || PREVIEW not UTF-8 || RFC8970:3.3
size is wrong || a< * 1 FETCH (UID 1 FLAGS (\Seen) INTERNALDATE || a< * 1 FETCH (UID 1 FLAGS (\Seen) INTERNALDATE "01-Jan-2024 10:00:00 +0000" RFC822.SIZE 99) || content || RFC822.SIZE || RFC9051:2.3.4
size changes || a< * 3 FETCH (UID 5 FLAGS () RFC822.SIZE || a< * 3 FETCH (UID 5 FLAGS () RFC822.SIZE 77) || content || RFC822.SIZE changes || RFC9051:2.3.1.1
INTERNALDATE is not the given one || a< * 1 FETCH (UID 1 FLAGS (\Seen) INTERNALDATE || a< * 1 FETCH (UID 1 FLAGS (\Seen) INTERNALDATE "01-Jan-2024 11:00:00 +0000" RFC822.SIZE @PLAIN@) || content || INTERNALDATE || RFC9051:6.3.12
INTERNALDATE changes || a< a5 OK || a< * 1 FETCH (UID 1 INTERNALDATE "01-Jan-2024 10:00:01 +0000");;a< a5 OK fetched || content || INTERNALDATE changes || RFC9051:2.3.1.1
the message is of another || a< * 1 FETCH (UID 1 BODY[] || a< * 1 FETCH (UID 1 BODY[] "Subject: other") || content || BODY all || RFC9051:6.4.5
BODY[] leaves its end out || a< * 1 FETCH (UID 1 BODY[] || a< * 1 FETCH (UID 1 BODY[] "From: Ann Archer") || content || BODY all || RFC9051:6.4.5
one octet is lost || a< * 1 FETCH (UID 1 BODY[] || a< * 1 FETCH (UID 1 BODY[TEXT] "Hello Bo") || content || BODY TEXT || RFC9051:6.4.5
header without its blank line || a< * 1 FETCH (UID 1 BODY[] || a< * 1 FETCH (UID 1 BODY[HEADER] "Subject: Lunch") || content || BODY HEADER || RFC9051:6.4.5
BODY[1] is the whole || a< * 1 FETCH (UID 1 BODY[] || a< * 1 FETCH (UID 1 BODY[1] "From: Ann") || content || BODY n || RFC9051:6.4.5
BODY[1] with the line end of the boundary || a< * 2 FETCH (UID 2 BODY[1] || a< * 2 FETCH (UID 2 BODY[1] {16}~Look at this~~) || content || BODY n || RFC9051:6.4.5
MIME without its blank line || a< * 2 FETCH (UID 2 BODY[1] || a< * 2 FETCH (UID 2 BODY[2.MIME] "Content-Type: image/png") || content || BODY n.MIME || RFC9051:6.4.5
part decoded though not asked || a< * 2 FETCH (UID 2 BODY[1] || a< * 2 FETCH (UID 2 BODY[2] "abcd") || content || BODY n || RFC9051:6.4.5
BINARY still encoded || a< * 2 FETCH (UID 2 BODY[1] || a< * 2 FETCH (UID 2 BINARY[2] "AAECAw==") || content || BINARY || RFC3516:4.2
BINARY.SIZE of the encoded || a< * 2 FETCH (UID 2 BODY[1] || a< * 2 FETCH (UID 2 BINARY.SIZE[2] 8) || content || BINARY.SIZE || RFC3516:4.3
HEADER.FIELDS with one too many || a< * 1 FETCH (UID 1 BODY[HEADER.FIELDS || a< * 1 FETCH (UID 1 BODY[HEADER.FIELDS (SUBJECT DATE)] {64}~Subject: Lunch~Date: Mon, 7 Oct 2024 12:00:00 +0000~X-A: b~~) || content || HEADER.FIELDS || RFC9051:6.4.5
HEADER.FIELDS leaves one out || a< * 1 FETCH (UID 1 BODY[HEADER.FIELDS || a< * 1 FETCH (UID 1 BODY[HEADER.FIELDS (SUBJECT DATE)] {18}~Subject: Lunch~~) || content || HEADER.FIELDS || RFC9051:6.4.5
partial from the wrong octet || a< * 1 FETCH (UID 1 BODY[HEADER.FIELDS || a< * 1 FETCH (UID 1 BODY[]<6> "nn Archer ") || content || BODY all partial || RFC9051:6.4.5
partial longer than asked || a< * 1 FETCH (UID 1 BODY[HEADER.FIELDS || a< * 1 FETCH (UID 1 BODY[]<6> "Ann Archer <") || content || BODY all partial || RFC9051:6.4.5
partial beyond the end has octets || a< * 1 FETCH (UID 1 BODY[HEADER.FIELDS || a< * 1 FETCH (UID 1 BODY[]<9999> "x") || content || BODY all partial || RFC9051:6.4.5
HEADER.FIELDS without its blank line || a< * 1 FETCH (UID 1 BODY[HEADER.FIELDS || a< * 1 FETCH (UID 1 BODY[HEADER.FIELDS (SUBJECT DATE)] {54}~Subject: Lunch~Date: Mon, 7 Oct 2024 12:00:00 +0000~) || content || HEADER.FIELDS without blank line || RFC9051:6.4.5
an offset though none was asked for || a< * 1 FETCH (UID 1 BODY[] || @ENV@BODY[] {@TO@BODY[]<0> { || contract || FETCH without BODY || RFC9051:6.4.5
BINARY of a text with LF alone || a< * 2 FETCH (UID 2 BODY[1] || a< * 2 FETCH (UID 2 BINARY[1] {13}~Look at this¬) || content || BINARY || RFC3516:4.2
ENVELOPE changes || a< a5 OK || a< * 1 FETCH (UID 1 ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL));;a< a5 OK fetched || content || ENVELOPE changes || RFC9051:2.3.1.1
BODYSTRUCTURE changes || a< a5 OK || a< * 1 FETCH (UID 1 BODYSTRUCTURE ("TEXT" "HTML" NIL NIL NIL "7BIT" 11 1 NIL NIL NIL NIL));;a< a5 OK fetched || content || BODYSTRUCTURE changes || RFC9051:2.3.1.1
a system flag of its own || a< a5 OK || a< * 2 FETCH (UID 2 FLAGS (\Spam));;a< a5 OK fetched || view || unknown system flag || RFC9051:9
a system flag of its own among FLAGS || a< * FLAGS || a< * FLAGS (\Answered \Flagged \Deleted \Seen \Draft \Spam) || view || unknown system flag || RFC9051:9
""",
    )
    + [
        Fault(
            name,
            "reading",
            "a< * 1 FETCH (UID 1 ENVELOPE",
            "@ENV@" + old + "@TO@" + new,
            "content",
            key,
            "RFC9051:7.5.2",
        )
        for name, old, new, key in (
            ("ENVELOPE with another subject", '"Lunch"', '"Dinner"', "ENVELOPE subject"),
            ("ENVELOPE without the subject", '"Lunch"', "NIL", "ENVELOPE subject"),
            ("ENVELOPE with another date", '"Mon, 7 Oct', '"Tue, 8 Oct', "ENVELOPE date"),
            ("ENVELOPE with another Message-ID", "<1@", "<2@", "ENVELOPE message-id"),
            (
                "ENVELOPE without To",
                '(("Bob Baker" NIL "bob" "example.net"))',
                "NIL",
                "ENVELOPE to",
            ),
            (
                "ENVELOPE with another To",
                '"bob" "example.net"',
                '"rob" "example.net"',
                "ENVELOPE to",
            ),
            (
                "ENVELOPE with another host",
                '"bob" "example.net"',
                '"bob" "example.com"',
                "ENVELOPE to",
            ),
            ("ENVELOPE with another name", '"Bob Baker"', '"Rob Baker"', "ENVELOPE to name"),
            (
                "ENVELOPE with a Cc that is not there",
                'NIL NIL NIL "<1',
                '((NIL NIL "x" "y")) NIL NIL "<1',
                "ENVELOPE cc",
            ),
            (
                "ENVELOPE with In-Reply-To that is not there",
                'NIL NIL NIL "<1',
                'NIL NIL "<0@a>" "<1',
                "ENVELOPE in-reply-to",
            ),
        )
    ]
    + [
        Fault(
            name,
            "reading",
            "a< * 2 FETCH (UID 2 BODYSTRUCTURE" if two else "a< * 1 FETCH (UID 1 ENVELOPE",
            "@ENV@" + old + "@TO@" + new,
            "content",
            key,
            "RFC9051:7.5.2",
        )
        for name, two, old, new, key in (
            (
                "BODYSTRUCTURE with another type",
                False,
                '"TEXT" "PLAIN" NIL',
                '"TEXT" "HTML" NIL',
                "BODYSTRUCTURE type",
            ),
            (
                "BODYSTRUCTURE with another size",
                False,
                '"7BIT" 11',
                '"7BIT" 12',
                "BODYSTRUCTURE size",
            ),
            (
                "BODYSTRUCTURE with more lines",
                False,
                '"7BIT" 11 1',
                '"7BIT" 11 2',
                "BODYSTRUCTURE lines",
            ),
            (
                "BODYSTRUCTURE with another encoding",
                False,
                '"7BIT"',
                '"8BIT"',
                "BODYSTRUCTURE encoding",
            ),
            (
                "BODYSTRUCTURE without a parameter",
                True,
                '("CHARSET" "utf-8")',
                "NIL",
                "BODYSTRUCTURE parameter missing",
            ),
            (
                "BODYSTRUCTURE with another parameter",
                True,
                '"utf-8"',
                '"latin1"',
                "BODYSTRUCTURE parameter",
            ),
            (
                "BODYSTRUCTURE with another subtype",
                True,
                '"MIXED"',
                '"RELATED"',
                "BODYSTRUCTURE subtype",
            ),
            (
                "BODYSTRUCTURE leaves a part out",
                True,
                '("IMAGE" "PNG" NIL NIL NIL "BASE64" 8 NIL NIL NIL NIL)',
                "",
                "BODYSTRUCTURE parts",
            ),
            (
                "BODYSTRUCTURE with data that nobody defined",
                False,
                '"7BIT" 11 1 NIL NIL NIL NIL',
                '"7BIT" 11 1 NIL NIL NIL NIL 5',
                "BODYSTRUCTURE beyond",
            ),
            (
                "BODYSTRUCTURE with the decoded size",
                True,
                '"BASE64" 8',
                '"BASE64" 4',
                "BODYSTRUCTURE size",
            ),
        )
    ]
    + _table(
        "searching",
        r"""
a set with a space || a< * ESEARCH (TAG "a14") || a< * ESEARCH (TAG "a14") MIN 2 MAX 3 COUNT 2 ALL 2, 3 || grammar || syntax sequence-set || RFC3501:9
SEARCH UNSEEN leaves one out || a< * SEARCH 2 3 || a< * SEARCH 2 || search || search misses || RFC9051:6.4.4
SEARCH UNSEEN finds a seen one || a< * SEARCH 2 3 || a< * SEARCH 1 2 3 || search || search finds too much || RFC9051:6.4.4
UID SEARCH answers numbers || a< * SEARCH 2 5 || a< * SEARCH 2 3 || search || search misses || RFC9051:6.4.4
UID SEARCH SEEN finds nothing || a< * SEARCH 1 || a< * SEARCH || search || search misses || RFC9051:6.4.4
SUBJECT is compared by case || a< * SEARCH 1#2 || a< * SEARCH || search || search misses || RFC9051:6.4.4
FROM finds another || a< * SEARCH 3 || a< * SEARCH 1 3 || search || search finds too much || RFC9051:6.4.4
LARGER finds smaller ones || a< * SEARCH 2 || a< * SEARCH 1 2 || search || search finds too much || RFC9051:6.4.4
SMALLER finds nothing || a< * SEARCH 3#3 || a< * SEARCH || search || search misses || RFC9051:6.4.4
SINCE leaves the day itself out || a< * SEARCH 2 3#2 || a< * SEARCH 3 || search || search misses || RFC9051:6.4.4
BEFORE has the day itself || a< * SEARCH 1#5 || a< * SEARCH 1 2 || search || search finds too much || RFC9051:6.4.4
SENTON finds the day of arrival || a< * SEARCH 3#2 || a< * SEARCH || search || search misses || RFC9051:6.4.4
OR takes the first key only || a< * SEARCH 1 3 || a< * SEARCH 1 || search || search misses || RFC9051:6.4.4
NOT is passed over || a< * SEARCH 2 3#3 || a< * SEARCH 1 || search || search finds too much || RFC9051:6.4.4
BODY finds nothing || a< * SEARCH 1#3 || a< * SEARCH || search || search misses || RFC9051:6.4.4
HEADER finds all || a< * SEARCH 1#4 || a< * SEARCH 1 2 3 || search || search finds too much || RFC9051:6.4.4
KEYWORD finds what has none || a< * SEARCH || a< * SEARCH 1 || search || search finds too much || RFC9051:6.4.4
SEARCH finds message 9 of 3 || a< * SEARCH 2 3 || a< * SEARCH 2 3 9 || search || search finds no message || RFC9051:2.3.1.2
SEARCH finds message 0 || a< * SEARCH 2 3 || a< * SEARCH 0 2 3 || search || search finds no message || RFC9051:2.3.1.2
SEARCH finds one twice || a< * SEARCH 2 3 || a< * SEARCH 2 3 3 || search || search finds twice || RFC9051:7.3.4
no SEARCH at all || a< * SEARCH 2 3 || - || search || SEARCH without SEARCH || RFC9051:6.4.4
SEARCH with RETURN answered by SEARCH || a< * ESEARCH (TAG "a14") || a< * SEARCH 2 3 || search || SEARCH RETURN with SEARCH || RFC4731:3.1
SEARCH answered by ESEARCH || a< * SEARCH 2 3 || a< * ESEARCH (TAG "a4") ALL 2:3 || search || SEARCH with ESEARCH || RFC3501:6.4.4
ESEARCH with the tag of another || a< * ESEARCH (TAG "a14") || a< * ESEARCH (TAG "a13") MIN 2 MAX 3 COUNT 2 ALL 2:3 || search || ESEARCH tag || RFC9051:7.3.4
ESEARCH without UID || a< * ESEARCH (TAG "a15") || a< * ESEARCH (TAG "a15") COUNT 1 || search || ESEARCH UID missing || RFC9051:7.3.4
ESEARCH with UID for numbers || a< * ESEARCH (TAG "a14") || a< * ESEARCH (TAG "a14") UID MIN 2 MAX 3 COUNT 2 ALL 2:3 || search || ESEARCH UID unasked || RFC9051:7.3.4
ESEARCH with MIN above MAX || a< * ESEARCH (TAG "a14") || a< * ESEARCH (TAG "a14") MIN 3 MAX 2 COUNT 2 ALL 2:3 || search || ESEARCH MIN above MAX || RFC4731:3.1
ESEARCH counts otherwise than it lists || a< * ESEARCH (TAG "a14") || a< * ESEARCH (TAG "a14") MIN 2 MAX 3 COUNT 3 ALL 2:3 || search || ESEARCH COUNT and ALL || RFC4731:3.1
ESEARCH with another MIN || a< * ESEARCH (TAG "a14") || a< * ESEARCH (TAG "a14") MIN 1 MAX 3 COUNT 2 ALL 2:3 || search || ESEARCH MIN and ALL || RFC4731:3.1
ESEARCH with another MAX || a< * ESEARCH (TAG "a14") || a< * ESEARCH (TAG "a14") MIN 2 MAX 2 COUNT 2 ALL 2:3 || search || ESEARCH MAX and ALL || RFC4731:3.1
the set in ALL has what does not match || a< * ESEARCH (TAG "a14") || a< * ESEARCH (TAG "a14") MIN 1 MAX 3 COUNT 3 ALL 1:3 || search || search finds too much || RFC9051:6.4.4
ESEARCH with a wrong count || a< * ESEARCH (TAG "a15") || a< * ESEARCH (TAG "a15") UID COUNT 2 || search || ESEARCH COUNT wrong || RFC4731:3.1
ESEARCH with MIN though nothing was found || a< * ESEARCH (TAG "a16") || a< * ESEARCH (TAG "a16") MIN 1 COUNT 0 || search || ESEARCH empty with results || RFC4731:3.1
ESEARCH without the COUNT asked for || a< * ESEARCH (TAG "a15") || a< * ESEARCH (TAG "a15") UID || search || ESEARCH without COUNT || RFC4731:3.1
ESEARCH tells what was not asked || a< * ESEARCH (TAG "a15") || a< * ESEARCH (TAG "a15") UID COUNT 1 ALL 1 || search || ESEARCH unasked item || RFC4731:3.1
SORT in another order || a< * SORT 3 1 2 || a< * SORT 1 2 3 || search || SORT order || RFC5256:3
REVERSE is passed over || a< * SORT 2 1 5 || a< * SORT 5 1 2 || search || SORT order || RFC5256:3
SORT leaves one out || a< * SORT 3 1 2 || a< * SORT 3 2 || search || search misses || RFC9051:6.4.4
no SORT at all || a< * SORT 3 1 2 || - || contract || SORT without SORT || RFC5256:3
EXPUNGE during SEARCH || a< a4 OK || a< * 3 EXPUNGE;;a< a4 OK unseen || view || EXPUNGE during SEARCH || RFC9051:7.5.1
EXPUNGE during SORT || a< a17 OK || a< * 3 EXPUNGE;;a< a17 OK sorted || view || EXPUNGE during SORT || RFC5256:3
""",
    )
    + _table(
        "flagging",
        r"""
STORE does not return the flags || a< * 3 FETCH (UID 5 FLAGS (\Deleted)) || - || contract || STORE without FLAGS || RFC9051:6.4.6
one EXPUNGE is told twice || b< b3 OK || b< * 3 EXPUNGE;;b< b3 OK stored || view || EXPUNGE out of range || RFC9051:7.5.1
EXPUNGE is not told to who asked for it || a< * 3 EXPUNGE || - || contract || EXPUNGE does not tell || RFC9051:6.4.3
a removal is never told to the other || b< * 3 EXPUNGE || - || between || size update missing || RFC9051:5.2
EXISTS instead of EXPUNGE || b< * 3 EXPUNGE || b< * 2 EXISTS || view || EXISTS shrinks || RFC9051:5.2
UIDNEXT of STATUS is below a UID || b< * STATUS || b< * STATUS INBOX (MESSAGES 2 UIDNEXT 5 UIDVALIDITY 7) || view || UIDNEXT not above UIDs || RFC9051:2.3.1.1
UIDNEXT of STATUS falls || b< * STATUS || b< * STATUS INBOX (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 7) || view || UIDNEXT falls || RFC9051:2.3.1.1
UIDVALIDITY of STATUS differs || b< * STATUS || b< * STATUS INBOX (MESSAGES 2 UIDNEXT 6 UIDVALIDITY 8) || view || UIDVALIDITY differs in STATUS || RFC9051:2.3.1.1
STATUS leaves an item out || b< * STATUS || b< * STATUS INBOX (MESSAGES 2 UIDNEXT 6) || contract || STATUS without UIDVALIDITY || RFC9051:6.3.11
STATUS of another mailbox || b< * STATUS || b< * STATUS Other (MESSAGES 2 UIDNEXT 6 UIDVALIDITY 7) || contract || STATUS of another mailbox || RFC9051:6.3.11
no STATUS at all || b< * STATUS || - || contract || STATUS without STATUS || RFC9051:6.3.11
NOOP is answered NO || b< b90 OK || b< b90 NO rests || contract || NOOP NO || RFC9051:6.1
Recent for two sessions || a< * 1 FETCH (UID 1 FLAGS (\Seen)) || a< * 1 FETCH (UID 1 FLAGS (\Seen \Recent));;@LATER@b< * 1 FETCH (UID 1 FLAGS ())@TO@b< * 1 FETCH (UID 1 FLAGS (\Recent)) || view || Recent twice || RFC3501:2.3.2
a flag update is lost || observer-alice< * 2 FETCH || observer-alice< * 2 FETCH (UID 2 FLAGS () RFC822.SIZE @PARTS@) || between || flag update lost || RFC9051:6.4.6
a flag is there again || observer-alice< * 1 FETCH || observer-alice< * 1 FETCH (UID 1 FLAGS (\Seen) RFC822.SIZE @PLAIN@) || between || flag update lost || RFC9051:6.4.6
a flag without a cause || observer-alice< * 1 FETCH || observer-alice< * 1 FETCH (UID 1 FLAGS (\Draft) RFC822.SIZE @PLAIN@) || between || flag without cause || RFC9051:6.4.6
a message is lost || observer-alice< * 2 FETCH || - || between || message lost || RFC9051:6.4.3
a client does not hear of flags || a< * 2 FETCH (UID 2 FLAGS (\Flagged))#2 || a< * 2 FETCH (UID 2 FLAGS ()) || between || clients see other flags || RFC9051:5.2
a client still sees what is gone || b< * 2 FETCH (UID 2 FLAGS (\Flagged))#2 || b< * 2 FETCH (UID 2 FLAGS (\Flagged));;b< * 3 EXISTS;;b< * 3 FETCH (UID 6 FLAGS ()) || between || client sees a message that is gone || RFC9051:5.2
a client misses a message || b< * 2 FETCH (UID 2 FLAGS (\Flagged))#2 || - || between || client misses a message || RFC9051:5.2
EXAMINE is READ-WRITE || observer-alice< observer-alice2 OK || observer-alice< observer-alice2 OK [READ-WRITE] selected || contract || EXAMINE not READ-ONLY || RFC9051:6.3.3
size differs by client || observer-alice< * 1 FETCH || observer-alice< * 1 FETCH (UID 1 FLAGS () RFC822.SIZE 5) || content || RFC822.SIZE || RFC9051:2.3.4
EXPUNGE of more than was marked || a< * 3 EXPUNGE || a< * 3 EXPUNGE;;a< * 2 EXPUNGE || between || message returns || RFC9051:7.5.1
EXPUNGE leaves the message || observer-alice< * 2 FETCH || observer-alice< * 2 FETCH (UID 2 FLAGS (\Flagged) RFC822.SIZE @PARTS@);;observer-alice< * 3 EXISTS;;observer-alice< * 3 FETCH (UID 5 FLAGS (\Deleted) RFC822.SIZE @LAST@) || between || message returns || RFC9051:7.5.1
""",
    )
    + _table(
        "moving",
        r"""
LIST without a delimiter || a< * LIST (\HasNoChildren) "/" Kept || a< * LIST (\HasNoChildren) Kept || grammar || syntax mailbox-list || RFC3501:9
STATUS with a word for a number || a< * STATUS || a< * STATUS Kept (MESSAGES four UIDNEXT 8 UIDVALIDITY 7 UNSEEN 3) || grammar || syntax status-att-val || RFC3501:9
COPYUID pairs unevenly || a< a6 OK || a< a6 OK [COPYUID 7 1:2 5] copied || contract || COPYUID uneven || RFC4315:3
COPYUID names a message that was not asked for || a< a6 OK || a< a6 OK [COPYUID 7 1,5 5:6] copied || contract || COPYUID beyond the asked || RFC4315:3
COPYUID names a UID twice || a< a6 OK || a< a6 OK [COPYUID 7 1:2 5,5] copied || contract || COPYUID repeats || RFC4315:3
COPYUID below what is there || a< a6 OK || a< a6 OK [COPYUID 7 1:2 3:4] copied || contract || new UID not above || RFC9051:2.3.1.1
COPYUID with UIDVALIDITY 0 || a< a6 OK || a< a6 OK [COPYUID 0 1:2 5:6] copied || contract || COPYUID UIDVALIDITY zero || RFC4315:3
COPYUID with NO || a< a6 OK || a< a6 NO [COPYUID 7 1:2 5:6] failed || contract || COPYUID with NO || RFC4315:3
COPYUID out of nowhere || a< a13 OK || a< * OK [COPYUID 7 1 9] what;;a< a13 OK namespace || contract || COPYUID unasked || RFC4315:3
APPENDUID for COPY || a< a6 OK || a< a6 OK [APPENDUID 7 5] copied || contract || APPENDUID unasked || RFC4315:3
MOVE tells where after it removes || a< * OK [COPYUID 7 5 7] || a< * 3 EXPUNGE;;a< * OK [COPYUID 7 5 7] moved;;@DROP@a< * 3 EXPUNGE || contract || MOVE tells COPYUID late || RFC6851:4.3
MOVE tells a UID that is there || a< * OK [COPYUID 7 5 7] || a< * OK [COPYUID 7 5 4] moved || contract || new UID not above || RFC9051:2.3.1.1
UIDNEXT of the destination is too low || a< * STATUS || a< * STATUS Kept (MESSAGES 4 UIDNEXT 7 UIDVALIDITY 7 UNSEEN 3) || view || UIDNEXT not above UIDs || RFC9051:2.3.1.1
LIST tells a name that does not fit || a< * LSUB || a< * LSUB () "/" Other || contract || LSUB beyond its pattern || RFC9051:6.3.9
LIST % tells a child || a< * LIST (\HasNoChildren) "/" Kept#2 || a< * LIST (\HasNoChildren) "/" Kept/Old || contract || LIST beyond its pattern || RFC9051:6.3.9
LIST tells a name twice || a< * LIST (\HasNoChildren) "/" Kept || a< * LIST (\HasNoChildren) "/" Kept;;a< * LIST (\HasNoChildren) "/" Kept || contract || LIST twice || RFC9051:6.3.9
LIST with contradictory children || a< * LIST (\HasNoChildren) "/" Kept || a< * LIST (\HasNoChildren \HasChildren) "/" Kept || contract || \haschildren and \hasnochildren together || RFC9051:7.3.1
LIST with \Marked and \Unmarked || a< * LIST (\HasNoChildren) "/" Kept || a< * LIST (\Marked \Unmarked) "/" Kept || contract || \marked and \unmarked together || RFC9051:7.3.1
LIST with \NoInferiors and children || a< * LIST (\HasNoChildren) "/" Kept || a< * LIST (\Noinferiors \HasChildren) "/" Kept || contract || \haschildren and \noinferiors together || RFC9051:7.3.1
no delimiter || a< * LIST (\Noselect) "/" "" || - || contract || LIST of nothing without delimiter || RFC9051:6.3.9
no NAMESPACE || a< * NAMESPACE || - || contract || NAMESPACE without NAMESPACE || RFC9051:6.3.10
no ID || a< * ID || - || contract || ID without ID || RFC2971:3.1
no CAPABILITY || a< * CAPABILITY || - || contract || CAPABILITY without CAPABILITY || RFC9051:6.1.1
CAPABILITY is answered NO || a< a15 OK || a< a15 NO capability || contract || CAPABILITY NO || RFC9051:6.1
no QUOTAROOT || a< * QUOTAROOT || - || contract || GETQUOTAROOT without QUOTAROOT || RFC9208:4.1.2
no QUOTA || a< * QUOTA "" (STORAGE 1 100)#2 || - || contract || GETQUOTA without QUOTA || RFC9208:4.1.1
no MYRIGHTS || a< * MYRIGHTS || - || contract || MYRIGHTS without MYRIGHTS || RFC4314:3.5
no ACL || a< * ACL || - || contract || GETACL without ACL || RFC4314:3.3
two continuations for one literal || a< + go on || a< + go on;;a< + again || contract || continuation not due || RFC9051:7.6
ENABLED out of nowhere || a< a13 OK || a< * ENABLED QRESYNC;;a< a13 OK namespace || contract || ENABLED unasked || RFC9051:7.2.1
ESEARCH of no search || a< a13 OK || a< * ESEARCH (TAG "a99") COUNT 1;;a< a13 OK namespace || search || ESEARCH tag || RFC9051:7.3.4
login although LOGINDISABLED || a< * OK [CAPABILITY || a< * OK [CAPABILITY IMAP4rev1 LOGINDISABLED STARTTLS AUTH=PLAIN] ready || contract || LOGIN despite LOGINDISABLED || RFC9051:6.2.3
SELECT before login || a> a1 LOGIN || a> a0 SELECT INBOX;;a< * FLAGS (\Seen);;a< * 0 EXISTS;;a< * 0 RECENT;;a< * OK [UIDVALIDITY 7] v;;a< a0 OK [READ-WRITE] in;;a> a1 LOGIN alice secret || contract || SELECT before login || RFC9051:3.1
FETCH without a mailbox || a> a4 || a> a40 FETCH 1 (FLAGS);;a< a40 OK fetched;;a> a4 SELECT INBOX || contract || FETCH unselected || RFC9051:3.3
EXPUNGE without a mailbox || a> a4 || a> a40 EXPUNGE;;a< a40 OK expunged;;a> a4 SELECT INBOX || contract || EXPUNGE unselected || RFC9051:3.3
EXISTS without a mailbox || a> a4 || a< * 1 EXISTS;;a> a4 SELECT INBOX || view || EXISTS unselected || RFC9051:3.3
FLAGS without a mailbox || a> a4 || a< * FLAGS (\Seen);;a> a4 SELECT INBOX || view || FLAGS unselected || RFC9051:3.3
EXISTS falls during IDLE || a< * 3 EXISTS#2 || a< * 1 EXISTS || view || EXISTS shrinks || RFC9051:5.2
no protocol among the capabilities || a< * CAPABILITY || a< * CAPABILITY IDLE || capability || no IMAP4 || RFC9051:6.1.1
LITERAL+ and LITERAL- || a< * CAPABILITY || a< * CAPABILITY IMAP4rev1 LITERAL+ LITERAL- || capability || LITERAL+ and LITERAL- || RFC7888:5
QRESYNC without ENABLE || a< * CAPABILITY || a< * CAPABILITY IMAP4rev1 CONDSTORE QRESYNC || capability || QRESYNC without ENABLE || RFC7162:3.2.3
SEARCHRES without ESEARCH || a< * CAPABILITY || a< * CAPABILITY IMAP4rev1 SEARCHRES || capability || SEARCHRES without ESEARCH || RFC5182:2.1
UTF8=ACCEPT without ENABLE || a< * CAPABILITY || a< * CAPABILITY IMAP4rev1 UTF8=ACCEPT || capability || UTF8=ACCEPT without ENABLE || RFC6855:3
STARTTLS inside TLS || a! closed by us || a! closed by us;;c! tls TLSv1.3;;c< * OK [CAPABILITY IMAP4rev1 STARTTLS] hello || capability || STARTTLS in TLS || RFC9051:6.2.1
NAMESPACE is advertised and BAD || a< a13 OK || a< a13 BAD unknown || capability || NAMESPACE BAD || RFC9051:6.1.1
ID is advertised and BAD || a< a14 OK || a< a14 BAD unknown || capability || ID BAD || RFC9051:6.1.1
IDLE is advertised and BAD || a< + idling || a< a16 BAD unknown || capability || IDLE BAD || RFC9051:6.1.1
LIST with \Noselect and \Marked || a< * LIST (\HasNoChildren) "/" Kept || a< * LIST (\Noselect \Marked) "/" Kept || contract || \marked and \noselect together || RFC3501:7.2.2
a child with another separator || a< * LIST (\HasNoChildren) "/" Kept || a< * LIST (\HasNoChildren) "/" Kept;;a< * LIST (\HasNoChildren) "." Kept.New || contract || two separators || RFC9051:7.3.1
two CAPABILITY || a< * CAPABILITY || a< * CAPABILITY IMAP4rev1;;a< * CAPABILITY IMAP4rev1 IDLE || capability || CAPABILITY twice || RFC9051:6.1.1
LOGIN under LOGINDISABLED is BAD || a< * OK [CAPABILITY || a< * OK [CAPABILITY IMAP4rev1 LOGINDISABLED STARTTLS AUTH=PLAIN] ready;;@LATER@a< a1 OK@TO@a< a1 BAD no || contract || LOGIN BAD under LOGINDISABLED || RFC9051:7.2.2
UTF8=ACCEPT and UTF8=ONLY || a< * CAPABILITY || a< * CAPABILITY IMAP4rev1 ENABLE UTF8=ACCEPT UTF8=ONLY || capability || UTF8=ACCEPT and UTF8=ONLY || RFC6855:3
RIGHTS= with a right of RFC 2086 || a< * CAPABILITY || a< * CAPABILITY IMAP4rev1 ACL RIGHTS=texka || capability || RIGHTS= with old rights || RFC4314:2.2
RIGHTS= without the new rights || a< * CAPABILITY || a< * CAPABILITY IMAP4rev1 ACL RIGHTS=te || capability || RIGHTS= without new rights || RFC4314:5.1.1
ID is taken and not offered || a< a1 OK || @ENV@NAMESPACE ID@TO@NAMESPACE || capability || ID not offered || RFC2971:3
NAMESPACE is taken and not offered || a< a1 OK || @ENV@IDLE NAMESPACE@TO@IDLE || capability || NAMESPACE not offered || RFC2342:4
a long field in ID || a< * ID || a< * ID ("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" "1") || contract || ID name too long || RFC2971:3.3
one field twice in ID || a< * ID || a< * ID ("name" "a" "Name" "b") || contract || ID field twice || RFC2971:3.3
a right stands twice in LISTRIGHTS || a< a21 OK || a< a21 OK acl;;a> a23 LISTRIGHTS INBOX bob;;a< * LISTRIGHTS INBOX bob "" l l;;a< a23 OK rights || contract || LISTRIGHTS twice || RFC4314:3.7
MYRIGHTS with e and t, without d || a< * MYRIGHTS || a< * MYRIGHTS INBOX lrte || contract || MYRIGHTS without d || RFC4314:2.1.1
MYRIGHTS with k, without c || a< * MYRIGHTS || a< * MYRIGHTS INBOX lrk || contract || MYRIGHTS without c || RFC4314:2.1.1
ACL with t, without d || a< * ACL || a< * ACL INBOX alice lrt || contract || ACL without d || RFC4314:2.1.1
ACL with k, without c || a< * ACL || a< * ACL INBOX alice lrk || contract || ACL without c || RFC4314:2.1.1
LISTRIGHTS with e, without d || a< a21 OK || a< a21 OK acl;;a> a23 LISTRIGHTS INBOX bob;;a< * LISTRIGHTS INBOX bob "" l e;;a< a23 OK rights || contract || LISTRIGHTS without d || RFC4314:2.1.1
LISTRIGHTS with k, without c || a< a21 OK || a< a21 OK acl;;a> a23 LISTRIGHTS INBOX bob;;a< * LISTRIGHTS INBOX bob "" l k;;a< a23 OK rights || contract || LISTRIGHTS without c || RFC4314:2.1.1
a right that RIGHTS= does not list || a< * MYRIGHTS || a< * MYRIGHTS INBOX lrsn || contract || right not in RIGHTS= || RFC4314:2
rights in upper case || a< * MYRIGHTS || a< * MYRIGHTS INBOX LRS || contract || rights beyond letters and digits || RFC4314:7
an extension of NAMESPACE without X- || a< * NAMESPACE || a< * NAMESPACE (("" "/" "FOO" ("x"))) NIL NIL || contract || NAMESPACE extension without X- || RFC2342:5
""",
    )
    + _table(
        "syncing",
        r"""
MODSEQ without its list || a< * 2 FETCH (UID 2 MODSEQ (21)) || a< * 2 FETCH (UID 2 MODSEQ 21) || grammar || syntax fetch-mod-resp || RFC7162:3.1.4.2
VANISHED with a star || a< * VANISHED 1 || a< * VANISHED 1:* || grammar || syntax uid-range || RFC4315:3
no ENABLED || a< * ENABLED || - || contract || ENABLE without ENABLED || RFC9051:6.3.1
ENABLED names what was not asked for || a< * ENABLED || a< * ENABLED QRESYNC UTF8=ACCEPT || contract || ENABLED more than asked || RFC9051:6.3.1
HIGHESTMODSEQ is missing || a< * OK [HIGHESTMODSEQ 20] || - || contract || SELECT without OK [HIGHESTMODSEQ] || RFC7162:3.1.2.1
EXPUNGE although QRESYNC is enabled || a< * VANISHED 1 || a< * 1 EXPUNGE || view || EXPUNGE under QRESYNC || RFC7162:3.2.10.2
VANISHED with UID 0 || a< * VANISHED 1 || a< * VANISHED 0:1 || view || VANISHED zero || RFC7162:3.2.10.2
VANISHED of UIDs that are not there || a< * VANISHED 1 || a< * VANISHED 1,3:4 || view || VANISHED unknown UID || RFC7162:3.2.10.2
VANISHED of more than there are || a< * VANISHED 1 || a< * VANISHED 1:9 || view || VANISHED too many || RFC7162:3.2.10.2
VANISHED (EARLIER) unasked || a< * VANISHED 1 || a< * VANISHED (EARLIER) 3;;a< * VANISHED 1 || view || VANISHED EARLIER unasked || RFC7162:3.2.10.1
VANISHED during FETCH || a< a8 OK || a< * VANISHED 5;;a< a8 OK fetched || view || VANISHED during FETCH || RFC7162:3.2.10.2
VANISHED while nothing runs || a> a8 || a< * VANISHED 5;;a> a8 FETCH 1 (UID FLAGS MODSEQ) || view || VANISHED idle || RFC7162:3.2.10.2
no MODSEQ after a conditional STORE || a< * 2 FETCH (UID 2 MODSEQ (21)) || - || contract || conditional STORE without MODSEQ || RFC7162:3.1.3
MODSEQ falls after STORE || a< * 2 FETCH (UID 2 MODSEQ (21)) || a< * 2 FETCH (UID 2 MODSEQ (11)) || view || MODSEQ falls || RFC7162:3.1
MODSEQ was asked for and is missing || a< * 1 FETCH (UID 2 FLAGS (\Flagged) MODSEQ (21)) || a< * 1 FETCH (UID 2 FLAGS (\Flagged)) || contract || FETCH without MODSEQ || RFC9051:6.4.5
no CLOSED at the switch || a< * OK [CLOSED] || - || contract || no CLOSED || RFC7162:3.2.11
CLOSED comes late || a< * OK [CLOSED] || a< * FLAGS (\Seen);;a< * OK [CLOSED] closed || contract || CLOSED late || RFC7162:3.2.11
HIGHESTMODSEQ falls from SELECT to SELECT || a< * OK [HIGHESTMODSEQ 23] || a< * OK [HIGHESTMODSEQ 19] highest || view || HIGHESTMODSEQ falls || RFC7162:3.1.2.1
UIDNEXT is 0 in an empty mailbox || a< * OK [UIDNEXT 1] || a< * OK [UIDNEXT 0] next || view || UIDNEXT out of range || RFC9051:2.3.1.1
UIDVALIDITY falls from SELECT to SELECT || a< * OK [UIDVALIDITY 7] valid#2 || a< * OK [UIDVALIDITY 6] valid || view || UIDVALIDITY falls || RFC9051:2.3.1.1
UIDNEXT falls from SELECT to SELECT || a< * OK [UIDNEXT 6] next#2 || a< * OK [UIDNEXT 4] next || view || UIDNEXT || RFC9051:2.3.1.1
a UID returns || a< * 1 FETCH (UID 2 FLAGS (\Flagged) MODSEQ (21))#2 || a< * 1 FETCH (UID 1 FLAGS () MODSEQ (24)) || view || UID returns || RFC9051:2.3.1.1
a change comes without MODSEQ || a> a11 || a> a10b NOOP;;a< * 1 FETCH (UID 2 FLAGS (\Seen));;a< a10b OK nothing;;a> a11 CLOSE || view || change without MODSEQ || RFC7162:3.2
MODSEQ of a mailbox that has none || a< * OK [HIGHESTMODSEQ 20] || a< * OK [NOMODSEQ] none || view || MODSEQ after NOMODSEQ || RFC7162:3.1.2.2
a message numbered as before the removal || a< * 1 FETCH (UID 2 FLAGS (\Flagged) MODSEQ (21)) || a< * 3 FETCH (UID 5 FLAGS () MODSEQ (20)) || view || FETCH out of range || RFC9051:2.3.1.2
ENABLED names what is not offered || a< a1 OK || @ENV@CONDSTORE QRESYNC@TO@CONDSTORE || capability || ENABLED not offered || RFC5161:3.2
ENABLE is taken and not offered || a< a1 OK || @ENV@LITERAL+ ENABLE@TO@LITERAL+ || capability || ENABLE not offered || RFC5161:1
""",
    )
    + [
        Fault(name, "moving", "a< * ID", f"a< * ID ({fields})", "contract", key, "RFC2971:3.3")
        for name, fields, key in (
            ("a long value in ID", f'"name" "{"x" * 1025}"', "ID value too long"),
            (
                "too many fields in ID",
                " ".join(f'"f{number}" "v"' for number in range(31)),
                "ID with many fields",
            ),
        )
    ]
    + _table(
        "collecting",
        rf"""
+ok in lower case || pop< +OK 2 300 || pop< +ok 2 300 || pop3 || status || RFC1939:3
-err in lower case || pop< -ERR || pop< -err no such message || pop3 || status || RFC1939:3
POP3 greets with -ERR || pop< +OK ready || pop< -ERR not now || pop3 || no greeting || RFC1939:3
POP3 greets with something else || pop< +OK ready || pop< 220 ready || pop3 || no greeting || RFC1939:3
a first line of more than 512 octets || pop< +OK 2 300 || pop< +OK 2 300 {"x" * 512} || pop3 || first line too long || RFC1939:3
a line that ends in LF alone || pop< +OK 20 octets || pop< +OK 20 octets~Subject: x~~Hel¬lo~. || pop3 || line without CRLF || RFC1939:3
one time stamp for two greetings || popb< +OK ready || popb< +OK ready <1896.1@example.org> || pop3 || time stamp twice || RFC1939:7
a unique id of 71 characters || pop< +OK ids || pop< +OK ids~1 {"a" * 71}~2 bb~. || pop3 || unique id || RFC1939:7
a unique id with a space || pop< +OK 2 bb || pop< +OK 2 b b || pop3 || unique id || RFC1939:7
""",
    )
    + _table(
        "sorting",
        r"""
SORT ARRIVAL by the Date field || a< * SORT 4 3 2 1 || a< * SORT 3 1 2 4 || search || SORT order || RFC5256:3
SORT DATE without the zones || a< * SORT 3 1 2 4 || a< * SORT 3 2 1 4 || search || SORT order || RFC5256:3
SORT FROM by the display name || a< * SORT 3 1 4 2 || a< * SORT 3 2 1 4 || search || SORT order || RFC5256:3
SORT SUBJECT by the whole subject || a< * SORT 3 1 2 4#2 || a< * SORT 3 4 2 1 || search || SORT order || RFC5256:3
SORT SUBJECT leaves encoded words as they are || a< * SORT 3 1 2 4#2 || a< * SORT 1 2 4 3 || search || SORT order || RFC5256:3
REVERSE of the second criterion is passed over || a< * SORT 4 1 2 || a< * SORT 1 2 4 || search || SORT order || RFC5256:3
CC that is absent does not come first || a< * SORT 4 2 3 1 || a< * SORT 4 3 2 1 || search || SORT order || RFC5256:3
REVERSE turns equals around || a< * SORT 4 1 2 || a< * SORT 4 2 1 || search || SORT order || RFC5256:3
SORT leaves out what matches || a< * SORT 3 1 2 4 || a< * SORT 3 1 4 || search || search misses || RFC9051:6.4.4
ORDEREDSUBJECT makes a chain || a< * THREAD (3)(1 (2)(4)) || a< * THREAD (3)(1 2 4) || search || THREAD ORDEREDSUBJECT || RFC5256:3
ORDEREDSUBJECT by the whole subject || a< * THREAD (3)(1 (2)(4)) || a< * THREAD (3)(1)(2)(4) || search || THREAD ORDEREDSUBJECT || RFC5256:3
REFERENCES makes no grandchild || a< * THREAD (3)(2 1 4) || a< * THREAD (3)(2 (1)(4)) || search || THREAD REFERENCES || RFC5256:3
REFERENCES in the order of the mailbox || a< * THREAD (3)(2 1 4) || a< * THREAD (2 1 4)(3) || search || THREAD REFERENCES || RFC5256:3
REFERENCES keeps a parent that was not found || a< * THREAD (3)(1 4) || a< * THREAD (3)((1)(4)) || search || THREAD REFERENCES || RFC5256:3
THREAD leaves one out || a< * THREAD (3)(1 4) || a< * THREAD (1 4) || search || search misses || RFC9051:6.4.4
THREAD tells one twice || a< * THREAD (3)(2 1 4) || a< * THREAD (3)(2 1 4)(1) || search || search finds twice || RFC9051:7.3.4
no THREAD at all || a< * THREAD (3)(1 4) || - || contract || THREAD without THREAD || RFC5256:3
""",
    )
)
