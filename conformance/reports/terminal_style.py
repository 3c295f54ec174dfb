"""Colours, words and the closing table of the terminal's report."""

from rich.table import Table
from rich.text import Text

from conformance.reports.safe import one_line
from conformance.reports.tally import State, Tally

__all__ = ["STYLES", "WORDS", "table"]

STYLES = {
    "fail": "bold red",
    "error": "bold magenta",
    "warn": "bold yellow",
    "pass": "green",
    "known": "yellow",
    "mended": "bold cyan",
    "inconclusive": "yellow",
    "skip": "dim",
    "scenario": "bold",
    "server": "cyan",
    "rule": "bold",
    "message": "bold",
    "place": "blue",
    "says": "italic",
    "mark": "bold red",
    "dim": "dim",
    "sent": "",
    "received": "cyan",
}
WORDS = {
    State.PASS: "PASS ",
    State.FAIL: "FAIL ",
    State.KNOWN: "KNOWN",
    State.MENDED: "FIXED",
    State.ERROR: "ERROR",
    State.WARN: "WARN ",
    State.INCONCLUSIVE: "INCON",
    State.SKIP: "SKIP ",
}


def table(tally: Tally, width: int) -> Table:
    """Return the counts of each server; narrower words and columns where ``width`` is small."""
    total = tally.total
    columns = [each for each in State if total[each] or each in (State.PASS, State.FAIL)]
    wide = width >= 90
    made = Table(box=None, pad_edge=False, padding=(0, 2 if wide else 1, 0, 0))
    made.add_column("server", overflow="fold")
    if wide:
        made.add_column("says it is", overflow="fold")
    for each in columns:
        made.add_column(str(each) if wide else str(each)[:5], justify="right", no_wrap=True)
    made.add_column("s", justify="right", no_wrap=True)
    for server in tally.servers.values():
        counts = [
            Text(str(server.counts[each]), STYLES[each] if server.counts[each] else "dim")
            for each in columns
        ]
        says = "did not start" if server.lost and not server.counts else server.product
        cells = [Text(one_line(server.server, 100)), *([Text(one_line(says, 60))] if wide else [])]
        made.add_row(*cells, *counts, f"{server.seconds:.1f}")
    return made
