"""Servers for the scenarios of NOTIFY; see ``servers``."""

from functools import partial

__all__ = ["NOTIFY", "numbered"]

ACCOUNT = "* ACL INBOX alice lrswipkxtea\r\n%TAG OK done\r\n"
SHARED = '* LIST () "/" Other/bob/Office\r\n%TAG OK done\r\n'


def numbered():
    """Return an answer to APPEND: UID 1 for the first, 2 for the next."""
    count = 0

    def append(_):
        nonlocal count
        count += 1
        return f"%TAG OK [APPENDUID 7 {count}] done\r\n"

    return append


def folder_annotation(
    *, set_="* METADATA Work /shared/vendor/kolab/color\r\n", gone=None, ends="OK"
):
    gone = set_ if gone is None else gone
    return {"NOTIFY": f"%TAG {ends} done\r\n"}, [("color NIL", gone), ("color", set_)]


def server_annotation(ends):
    return {"NOTIFY": f"%TAG {ends} done\r\n"}, ()


def given_and_taken(*, taken="(\\NonExistent)", given="()"):
    row = '* LIST {} "/" Other/bob/Office\r\n'
    return {"GETACL": ACCOUNT, "LIST": SHARED}, [
        ("-lr", row.format(taken) if taken else ""),
        ("Office alice lr", row.format(given) if given else ""),
    ]


def made_and_renamed(*, old=' ("OLDNAME" ("Trip"))', gone="(\\NonExistent)", made="Trip"):
    return {}, [
        ("CREATE Trip", f'* LIST () "/" {made}\r\n'),
        ("RENAME", f'* LIST () "/" Italy{old}\r\n'),
        ("DELETE", f'* LIST {gone} "/" Italy\r\n'),
    ]


def subscriptions(*, follows=True, all_=False):
    """``news`` cannot count, so the mail that comes is told in the order in which it must."""
    lists = "* STATUS Lists (MESSAGES {} UIDNEXT 9)\r\n"
    kept = "* STATUS Kept (MESSAGES {} UIDNEXT 9)\r\n"
    turns = {
        "Lists": [lists.format(2) if all_ else "", lists.format(3) if follows else ""],
        "Kept": [kept.format(2), "" if follows else kept.format(3)],
    }
    return {"APPEND": numbered()}, _Turns(turns)


class _Turns:
    """News of APPEND that differ from time to time; set-up's own come first and are passed over."""

    def __init__(self, turns):
        self.turns = turns
        self.seen = dict.fromkeys(turns, 0)

    def __iter__(self):
        return iter([(f"APPEND {box} ", _Turn(self, box)) for box in self.turns])


class _Turn:
    def __init__(self, turns, box):
        self.turns, self.box = turns, box

    def encode(self, charset):
        at = self.turns.seen[self.box]
        self.turns.seen[self.box] += 1
        texts = self.turns.turns[self.box]
        return (texts[at] if at < len(texts) else "").encode(charset)


NOTIFY = {
    "extensions/notify-of-a-folders-annotation": {
        "good": folder_annotation,
        "does not know the event": partial(folder_annotation, ends="NO"),
        "tells the value": partial(
            folder_annotation, set_='* METADATA Work (/shared/vendor/kolab/color "red")\r\n'
        ),
        "tells all entries": partial(
            folder_annotation,
            set_="* METADATA Work /shared/comment /shared/vendor/kolab/color\r\n",
        ),
        "does not tell what was removed": partial(folder_annotation, gone=""),
    },
    "extensions/notify-of-the-servers-annotations": {
        "good": partial(server_annotation, "OK"),
        "does not know the event": partial(server_annotation, "NO"),
    },
    "extensions/notify-of-a-folder-given-and-taken": {
        "good": given_and_taken,
        "says nothing when it is taken": partial(given_and_taken, taken=""),
        "tells it as if it were there": partial(given_and_taken, taken="()"),
        "says nothing when it is given": partial(given_and_taken, given=""),
    },
    "extensions/notify-of-folders-made-and-renamed": {
        "good": made_and_renamed,
        "tells another folder": partial(made_and_renamed, made="INBOX"),
        "leaves the old name out": partial(made_and_renamed, old=""),
        "tells what is gone as there": partial(made_and_renamed, gone="()"),
    },
    "extensions/notify-follows-the-subscriptions": {
        "good": subscriptions,
        "goes by the list of the beginning": partial(subscriptions, follows=False),
        "tells of all folders": partial(subscriptions, all_=True),
    },
}
