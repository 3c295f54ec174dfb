"""Faultless conversations: what the faults bend, and what nobody may be blamed for."""

from tests.fakes.script import literal

CAPS = (
    "IMAP4rev1 LITERAL+ ENABLE IDLE NAMESPACE ID UIDPLUS MOVE UNSELECT ESEARCH SEARCHRES SORT"
    " THREAD=ORDEREDSUBJECT THREAD=REFERENCES CONTEXT=SEARCH"
    " BINARY CONDSTORE QRESYNC PREVIEW CHILDREN LIST-EXTENDED QUOTA QUOTA=RES-STORAGE ACL RIGHTS=texk"
)
PLAIN = (
    "From: Ann Archer <ann@example.org>~To: Bob Baker <bob@example.net>~Subject: Lunch~"
    "Date: Mon, 7 Oct 2024 12:00:00 +0000~Message-ID: <1@example.org>~~Hello Bob~"
)
PARTS = (
    "From: Ann Archer <ann@example.org>~Subject: Photo~Date: Tue, 8 Oct 2024 12:00:00 +0000~"
    "Content-Type: multipart/mixed; boundary=cut~~--cut~Content-Type: text/plain;"
    " charset=utf-8~~Look at this~~--cut~Content-Type: image/png~"
    "Content-Transfer-Encoding: base64~~AAECAw==~--cut--~"
)
LAST = "From: Eve Eden <eve@example.org>~Subject: Third~Date: Wed, 9 Oct 2024 12:00:00 +0000~~Bye~"


def octets(message: str) -> int:
    return len(message.replace("~", ".."))


def login(actor: str) -> str:
    return f"""
{actor}< * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
{actor}> {actor}1 LOGIN alice secret
{actor}< {actor}1 OK [CAPABILITY {CAPS}] in"""


def append(actor: str, tag: int, message: str, uid: int, how: str = "", box: str = "INBOX") -> str:
    return f"""
{actor}> {actor}{tag} APPEND {box} {how}{{{octets(message)}}}
{actor}< + go on
{actor}> {message}
{actor}< {actor}{tag} OK [APPENDUID 7 {uid}] appended"""


def select(actor: str, tag: int, count: int, uidnext: int, *, word: str = "SELECT") -> str:
    permanent = r"\Answered \Flagged \Deleted \Seen \Draft \*" if word == "SELECT" else ""
    mode = "READ-WRITE" if word == "SELECT" else "READ-ONLY"
    return f"""
{actor}> {actor}{tag} {word} INBOX
{actor}< * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Work)
{actor}< * {count} EXISTS
{actor}< * 0 RECENT
{actor}< * OK [UIDVALIDITY 7] valid
{actor}< * OK [UIDNEXT {uidnext}] next
{actor}< * OK [HIGHESTMODSEQ 20] highest
{actor}< * OK [PERMANENTFLAGS ({permanent})] permanent
{actor}< {actor}{tag} OK [{mode}] selected"""


GIVEN = (
    login("g")
    + append("g", 2, PLAIN, 1, '(\\Seen) "01-Jan-2024 10:00:00 +0000" ')
    + append("g", 3, PARTS, 2, '() "02-Jan-2024 10:00:00 +0000" ')
    + append("g", 4, LAST, 5, '() "03-Jan-2024 10:00:00 +0000" ')
    + """
g> g5 LOGOUT
g< * BYE bye
g< g5 OK out
g! closed by us"""
)

READING = (
    GIVEN
    + login("a")
    + select("a", 2, 3, 6)
    + rf"""
a> a3 FETCH 1:3 (UID FLAGS INTERNALDATE RFC822.SIZE)
a< * 1 FETCH (UID 1 FLAGS (\Seen) INTERNALDATE "01-Jan-2024 10:00:00 +0000" RFC822.SIZE {octets(PLAIN)})
a< * 2 FETCH (UID 2 FLAGS () INTERNALDATE "02-Jan-2024 10:00:00 +0000" RFC822.SIZE {octets(PARTS)})
a< * 3 FETCH (UID 5 FLAGS () INTERNALDATE "03-Jan-2024 10:00:00 +0000" RFC822.SIZE {octets(LAST)})
a< a3 OK fetched
a> a4 UID FETCH 1 (ENVELOPE BODYSTRUCTURE)
a< * 1 FETCH (UID 1 ENVELOPE ("Mon, 7 Oct 2024 12:00:00 +0000" "Lunch" (("Ann Archer" NIL "ann" "example.org")) (("Ann Archer" NIL "ann" "example.org")) (("Ann Archer" NIL "ann" "example.org")) (("Bob Baker" NIL "bob" "example.net")) NIL NIL NIL "<1@example.org>") BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 11 1 NIL NIL NIL NIL))
a< a4 OK fetched
a> a5 UID FETCH 2 (BODYSTRUCTURE)
a< * 2 FETCH (UID 2 BODYSTRUCTURE (("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 14 1 NIL NIL NIL NIL)("IMAGE" "PNG" NIL NIL NIL "BASE64" 8 NIL NIL NIL NIL) "MIXED" ("BOUNDARY" "cut") NIL NIL NIL))
a< a5 OK fetched
a> a6 UID FETCH 1 (BODY.PEEK[] BODY.PEEK[HEADER] BODY.PEEK[TEXT] BODY.PEEK[1])
a< * 1 FETCH (UID 1 BODY[] {literal(PLAIN)} BODY[HEADER] {literal(PLAIN[: PLAIN.index("~~") + 2])} BODY[TEXT] {literal("Hello Bob~")} BODY[1] {literal("Hello Bob~")})
a< a6 OK fetched
a> a7 UID FETCH 2 (BODY.PEEK[1] BODY.PEEK[2.MIME] BODY.PEEK[2] BINARY.PEEK[2] BINARY.SIZE[2])
a< * 2 FETCH (UID 2 BODY[1] {literal("Look at this~")} BODY[2.MIME] {literal("Content-Type: image/png~Content-Transfer-Encoding: base64~~")} BODY[2] {literal("AAECAw==")} BINARY[2] {chr(127)}{{4}}~{chr(0)}{chr(1)}{chr(2)}{chr(3)} BINARY.SIZE[2] 4)
a< a7 OK fetched
a> a8 UID FETCH 1 (BODY.PEEK[HEADER.FIELDS (SUBJECT DATE)] BODY.PEEK[]<6.10> BODY.PEEK[]<9999.10>)
a< * 1 FETCH (UID 1 BODY[HEADER.FIELDS (SUBJECT DATE)] {literal("Subject: Lunch~Date: Mon, 7 Oct 2024 12:00:00 +0000~~")} BODY[]<6> "Ann Archer" BODY[]<9999> "")
a< a8 OK fetched
a> a9 UID FETCH 1:* (FLAGS RFC822.SIZE)
a< * 1 FETCH (UID 1 FLAGS (\Seen) RFC822.SIZE {octets(PLAIN)})
a< * 2 FETCH (UID 2 FLAGS () RFC822.SIZE {octets(PARTS)})
a< * 3 FETCH (UID 5 FLAGS () RFC822.SIZE {octets(LAST)})
a< a9 OK fetched again
a> a10 LOGOUT
a< * BYE bye
a< a10 OK out
a! closed by us"""
)

SEARCHING = (
    GIVEN
    + login("a")
    + select("a", 2, 3, 6)
    + rf"""
a> a3 FETCH 1:3 (UID FLAGS INTERNALDATE RFC822.SIZE)
a< * 1 FETCH (UID 1 FLAGS (\Seen) INTERNALDATE "01-Jan-2024 10:00:00 +0000" RFC822.SIZE {octets(PLAIN)})
a< * 2 FETCH (UID 2 FLAGS () INTERNALDATE "02-Jan-2024 10:00:00 +0000" RFC822.SIZE {octets(PARTS)})
a< * 3 FETCH (UID 5 FLAGS () INTERNALDATE "03-Jan-2024 10:00:00 +0000" RFC822.SIZE {octets(LAST)})
a< a3 OK fetched
a> a4 SEARCH UNSEEN
a< * SEARCH 2 3
a< a4 OK unseen
a> a5 UID SEARCH SEEN
a< * SEARCH 1
a< a5 OK seen
a> a6 SEARCH SUBJECT lunch
a< * SEARCH 1
a< a6 OK subject
a> a7 SEARCH FROM eve
a< * SEARCH 3
a< a7 OK from
a> a8 SEARCH LARGER 250
a< * SEARCH 2
a< a8 OK larger
a> a9 UID SEARCH UID 2:5
a< * SEARCH 2 5
a< a9 OK uids
a> a10 SEARCH SINCE 2-Jan-2024
a< * SEARCH 2 3
a< a10 OK since
a> a11 SEARCH SENTON 9-Oct-2024
a< * SEARCH 3
a< a11 OK sent
a> a12 SEARCH OR SUBJECT lunch SUBJECT third
a< * SEARCH 1 3
a< a12 OK or
a> a13 SEARCH NOT SUBJECT lunch
a< * SEARCH 2 3
a< a13 OK not
a> a14 SEARCH RETURN (MIN MAX COUNT ALL) UNSEEN
a< * ESEARCH (TAG "a14") MIN 2 MAX 3 COUNT 2 ALL 2:3
a< a14 OK esearch
a> a15 UID SEARCH RETURN (COUNT) SEEN
a< * ESEARCH (TAG "a15") UID COUNT 1
a< a15 OK count
a> a16 SEARCH RETURN (MIN COUNT) FLAGGED
a< * ESEARCH (TAG "a16") COUNT 0
a< a16 OK none
a> a17 SORT (SIZE) US-ASCII ALL
a< * SORT 3 1 2
a< a17 OK sorted
a> a18 UID SORT (REVERSE SIZE) US-ASCII ALL
a< * SORT 2 1 5
a< a18 OK sorted
a> a19 SEARCH BODY hello
a< * SEARCH 1
a< a19 OK body
a> a20 SEARCH 1:2 KEYWORD Work
a< * SEARCH
a< a20 OK keyword
a> a21 SEARCH HEADER Message-ID example.org
a< * SEARCH 1
a< a21 OK header
a> a22 SEARCH BEFORE 2-Jan-2024
a< * SEARCH 1
a< a22 OK before
a> a23 SEARCH SMALLER 150
a< * SEARCH 3
a< a23 OK smaller"""
)

FLAGGING = (
    GIVEN
    + login("a")
    + select("a", 2, 3, 6)
    + r"""
a> a3 FETCH 1:3 (UID FLAGS)
a< * 1 FETCH (UID 1 FLAGS (\Seen))
a< * 2 FETCH (UID 2 FLAGS ())
a< * 3 FETCH (UID 5 FLAGS ())
a< a3 OK fetched"""
    + login("b")
    + select("b", 2, 3, 6)
    + r"""
b> b3 UID STORE 2 +FLAGS (\Flagged)
b< * 2 FETCH (UID 2 FLAGS (\Flagged))
b< b3 OK stored
a> a4 NOOP
a< * 2 FETCH (UID 2 FLAGS (\Flagged))
a< a4 OK nothing
a> a5 UID STORE 1 -FLAGS.SILENT (\Seen)
a< a5 OK stored
b> b4 NOOP
b< * 1 FETCH (UID 1 FLAGS ())
b< b4 OK nothing
a> a6 UID STORE 5 FLAGS (\Deleted)
a< * 3 FETCH (UID 5 FLAGS (\Deleted))
a< a6 OK stored
a> a7 EXPUNGE
a< * 3 EXPUNGE
a< a7 OK expunged
b> b5 NOOP
b< * 3 EXPUNGE
b< b5 OK told
b> b6 STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY)
b< * STATUS INBOX (MESSAGES 2 UIDNEXT 6 UIDVALIDITY 7)
b< b6 OK status
server= {"note":"end of steps"}
server= {"note":"rest"}
a> a90 NOOP
a< a90 OK rests
b> b90 NOOP
b< b90 OK rests
a> a91 UID FETCH 1:* (FLAGS)
a< * 1 FETCH (UID 1 FLAGS ())
a< * 2 FETCH (UID 2 FLAGS (\Flagged))
a< a91 OK all
b> b91 UID FETCH 1:* (FLAGS)
b< * 1 FETCH (UID 1 FLAGS ())
b< * 2 FETCH (UID 2 FLAGS (\Flagged))
b< b91 OK all"""
    + login("observer-alice")
    + select("observer-alice", 2, 2, 6, word="EXAMINE")
    + rf"""
observer-alice> o3 UID FETCH 1:* (FLAGS RFC822.SIZE)
observer-alice< * 1 FETCH (UID 1 FLAGS () RFC822.SIZE {octets(PLAIN)})
observer-alice< * 2 FETCH (UID 2 FLAGS (\Flagged) RFC822.SIZE {octets(PARTS)})
observer-alice< o3 OK observed"""
)

MOVING = (
    GIVEN
    + login("a")
    + """
a> a2 CREATE Kept
a< a2 OK made"""
    + append("a", 3, PLAIN, 4, box="Kept")
    + select("a", 4, 3, 6)
    + r"""
a> a5 UID FETCH 1:* (FLAGS)
a< * 1 FETCH (UID 1 FLAGS (\Seen))
a< * 2 FETCH (UID 2 FLAGS ())
a< * 3 FETCH (UID 5 FLAGS ())
a< a5 OK fetched
a> a6 UID COPY 1:2 Kept
a< a6 OK [COPYUID 7 1:2 5:6] copied
a> a7 UID MOVE 5 Kept
a< * OK [COPYUID 7 5 7] moved
a< * 3 EXPUNGE
a< a7 OK moved
a> a8 STATUS Kept (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)
a< * STATUS Kept (MESSAGES 4 UIDNEXT 8 UIDVALIDITY 7 UNSEEN 3)
a< a8 OK status
a> a9 LIST "" *
a< * LIST (\HasNoChildren) "/" INBOX
a< * LIST (\HasNoChildren) "/" Kept
a< a9 OK listed
a> a10 LIST "" %
a< * LIST (\HasNoChildren) "/" INBOX
a< * LIST (\HasNoChildren) "/" Kept
a< a10 OK listed
a> a11 LIST "" ""
a< * LIST (\Noselect) "/" ""
a< a11 OK delimiter
a> a12 LSUB "" K*
a< * LSUB () "/" Kept
a< a12 OK subscribed
a> a13 NAMESPACE
a< * NAMESPACE (("" "/")) NIL NIL
a< a13 OK namespace
a> a14 ID NIL
a< * ID ("name" "fake")
a< a14 OK id
a> a15 CAPABILITY
a< * CAPABILITY @CAPS@
a< a15 OK capability
a> a16 IDLE
a< + idling
a< * 3 EXISTS
a> DONE
a< a16 OK idled
a> a17 UID FETCH 6 (FLAGS)
a< * 3 FETCH (UID 6 FLAGS ())
a< a17 OK fetched
a> a18 GETQUOTAROOT INBOX
a< * QUOTAROOT INBOX ""
a< * QUOTA "" (STORAGE 1 100)
a< a18 OK quota
a> a19 GETQUOTA ""
a< * QUOTA "" (STORAGE 1 100)
a< a19 OK quota
a> a20 MYRIGHTS INBOX
a< * MYRIGHTS INBOX lrswipkxteacd
a< a20 OK rights
a> a21 GETACL INBOX
a< * ACL INBOX alice lrswipkxteacd
a< a21 OK acl
a> a22 LOGOUT
a< * BYE bye
a< a22 OK out
a! closed by us"""
).replace("@CAPS@", CAPS)

SYNCING = (
    GIVEN
    + login("a")
    + """
a> a2 ENABLE QRESYNC
a< * ENABLED QRESYNC
a< a2 OK enabled"""
    + select("a", 3, 3, 6)
    + r"""
a> a4 UID FETCH 1:* (FLAGS MODSEQ)
a< * 1 FETCH (UID 1 FLAGS (\Seen) MODSEQ (10))
a< * 2 FETCH (UID 2 FLAGS () MODSEQ (12))
a< * 3 FETCH (UID 5 FLAGS () MODSEQ (20))
a< a4 OK fetched
a> a5 UID STORE 2 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\Flagged)
a< * 2 FETCH (UID 2 MODSEQ (21))
a< a5 OK stored
a> a6 UID STORE 1 +FLAGS.SILENT (\Deleted)
a< * 1 FETCH (UID 1 MODSEQ (22))
a< a6 OK stored
a> a7 EXPUNGE
a< * VANISHED 1
a< a7 OK [HIGHESTMODSEQ 23] expunged
a> a8 FETCH 1 (UID FLAGS MODSEQ)
a< * 1 FETCH (UID 2 FLAGS (\Flagged) MODSEQ (21))
a< a8 OK fetched
a> a9 SELECT Other
a< * OK [CLOSED] closed
a< * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
a< * 0 EXISTS
a< * 0 RECENT
a< * OK [UIDVALIDITY 9] valid
a< * OK [UIDNEXT 1] next
a< * OK [HIGHESTMODSEQ 1] highest
a< * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft)] permanent
a< a9 OK [READ-WRITE] other
a> a10 SELECT INBOX (QRESYNC (7 20))
a< * OK [CLOSED] closed
a< * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
a< * 2 EXISTS
a< * 0 RECENT
a< * OK [UIDVALIDITY 7] valid
a< * OK [UIDNEXT 6] next
a< * OK [HIGHESTMODSEQ 23] highest
a< * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft)] permanent
a< * VANISHED (EARLIER) 1
a< * 1 FETCH (UID 2 FLAGS (\Flagged) MODSEQ (21))
a< a10 OK [READ-WRITE] again
a> a11 CLOSE
a< a11 OK closed"""
)

COLLECTING = r"""
pop< +OK ready <1896.1@example.org>
pop> USER alice
pop< +OK send PASS
pop> PASS secret
pop< +OK in
pop> STAT
pop< +OK 2 300
pop> UIDL
pop< +OK ids~1 aa~2 bb~.
pop> RETR 1
pop< +OK 20 octets~Subject: x~~Hello~.
pop> UIDL 2
pop< +OK 2 bb
pop> RETR 9
pop< -ERR no such message
pop> QUIT
pop< +OK bye
pop! closed by server
popb< +OK ready <1896.2@example.org>
popb> QUIT
popb< +OK bye
popb! closed by server"""

FIRST = (
    "From: Zoe Zeller <zoe@example.org>~To: Bob Baker <bob@example.net>~Subject: Lunch~"
    "Date: Mon, 7 Oct 2024 12:00:00 +0000~Message-ID: <first@example.org>~~Lunch at noon?~"
)
REPLY = (
    "From: Bob Baker <bob@example.net>~To: Zoe Zeller <zoe@example.org>~Subject: Re: [eat] Lunch~"
    "Date: Mon, 7 Oct 2024 14:00:00 +0200~Message-ID: <reply@example.net>~"
    "References: <first@example.org>~In-Reply-To: <first@example.org>~~Yes~"
)
APART = (
    "From: Ann Archer <ann@example.org>~To: Bob Baker <bob@example.net>~Subject: =?utf-8?Q?=C3=84pfel?=~"
    "Date: Sun, 6 Oct 2024 23:30:00 -0300~Message-ID: <apart@example.org>~~Apples~"
)
LATER = (
    "From: Bob Baker <bob@example.net>~To: Ann Archer <ann@example.org>~Subject: Fwd: lunch (fwd)~"
    "Date: Wed, 9 Oct 2024 08:00:00 +0000~Message-ID: <later@example.net>~"
    "References: <first@example.org> <reply@example.net>~~Look~"
)

SORTING = (
    login("a")
    + append("a", 2, REPLY, 1, '"04-Jan-2024 10:00:00 +0000" ')
    + append("a", 3, FIRST, 2, '"03-Jan-2024 10:00:00 +0000" ')
    + append("a", 4, APART, 3, '"02-Jan-2024 10:00:00 +0000" ')
    + append("a", 5, LATER, 4, '"01-Jan-2024 10:00:00 +0000" ')
    + select("a", 6, 4, 5)
    + """
a> a7 FETCH 1:4 (UID INTERNALDATE)
a< * 1 FETCH (UID 1 INTERNALDATE "04-Jan-2024 10:00:00 +0000")
a< * 2 FETCH (UID 2 INTERNALDATE "03-Jan-2024 10:00:00 +0000")
a< * 3 FETCH (UID 3 INTERNALDATE "02-Jan-2024 10:00:00 +0000")
a< * 4 FETCH (UID 4 INTERNALDATE "01-Jan-2024 10:00:00 +0000")
a< a7 OK fetched
a> a8 SORT (ARRIVAL) US-ASCII ALL
a< * SORT 4 3 2 1
a< a8 OK sorted
a> a9 SORT (DATE) US-ASCII ALL
a< * SORT 3 1 2 4
a< a9 OK sorted
a> a10 UID SORT (FROM DATE) US-ASCII ALL
a< * SORT 3 1 4 2
a< a10 OK sorted
a> a11 SORT (SUBJECT) US-ASCII ALL
a< * SORT 3 1 2 4
a< a11 OK sorted
a> a12 SORT (SUBJECT REVERSE DATE) US-ASCII SUBJECT lunch
a< * SORT 4 1 2
a< a12 OK sorted
a> a13 THREAD ORDEREDSUBJECT US-ASCII ALL
a< * THREAD (3)(1 (2)(4))
a< a13 OK threaded
a> a14 UID THREAD REFERENCES US-ASCII ALL
a< * THREAD (3)(2 1 4)
a< a14 OK threaded
a> a15 THREAD REFERENCES US-ASCII NOT FROM zoe
a< * THREAD (3)(1 4)
a< a15 OK threaded
a> a16 SORT (TO CC SIZE) US-ASCII ALL
a< * SORT 4 2 3 1
a< a16 OK sorted"""
)

BASES = {
    "reading": READING,
    "searching": SEARCHING,
    "flagging": FLAGGING,
    "moving": MOVING,
    "syncing": SYNCING,
    "sorting": SORTING,
    "collecting": COLLECTING,
}
