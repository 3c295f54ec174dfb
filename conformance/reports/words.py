"""The words by which people ask for reports; it imports nothing, for help is to come fast."""

__all__ = ["KINDS", "USUAL"]

KINDS = {
    "html": ("DIR", "index.html and a page for each play"),
    "junit": ("FILE", "JUnit XML for GitLab, GitHub and Jenkins"),
    "xunit": ("FILE", "JUnit XML without file and line, for Jenkins' xUnit plug-in"),
    "json": ("FILE", "one JSON document for other programs"),
    "sarif": ("FILE", "SARIF 2.1.0 for code scanning"),
    "github": ("", "annotations, and the job's summary"),
    "badge": ("FILE", "an SVG badge"),
}
"""Kind -> what follows its colon, and what it is."""

USUAL = {
    "html": "",
    "junit": "junit.xml",
    "xunit": "xunit.xml",
    "json": "summary.json",
    "sarif": "results.sarif",
    "badge": "badge.svg",
}
"""Kind -> the file that is written where no target is given; empty for the run's folder."""
