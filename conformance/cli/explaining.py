"""``explain``: what a section asks and who tests it, or what a rule of the ABNF is."""

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cli.errors import UserError

if TYPE_CHECKING:
    from conformance.grammar.describe import RuleText
    from conformance.requirements.coverage import Explained, Explanation

__all__ = ["register"]

_WIDTH = 96
_SECTION = re.compile(r"RFC\d+(:.*)?", re.IGNORECASE)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("explain")(_explain)


def _explain(
    word: Annotated[
        str,
        typer.Argument(
            metavar="RULE",
            help="RFC9051, RFC9051:7.5.1, RFC9051:7.5.1/2, or a rule of the grammar: resp-text.",
        ),
    ],
) -> None:
    """Show what a rule asks of a server, and which scenarios and checks look at it."""
    if _SECTION.fullmatch(word):
        lines = _requirements(word.upper())
    else:
        from conformance.grammar.describe import UnknownRule, explain

        try:
            lines = _grammar(explain(word))
        except UnknownRule as error:
            raise UserError(
                str(error), hint="sections are written RFC9051:7.5.1, requirements RFC9051:7.5.1/2"
            ) from None
    for line in lines:
        typer.echo(line)


def _requirements(name: str) -> Iterator[str]:
    from conformance.requirements.catalogue import complaint
    from conformance.requirements.coverage import cover, explain
    from conformance.scenario.select import find

    if wrong := complaint(name):
        raise UserError(wrong)
    return _told(explain(name, cover(find().scenarios)))


def _told(found: "Explanation") -> Iterator[str]:
    heading = f"{found.title} — {found.rfc}" if found.title else found.rfc
    yield f"{found.rule}  {heading}"
    for one in found.requirements:
        yield ""
        yield from _one(one)
    if not found.requirements:
        yield ""
        yield "  The catalogue has no requirement here."
    listed = {scenario for one in found.requirements for scenario in one.scenarios}
    if others := [scenario for scenario in found.scenarios if scenario not in listed]:
        yield ""
        yield from _listed("scenarios that name it: ", others, "  ")


def _one(one: "Explained") -> Iterator[str]:
    asked = one.requirement
    yield f"  {asked.id}  {asked.level.upper()}"
    yield from _wrapped(asked.text, "    ")
    if asked.erratum:
        yield f"    erratum {asked.erratum} changes how to read it"
    if asked.same:
        yield from _listed("the same as ", asked.same, "    ")
    if one.scenarios:
        yield from _listed("scenarios: ", one.scenarios, "    ")
    if one.checks:
        yield from _listed("checks in every scenario: ", one.checks, "    ")
    if asked.reason:
        yield from _wrapped(f"not tested: {asked.reason}", "    ")
    elif not one.scenarios and not one.checks:
        yield "    nothing tests it yet"


def _grammar(texts: Sequence["RuleText"]) -> Iterator[str]:
    for number, text in enumerate(texts):
        if number:
            yield ""
        yield f"{text.section}  {text.title}"
        yield ""
        yield from (f"    {line}".rstrip() for line in text.text.splitlines())
        yield ""
        if text.adds:
            yield "  adds to the rule of another RFC"
        if text.needs:
            yield from _listed("counts with ", text.needs, "  ", " or ")
        refers = [f"{name} ({', '.join(where)})" if where else name for name, where in text.refers]
        if refers:
            yield from _listed("refers to ", refers, "  ")
        if text.users:
            yield from _listed("used by ", text.users, "  ")


def _listed(head: str, items: Sequence[str], indent: str, between: str = ", ") -> Iterator[str]:
    yield from _wrapped(head + between.join(items), indent)


def _wrapped(text: str, indent: str) -> Iterator[str]:
    yield from wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_on_hyphens=False,
        break_long_words=False,
    )
