"""Mailboxes in memory, shared by the connections of one user."""

import itertools
from dataclasses import dataclass, field

SYSTEM = ("\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft")


@dataclass(eq=False)
class Mail:
    uid: int
    octets: bytes
    flags: set[str]
    date: str
    modseq: int
    gone: bool = False


@dataclass(eq=False)
class Mailbox:
    name: str
    validity: int
    uidnext: int = 1
    mails: list[Mail] = field(default_factory=list)
    modseq: int = 1
    keywords: list[str] = field(default_factory=list)
    expunged: list[tuple[int, int]] = field(default_factory=list)
    sessions: set = field(default_factory=set)
    reuses: bool = False  # a fault

    def step(self) -> int:
        self.modseq += 1
        return self.modseq

    def add(self, octets: bytes, flags: set[str], date: str) -> Mail:
        mail = Mail(self.uidnext, octets, set(flags) - {"\\Recent"}, date, self.step())
        self.uidnext += 1
        self.mails.append(mail)
        self.learn(flags)
        return mail

    def learn(self, flags: set[str]) -> None:
        for flag in sorted(flags):
            if not flag.startswith("\\") and flag not in self.keywords:
                self.keywords.append(flag)

    def remove(self, mail: Mail) -> None:
        mail.gone = True
        self.mails.remove(mail)
        self.expunged.append((mail.uid, self.step()))
        if self.reuses:
            self.uidnext = max((other.uid for other in self.mails), default=0) + 1

    @property
    def flags(self) -> list[str]:
        return [*SYSTEM, *self.keywords]


class Account:
    """One user's mailboxes; UIDVALIDITY grows with each that is made."""

    _validities = itertools.count(1000)

    def __init__(self, *, reuses: bool = False) -> None:
        self.reuses = reuses
        self.boxes: dict[str, Mailbox] = {}
        self.subscribed: set[str] = set()
        self.make("INBOX")

    def find(self, name: str) -> Mailbox | None:
        return self.boxes.get("INBOX" if name.upper() == "INBOX" else name)

    def make(self, name: str) -> Mailbox:
        parent = name.rpartition("/")[0]
        if parent and parent not in self.boxes:
            self.make(parent)
        self.boxes[name] = Mailbox(name, next(self._validities), reuses=self.reuses)
        return self.boxes[name]

    def children(self, name: str) -> list[str]:
        return [other for other in self.boxes if other.startswith(name + "/")]

    def rename(self, old: str, new: str) -> None:
        for name in [old, *self.children(old)]:
            box = self.boxes.pop(name)
            box.name = new + name[len(old) :]
            box.validity = next(self._validities)
            self.boxes[box.name] = box
