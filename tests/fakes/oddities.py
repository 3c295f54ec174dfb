"""Odd but legal: nobody may be blamed for these. Like faults: what stands in place of what."""

ODDITIES = [
    tuple(cell.strip().replace(";;", "\n") for cell in row.split(" || "))
    for row in r"""
text of OK is odd || reading || a< a3 OK || a< a3 OK ... 100%% [done] (really)
untagged OK with an unknown code || reading || a< a3 OK || a< * OK [XSOMETHING 1 2] what;;a< a3 OK fetched
untagged OK ALERT || reading || a< a3 OK || a< * OK [ALERT] disk is filling;;a< a3 OK fetched
untagged NO as a warning || reading || a< a3 OK || a< * NO disk is filling;;a< a3 OK fetched
EXISTS that says the same again || reading || a< a3 OK || a< * 3 EXISTS;;a< a3 OK fetched
EXISTS grows during FETCH || reading || a< a9 OK || a< * 4 EXISTS;;a< * 1 RECENT;;a< a9 OK fetched again
EXISTS grows while nothing runs || reading || a> a10 || a< * 4 EXISTS;;a> a10 LOGOUT
FETCH in another order || reading || a< * 1 FETCH (UID 1 FLAGS (\Seen) INTERNALDATE || a< * 3 FETCH (UID 5 FLAGS ());;a< * 1 FETCH (RFC822.SIZE @PLAIN@ UID 1 INTERNALDATE "01-Jan-2024 10:00:00 +0000" FLAGS (\Seen))
FETCH split in two || reading || a< * 1 FETCH (UID 1 FLAGS (\Seen) INTERNALDATE || a< * 1 FETCH (UID 1 FLAGS (\Seen));;a< * 1 FETCH (UID 1 INTERNALDATE "01-Jan-2024 10:00:00 +0000" RFC822.SIZE @PLAIN@)
the same instant in another zone || reading || a< * 1 FETCH (UID 1 FLAGS (\Seen) INTERNALDATE || a< * 1 FETCH (UID 1 FLAGS (\Seen) INTERNALDATE "01-Jan-2024 11:00:00 +0100" RFC822.SIZE @PLAIN@)
flags in another case || reading || a< * 1 FETCH (UID 1 FLAGS (\Seen) RFC822.SIZE || a< * 1 FETCH (UID 1 FLAGS (\SEEN) RFC822.SIZE @PLAIN@)
unsolicited FETCH of another message || reading || a< a4 OK || a< * 2 FETCH (UID 2 FLAGS (\Answered));;a< a4 OK fetched
a flag changed by somebody else || reading || a< a5 OK || a< * 3 FETCH (UID 5 FLAGS (\Flagged));;a< a5 OK fetched
keyword announced by FLAGS first || reading || a< a5 OK || a< * FLAGS (\Answered \Flagged \Deleted \Seen \Draft Work New);;a< * 3 FETCH (UID 5 FLAGS (New));;a< a5 OK fetched
EXPUNGE during UID FETCH, at its end || reading || a< a9 OK || a< * 3 EXPUNGE;;a< a9 OK fetched again
BYE of a server that goes down || reading || a> a10 || a< * BYE going down;;a! closed by server;;@DROP@a< * BYE bye;;@DROP@a< a10 OK;;@DROP@a! closed by us
more capabilities than anybody knows || moving || a< * CAPABILITY || @ENV@CAPABILITY IMAP4rev1@TO@CAPABILITY XFOO X-BAR=BAZ IMAP4rev1
untagged OK while nothing runs || reading || a> a9 || a< * OK still here;;a> a9 UID FETCH 1:* (FLAGS RFC822.SIZE)
header fields in another order || reading || a< * 1 FETCH (UID 1 BODY[HEADER.FIELDS || @ENV@(SUBJECT DATE)@TO@(DATE SUBJECT)
FLAGS before everything and after || searching || a< * OK [UIDVALIDITY || a< * OK [UIDVALIDITY 7] valid;;a< * FLAGS (\Answered \Flagged \Deleted \Seen \Draft Work)
SEARCH in another order || searching || a< * SEARCH 2 3 || a< * SEARCH 3 2
SEARCH in two responses || searching || a< * SEARCH 2 3 || a< * SEARCH 2;;a< * SEARCH 3
ESEARCH in another order || searching || a< * ESEARCH (TAG "a14") || a< * ESEARCH (TAG "a14") ALL 2,3 COUNT 2 MAX 3 MIN 2
EXISTS grows during SEARCH || searching || a< a23 OK || a< * 4 EXISTS;;a< a23 OK smaller
EXPUNGE during UID SEARCH || searching || a< a23 OK || a< a23 OK smaller;;a> a24 UID SEARCH ALL;;a< * SEARCH 1 2;;a< * 3 EXPUNGE;;a< a24 OK all
STORE echoes in two || flagging || b< * 2 FETCH (UID 2 FLAGS (\Flagged)) || b< * 2 FETCH (FLAGS (\Flagged) UID 2);;b< * 2 FETCH (UID 2 FLAGS (\Flagged))
news of another message during STORE || flagging || b< b3 OK || b< * 3 EXISTS;;b< b3 OK stored
flags of a range that is as long as can be || flagging || a> a5 || a> a5 UID STORE 1:4294967295 -FLAGS.SILENT (\Seen)
empty data of what somebody else removed || flagging || b> b5 || b> b4b UID FETCH 5 (RFC822.SIZE);;b< * 3 FETCH (UID 5 RFC822.SIZE 0);;b< b4b OK fetched;;b> b5 NOOP
a removal is told during COPY || moving || a> a8 || a> a7b COPY 2 Kept;;a< * 1 EXPUNGE;;a< a7b OK [COPYUID 7 2 8] copied;;a> a8 STATUS Kept (MESSAGES UIDNEXT UIDVALIDITY UNSEEN);;@LATER@a< * STATUS@TO@a< * STATUS Kept (MESSAGES 5 UIDNEXT 9 UIDVALIDITY 7 UNSEEN 3)
EXPUNGE is told late || flagging || b< b4 OK || b< b4 OK nothing yet
Recent for one session || flagging || a< * 2 FETCH (UID 2 FLAGS ()) || a< * 2 FETCH (UID 2 FLAGS (\Recent))
STATUS with an item more || flagging || b< * STATUS || b< * STATUS INBOX (UIDNEXT 6 MESSAGES 2 UIDVALIDITY 7 UNSEEN 1)
STATUS with a larger count || flagging || b< * STATUS || b< * STATUS INBOX (MESSAGES 9 UIDNEXT 6 UIDVALIDITY 7)
COPY without COPYUID || moving || a< a6 OK || a< a6 OK copied
COPYUID with sets written otherwise || moving || a< a6 OK || a< a6 OK [COPYUID 7 1,2 5,6] copied
MOVE tells COPYUID in its end || moving || a< * OK [COPYUID 7 5 7] || a< * OK moving
PREVIEW of 200 characters that are 400 octets || reading || a< a4 OK || a< * 1 FETCH (UID 1 PREVIEW {400}~Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼Ã¼);;a< a4 OK fetched
PREVIEW that is not there || reading || a< a4 OK || a< * 1 FETCH (UID 1 PREVIEW NIL);;a< a4 OK fetched
empty pattern of the extended form finds nothing || moving || a> a13 || a> a12b LIST "" ("");;a< a12b OK listed;;a> a13 NAMESPACE
two SEARCH sent together find the same || searching || a< a23 OK || a< a23 OK smaller;;a> a24 SEARCH ALL;;a> a25 SEARCH ALL;;a< * SEARCH 1 2 3;;a< a24 OK all;;a< * SEARCH 1 2 3;;a< a25 OK all
COPY and MOVE sent together, MOVE told first || moving || a< a6 OK || a> a7 UID MOVE 5 Kept;;a< * OK [COPYUID 7 5 7] moved;;a< * 3 EXPUNGE;;a< a6 OK [COPYUID 7 1:2 5:6] copied;;@DROP@a> a7 UID MOVE;;@DROP@a< * OK [COPYUID 7 5 7];;@DROP@a< * 3 EXPUNGE
LIST with INBOX in another case || moving || a< * LIST (\HasNoChildren) "/" INBOX || a< * LIST (\HasNoChildren) "/" Inbox
LIST with attributes of use || moving || a< * LIST (\HasNoChildren) "/" Kept || a< * LIST (\HasNoChildren \Archive \Subscribed) "/" Kept
IDLE keeps alive || moving || a< + idling || a< + idling;;a< * OK still here
ID says nothing || moving || a< * ID || a< * ID NIL
no delimiter at all || moving || a< * LIST (\Noselect) "/" "" || a< * LIST (\Noselect) NIL ""
VANISHED in two || syncing || a< * VANISHED (EARLIER) 1 || a< * VANISHED (EARLIER) 1;;a< * VANISHED (EARLIER) 3:4
MODSEQ grows || syncing || a< a8 OK || a< * 1 FETCH (UID 2 FLAGS (\Seen \Flagged) MODSEQ (30));;a< a8 OK fetched
HIGHESTMODSEQ in an untagged OK || syncing || a< a8 OK || a< * OK [HIGHESTMODSEQ 23] so far;;a< a8 OK fetched
conditional STORE refused || syncing || a< * 2 FETCH (UID 2 MODSEQ (21)) || a< * 2 FETCH (UID 2 FLAGS () MODSEQ (15));;@LATER@a< a5 OK stored@TO@a< a5 OK [MODIFIED 2] not stored
a conditional STORE of what is so already tells nothing || syncing || a> a6 || a> a5b UID STORE 2 (UNCHANGEDSINCE 99) +FLAGS.SILENT (\Flagged);;a< a5b OK stored;;a> a6 UID STORE 1 +FLAGS.SILENT (\Deleted)
UIDVALIDITY is new || syncing || a> a11 || a> a10b NOOP;;a< a10b OK nothing;;a> a11 CLOSE
NO with an odd text || moving || a< a18 OK || a< a18 NO [UNAVAILABLE] the quota is asleep
ID with fields without values || moving || a< * ID || a< * ID ("name" NIL "version" NIL)
\Noselect without more || moving || a< * LIST (\HasNoChildren) "/" Kept || a< * LIST (\Noselect \HasNoChildren) "/" Kept
names without hierarchy beside others || moving || a< * LIST (\HasNoChildren) "/" Kept || a< * LIST (\HasNoChildren) "/" Kept;;a< * LIST () NIL Flat
rights of its own in RIGHTS= || moving || a< * CAPABILITY || @ENV@RIGHTS=texk@TO@RIGHTS=texkn
wildcard among PERMANENTFLAGS alone || reading || a< * OK [PERMANENTFLAGS || a< * OK [PERMANENTFLAGS (\Seen \*)] permanent
extensions of NAMESPACE || moving || a< * NAMESPACE || a< * NAMESPACE (("" "/" "X-PARAM" ("a" "b") "TRANSLATION" ("x"))) NIL NIL
a POP3 greeting without a time stamp || collecting || popb< +OK ready || popb< +OK
a POP3 answer with nothing behind || collecting || pop< +OK in || pop< +OK
a maildrop without messages || collecting || pop< +OK ids || pop< +OK ids~.
a tag used twice at once || reading || a> a10 || a> z1 NOOP~z1 UID SEARCH ALL;;a< * SEARCH 1 2 5;;a< z1 OK one;;a< z1 OK two;;a> a10 LOGOUT
a date that is none, and yet stored || moving || a> a13 || a> a12c APPEND Other "32-Jan-2024" {18}~Subject: x~~text~~;;a< a12c OK [APPENDUID 9 4] stored;;a> a13 NAMESPACE
MYRIGHTS of one who may read alone || moving || a< * MYRIGHTS || a< * MYRIGHTS INBOX lrs
LISTRIGHTS with rights tied together || moving || a< a21 OK || a< a21 OK acl;;a> a23 LISTRIGHTS INBOX bob;;a< * LISTRIGHTS INBOX bob "" l r kc ted w;;a< a23 OK rights
BAD for what is not offered || moving || a> a13 || a> a12b XSOMETHING;;a< a12b BAD what;;a> a13 NAMESPACE
removed by another, and still served || flagging || b> b5 NOOP || b> b50 UID FETCH 5 (FLAGS);;b< * 3 FETCH (UID 5 FLAGS (\Deleted));;b< b50 OK cached;;b> b5 NOOP
removed by another, and refused || flagging || b> b5 NOOP || b> b50 UID FETCH 5 (FLAGS);;b< b50 NO [EXPUNGEISSUED] gone;;b> b5 NOOP
removed by another, and passed over || flagging || b> b5 NOOP || b> b50 UID FETCH 5 (FLAGS);;b< b50 OK nothing;;b> b5 NOOP
STORE on what another removed is taken || flagging || b> b5 NOOP || b> b50 UID STORE 5 +FLAGS (\Seen);;b< b50 OK stored;;b> b5 NOOP
STORE while another removes || flagging || a> a7 EXPUNGE || a> a7 EXPUNGE;;b> b50 UID STORE 5 +FLAGS (\Seen);;b< b50 NO gone
EXPUNGE amidst UID FETCH of others || flagging || b> b5 NOOP || b> b50 UID FETCH 1:2 (FLAGS);;b< * 1 FETCH (UID 1 FLAGS ());;b< * 3 EXPUNGE;;b< * 2 FETCH (UID 2 FLAGS (\Flagged));;b< b50 OK fetched;;b> b5 NOOP;;@DROP@b< * 3 EXPUNGE
two commands at once, brought up to date at the end || flagging || b> b5 NOOP || b> b5 NOOP;;b> b50 UID FETCH 1:* (FLAGS);;b< * 1 FETCH (UID 1 FLAGS ());;b< * 2 FETCH (UID 2 FLAGS (\Flagged));;b< * 3 FETCH (UID 5 FLAGS (\Deleted));;b< b50 OK fetched
two STOREs at once, answered in the other order || flagging || b> b4 NOOP || b> b40 UID STORE 2 +FLAGS (\Seen);;b> b41 UID STORE 2 -FLAGS (\Seen);;b< * 2 FETCH (UID 2 FLAGS (\Seen \Flagged));;b< * 2 FETCH (UID 2 FLAGS (\Flagged));;b< b41 OK stored;;b< b40 OK stored;;b> b4 NOOP
NOTIFY tells of a removal while nothing runs || reading || a> a10 || a> a99 NOTIFY SET (SELECTED (MessageNew MessageExpunge));;a< a99 OK set;;a< * 3 EXPUNGE;;a> a10 LOGOUT
who wants no NOTIFY is told of no removal || flagging || b> b4 NOOP || b> b3n NOTIFY NONE;;b< b3n OK none;;b> b4 NOOP;;@DROP@b< * 3 EXPUNGE
who wants NOTIFY of others only is told of no removal || flagging || b> b4 NOOP || b> b3n NOTIFY SET (MAILBOXES Other (MessageNew MessageExpunge));;b< b3n OK set;;b> b4 NOOP;;@DROP@b< * 3 EXPUNGE
NOTIFY tells of another mailbox || reading || a> a10 || a> a99 NOTIFY SET (PERSONAL (MessageNew MessageExpunge));;a< a99 OK set;;a< * STATUS Other (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 9);;a> a10 LOGOUT
mod-sequences are kept from the command on that asks for them || reading || a> a10 || a> a90 EXAMINE INBOX~a91 UID FETCH 1:* (FLAGS MODSEQ);;a< * OK [CLOSED] closed;;a< * FLAGS (\Answered \Flagged \Deleted \Seen \Draft Work);;a< * 3 EXISTS;;a< * 0 RECENT;;a< * OK [UIDVALIDITY 7] valid;;a< * OK [UIDNEXT 6] next;;a< * OK [PERMANENTFLAGS ()] permanent;;a< a90 OK [READ-ONLY] examined;;a< * OK [HIGHESTMODSEQ 20] highest;;a< * 1 FETCH (UID 1 FLAGS (\Seen) MODSEQ (10));;a< * 2 FETCH (UID 2 FLAGS () MODSEQ (12));;a< * 3 FETCH (UID 5 FLAGS () MODSEQ (20));;a< a91 OK fetched;;a> a10 LOGOUT
the last message is the one that has just come || reading || a> a10 || a> a90 FETCH * (FLAGS);;a< * 4 EXISTS;;a< * 4 FETCH (FLAGS (\Recent));;a< a90 OK fetched;;a> a10 LOGOUT
the last message is the one that was known || reading || a> a10 || a> a90 FETCH * (FLAGS);;a< * 4 EXISTS;;a< * 3 FETCH (FLAGS ());;a< a90 OK fetched;;a> a10 LOGOUT
STATUS of the selected mailbox knows what its client was told || reading || a> a10 || c< * OK [CAPABILITY IMAP4rev1] ready;;c> c1 LOGIN alice secret;;c< c1 OK in;;c> c2 APPEND INBOX {18+}~Subject: x~~text~~;;c< c2 OK [APPENDUID 7 6] stored;;c> c3 STATUS INBOX (UIDNEXT UIDVALIDITY);;c< * STATUS INBOX (UIDNEXT 7 UIDVALIDITY 7);;c< c3 OK status;;a> a9s STATUS INBOX (UIDNEXT);;a< * STATUS INBOX (UIDNEXT 6);;a< a9s OK status;;a> a10 LOGOUT
flags set elsewhere are told after the search || searching || a> a23 || a> a230 SEARCH FLAGGED;;a< * SEARCH;;a< * 1 FETCH (FLAGS (\Seen \Flagged));;a< a230 OK found;;a> a23 SEARCH SMALLER 150
part of a search's result || searching || a> a23 || a> a230 UID SEARCH RETURN (PARTIAL 1:2) ALL;;a< * ESEARCH (TAG "a230") UID PARTIAL (1:2 1:2);;a< a230 OK partial;;a> a23 SEARCH SMALLER 150
EXISTS grows during SORT || sorting || a< a16 OK || a< * 5 EXISTS;;a< a16 OK sorted
THREAD in two responses || sorting || a< * THREAD (3)(1 4) || a< * THREAD (3);;a< * THREAD (1 4)
MIN of an extended SORT comes first in its order || sorting || a< a15 OK || a< a15 OK threaded;;a> a150 SORT RETURN (MIN MAX COUNT ALL) (REVERSE ARRIVAL) US-ASCII ALL;;a< * ESEARCH (TAG "a150") MIN 4 MAX 1 COUNT 4 ALL 4,3,2,1;;a< a150 OK sorted
""".strip().splitlines()
]
