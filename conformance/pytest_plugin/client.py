"""A server and a client for tests written in Python; every octet that came is checked."""

import asyncio
import re
from dataclasses import replace
from secrets import token_hex
from typing import NamedTuple

import pytest

from conformance.actors.base import Literal
from conformance.actors.connection import Ended
from conformance.check.judge import judge
from conformance.play.recorder import Recorder
from conformance.play.setup import imap_actor
from conformance.reports.layout import plain, wire_lines
from conformance.reports.safe import one_line
from conformance.reports.wire_line import wire_line
from conformance.scenario.model import Scenario
from conformance.servers.base import Credentials, Endpoint, Server
from conformance.verdict import Verdict
from conformance.wire.transcript import Kind

__all__ = ["Answer", "ImapClient", "ImapServer"]

_NAME = "client"


class Answer(NamedTuple):
    """What a command brought: ``OK``, ``NO`` or ``BAD``, the tagged line, the untagged ones."""

    status: str
    line: bytes
    untagged: tuple[bytes, ...]


class ImapServer:
    """A started server."""

    def __init__(self, server: Server, runner: asyncio.Runner, run: str) -> None:
        """Wrap ``server``; ``run`` is a word that makes its accounts this run's own."""
        self.server = server
        self._runner = runner
        self._run = run

    @property
    def spec(self) -> str:
        """Its specification, such as ``docker:dovecot:2.4``."""
        return self.server.spec

    def endpoint(self, service: str = "imap") -> Endpoint:
        """Return where ``service`` listens; KeyError if the server has no such service."""
        return self.server.info.services[service]

    def account(self, name: str, user: str = "alice") -> Credentials:
        """Return a fresh account; ``name`` is for people who read logs."""
        word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:20].strip("-")
        return self.server.credentials(f"{self._run}-{word or 'x'}-{token_hex(2)}", user)

    def client(self, account: Credentials, *, within: float = 10.0) -> "ImapClient":
        """Return a client that is not connected yet; ``within`` bounds each answer, in seconds."""
        return ImapClient(self.server, account, self._runner, within)


class ImapClient:
    """A blocking IMAP client that records all and can be held against the RFCs."""

    def __init__(
        self, server: Server, account: Credentials, runner: asyncio.Runner, within: float
    ) -> None:
        """Prepare; nothing is connected yet."""
        self._recorder = Recorder({"server": server.spec})
        if not server.info.controlled:
            self._recorder.hide(account.password)
        self._recorder.note(_NAME, note="actor", user=account.user, speaks="imap")
        self._actor = imap_actor(_NAME, server, self._recorder.record)
        self._account = account
        self._runner = runner
        self._within = within

    @property
    def transcript(self) -> str:
        """Everything that was sent and received so far, for people."""
        events = self._recorder.transcript.events
        lines = [line for e in events if e.kind is not Kind.NOTE for line in wire_line(e)]
        return plain(wire_lines(lines, 100))

    def log_in(self) -> None:
        """Connect and log in; the test fails if that does not work."""
        greeting = self._runner.run(self._actor.connect(self._within))
        if greeting.ended is not Ended.ANSWERED:
            pytest.fail(f"no greeting: {greeting.ended}", pytrace=False)
        reply = self._runner.run(self._actor.login(self._account, self._within))
        if b" OK" not in reply.octets[:40].upper():
            pytest.fail(f"LOGIN: {one_line(repr(reply.octets))}", pytrace=False)

    def command(self, text: str, *literals: bytes) -> Answer:
        """Send ``text`` (without a tag); each ``{}`` in it stands for one of ``literals``.

        The test fails if no tagged answer comes in time.
        """
        pieces: list[bytes | Literal] = []
        words = text.split("{}")
        if len(words) != len(literals) + 1:
            raise ValueError(f"{len(words) - 1} places for {len(literals)} literals")
        for number, word in enumerate(words):
            pieces += [word.encode()] if word else []
            pieces += [Literal(literals[number])] if number < len(literals) else []
        begin = len(self._recorder.transcript.events)
        reply = self._runner.run(self._actor.command(pieces, self._within))
        if reply.ended is not Ended.ANSWERED:
            pytest.fail(f"{text!r}: {reply.ended}\n{self.transcript}", pytrace=False)
        came = self._recorder.transcript.events[begin:]
        untagged = tuple(e.octets for e in came if e.kind is Kind.RECEIVED and e.octets[:1] == b"*")
        status = [*reply.octets.split(None, 2), b"", b""][1].decode("ascii", "replace")
        return Answer(status.upper(), reply.octets, untagged)

    def check(self) -> None:
        """Hold what came so far against the grammar and the always-on checks.

        The test fails with the story of each finding.
        """
        transcript = self._recorder.transcript
        findings = [
            replace(finding, place=None)
            for finding in judge(transcript, Scenario("pytest", "pytest")).findings
            if finding.verdict >= Verdict.FAIL
        ]
        if not findings:
            return
        parts = []
        for finding in findings:
            parts.append(f"{one_line(finding.message)}  ({finding.rule} {finding.level})")
            if finding.culprit is not None:
                event = transcript.events[finding.culprit]
                parts.append(plain(wire_lines(list(wire_line(event, "here", finding.offset)), 100)))
        pytest.fail("\n".join(parts), pytrace=False)

    def close(self) -> None:
        """Log out, if there is a connection."""
        if self._actor.connected:
            self._runner.run(self._actor.leave(self._within))
