"""POP3 beside IMAP where the server keeps mailboxes below INBOX: its LIST names none."""

import asyncio
from dataclasses import replace

from conformance.servers.base import Endpoint
from conformance.verdict import Verdict
from tests.fakes.imap_script import ScriptedServer

HEAD = """\
scenario: test
why: test
rules: [RFC1939:5]
actors:
  office: {speaks: pop3, user: alice}
  laptop: {speaks: imap, user: alice}
steps:
"""


class BelowInbox(ScriptedServer):
    """Courier's way of naming, with a POP3 server that has one message."""

    async def start(self):
        await super().start()
        self.lines = []
        self._pop3 = await asyncio.start_server(self._answer, "127.0.0.1", 0)

    @property
    def info(self):
        host, port = self._pop3.sockets[0].getsockname()[:2]
        found = super().info
        services = {**found.services, "pop3": Endpoint(host, port)}
        return replace(found, services=services, facts={"personal": "INBOX.", "separator": "."})

    async def stop(self):
        self._pop3.close()
        await super().stop()

    async def _answer(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        try:
            writer.write(b"+OK hello\r\n")
            while line := await reader.readline():
                self.lines.append(line)
                writer.write(b"+OK 1 250\r\n")
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


async def test_a_number_is_no_mailbox(played):
    steps = """\
- office: LIST 1
  must:
  - +OK 1 250
- laptop: LIST "" 1
"""
    server, _, judgement = await played(steps, head=HEAD, kind=BelowInbox)

    assert b"LIST 1\r\n" in server.lines
    assert any(line.endswith(b'LIST "" INBOX.1\r\n') for line in server.sent)
    assert judgement.verdict is Verdict.PASS
