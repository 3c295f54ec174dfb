"""A TCP connection that records every octet and lets its actor wait for what comes."""

import asyncio
import json
import ssl
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, cast

from conformance.actors.cutting import Cut, Pouring
from conformance.actors.deflate import Deflate
from conformance.wire.framer import Flood
from conformance.wire.transcript import Kind

__all__ = ["Connection", "Ended", "FrameSource", "Record", "Reply"]

Record = Callable[[str, Kind, bytes], int]
"""Takes an event in (actor, kind, octets) and returns its index in the transcript."""


class Ended(StrEnum):
    """How waiting came to its end."""

    ANSWERED = "answered"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    FLOOD = "flood"
    REFUSED = "refused"


class Reply(NamedTuple):
    """How a command ended: ``at`` is the index of the event that ended it."""

    ended: Ended
    at: int
    octets: bytes = b""


class FrameSource(Protocol):
    """What cuts received octets into frames (see ``conformance.wire.framer``)."""

    def feed(self, data: bytes) -> list[bytes]:
        """Take data in and return complete frames; Flood if it is too much."""

    def take_rest(self) -> bytes:
        """Return the incomplete frame and forget it."""

    @property
    def wanting(self) -> int:
        """How many octets of a literal are still to come."""


class Connection(asyncio.Protocol):
    """One connection of an actor: sends, records, frames, and wakes who waits."""

    def __init__(
        self,
        actor: str,
        record: Record,
        framer: FrameSource,
        on_frame: Callable[[int, bytes], None],
    ) -> None:
        """Prepare; ``on_frame`` is called with index and octets of each complete frame.

        ``on_end`` may be set to what is called when the server has ended the connection.
        """
        self.on_end: Callable[[], None] | None = None
        self.actor = actor
        self.record = record
        self.ended: Ended | None = None
        self.last = -1
        self._framer = framer
        self._on_frame = on_frame
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._deflate: Deflate | None = None
        self._pouring: Pouring | None = None
        self._arriving = False
        self._deadline = 0.0
        self._alarm: asyncio.TimerHandle | None = None

    async def open(
        self, host: str, port: int, *, tls: ssl.SSLContext | None, name: str, within: float
    ) -> bool:
        """Connect within ``within`` seconds and return whether that worked.

        tls   the context, if TLS starts with the first octet; ``name`` is what the certificate
              must be for
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(within):
                await loop.create_connection(
                    lambda: self, host, port, ssl=tls, server_hostname=name if tls else None
                )
        except (OSError, TimeoutError) as error:
            reason = "timed out" if isinstance(error, TimeoutError) else _reason(error)
            self.last = self.record(
                self.actor, Kind.CONNECTION, f"connect to {host}:{port} failed: {reason}".encode()
            )
            self.ended = Ended.REFUSED
            return False
        return True

    async def start_tls(self, tls: ssl.SSLContext, name: str, within: float) -> bool:
        """Turn the open connection into a TLS one and return whether that worked."""
        if self._transport is None:
            return False
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(within):
                transport = await loop.start_tls(self._transport, self, tls, server_hostname=name)
        except (OSError, TimeoutError) as error:
            self.last = self.record(
                self.actor, Kind.CONNECTION, f"tls failed: {_reason(error)}".encode()
            )
            self.ended = Ended.CLOSED
            return False
        self._transport = cast("asyncio.Transport", transport)
        self.last = self.record(self.actor, Kind.CONNECTION, b"tls " + _cipher(transport))
        return True

    def compress(self) -> None:
        """Compress from here on, in both directions (RFC 4978); the record stays readable."""
        self._deflate = Deflate()
        self.last = self.record(self.actor, Kind.CONNECTION, b"compressed")

    def send(self, octets: bytes) -> int:
        """Send ``octets`` in one write and return the event's index."""
        # Nothing can be received before we return, so it is recorded in its order all the same.
        pieces = 0
        if self._transport is not None:
            if self._pouring is not None:
                pieces = self._pouring.take(octets)
            else:
                self._transport.write(self._deflate.pack(octets) if self._deflate else octets)
        index = self.record(self.actor, Kind.SENT, octets)
        if pieces > 1:
            self.note(note="written", pieces=pieces)
        return index

    def note(self, **values: str | int) -> None:
        """Record a note of the harness."""
        self.record(self.actor, Kind.NOTE, json.dumps(values, separators=(",", ":")).encode())

    def cut(self, cut: Cut | None) -> None:
        """From here on, let ``cut`` say in which pieces what is sent is written; None: in one."""
        if self._pouring is None:
            self._pouring = Pouring(self._write, self._poured)
        self._pouring.cut = cut

    async def written(self, within: float) -> None:
        """Wait until the last piece is written, or the connection has ended."""
        await self.until(lambda: self._pouring is None or not self._pouring.busy, within)

    def _write(self, octets: bytes) -> bool:
        """Write a piece and return whether that was possible."""
        if not self.is_open or self._transport is None:
            return False
        self._transport.write(self._deflate.pack(octets) if self._deflate else octets)
        return True

    def _poured(self) -> None:
        if self._waiter is not None:
            _wake(self._waiter)

    async def until(self, ready: Callable[[], bool], within: float) -> Ended:
        """Wait until ``ready()``, at most ``within`` seconds; return how the wait ended."""
        if ready():
            return Ended.ANSWERED
        loop = asyncio.get_running_loop()
        deadline = self._deadline = loop.time() + within
        if self._alarm is None or self._alarm.when() > deadline:
            self._set_alarm(loop)
        try:
            while self.ended is None:
                self._waiter = loop.create_future()
                await self._waiter
                if ready():
                    return Ended.ANSWERED
                if loop.time() >= deadline:
                    return Ended.TIMEOUT
        finally:
            self._waiter = None
        return self.ended

    def _set_alarm(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = loop.call_at(self._deadline, self._on_alarm, loop)

    def _on_alarm(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake whoever has waited long enough.

        The alarm outlives the wait it was set for: most waits are short, and setting
        and removing one for each would cost more than they do.
        """
        self._alarm = None
        if self._waiter is None:
            return
        if loop.time() < self._deadline:
            self._set_alarm(loop)
        else:
            _wake(self._waiter)

    def _silence(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    @property
    def is_open(self) -> bool:
        """Whether octets can still be sent and received."""
        return self._transport is not None and self.ended is None

    def drop(self) -> None:
        """Cut the connection without a word (TCP reset)."""
        if self._transport is not None and self.ended is None:
            self.ended = Ended.CLOSED
            self._silence()
            self._poured()  # nobody may wait for what will not come, with the alarm gone
            self.last = self.record(self.actor, Kind.CONNECTION, b"dropped")
            self._transport.abort()

    def close(self) -> None:
        """Close the connection in order."""
        if self._transport is not None and self.ended is None:
            self.ended = Ended.CLOSED
            self._silence()
            self._poured()
            self.last = self.record(self.actor, Kind.CONNECTION, b"closed by us")
            self._transport.close()

    # --- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Record that we are connected."""
        if self._transport is not None:
            return  # the same connection again, now inside TLS
        self._transport = cast("asyncio.Transport", transport)
        cipher = _cipher(transport)
        self.last = self.record(self.actor, Kind.CONNECTION, b"connected")
        if cipher:
            self.last = self.record(self.actor, Kind.CONNECTION, b"tls " + cipher)

    def data_received(self, data: bytes) -> None:
        """Record each frame that is now complete."""
        if self.ended is not None:
            return
        try:
            frames = self._framer.feed(self._deflate.unpack(data) if self._deflate else data)
        except Flood as flood:
            self._end(Ended.FLOOD, f"flooded: {flood}".encode())
            if self._transport is not None:
                self._transport.abort()
            return
        record, on_frame = self.record, self._on_frame
        for frame in frames:
            self.last = index = record(self.actor, Kind.RECEIVED, frame)
            on_frame(index, frame)
        if frames:
            self._arriving = False
            if self._waiter is not None:
                _wake(self._waiter)
        elif not self._arriving and self._framer.wanting:
            # What others are told meanwhile came in the middle of this one's literal.
            self._arriving = True
            self.note(note="arriving", wanting=self._framer.wanting)

    def connection_lost(self, exc: Exception | None) -> None:
        """Record that the server closed, with the octets it left unfinished."""
        if self.ended is not None:
            return
        rest = self._framer.take_rest()
        if rest:
            self.last = self.record(self.actor, Kind.RECEIVED, rest)
        self._end(
            Ended.CLOSED,
            f"closed by server: {_reason(exc)}".encode() if exc else b"closed by server",
        )

    def _end(self, ended: Ended, what: bytes) -> None:
        self.ended = ended
        self._silence()
        self.last = self.record(self.actor, Kind.CONNECTION, what)
        if self._waiter is not None:
            _wake(self._waiter)
        if self.on_end is not None:
            self.on_end()


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


def _cipher(transport: Any) -> bytes:
    ssl_object = transport.get_extra_info("ssl_object")
    return str(ssl_object.version()).encode() if ssl_object is not None else b""


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return text.splitlines()[0]
