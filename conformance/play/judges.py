"""Judging beside the play, in processes of their own where the machine has cores to spare.

What a judge says depends on the transcript and the scenario alone, so it may sit anywhere.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import Self

from conformance.check.judge import Judgement, judge
from conformance.scenario.model import Scenario
from conformance.wire.transcript import Transcript

__all__ = ["Judge", "Judges", "judge_here"]

Judge = Callable[[Transcript, Scenario], Awaitable[Judgement]]

_WORTH_IT = 40  # plays; a process takes about as long to start as judging so many
_MOST = 8


async def judge_here(transcript: Transcript, scenario: Scenario) -> Judgement:
    """Judge in this process, which plays nothing meanwhile."""
    return judge(transcript, scenario)


class Judges:
    """As many processes as ``plays`` plays are worth; none where there is one core."""

    def __init__(self, plays: int) -> None:
        """Start nothing yet."""
        spare = len(os.sched_getaffinity(0)) - 1 if hasattr(os, "sched_getaffinity") else 1
        count = min(spare, _MOST) if plays >= _WORTH_IT else 0
        self._count = count
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Start the processes; best before anything else, so that they can be forks."""
        if self._count > 0:
            # A fork of several threads has only one of them, and the locks that the others hold.
            forks = sys.platform == "linux" and threading.active_count() == 1
            how = get_context("fork" if forks else "spawn")
            sys.stdout.flush()  # else each process would print what is waiting to be
            sys.stderr.flush()
            self._pool = ProcessPoolExecutor(self._count, how, _settle)
            self._pool.submit(_ready)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End all processes; what they had not begun is not judged."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    async def judge(self, transcript: Transcript, scenario: Scenario) -> Judgement:
        """Return the judgement; made here if the process that should was killed."""
        if self._pool is not None:
            try:
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._pool, judge, transcript, scenario)
            except BrokenProcessPool:
                self._pool = None
        return judge(transcript, scenario)


def _ready() -> None:
    """Do nothing: that there is a job is what starts the processes."""


def _settle() -> None:
    """Leave interrupts to the process that plays, and end when it ends, however it does."""
    signal.set_wakeup_fd(-1)  # a fork has that of the loop that plays
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(0)
