"""Markdown for pull request comments and job summaries.

Whatever may come from a server stands in code spans: there, Markdown knows no
links, no HTML, no mentions of people and no references to issues.
"""

import re

from conformance.reports.safe import one_line

__all__ = ["block", "code", "plain"]

_TICKS = re.compile("`+")


def code(text: str, limit: int = 300) -> str:
    """Return ``text`` as a code span that is safe in a table too; empty for no text."""
    text = one_line(text, limit).replace("|", "\\|")
    if not text.strip():
        return ""
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(text)), default=0))
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def block(text: str) -> str:
    """Return ``text``, which is printable, as a code block."""
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def plain(text: str, limit: int = 300) -> str:
    """Return our own words with Markdown's signs escaped."""
    return re.sub(r"([\\`*_{}\[\]()#+!|<>~@&-])", r"\\\1", one_line(text, limit))
