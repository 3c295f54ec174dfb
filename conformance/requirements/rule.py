"""Names of rules: ``RFC9051:7.5.1/2`` is a requirement, ``RFC9051:7.5.1`` a section."""

import re
from dataclasses import dataclass

__all__ = ["Rule", "parse"]

_RULE = re.compile(r"(RFC[1-9]\d*)(?::((?:\d+|[A-Z])(?:\.\d+)*)(?:/([1-9]\d*))?)?")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's name in its parts; a whole RFC has no section, a section has number 0."""

    rfc: str
    section: str = ""
    number: int = 0

    def __str__(self) -> str:
        """Return the name as scenarios write it."""
        section = f":{self.section}" if self.section else ""
        return f"{self.rfc}{section}" + (f"/{self.number}" if self.number else "")

    def within(self, other: "Rule") -> bool:
        """Tell whether this rule is ``other`` or lies below it, as 7.5.1/2 in 7.5.1 in 7.5."""
        if self.rfc != other.rfc:
            return False
        if other.number:
            return self == other
        return not other.section or f"{self.section}.".startswith(f"{other.section}.")


def parse(name: str) -> Rule:
    """Return the parts of a rule's ``name``; ValueError says what is wrong with it."""
    found = _RULE.fullmatch(name)
    if found is None:
        raise ValueError(f"'{name}' is not a rule: write RFC9051:7.5.1 or RFC9051:7.5.1/2")
    return Rule(found[1], found[2] or "", int(found[3] or 0))
