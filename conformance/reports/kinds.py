"""Reports by the words people ask for them with: ``html:DIR``, ``junit:FILE`` and so on."""

import os
import sys
from pathlib import Path

from conformance.reports.badge import Badge
from conformance.reports.base import Explain, Report, ReportError, no_words
from conformance.reports.github import GitHub
from conformance.reports.html import Html
from conformance.reports.junit import JUnit
from conformance.reports.sarif import Sarif
from conformance.reports.summary_json import SummaryJson
from conformance.reports.words import KINDS, USUAL

__all__ = ["make_report"]


def make_report(word: str, folder: Path, *, explain: Explain = no_words) -> Report:
    """Return the report that ``word`` asks for; ReportError if it asks for none.

    ``folder`` is the run's: transcripts are read from it, and a report without a
    target lies in it.
    """
    kind, _, wanted = word.partition(":")
    if kind not in KINDS or (kind == "github" and wanted):
        known = " ".join(f"{k}:{what}" if what else k for k, (what, _) in KINDS.items())
        raise ReportError(f"'{word}' is no report; there are {known}")
    target = Path(wanted) if wanted else folder / USUAL.get(kind, "")
    match kind:
        case "html":
            return Html(target, folder, explain=explain)
        case "junit" | "xunit":
            return JUnit(target, folder, explain=explain, strict=kind == "xunit")
        case "json":
            return SummaryJson(target)
        case "sarif":
            return Sarif(target, explain=explain)
        case "badge":
            return Badge(target)
        case _:
            named = os.environ.get("GITHUB_STEP_SUMMARY")
            return GitHub(sys.stdout, Path(named) if named else None, folder, explain=explain)
