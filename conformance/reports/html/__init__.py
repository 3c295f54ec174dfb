"""The HTML report: an index, and a page for each play; readable without scripts or network."""

from conformance.reports.html.report import Html

__all__ = ["Html"]
