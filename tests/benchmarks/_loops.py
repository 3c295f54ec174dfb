"""The event loop of asyncio beside ours: peers run in what asyncio brings."""

import asyncio
from collections.abc import Coroutine

__all__ = ["in_plain_asyncio"]


async def in_plain_asyncio(work: Coroutine):
    """Do ``work`` in a loop of asyncio's own, in a thread of its own, and return what it returns."""
    return await asyncio.to_thread(asyncio.run, work)
