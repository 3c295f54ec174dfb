"""What the scenarios and the always-on checks test of the catalogue, and what is still open.

Only a requirement's id claims it, in a scenario's ``rules``, in a step's ``rule`` or in the
table of checks. A section's name says what a scenario is about and claims nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from conformance.requirements import rule as rules
from conformance.requirements.catalogue import Catalogue, catalogue
from conformance.requirements.document import Requirement
from conformance.requirements.outline import outlines
from conformance.scenario.model import Level, Scenario, Step

__all__ = ["Coverage", "Explained", "Explanation", "Row", "cover", "explain", "named_rules"]


@dataclass(frozen=True, slots=True)
class Row:
    """The counts for one RFC, at one level or at all of them (``level`` is None).

    by_scenario  tested by a scenario, whether or not by a check as well
    by_check     tested by an always-on check only
    open         ids that could be tested and are not
    """

    rfc: str
    level: Level | None
    requirements: int
    by_scenario: int
    by_check: int
    untestable: int
    open: tuple[str, ...]

    @property
    def testable(self) -> int:
        """How many of the requirements a client can see broken."""
        return self.requirements - self.untestable

    @property
    def share(self) -> float:
        """The tested share of what can be tested, from 0 to 1; 1 if that is nothing."""
        return (self.by_scenario + self.by_check) / self.testable if self.testable else 1.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who tests what.

    scenarios  requirement's id -> ids of the scenarios that claim it
    checks     requirement's id -> names of the checks that look for it
    mentions   rule's name as written -> ids of the scenarios that name it
    unknown    ids that are claimed and not in the catalogue
    """

    catalogue: Catalogue
    scenarios: Mapping[str, tuple[str, ...]]
    checks: Mapping[str, tuple[str, ...]]
    mentions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    def tested(self, identifier: str) -> bool:
        """Tell whether a scenario or a check tests the requirement."""
        return identifier in self.scenarios or identifier in self.checks

    def hints(self, identifier: str) -> tuple[str, ...]:
        """Return the scenarios that name the requirement's section: they may test it unclaimed."""
        section, _, _ = identifier.partition("/")
        return self.mentions.get(section, ())

    def row(self, rfc: str, level: Level | None = None) -> Row:
        """Return the counts for ``rfc``; KeyError if the catalogue does not have it."""
        chosen = [
            entry
            for entry in self.catalogue.documents[rfc].requirements
            if level is None or entry.level is level
        ]
        testable = [entry.id for entry in chosen if entry.testable]
        return Row(
            rfc=rfc,
            level=level,
            requirements=len(chosen),
            by_scenario=sum(i in self.scenarios for i in testable),
            by_check=sum(i in self.checks and i not in self.scenarios for i in testable),
            untestable=len(chosen) - len(testable),
            open=tuple(i for i in testable if not self.tested(i)),
        )

    def table(self, level: Level | None = None) -> tuple[Row, ...]:
        """Return a row for each RFC of the catalogue, by number."""
        names = sorted(self.catalogue.documents, key=lambda name: int(name.removeprefix("RFC")))
        return tuple(self.row(name, level) for name in names)


def _steps(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        for lane in step.together:
            yield from _steps(lane)


def named_rules(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of all rules that ``scenario`` and its steps give, each once, in order."""
    names = list(scenario.rules)
    for step in _steps(scenario.steps):
        names += step.rules
    return tuple(dict.fromkeys(names))


def _twins(known: Catalogue) -> dict[str, set[str]]:
    """Return each id with the ids of other RFCs that ask for the same, in both directions."""
    twins: dict[str, set[str]] = {}
    for entry in known.requirements.values():
        group = {entry.id, *entry.same}
        for member in tuple(group):
            group |= twins.get(member, set())
        for member in group:
            twins[member] = group
    return twins


def cover(
    scenarios: Iterable[Scenario],
    checks: Mapping[str, Iterable[str]] | None = None,
    known: Catalogue | None = None,
) -> Coverage:
    """Return what ``scenarios`` and ``checks`` (a check's name -> ids it looks for) test.

    A scenario also claims the ``same`` requirements of other RFCs, unless it needs
    IMAP4rev2: then it has seen nothing of a server that speaks IMAP4rev1.
    """
    known = known or catalogue()
    twins = _twins(known)
    claims: dict[str, dict[str, None]] = {}
    mentions: dict[str, dict[str, None]] = {}
    for scenario in scenarios:
        alone = ("IMAP4rev2",) in scenario.needs
        for name in named_rules(scenario):
            mentions.setdefault(name, {})[scenario.id] = None
            for claimed in {name} if alone else {name, *twins.get(name, ())}:
                claims.setdefault(claimed, {})[scenario.id] = None
    looks: dict[str, dict[str, None]] = {}
    for entry in known.requirements.values():
        for check in entry.checks:
            # The grammar of one RFC proves nothing of another's; what a rule sees is the same.
            for claimed in {entry.id} if check == "grammar" else {entry.id, *twins[entry.id]}:
                looks.setdefault(claimed, {})[check] = None
    for check, names in (checks or {}).items():
        for name in names:
            for claimed in {name, *twins.get(name, ())}:
                looks.setdefault(claimed, {})[check] = None
    ids = known.requirements.keys()
    return Coverage(
        catalogue=known,
        scenarios={name: tuple(found) for name, found in claims.items() if name in ids},
        checks={name: tuple(found) for name, found in looks.items() if name in ids},
        mentions={name: tuple(found) for name, found in mentions.items()},
        unknown=tuple(sorted(n for n in claims.keys() | looks.keys() if "/" in n and n not in ids)),
    )


@dataclass(frozen=True, slots=True)
class Explained:
    """A requirement and who tests it."""

    requirement: Requirement
    scenarios: tuple[str, ...]
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of a rule.

    rfc, title    the RFC's title, and the section's (empty for a whole RFC)
    requirements  those of the rule, of its section or of the sections below it
    scenarios     ids of scenarios that name the rule, or one below it, in whatever way
    """

    rule: str
    rfc: str
    title: str
    requirements: tuple[Explained, ...]
    scenarios: tuple[str, ...]


def explain(name: str, coverage: Coverage) -> Explanation:
    """Return what is known of the rule ``name``; ValueError if it is not one."""
    wanted = rules.parse(name)
    outline = outlines().get(wanted.rfc)
    naming = {
        scenario: None
        for mention, scenarios in coverage.mentions.items()
        if _within(mention, wanted)
        for scenario in scenarios
    }
    return Explanation(
        rule=name,
        rfc=outline.title if outline else "",
        title=outline.sections.get(wanted.section, "") if outline else "",
        requirements=tuple(
            Explained(
                entry,
                coverage.scenarios.get(entry.id, ()),
                coverage.checks.get(entry.id, ()),
            )
            for entry in coverage.catalogue.within(name)
        ),
        scenarios=tuple(naming),
    )


def _within(mention: str, wanted: rules.Rule) -> bool:
    try:
        return rules.parse(mention).within(wanted)
    except ValueError:
        return False
