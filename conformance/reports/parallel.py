"""Work that falls into equal parts, each in a process of its own where that is safe."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

__all__ = ["in_parts"]

_job: list[Callable[[int, int], None]] = []  # the processes have it, for they are forks


def in_parts(job: Callable[[int, int], None], size: int, *, worth: int = 200) -> None:
    """Call ``job(part, parts)`` for each part, at once; what one raises is raised.

    size   how many things there are to do
    worth  so many are worth a process; where there is one part, no process is made
    """
    parts = max(1, min(_processors(), size // worth))
    # A fork of several threads has only one of them, and the locks that the others hold.
    if parts == 1 or sys.platform != "linux" or threading.active_count() > 1:
        job(0, 1)
        return
    sys.stdout.flush()  # else each process would print what is waiting to be
    sys.stderr.flush()
    _job.append(job)
    try:
        fork = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(parts, mp_context=fork, initializer=_deaf) as pool:
            list(pool.map(_part, range(parts), [parts] * parts))
    finally:
        _job.pop()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def _deaf() -> None:
    """Leave an interrupt to the process that waits for us."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _part(part: int, parts: int) -> None:
    _job[-1](part, parts)
