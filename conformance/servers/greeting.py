"""Wait for a server by its greeting, never by sleeping for a fixed time."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress

from conformance.servers.base import Endpoint, ServerError

__all__ = ["GREETINGS", "greeting", "wait_for_greeting"]

# How each service opens a connection; a service that is not here greets with nothing we wait for.
GREETINGS: dict[str, tuple[bytes, ...]] = {
    "imap": (b"* OK", b"* PREAUTH"),
    "pop3": (b"+OK",),
    "lmtp": (b"220",),
    "submission": (b"220",),
    "managesieve": (b'"', b"OK"),
}
_FAMILY = {"imaps": "imap", "pop3s": "pop3", "submissions": "submission"}
_PAUSE = 0.03


async def greeting(endpoint: Endpoint, tls: ssl.SSLContext | None) -> bytes:
    """Connect and return the first line that comes; OSError, ssl.SSLError or EOFError if none does.

    No time limit of its own. The connection is closed again without a word.
    """
    context = tls if endpoint.tls else None
    reader, writer = await asyncio.open_connection(
        endpoint.host, endpoint.port, ssl=context, limit=65536
    )
    try:
        line = await reader.readline()
    except ValueError:
        line = b"(a line of more than 64 KiB)"
    finally:
        writer.close()
        with suppress(OSError, TimeoutError):
            await asyncio.wait_for(writer.wait_closed(), 1)
    if not line:
        raise EOFError("it closed the connection without a greeting")
    return line


async def wait_for_greeting(
    service: str,
    endpoint: Endpoint,
    *,
    tls: ssl.SSLContext | None,
    seconds: float,
    running: Callable[[], Awaitable[None]],
) -> bytes:
    """Try until ``service`` greets as its protocol wants; return its greeting.

    running  raises (ServerError) when there is nothing left to wait for; asked now and then
    ServerError after ``seconds`` says what the last try met.
    """
    wanted = GREETINGS.get(_FAMILY.get(service, service), (b"",))
    met = ""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    asked = loop.time()
    while (left := end - loop.time()) > 0:
        tried = loop.time()
        try:
            async with asyncio.timeout(left):
                try:
                    line = await _or_gone(greeting(endpoint, tls), running)
                    if line.startswith(wanted):
                        return line
                    met = f"it greets with {line[:200]!r}"
                except ssl.SSLCertVerificationError as error:
                    met = f"its certificate is not the one we gave it: {error.verify_message}"
                except OSError as error:
                    reason = error.strerror or str(error) or type(error).__name__
                    met = f"{endpoint.host}:{endpoint.port}: {reason}"
                except EOFError as error:
                    met = str(error)
        except TimeoutError:
            if not met or loop.time() - tried > 0.3:  # else this try was only cut short
                met = "it accepts connections and sends nothing"
            break
        if loop.time() - asked > 0.3:
            await running()
            asked = loop.time()
        await asyncio.sleep(_PAUSE)
    raise ServerError(f"no {service} greeting within {round(seconds, 1):g} s: {met}")


async def _or_gone(line: Awaitable[bytes], running: Callable[[], Awaitable[None]]) -> bytes:
    """Return ``line``; meanwhile look now and then whether the server is still there."""
    task = asyncio.ensure_future(line)
    try:
        while not (await asyncio.wait({task}, timeout=1))[0]:
            await running()
        return task.result()
    finally:
        task.cancel()
        with suppress(BaseException):
            await task
