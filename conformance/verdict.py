"""Verdicts and findings: what a judgement is made of.

Everything else produces or shows these values; they know nothing of anything else.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

__all__ = ["Finding", "Outcome", "Place", "Verdict", "worst"]


class Verdict(IntEnum):
    """How a scenario, or one check in it, came out; the larger, the worse."""

    PASS = 0
    SKIP = 1
    INCONCLUSIVE = 2
    WARN = 3
    FAIL = 4
    ERROR = 5

    def __str__(self) -> str:
        """Return the word that people and files see."""
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> "Verdict":
        """Return the verdict that ``word`` names; ValueError if none does."""
        try:
            return cls[word.upper()]
        except KeyError:
            raise ValueError(f"'{word}' is not a verdict") from None


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a scenario file; line and column count from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        """Return ``file:line:column``, which editors and terminals make clickable."""
        return f"{self.file}:{self.line}:{self.column}"


# Checks whose findings belong to the scenario in which they come up.
_OWN = frozenset({"expectation", "progress", "health"})
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found.

    check     the check's name, such as ``grammar`` or ``expectation``
    verdict   how bad it is
    message   one line: what came and what should have come
    rule      the rule behind it, such as ``RFC9051:7.5.1``; empty if none
    level     ``MUST``, ``MUST NOT``, ``SHOULD`` … in upper case; empty if none
    key       what makes this finding the same one in another run; by default the
              message with numbers blanked
    actor     the client that saw it
    step      the number of the step (from 0) it belongs to
    place     where the expectation stands in the scenario file
    culprit   the index of the transcript event that is to blame
    offset    the octet within that event, where that is known
    expected  what was expected instead, one entry for each legal possibility
    known     the events (indexes) from which the client knew better
    detail    further lines for people
    """

    check: str
    verdict: Verdict
    message: str
    rule: str = ""
    level: str = ""
    key: str = ""
    actor: str = ""
    step: int | None = None
    place: Place | None = None
    culprit: int | None = None
    offset: int | None = None
    expected: tuple[str, ...] = ()
    known: tuple[int, ...] = ()
    detail: tuple[str, ...] = ()

    @property
    def everywhere(self) -> bool:
        """Whether it is the same finding in whichever scenario it comes up.

        So it is with what always-on checks find; what a scenario expects is its own.
        """
        return self.check not in _OWN

    @property
    def said(self) -> str:
        """What its check said, as the catalogue's claims put it: ``view: EXISTS shrinks``."""
        return f"{self.check}: {self.key}"

    def fingerprint(self, scenario: str) -> str:
        """Return eight hex digits that stay the same when ``scenario`` fails the same way again.

        For a finding that is the same everywhere, they are the same in every scenario.
        """
        key = self.key or _NUMBERS.sub("#", self.message)
        where = ("*", "") if self.everywhere else (scenario, self.actor)
        parts = (where[0], self.check, self.rule, where[1], key)
        return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:8]


def worst(findings: Sequence[Finding]) -> Verdict:
    """Return the worst verdict among ``findings``; PASS if there are none."""
    return max((f.verdict for f in findings), default=Verdict.PASS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one scenario came out on one server.

    scenario   the scenario's id, such as ``devices/star-seen-while-idling``
    server     the server's specification, such as ``docker:dovecot:2.4``
    reason     why it was skipped or could not be judged; empty otherwise
    behaviours the legal choices the server was seen to make: row of the table -> choice
    seconds    wall time of play and judgement
    """

    scenario: str
    server: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    behaviours: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    repeat: int = 0
