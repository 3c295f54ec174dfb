"""One RFC's requirements as values, read from its TOML file; README.md explains the format."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from conformance.requirements import rule as rules
from conformance.scenario.model import Level

__all__ = ["Document", "Excluded", "Requirement", "Who", "claims", "read_document"]


class Who(StrEnum):
    """Who can tell whether a server meets a requirement."""

    CLIENT = "client"
    INSIDE = "inside"
    UNTESTABLE = "untestable"


def claims(check: str, said: str) -> bool:
    """Whether ``check`` is a claim, as ``view: EXISTS shrinks`` is, and about what was ``said``."""
    return ": " in check and said.startswith(check)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that an RFC asks of a server.

    id        ``RFC9051:7.5.1/2``: never given to another requirement, even when this one goes
    level     RFC 2119's word in its short form: SHALL and REQUIRED are MUST, and so on
    text      our own words, one sentence
    reason    why a client cannot see it; empty if it can
    erratum   the number of an erratum that changes how to read it; empty if none
    keywords  how many RFC 2119 words of its section it accounts for; 0 if the RFC asks without one
    also      further sections that say the same -> how many of their words it accounts for
    checks    always-on checks that look for it in every scenario
    same      requirements of other RFCs that ask for the very same: who tests one tests all
    """

    id: str
    level: Level
    text: str
    who: Who = Who.CLIENT
    reason: str = ""
    erratum: str = ""
    keywords: int = 1
    also: Mapping[str, int] = field(default_factory=dict)
    checks: tuple[str, ...] = ()
    same: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """The number of its section."""
        return rules.parse(self.id).section

    @property
    def testable(self) -> bool:
        """Whether a client can see it broken."""
        return self.who is Who.CLIENT


@dataclass(frozen=True, slots=True)
class Excluded:
    """RFC 2119 words of a section that bind no server, or say nothing new, and why."""

    section: str
    keywords: int
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """One RFC's requirements, with the count of words that bind clients, section by section."""

    rfc: str
    requirements: tuple[Requirement, ...]
    client: Mapping[str, int]
    excluded: tuple[Excluded, ...]

    def accounted(self) -> dict[str, int]:
        """Return section -> how many RFC 2119 words the catalogue accounts for."""
        sums: dict[str, int] = dict(self.client)
        for entry in self.requirements:
            for section, count in ((entry.section, entry.keywords), *entry.also.items()):
                sums[section] = sums.get(section, 0) + count
        for gone in self.excluded:
            sums[gone.section] = sums.get(gone.section, 0) + gone.keywords
        return {section: count for section, count in sums.items() if count}


_ENTRY = {"id", "level", "text", "who", "reason", "erratum", "keywords", "also", "checks", "same"}
_TOP = {"rfc", "requirement", "client", "excluded"}


def _entry(rfc: str, raw: Mapping[str, Any]) -> Requirement:
    if unknown := set(raw) - _ENTRY:
        raise ValueError(f"{raw.get('id')}: unknown key {min(unknown)!r}")
    for key in ("id", "level", "text"):
        if key not in raw:
            raise ValueError(f"{raw.get('id', 'a requirement')}: '{key}' is missing")
    name = rules.parse(raw["id"])
    if name.rfc != rfc or not name.number:
        raise ValueError(f"{raw['id']}: not the id of a requirement of {rfc}")
    entry = Requirement(
        id=raw["id"],
        level=Level(raw["level"].lower()),
        text=raw["text"],
        who=Who(raw.get("who", "client")),
        reason=raw.get("reason", ""),
        erratum=raw.get("erratum", ""),
        keywords=raw.get("keywords", 1),
        also=raw.get("also", {}),
        checks=tuple(raw.get("checks", ())),
        same=tuple(raw.get("same", ())),
    )
    if entry.testable == bool(entry.reason):
        raise ValueError(
            f"{entry.id}: what a client cannot see needs a reason; nothing else has one"
        )
    return entry


def read_document(text: str) -> Document:
    """Return the document that a catalogue file's ``text`` describes; ValueError if it is wrong."""
    raw = tomllib.loads(text)
    if unknown := set(raw) - _TOP:
        raise ValueError(f"unknown table {min(unknown)!r}")
    rfc = f"RFC{raw['rfc']}"
    entries = tuple(_entry(rfc, each) for each in raw.get("requirement", ()))
    ids = [entry.id for entry in entries]
    if len(set(ids)) < len(ids):
        raise ValueError(f"{next(i for i in ids if ids.count(i) > 1)} is defined twice")
    excluded = tuple(Excluded(**each) for each in raw.get("excluded", ()))
    return Document(rfc, entries, raw.get("client", {}), excluded)
