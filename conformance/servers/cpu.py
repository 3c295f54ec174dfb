"""CPU seconds of a process group, read from /proc (Linux)."""

import os
from pathlib import Path

__all__ = ["cpu_seconds_below"]


def cpu_seconds_below(parent: int) -> float | None:
    """Return the CPU seconds used by the process groups of ``parent``'s children; None if unknown.

    Processes that have ended count with the one that waited for them.
    """
    try:
        stats = [fields for each in Path("/proc").iterdir() if (fields := _stat(each))]
        tick = os.sysconf("SC_CLK_TCK")
    except OSError:
        return None
    groups = {fields[2] for fields in stats if fields[1] == str(parent)}
    used = [sum(map(int, fields[11:15])) for fields in stats if fields[2] in groups]
    return sum(used) / tick if groups else None


def _stat(folder: Path) -> list[str]:
    """Return the fields of ``stat`` after the command's name: from the state on."""
    if not folder.name.isdigit():
        return []
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has just ended
        return []
