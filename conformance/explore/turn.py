"""One client's turn: what chance and the model give for the arguments of its command."""

from collections.abc import Sequence
from random import Random

from conformance.explore.model import Box, Client, World
from conformance.scenario.model import Expectations, Level, Pattern, Step

__all__ = ["ANY", "FILES", "NAMES", "Turn"]

ANY = Expectations(ends=Pattern("any"))
"""The steps themselves expect nothing: the checks that always run are to find what is wrong."""

FILES = (
    *("plain.eml", "reply.eml", "question.eml", "alternative.eml", "photo.eml", "invoice.eml"),
    *("party.eml", "rfc2047.eml", "folded-headers.eml", "groups.eml", "digest.eml"),
    *("no-body.eml", "dots.eml", "forward-with-attachment.eml", "html-only.eml"),
    *("forwarded-five-deep.eml", "related-in-alternative.eml", "recipients-many.eml"),
)
"""Message files that sessions use: well-formed, so that servers need not guess."""

NAMES = ("INBOX", "Work", "Work/Old", "Sent", "New")
_SYSTEM = (r"\Seen", r"\Flagged", r"\Answered", r"\Deleted", r"\Draft")
_KEYWORDS = ("$Junk", r"\$label1", "Blue")
_DATES = (
    "01-Jan-2024 10:00:00 +0000",
    "17-Jul-1996 02:44:25 -0700",
    " 9-Mar-2026 23:30:00 +0200",
)


class Turn:
    """A client whose turn it is; every draw comes from ``chance``, so a seed repeats it."""

    def __init__(self, chance: Random, world: World, client: Client) -> None:
        """Take what the turn depends on."""
        self.chance = chance
        self.world = world
        self.client = client

    # --- what is known

    def offers(self, *words: str) -> bool:
        """Return whether the server advertises all of ``words``."""
        return self.world.offered.issuperset(words)

    @property
    def box(self) -> Box:
        """The selected mailbox."""
        return self.world.box(self.client.user, self.client.box)

    @property
    def known(self) -> list[str]:
        """The mailboxes that the client's user is believed to have."""
        return list(self.world.boxes[self.client.user])

    # --- chance

    def maybe(self, odds: float) -> bool:
        """Return True once in a while."""
        return self.chance.random() < odds

    def some(self, items: Sequence[str], least: int = 1, most: int = 3) -> list[str]:
        """Return a few different ones of ``items``, in their order."""
        count = min(len(items), self.chance.randint(least, most))
        chosen = set(self.chance.sample(range(len(items)), count))
        return [item for at, item in enumerate(items) if at in chosen]

    def capture(self, letter: str) -> str:
        """Return the name of a capture that is new."""
        self.world.captures += 1
        return f"{letter}{self.world.captures}"

    # --- arguments

    def mailbox(self, strange: float = 0.1) -> str:
        """Return a mailbox's name, which once in a while does not exist (yet)."""
        if self.maybe(strange):
            return self.chance.choice(NAMES)
        return self.chance.choice(self.known)

    def flags(self, least: int = 1) -> str:
        """Return a list of flags in parentheses."""
        chosen = self.some(_SYSTEM, least, 2)
        if self.maybe(0.2):
            chosen += self.some(_KEYWORDS, 1, 1)
        return f"({' '.join(chosen)})"

    def date(self) -> str:
        """Return a date-time in quotes."""
        return f'"{self.chance.choice(_DATES)}"'

    def message(self) -> str:
        """Return the name of a message that no step has used."""
        name = f"n{len(self.world.messages) + 1}"
        self.world.messages[name] = self.chance.choice(FILES)
        return name

    def uids(self) -> str:
        """Return a set of UIDs."""
        names = self.box.names
        if not names or self.maybe(0.35):
            return self.chance.choice(("1:*", "1:*", "*", "2:*", "1:3", "2,4", "1:4294967295"))
        one, other = self.chance.choice(names), self.chance.choice(names)
        forms = [f"uid({one})"] * 4
        forms += [f"uid({one}):*", f"uid({one}):uid({other})"]
        if one != other:
            forms.append(f"uid({one}),uid({other})")
        return self.chance.choice(forms)

    def numbers(self) -> str:
        """Return a set of sequence numbers, once in a while beyond the last."""
        top = max(self.box.count, 1)
        one, other = self.chance.randint(1, top), self.chance.randint(1, top)
        if self.maybe(0.03):
            return str(top + 3)
        forms = [str(one)] * 3 + ["1:*", "*", f"{one}:{other}", f"{one}:*"]
        if one != other:
            forms.append(f"{one},{other}")
        return self.chance.choice(forms)

    def set(self) -> tuple[str, str]:
        """Return ``UID`` with a set of UIDs, or nothing with one of numbers."""
        uid = "UIDONLY" in self.client.enabled or self.maybe(0.6)
        if self.client.saved and self.maybe(0.3):
            return ("UID " if uid else ""), "$"
        return ("UID ", self.uids()) if uid else ("", self.numbers())

    # --- steps

    def says(self, command: str, *may: str) -> Step:
        """Return the step in which the client sends ``command``; ``may`` binds captures."""
        expectations = ANY
        if may:
            patterns = tuple(Pattern(text) for text in may)
            expectations = Expectations({Level.MAY: patterns}, ends=ANY.ends)
        return Step(self.client.name, "", command, expectations)

    def does(self, verb: str, argument: str = "", *, ends: bool = True) -> Step:
        """Return the step in which the client does ``verb``."""
        return Step(self.client.name, verb, argument, ANY if ends else Expectations())
