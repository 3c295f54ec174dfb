"""Options that mean the same wherever scenarios are played."""

from typing import Annotated

import typer

__all__ = ["JOBS", "Baseline", "Jobs", "Repeat", "Within"]

JOBS = 8

Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        "-j",
        min=1,
        help="Scenarios at once on each server; those that only listen come on top.",
    ),
]
Repeat = Annotated[int, typer.Option(min=1, help="How many times to play each.")]
Within = Annotated[float, typer.Option(min=0.1, help="Seconds that any answer may take.")]
Baseline = Annotated[
    str, typer.Option(help="A file of known findings; the suite's own if not given, or 'none'.")
]
