"""What a check of the grammar finds."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Kind", "Violation"]

Kind = Literal["syntax", "strict", "quirk", "extension"]


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a frame breaks the rules.

    offset        of the octet to blame, from the start of the frame, literals included
    rule          the innermost rule that was under way, as the RFC calls it
    section       where that rule stands, such as ``RFC9051:9``
    expected      what could have stood there instead, in words
    message       one line for people: what came and what should have come
    stack         the rules under way, outermost first
    kind          ``syntax``: no sentence of the grammar; ``strict``: the ABNF lets it
                  pass and the prose forbids it; ``quirk``: a well-known deviation, named
                  by ``quirk``; ``extension``: well-formed data that needs an extension which
                  was neither advertised nor enabled
    inconclusive  the steps ran out; the frame may or may not be well-formed
    """

    offset: int
    rule: str
    section: str
    expected: tuple[str, ...]
    message: str
    stack: tuple[str, ...] = ()
    kind: Kind = "syntax"
    quirk: str = ""
    inconclusive: bool = False
