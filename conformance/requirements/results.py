"""How a server did on each requirement: from the outcomes of a run and who claims what."""

from collections.abc import Iterable, Mapping

from conformance.requirements import rule as rules
from conformance.requirements.coverage import Coverage
from conformance.requirements.document import claims
from conformance.verdict import Finding, Outcome, Verdict

__all__ = ["per_requirement", "tally"]


def per_requirement(
    coverage: Coverage, outcomes: Iterable[Outcome]
) -> dict[str, dict[str, Verdict]]:
    """Return server -> requirement's id -> verdict, for the tested requirements that it met with.

    A finding counts against a requirement when its rule is the requirement's id, when it is one
    that a check's claim names (``view: EXISTS shrinks``), or when the scenario claims the
    requirement and the rule is its section, or is missing. A scenario
    that failed for another reason cannot tell: INCONCLUSIVE. The worst finding wins; without
    one a single pass is enough, since other scenarios were perhaps skipped.
    """
    claimed: dict[str, list[str]] = {}
    for identifier, scenarios in coverage.scenarios.items():
        for scenario in scenarios:
            claimed.setdefault(scenario, []).append(identifier)
    results: dict[str, dict[str, Verdict]] = {}
    for outcome in outcomes:
        server = results.setdefault(outcome.server, {})
        ids = dict.fromkeys(claimed.get(outcome.scenario, ()))
        if outcome.verdict not in (Verdict.SKIP, Verdict.INCONCLUSIVE, Verdict.ERROR):
            ids |= dict.fromkeys(coverage.checks)
        named = {finding.rule for finding in outcome.findings}
        ids |= dict.fromkeys(name for name in named if name in coverage.catalogue.requirements)
        for identifier in ids:
            claims = outcome.scenario in coverage.scenarios.get(identifier, ())
            checks = coverage.checks.get(identifier, ())
            verdict = _verdict(identifier, outcome, checks, claims=claims)
            before = server.get(identifier)
            server[identifier] = verdict if before is None else _together(before, verdict)
    return results


def _verdict(identifier: str, outcome: Outcome, checks: Iterable[str], *, claims: bool) -> Verdict:
    if outcome.verdict <= Verdict.INCONCLUSIVE:
        return outcome.verdict
    against = [
        finding.verdict
        for finding in outcome.findings
        if _against(finding, identifier, claims=claims) or _looked_for(finding, checks)
    ]
    if against:
        return max(against)
    return Verdict.INCONCLUSIVE if claims else Verdict.PASS


def _against(finding: Finding, identifier: str, *, claims: bool) -> bool:
    if finding.rule == identifier:
        return True
    if not claims:
        return False
    if not finding.rule:
        return True
    try:
        named = rules.parse(finding.rule)
    except ValueError:
        return False
    return not named.number and rules.parse(identifier).within(named)


def _looked_for(finding: Finding, checks: Iterable[str]) -> bool:
    """Whether one of the checks' claims, ``check: key``, is about this finding."""
    return any(claims(check, finding.said) for check in checks)


def _together(one: Verdict, other: Verdict) -> Verdict:
    if max(one, other) < Verdict.WARN and Verdict.PASS in (one, other):
        return Verdict.PASS
    return max(one, other)


def tally(results: Mapping[str, Verdict]) -> dict[Verdict, int]:
    """Return how many requirements got which verdict."""
    counts = dict.fromkeys(Verdict, 0)
    for verdict in results.values():
        counts[verdict] += 1
    return counts
