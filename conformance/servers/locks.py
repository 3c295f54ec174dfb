"""One process at a time builds an image: locks between processes that die with their holder."""

import asyncio
import fcntl
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from conformance.paths import cache_dir

__all__ = ["lock"]


@asynccontextmanager
async def lock(name: str) -> AsyncIterator[bool]:
    """Hold the lock ``name`` of this user; the value says whether one had to wait for it.

    The file stays (removing a lock file races); the lock itself ends with the process.
    """
    folder = cache_dir() / "locks"
    folder.mkdir(exist_ok=True)
    waited = False
    with (folder / re.sub(r"[^\w.-]", "-", name)).open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                waited = True
                await asyncio.sleep(0.2)
        yield waited
