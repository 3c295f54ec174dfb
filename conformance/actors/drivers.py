"""How each client library is told what to do: a command's words become calls of its functions."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

__all__ = ["DRIVERS", "Driver", "arguments"]


class Driver(Protocol):
    """One connection of a library. Whatever it raises is the library's own word."""

    async def connect(self) -> object:
        """Connect to where it was told to, and take the greeting."""

    async def login(self, user: str, password: str) -> object:
        """LOGIN."""

    async def command(self, name: str, words: Sequence[str]) -> object:
        """Do the command ``name`` with arguments as they are written."""

    async def append(
        self, mailbox: str, flags: str | None, date: str | None, octets: bytes
    ) -> object:
        """APPEND one message; flags with their parentheses, the date with its quotes."""

    async def idle(self) -> object:
        """IDLE; may return at once or when it ends."""

    async def done(self) -> object:
        """End IDLE."""

    def close(self) -> None:
        """Let go of the connection."""


Make = Callable[[str, str, int, float], Driver]
"""Takes the actor's name, host, port and the seconds that any answer may take."""

_WORD = re.compile(
    r'(?:"(?:[^"\\]|\\.)*"|[^\s()"\[\]]|\((?:[^()"]|"[^"]*"|\([^()]*\))*\)|\[[^\]]*\])+'
)


def arguments(text: str) -> list[str]:
    """Return the words of a command; what stands in quotes, brackets or parentheses is one."""
    return _WORD.findall(text)


def _tag(name: str) -> str:
    """Return the beginning of an actor's tags: the same in every play, unlike the library's own."""
    letters = re.sub(r"[^A-Z]", "", name.upper())
    return (letters + "XXXX")[:4]


# --- imaplib


_METHODS = frozenset(
    {"CAPABILITY", "CHECK", "CLOSE", "COPY", "CREATE", "DELETE", "DELETEACL", "ENABLE", "EXPUNGE"}
    | {"FETCH", "GETACL", "GETANNOTATION", "GETQUOTA", "GETQUOTAROOT", "LIST", "LOGOUT", "LSUB"}
    | {"MYRIGHTS", "NAMESPACE", "NOOP", "RENAME", "SETACL", "STATUS", "STORE", "SUBSCRIBE"}
    | {"UID", "UNSELECT", "UNSUBSCRIBE"}
)


def _imaplib() -> Make:
    import imaplib  # noqa: PLC0415 - only if it acts

    class Client(imaplib.IMAP4):
        """With tags that are the same in every play."""

        _name = "XXXX"
        tagpre = property(lambda self: self._name.encode(), lambda _, __: None)

    class Imaplib:
        """The library of Python itself; it blocks, so that it has a thread."""

        def __init__(self, name: str, host: str, port: int, within: float) -> None:
            self._place = (host, port, within)
            self._kind = type("Client", (Client,), {"_name": _tag(name)})
            self._client: Any = None

        async def connect(self) -> object:
            self._client = await asyncio.to_thread(self._kind, *self._place)
            return None

        async def login(self, user: str, password: str) -> object:
            return await asyncio.to_thread(self._client.login, user, password)

        async def command(self, name: str, words: Sequence[str]) -> object:
            client = self._client
            call: Callable[[], object]
            if name in ("SELECT", "EXAMINE"):
                call = lambda: client.select(" ".join(words), name == "EXAMINE")  # noqa: E731
            elif name == "SEARCH":
                call = lambda: client.search(None, *words)  # noqa: E731
            elif name in _METHODS:
                call = lambda: getattr(client, name.lower())(*words)  # noqa: E731
            else:
                call = lambda: client.xatom(name, *words)  # noqa: E731
            return await asyncio.to_thread(call)

        async def append(
            self, mailbox: str, flags: str | None, date: str | None, octets: bytes
        ) -> object:
            return await asyncio.to_thread(self._client.append, mailbox, flags, date, octets)

        async def idle(self) -> object:
            raise NotImplementedError("this imaplib has no IDLE")

        async def done(self) -> object:
            raise NotImplementedError("this imaplib has no IDLE")

        def close(self) -> None:
            if self._client is not None:
                self._client.shutdown()

    return Imaplib


# --- aioimaplib


def _aioimaplib() -> Make:
    from aioimaplib import aioimaplib  # noqa: PLC0415 - only if it acts, and is there

    simple = frozenset(aioimaplib.IMAP4ClientProtocol.simple_commands)

    class Aioimaplib:
        """aioimaplib, which lives in our own loop."""

        def __init__(self, name: str, host: str, port: int, within: float) -> None:
            self._tag = _tag(name)
            self._place = (host, port, within)
            self._client: Any = None
            self._idle: Awaitable[object] | None = None

        async def connect(self) -> object:
            host, port, within = self._place
            self._client = aioimaplib.IMAP4(host, port, timeout=within)
            self._client.protocol.tagpre = self._tag
            return await self._client.wait_hello_from_server()

        async def login(self, user: str, password: str) -> object:
            return await self._client.login(user, password)

        async def command(self, name: str, words: Sequence[str]) -> object:
            client = self._client
            calls: dict[str, Callable[..., Awaitable[object]]] = {
                "CLOSE": client.close,
                "COPY": client.copy,
                "ENABLE": client.enable,
                "EXPUNGE": client.expunge,
                "FETCH": client.fetch,
                "LOGOUT": client.logout,
                "MOVE": client.move,
                "NAMESPACE": client.namespace,
                "SELECT": client.select,
                "STORE": client.store,
                "CAPABILITY": client.protocol.capability,
            }
            if name == "SEARCH":
                return await client.search(*words, charset=None)
            if name == "UID" and words and words[0].upper() == "SEARCH":
                return await client.uid_search(*words[1:], charset=None)
            if name == "UID":
                return await client.uid(*words)
            if name in calls:
                return await calls[name](*words)
            if name in simple:
                return await client.protocol.simple_command(name, *words)
            raise NotImplementedError(f"aioimaplib has no {name}")

        async def append(
            self, mailbox: str, flags: str | None, date: str | None, octets: bytes
        ) -> object:
            return await self._client.append(octets, mailbox, flags, date)

        async def idle(self) -> object:
            self._idle = await self._client.idle_start()
            return None

        async def done(self) -> object:
            if self._idle is None:
                raise RuntimeError("it does not idle")
            self._client.idle_done()
            return await self._idle

        def close(self) -> None:
            transport = self._client.protocol.transport if self._client is not None else None
            if transport is not None:
                transport.abort()

    return Aioimaplib


DRIVERS: dict[str, Callable[[], Make]] = {"imaplib": _imaplib, "aioimaplib": _aioimaplib}
"""Each library with what imports it (ImportError if it is not installed) and gives its driver."""
