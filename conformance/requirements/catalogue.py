"""The catalogue of requirements: the TOML files beside this module, read once.

``catalogue()`` returns everything; ``requirement``, ``by_section``, ``asked``, ``sentence`` and
``complaint`` answer about one rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from conformance.requirements import rule as rules
from conformance.requirements.document import Document, Requirement, claims, read_document
from conformance.requirements.outline import outlines

__all__ = [
    "Catalogue",
    "asked",
    "by_section",
    "catalogue",
    "complaint",
    "requirement",
    "sentence",
]


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


@cache
def catalogue() -> Catalogue:
    """Return the catalogue that comes with the suite; ValueError names a file that is wrong."""
    documents = []
    for item in sorted(files("conformance.requirements").iterdir(), key=lambda item: item.name):
        if item.name.startswith("rfc") and item.name.endswith(".toml"):
            try:
                documents.append(read_document(item.read_text("utf-8")))
            except ValueError as error:
                raise ValueError(f"{item.name}: {error}") from error
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


def sentence(name: str, said: str = "") -> str:
    """Return the one line to show under a finding for the rule ``name``; empty if unknown.

    That is what the rule asks, or else its section's title: better that than the wrong sentence.
    """
    try:
        wanted = rules.parse(name)
    except ValueError:
        return ""
    return asked(name, said) or _title(wanted)


def asked(name: str, said: str = "") -> str:
    """Return what the rule ``name`` asks; empty if that is not one thing.

    A requirement's id gives its paraphrase. A section gives the paraphrase of the one
    requirement it holds, or of the one that claims what a check ``said`` (the longest
    claim counts). ValueError if ``name`` is no rule.
    """
    wanted = rules.parse(name)
    if wanted.number:
        known = catalogue().requirements.get(name)
        return known.text if known else ""
    here = _held(name) if wanted.section else []
    here = _claimed(here, said) or here
    return here[0].text if len(here) == 1 else ""


@cache
def _held(name: str) -> list[Requirement]:
    """Return the requirements of the section alone; kept, as a run has findings by the hundred."""
    section = rules.parse(name).section
    return [entry for entry in by_section(name) if entry.section == section]


def _claimed(entries: Iterable[Requirement], said: str) -> list[Requirement]:
    """Return those of ``entries`` whose claim, or that of one that asks the same, fits best."""
    known = catalogue().requirements
    fits = [
        (len(claim), entry)
        for entry in entries
        for one in (entry, *(known[name] for name in entry.same if name in known))
        for claim in one.checks
        if claims(claim, said)
    ]
    best = max((length for length, _ in fits), default=0)
    return [entry for length, entry in fits if length == best]


def _title(wanted: rules.Rule) -> str:
    rfc = outlines().get(wanted.rfc)
    if rfc is None or wanted.number:
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
