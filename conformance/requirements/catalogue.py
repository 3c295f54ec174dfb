"""The catalogue of requirements: one TOML file per RFC beside this module, read once.

README.md in this folder explains the format. ``catalogue()`` returns everything;
``requirement``, ``by_section``, ``sentence`` and ``complaint`` answer about one rule.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from conformance.requirements import rule as rules
from conformance.requirements.outline import RFC, outlines
from conformance.scenario.model import Level

__all__ = [
    "Catalogue",
    "Document",
    "Excluded",
    "Requirement",
    "Who",
    "by_section",
    "catalogue",
    "complaint",
    "read_document",
    "requirement",
    "sentence",
]


class Who(StrEnum):
    """Who can tell whether a server meets a requirement."""

    CLIENT = "client"
    INSIDE = "inside"
    UNTESTABLE = "untestable"


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


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every document by its RFC (``RFC9051``), and every requirement by its id."""

    documents: Mapping[str, Document]
    requirements: Mapping[str, Requirement]

    def within(self, name: str) -> tuple[Requirement, ...]:
        """Return the requirements that a rule's ``name`` covers, in the RFC's order.

        That is the requirement itself, those of a section and the sections below it, or
        those of a whole RFC. A requirement that the section repeats (``also``) counts too.
        ValueError if ``name`` is no rule.
        """
        wanted = rules.parse(name)
        document = self.documents.get(wanted.rfc)
        if document is None:
            return ()
        return tuple(
            entry
            for entry in document.requirements
            if rules.parse(entry.id).within(wanted)
            or (
                not wanted.number
                and any(rules.Rule(wanted.rfc, s).within(wanted) for s in entry.also)
            )
        )


_ENTRY = {"id", "level", "text", "who", "reason", "erratum", "keywords", "also", "checks"}
_TOP = {"rfc", "requirement", "client", "excluded"}


def _entry(rfc: str, raw: Mapping[str, Any]) -> Requirement:
    if unknown := set(raw) - _ENTRY:
        raise ValueError(f"{raw.get('id')}: unknown key {min(unknown)!r}")
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


@cache
def catalogue() -> Catalogue:
    """Return the catalogue that comes with the suite."""
    folder = files("conformance.requirements")
    names = sorted(item.name for item in folder.iterdir())
    documents = [
        read_document((folder / name).read_text("utf-8"))
        for name in names
        if name.startswith("rfc") and name.endswith(".toml")
    ]
    return Catalogue(
        {each.rfc: each for each in documents},
        {entry.id: entry for each in documents for entry in each.requirements},
    )


def requirement(identifier: str) -> Requirement:
    """Return the requirement called ``identifier``; KeyError if there is none."""
    return catalogue().requirements[identifier]


def by_section(name: str) -> tuple[Requirement, ...]:
    """Return the requirements of a section (``RFC9051:7.5``) and of the sections below it."""
    return catalogue().within(name)


def sentence(name: str, level: str = "") -> str:
    """Return the one line to show under a finding for the rule ``name``; empty if unknown.

    A requirement's id gives its paraphrase. A section gives the paraphrase of the one
    requirement it holds (at ``level``, if given), and its title if it holds several:
    better no sentence than the wrong one.
    """
    try:
        wanted = rules.parse(name)
    except ValueError:
        return ""
    if wanted.number:
        known = catalogue().requirements.get(name)
        return known.text if known else ""
    here = [entry for entry in by_section(name) if entry.section == wanted.section]
    if level:
        here = [entry for entry in here if entry.level == level.lower()]
    if wanted.section and len(here) == 1:
        return here[0].text
    return _title(wanted, outlines().get(wanted.rfc))


def _title(wanted: rules.Rule, rfc: RFC | None) -> str:
    if rfc is None:
        return ""
    return rfc.sections.get(wanted.section, "") if wanted.section else rfc.title


def complaint(name: str) -> str:
    """Return what is wrong with a rule that a scenario names, in one line; empty if nothing.

    A section must exist in the RFC, a requirement in the catalogue.
    """
    try:
        wanted = rules.parse(name)
    except ValueError as error:
        return str(error)
    rfc = outlines().get(wanted.rfc)
    if rfc is None:
        return f"'{name}': {wanted.rfc} is not one of the RFCs known here"
    if wanted.section and wanted.section not in rfc.sections:
        return f"'{name}': {wanted.rfc} has no section {wanted.section}"
    if wanted.number and name not in catalogue().requirements:
        return f"'{name}' is not in the catalogue{_offer(by_section(str(_section(wanted))))}"
    return ""


def _section(wanted: rules.Rule) -> rules.Rule:
    return rules.Rule(wanted.rfc, wanted.section)


def _offer(entries: Iterable[Requirement]) -> str:
    ids = ", ".join(entry.id for entry in entries)
    return f" (there are: {ids})" if ids else ""
