"""Servers for scenarios: one that is good, and some that are wrong in one point each.

``SERVERS[scenario][variant]()`` gives the answers and the news (``PushingServer``) afresh.
An answer knows who asks by the tag: p for phone, l for laptop, a for alice.
"""

from functools import partial

from tests.unit.corpus.notify import NOTIFY, numbered

__all__ = ["SERVERS"]


def _in_turn(*answers):
    """Return an answer that is another one each time, and the last for ever."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


# --- UNAUTHENTICATE


def unauthenticate(*, during="", after="BAD", stale="BAD", gone=False):
    """One user leaves the connection, which ought to be as new afterwards."""
    state = {"in": True, "box": False}

    def command(line):
        tag, *words = line.split()
        word = words[0].upper()
        if word == "UNAUTHENTICATE" and tag[0] == "p":
            state.update({"in": False, "box": False})
            return during + "%TAG OK bye\r\n"
        if word == "LOGIN":
            state["in"] = state["in"] or tag[0] == "p"
            return "%TAG OK in\r\n"
        if word == "SELECT":
            if not state["in"]:
                return f"%TAG {after} no\r\n"
            state["box"] = True
            count = 0 if gone else 1
            return f"* {count} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n%TAG OK [READ-WRITE] ok\r\n"
        return f"%TAG {'OK' if state['box'] else stale} fetched\r\n"  # FETCH

    return dict.fromkeys(("UNAUTHENTICATE", "LOGIN", "SELECT", "FETCH"), command), ()


def before_login(first, second):
    return {"UNAUTHENTICATE": _in_turn(first, second)}, ()


def resets(*, leaving="OK", saved="", flags="(FLAGS (\\Answered))", removed="1 EXPUNGE"):
    """QRESYNC, a saved search and CONDSTORE do not outlive UNAUTHENTICATE."""
    happened = []

    def laptop(line):
        if line.startswith("l"):
            happened.append("* 2 FETCH " + flags if "STORE" in line else f"* {removed}")
            if "\\Deleted" in line:
                happened.pop()
        return "%TAG OK done\r\n"

    def noop(_):
        news = "".join(f"{line}\r\n" for line in happened)
        happened.clear()
        return news + "%TAG OK done\r\n"

    return {
        "APPEND": numbered(),
        "ENABLE": "* ENABLED QRESYNC\r\n%TAG OK done\r\n",
        "UNAUTHENTICATE": f"%TAG {leaving} done\r\n",
        "SELECT": "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n%TAG OK [READ-WRITE] done\r\n",
        "FETCH": saved + "%TAG OK done\r\n",
        "UID": laptop,
        "EXPUNGE": laptop,
        "NOOP": noop,
    }, ()


# --- METADATA, quotas, saved searches


def metadata(*, told="* METADATA Work /shared/comment\r\n", early="", enabled=" METADATA"):
    happened = []

    def set_(_):
        happened.append(1)
        return "%TAG OK done\r\n"

    def noop(line):
        if not line.startswith("p"):
            return "%TAG OK done\r\n"
        text = early if len(happened) == 1 else told
        return text + "%TAG OK done\r\n"

    return {
        "SETMETADATA": set_,
        "ENABLE": f"* ENABLED CONDSTORE{enabled}\r\n%TAG OK done\r\n",
        "STATUS": "* STATUS Work (MESSAGES 0)\r\n%TAG OK done\r\n",
        "NOOP": noop,
    }, ()


def _quota(*resources):
    return f'* QUOTAROOT Kept ""\r\n* QUOTA "" ({" ".join(resources)})\r\n%TAG OK done\r\n'


def counted(*, messages=("2", "3"), mailboxes=("4", "5")):
    before, after = (
        _quota(f"MESSAGE {messages[at]} 99", f"MAILBOX {mailboxes[at]} 99") for at in (0, 1)
    )
    return {"GETQUOTAROOT": _in_turn(before, before, after)}, ()


def full(*, append="NO [OVERQUOTA]", copy="NO [OVERQUOTA]", store="* 1 FETCH (FLAGS (\\Deleted))"):
    given = numbered()
    return {
        "GETQUOTAROOT": '* QUOTAROOT INBOX ""\r\n* QUOTA "" (STORAGE 9 99)\r\n%TAG OK done\r\n',
        "APPEND": lambda line: given(line) if line.startswith("s") else f"%TAG {append} full\r\n",
        "COPY": f"%TAG {copy} full\r\n",
        "SELECT": "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n%TAG OK [READ-WRITE] done\r\n",
        "UID": lambda line: (
            f"{store}\r\n%TAG OK done\r\n"
            if "STORE" in line
            else "* 1 FETCH (UID 1)\r\n%TAG OK done\r\n"
        ),
        "EXPUNGE": "* 1 EXPUNGE\r\n%TAG OK done\r\n",
    }, ()


def unsettable(*, after="99", listed=""):
    quota = '* QUOTA "" (STORAGE 1 {})\r\n%TAG {} done\r\n'
    return {
        "GETQUOTAROOT": '* QUOTAROOT INBOX ""\r\n' + quota.format(99, "OK"),
        "SETQUOTA": "%TAG NO not for you\r\n" if after == "99" else "%TAG OK set\r\n",
        "GETQUOTA": quota.format(after, "OK"),
        "CAPABILITY": f"* CAPABILITY IMAP4rev1 QUOTA QUOTA=RES-STORAGE{listed}\r\n%TAG OK done\r\n",
    }, ()


def refused(*, code=" [NOTSAVED]", left=""):
    return {
        "APPEND": numbered(),
        "SEARCH": _in_turn("%TAG OK done\r\n", f"%TAG NO{code} no\r\n"),
        "FETCH": left + "%TAG OK done\r\n",
    }, ()


def unasked(*, ends="NO", kept=1):
    """Mail with UTF-8 in its header comes from the phone, which never enabled UTF8=ACCEPT."""
    given = numbered()
    return {
        "APPEND": lambda line: given(line) if line.startswith("s") else f"%TAG {ends} done\r\n",
        "STATUS": f"* STATUS INBOX (MESSAGES {kept})\r\n%TAG OK done\r\n",
    }, ()


def words_in_utf8(*, literal="2", quoted="2", ends="OK"):
    """The second message holds the word that both searches ask for."""

    def search(line):
        if "SEARCH" not in line:
            return "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\n%TAG OK done\r\n"
        number = literal if "{" in line else quoted
        found = f" ALL {number}" if number else ""
        return f'* ESEARCH (TAG "%TAG") UID{found}\r\n%TAG {ends} done\r\n'

    return {
        "APPEND": numbered(),
        "ENABLE": "* ENABLED IMAP4rev2\r\n%TAG OK done\r\n",
        "SELECT": "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n%TAG OK [READ-WRITE] done\r\n",
        "UID": search,
    }, ()


def listed(name):
    return {
        "ENABLE": "* ENABLED UTF8=ACCEPT\r\n%TAG OK done\r\n",
        "LIST": f'* LIST () "/" {name}\r\n%TAG OK done\r\n',
        "STATUS": "* STATUS Entw&APw-rfe (MESSAGES 0)\r\n%TAG OK done\r\n",
    }, ()


SERVERS = {
    "extensions/fuzzy-search": {
        "good": lambda: ({"SEARCH": "* SEARCH 1\r\n%TAG OK done\r\n"}, ()),
        "good, and finds nothing": lambda: ({"SEARCH": "* SEARCH\r\n%TAG OK done\r\n"}, ()),
        "says nothing": lambda: ({}, ()),
        "does not know it": lambda: ({"SEARCH": "%TAG BAD what\r\n"}, ()),
    },
    "extensions/utf8-names": {
        "good": partial(listed, '"Entw\xc3\xbcrfe"'),
        "lists modified UTF-7": partial(listed, "Entw&APw-rfe"),
    },
    "extensions/unauthenticate": {
        "good": unauthenticate,
        "expunges": partial(unauthenticate, during="* 1 EXPUNGE\r\n"),
        "keeps the login": partial(unauthenticate, after="OK"),
        "keeps the mailbox": partial(unauthenticate, stale="OK"),
        "removed what was marked": partial(unauthenticate, gone=True),
    },
    "extensions/unauthenticate-before-login": {
        "good": partial(before_login, "%TAG BAD no\r\n", "%TAG OK done\r\n"),
        "is OK before login": partial(before_login, "%TAG OK done\r\n", "%TAG OK done\r\n"),
        "is NO after it": partial(before_login, "%TAG BAD no\r\n", "%TAG NO no\r\n"),
    },
    "extensions/unauthenticate-resets-everything": {
        "good": resets,
        "is NO": partial(resets, leaving="NO"),
        "keeps the saved result": partial(resets, saved="* 1 FETCH (UID 1)\r\n"),
        "keeps CONDSTORE": partial(resets, flags="(FLAGS (\\Answered) MODSEQ (9))"),
        "keeps QRESYNC": partial(resets, removed="VANISHED 1"),
    },
    **NOTIFY,
    "extensions/metadata-news-only-after-enable": {
        "good": metadata,
        "good, and has no such news": partial(metadata, told="", enabled=""),
        "tells those who did not enable it": partial(
            metadata, early="* METADATA Work /shared/comment\r\n"
        ),
        "enables it and tells nothing": partial(metadata, told=""),
        "tells the value": partial(metadata, told='* METADATA Work (/shared/comment "blue")\r\n'),
        "tells without having enabled it": partial(metadata, enabled=""),
    },
    "extensions/quota-counts-exactly": {
        "good": counted,
        "does not count the new message": partial(counted, messages=("2", "2")),
        "counts a mailbox twice": partial(counted, mailboxes=("4", "6")),
    },
    "devices/full-mailbox-still-takes-flags": {
        "good": full,
        "refuses without saying why": partial(full, append="NO"),
        "copies nothing and does not say why": partial(full, copy="NO"),
        "takes no flags": partial(full, store="* NO full"),
    },
    "extensions/quota-without-quotaset": {
        "good": unsettable,
        "good, and lists it": partial(unsettable, after="123456", listed=" QUOTASET"),
        "sets what it does not list": partial(unsettable, after="123456"),
    },
    "commands/append-with-a-utf8-header-unasked": {
        "good": unasked,
        "takes it": partial(unasked, ends="OK"),
        "keeps what it refused": partial(unasked, kept=2),
    },
    "commands/rev2-search-in-utf8": {
        "good": words_in_utf8,
        "does not find the literal": partial(words_in_utf8, literal=""),
        "finds another": partial(words_in_utf8, quoted="1"),
        "refuses": partial(words_in_utf8, ends="BAD"),
    },
    "extensions/searchres-refused": {
        "good": refused,
        "does not say that nothing was saved": partial(refused, code=""),
        "keeps the result of before": partial(refused, left="* 1 FETCH (UID 1)\r\n"),
    },
}
