"""A comparison of two runs as text for a terminal and as Markdown for a pull request."""

from collections.abc import Iterator, Mapping, Sequence

from conformance.history.compare import Change, Comparison
from conformance.reports.html.pages import page
from conformance.reports.layout import Line, Span
from conformance.reports.markdown import code, plain
from conformance.reports.safe import one_line
from conformance.verdict import Verdict

__all__ = ["headings", "html", "lines", "markdown", "sections"]

Item = tuple[str, str, str]
"""What (a scenario, a command …), the words about it, and a rule or remark."""


def headings(comparison: Comparison) -> tuple[str, str]:
    """Return the names of the two sides."""
    left, right = comparison.left, comparison.right
    return _named(left.server, left.product), _named(right.server, right.product)


def _named(server: str, product: str) -> str:
    return f"{server} ({product})" if product else server


def sections(comparison: Comparison) -> Iterator[tuple[str, str, Sequence[Item]]]:
    """Yield heading, role and items of what differs; nothing for what does not."""
    c = comparison
    changed = _changed(c.lost, c.gained)
    found: list[tuple[str, str, list[Item]]] = [
        ("new failures", "fail", [_change(change) for change in c.new]),
        ("no longer fails", "pass", [_change(change) for change in c.mended]),
        ("new warnings", "warn", [_change(change) for change in c.warned]),
        ("no longer warned of", "pass", [_change(change) for change in c.unwarned]),
        (
            "judged on one side only",
            "inconclusive",
            _moved(c.verdicts),
        ),
        (
            "behaves another way (both are legal)",
            "mended",
            [
                (name, f"{', '.join(sorted(old))} -> {', '.join(sorted(new))}", "")
                for name, (old, new) in c.behaviours.items()
            ],
        ),
        ("new capabilities", "pass", [(name, "", "") for name in c.gained if name not in changed]),
        ("lost capabilities", "warn", [(name, "", "") for name in c.lost if name not in changed]),
        (
            "capabilities with another value",
            "mended",
            [
                (name.partition("=")[0], f"{changed[name]} -> {name}", "")
                for name in c.gained
                if name in changed
            ],
        ),
        (
            "slower commands",
            "warn",
            [
                (n, f"{a * 1000:.1f} ms -> {b * 1000:.1f} ms", "median, beyond the whole's pace")
                for n, a, b in c.slower
            ],
        ),
        ("scenarios only on the left", "skip", [(name, "", "") for name in c.only_left]),
        ("scenarios only on the right", "skip", [(name, "", "") for name in c.only_right]),
    ]
    yield from ((heading, role, items) for heading, role, items in found if items)


def _moved(verdicts: Mapping[str, tuple[Verdict, Verdict]]) -> list[Item]:
    """Return for each way from one verdict to another the scenarios that went it."""
    ways: dict[tuple[Verdict, Verdict], list[str]] = {}
    for name, way in verdicts.items():
        ways.setdefault(way, []).append(name)
    return [
        (f"{old} -> {new}", ", ".join(names), f"{len(names)} scenarios")
        for (old, new), names in sorted(ways.items(), key=lambda item: (-item[0][1], item[0][0]))
    ]


def _changed(lost: Sequence[str], gained: Sequence[str]) -> dict[str, str]:
    """Return the new and the old form, each with the other, of what has another value now."""
    old, new = _values(lost), _values(gained)
    found: dict[str, str] = {}
    for name in old.keys() & new.keys():
        if len(old[name]) == len(new[name]) == 1:
            found |= {new[name][0]: old[name][0], old[name][0]: new[name][0]}
    return found


def _values(capabilities: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for capability in capabilities:
        name, equals, _ = capability.partition("=")
        if equals:
            found.setdefault(name, []).append(capability)
    return found


def _change(change: Change) -> Item:
    remarks = [f"{change.finding.rule} {change.finding.level}".strip()]
    if not change.before:
        remarks.append("could not be judged before")
    if change.more:
        remarks.append(f"and in {change.more} more")
    if not change.always:
        remarks.append("in some repeats only")
    return change.scenario, change.finding.message, "; ".join(filter(None, remarks))


def lines(comparison: Comparison) -> Iterator[Line]:
    """Yield the comparison as lines for a terminal."""
    left, right = headings(comparison)
    yield (Span("left   "), Span(one_line(left), "server"))
    yield (Span("right  "), Span(one_line(right), "server"))
    for heading, role, items in sections(comparison):
        yield ()
        yield (Span(f"{heading}: {len(items)}", role),)
        before = ""
        for what, words, remark in items:
            why = Span(f"  ({one_line(remark)})" if remark else "", "rule")
            name = Span(one_line(what, 200), "scenario")
            if not words:
                yield (Span("  "), name, why)
                continue
            if what != before:
                yield (Span("  "), name)
            yield (Span("      "), Span(one_line(words, 300)), why)
            before = what
    yield ()
    yield (Span(_closing(comparison)),)


def _closing(comparison: Comparison) -> str:
    verdict = "nothing differs" if comparison.same else "compared"
    words = f"{verdict}: {comparison.common} scenarios in common"
    if comparison.right.times and comparison.left.times:
        words += f"; commands took {comparison.pace:.1f} times as long on the whole"
    return words


def markdown(comparison: Comparison, limit: int = 50) -> str:
    """Return the comparison as Markdown; of each section at most ``limit`` items."""
    left, right = headings(comparison)
    parts = [f"### IMAP conformance: {code(left)} → {code(right)}"]
    if comparison.same:
        parts.append(f"Nothing differs in {comparison.common} scenarios.")
    for heading, _, items in sections(comparison):
        bullets = [_bullet(*item) for item in items[:limit]]
        if len(items) > limit:
            bullets.append(f"- … and {len(items) - limit} more")
        parts.append(f"**{plain(heading)}: {len(items)}**\n\n" + "\n".join(bullets))
    return "\n\n".join(parts) + "\n"


def _bullet(what: str, words: str, remark: str) -> str:
    text = f"- {code(what)}"
    text += f": {code(words)}" if words else ""
    return text + (f" ({code(remark)})" if remark else "")


def html(comparison: Comparison) -> str:
    """Return the comparison as a page of its own."""
    left, right = headings(comparison)
    return page(
        "compare.html.j2",
        comparison=comparison,
        left=left,
        right=right,
        sections=list(sections(comparison)),
    )
