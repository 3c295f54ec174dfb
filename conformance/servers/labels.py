"""Labels on all that we make in the engine: whose it is, so that leftovers are known."""

import os
import platform
from functools import cache
from pathlib import Path

__all__ = ["KEEP", "LABEL", "RUN", "alive", "mine", "orphan"]

LABEL = "imap-conformance"
RUN = f"{LABEL}.run"
KEEP = f"{LABEL}.keep"
_PID = f"{LABEL}.pid"
_BORN = f"{LABEL}.born"
_HOST = f"{LABEL}.host"


@cache
def _host() -> str:
    """Name what process ids are relative to: this boot of this machine and this pid namespace."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return platform.node()


def _born(pid: int) -> str:
    """Return when process ``pid`` started (in ticks), for ids are used again; empty if unknown."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def mine(run: str = "", *, keep: bool = False) -> dict[str, str]:
    """Return the labels of what this process makes; ``keep``: it is to outlive the process."""
    pid = os.getpid()
    labels = {LABEL: "1", RUN: run, _PID: str(pid), _BORN: _born(pid), _HOST: _host()}
    return labels | ({KEEP: "1"} if keep else {})


def alive(pid: int) -> bool:
    """Whether a process ``pid`` exists on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def orphan(labels: dict[str, str]) -> bool:
    """Whether these are labels of ours whose process is surely gone.

    What belongs to another machine or pid namespace cannot be judged from here,
    and what was meant to stay is nobody's leftover.
    """
    if labels.get(LABEL) != "1" or KEEP in labels or labels.get(_HOST) != _host():
        return False
    number = labels.get(_PID, "")
    if not number.isdigit():
        return False
    pid = int(number)
    return not alive(pid) or labels.get(_BORN, "") != _born(pid)
