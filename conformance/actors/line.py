"""What actors of line-by-line protocols (POP3, SMTP, LMTP) have in common."""

import ssl
from collections.abc import Callable, Sequence

from conformance.actors.client import Client
from conformance.actors.connection import Ended, FrameSource, Record, Reply
from conformance.servers.base import Endpoint

__all__ = ["LineActor"]


class LineActor(Client):
    """A client whose every command has one answer; answers come in order."""

    def __init__(
        self,
        name: str,
        endpoint: Callable[[], Endpoint],
        record: Record,
        framer: Callable[[], FrameSource],
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare; nothing is opened yet."""
        super().__init__(name, endpoint, record, tls=tls)
        self._new_framer = framer
        self._replies: list[Reply] = []

    async def connect(self, within: float) -> Reply:
        """Open a connection and take the greeting."""
        self._replies.clear()
        if not await self.open(self._new_framer(), self._frame, within):
            return Reply(Ended.REFUSED, self.connection.last)
        return await self.reply(within)

    async def line(self, octets: bytes, within: float) -> Reply:
        """Send one line and wait for its answer."""
        self.connection.send(octets + b"\r\n")
        return await self.reply(within)

    async def lines(self, lines: Sequence[bytes], within: float) -> Reply:
        """Send several lines in one write; the reply is the last one's."""
        self.connection.send(b"".join(line + b"\r\n" for line in lines))
        ended = await self.connection.until(lambda: len(self._replies) >= len(lines), within)
        if ended is not Ended.ANSWERED:
            return Reply(ended, self.connection.last)
        answers, self._replies[: len(lines)] = self._replies[: len(lines)], []
        return answers[-1]

    async def reply(self, within: float) -> Reply:
        """Wait for the next answer."""
        ended = await self.connection.until(lambda: bool(self._replies), within)
        if self._replies:
            return self._replies.pop(0)
        return Reply(ended, self.connection.last)

    def _frame(self, index: int, octets: bytes) -> None:
        self._replies.append(Reply(Ended.ANSWERED, index, octets))
