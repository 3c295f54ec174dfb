"""Say what a rule is: its text in each RFC that states it, and the rules it refers to."""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from conformance.grammar import library
from conformance.grammar.nodes import references

__all__ = ["RuleText", "UnknownRule", "definition", "explain"]

_LONGEST = 400


class UnknownRule(LookupError):  # noqa: N818 - it names what is wrong
    """No file has a rule of that name; the message names some that are like it."""


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule as one RFC states it.

    name      as in the RFC
    section   such as ``RFC9051:9``
    title     of the RFC
    text      the ABNF
    adds      it only adds alternatives to a rule of another RFC
    refers    the rules it refers to, in order, each with the sections that state it
    users     the rules of the same RFC that refer to it
    needs     the capabilities with which it counts; empty if it always does
    """

    name: str
    section: str
    title: str
    text: str
    adds: bool
    refers: tuple[tuple[str, tuple[str, ...]], ...]
    users: tuple[str, ...]
    needs: tuple[str, ...]


@cache
def definition(rule: str, section: str) -> str:
    """Return ``rule`` as the RFC of ``section`` states it, in one line and without comments.

    It is cut after 400 characters; empty if that RFC does not state it, or only adds to it.
    """
    name = section.partition(":")[0].lower()
    if name not in library.names():
        return ""
    for one in library.load(name).rules:
        if one.name.lower() == rule.lower() and not one.incremental:
            line = " ".join(" ".join(map(_code, one.source.splitlines())).split())
            return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} …"
    return ""


def _code(line: str) -> str:
    """Return a line of ABNF up to its comment: to a semicolon outside quotes."""
    pieces = line.split('"')
    for at in range(0, len(pieces), 2):
        if ";" in pieces[at]:
            return '"'.join((*pieces[:at], pieces[at].partition(";")[0]))
    return line


def explain(rule: str) -> tuple[RuleText, ...]:
    """Return what each RFC says of ``rule`` (in any case); UnknownRule if none does."""
    key = rule.lower()
    found = []
    sections: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    files = [library.load(name) for name in library.names()]
    for file in files:
        for one in file.rules:
            spelled.setdefault(one.name.lower(), one.name)
            places = sections.setdefault(one.name.lower(), [])
            if one.section not in places:
                places.append(one.section)
    for file in files:
        for one in file.rules:
            if one.name.lower() != key:
                continue
            names = dict.fromkeys(references(one.node))
            found.append(
                RuleText(
                    name=one.name,
                    section=one.section,
                    title=file.title,
                    text=one.source,
                    adds=one.incremental,
                    refers=tuple(
                        (spelled.get(name, name), tuple(sections.get(name, ()))) for name in names
                    ),
                    users=tuple(
                        dict.fromkeys(r.name for r in file.rules if key in references(r.node))
                    ),
                    needs=tuple(sorted(one.needs or file.capabilities or file.enable)),
                )
            )
    if not found:
        near = get_close_matches(key, sections, n=3)
        hint = f"; perhaps {' or '.join(near)}" if near else ""
        raise UnknownRule(f"no RFC here states a rule '{rule}'{hint}")
    return tuple(found)
