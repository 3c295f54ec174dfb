"""What every kind does alike: wait until all services greet, and look whether one still answers."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from conformance.servers.base import Endpoint
from conformance.servers.greeting import greeting, wait_for_greeting

__all__ = ["answers", "first_service", "wait_for_services"]

HEALTH_SECONDS = 5.0

CpuSeconds = Callable[[], Awaitable[float | None]]


def first_service(services: Mapping[str, Endpoint]) -> str:
    """Return the service by which a server is judged to be up: IMAP, else IMAPS."""
    return "imap" if "imap" in services else "imaps"


async def wait_for_services(
    services: Mapping[str, Endpoint],
    *,
    tls: ssl.SSLContext | None,
    begun: float,
    seconds: float,
    running: Callable[[], Awaitable[None]],
) -> float:
    """Wait until all ``services`` greet; return the seconds from ``begun`` to IMAP's greeting.

    begun    the loop's time at the start; ``seconds`` count from there
    running  raises ServerError when there is nothing left to wait for
    ServerError names the service that did not greet.
    """
    loop = asyncio.get_running_loop()

    async def wait(service: str) -> None:
        left = max(1.0, begun + seconds - loop.time())
        await wait_for_greeting(service, services[service], tls=tls, seconds=left, running=running)

    first = first_service(services)
    await wait(first)
    took = loop.time() - begun
    waits = [asyncio.ensure_future(wait(each)) for each in services if each != first]
    try:
        await asyncio.gather(*waits)
    finally:
        for each in waits:  # gather leaves the others running when one fails
            each.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
    return took


async def answers(
    services: Mapping[str, Endpoint], tls: ssl.SSLContext | None, cpu_seconds: CpuSeconds
) -> tuple[bool, float | None]:
    """Whether the server greets a new connection; if not, how many CPUs it used meanwhile."""
    loop = asyncio.get_running_loop()
    before, begun = await cpu_seconds(), loop.time()
    with suppress(OSError, EOFError, TimeoutError):  # ssl.SSLError is an OSError
        async with asyncio.timeout(HEALTH_SECONDS):
            await greeting(services[first_service(services)], tls)
            return True, None
    after, waited = await cpu_seconds(), loop.time() - begun
    if before is None or after is None or waited <= 0:
        return False, None
    return False, max(0.0, after - before) / waited
