"""Mail that is delivered: dots, eight bits, refusals, STARTTLS that is not agreed to."""

import asyncio
from dataclasses import replace
from typing import ClassVar

import pytest

from conformance.servers.base import Endpoint
from conformance.verdict import Verdict
from tests.fakes.imap_script import ScriptedServer

MAIL = b"Subject: x\r\n\r\n.one dot\r\nna\xc3\xafve\r\n"


class Delivering(ScriptedServer):
    """Speaks LMTP, too; ``replies`` says what a verb is answered."""

    replies: ClassVar[dict[str, str]] = {}

    async def start(self):
        await super().start()
        self.lines = []
        self._lmtp = await asyncio.start_server(self._deliver, "127.0.0.1", 0)

    @property
    def info(self):
        host, port = self._lmtp.sockets[0].getsockname()[:2]
        found = super().info
        return replace(found, services={**found.services, "lmtp": Endpoint(host, port)})

    async def stop(self):
        self._lmtp.close()
        await super().stop()

    async def _deliver(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _converse(self, reader, writer):
        writer.write(b"220 ready\r\n")
        data = False
        while line := await reader.readline():
            self.lines.append(line)
            verb = line.split()[0].upper().decode() if line.strip() else ""
            if data and line != b".\r\n":
                continue
            usual = {"LHLO": "250-here\r\n250 8BITMIME", "DATA": "354 go on"}.get(verb, "250 ok")
            data = verb == "DATA"
            writer.write(self.replies.get(verb, usual).encode() + b"\r\n")


@pytest.fixture
def delivered(played, tmp_path):
    (tmp_path / "mail.eml").write_bytes(MAIL)

    async def run(steps, via="plain", **replies):
        head = (
            "scenario: test\nwhy: test\nrules: [RFC2033:4.2]\nactors:\n"
            f"  phone: {{user: alice}}\n  office: {{speaks: lmtp, user: alice, via: {via}}}\n"
            "messages: {mail: mail.eml}\nsteps:\n"
        )
        kind = type("Server", (Delivering,), {"replies": replies})
        return await played(steps, head=head, kind=kind, within=5)

    return run


async def test_what_is_delivered_is_stuffed_and_announced(delivered):
    server, _, judgement = await delivered("- office: delivers message(mail)\n- office: leaves\n")

    assert judgement.verdict is Verdict.PASS, judgement.findings
    assert server.lines[1:] == [
        b"MAIL FROM:<sender@example.org> BODY=8BITMIME\r\n",
        b"RCPT TO:<s-alice>\r\n",
        b"DATA\r\n",
        b"Subject: x\r\n",
        b"\r\n",
        b"..one dot\r\n",
        b"na\xc3\xafve\r\n",
        b".\r\n",
        b"QUIT\r\n",
    ]


async def test_a_refused_recipient_is_the_answer(delivered):
    _, _, judgement = await delivered("- office: delivers message(mail)\n", RCPT="550 nobody")
    assert [finding.message for finding in judgement.findings] == ["answered 550 nobody"]

    _, _, judgement = await delivered(
        "- office: delivers message(mail)\n  ends: 550\n", RCPT="550 nobody"
    )
    assert judgement.verdict is Verdict.PASS


async def test_starttls_that_is_refused_makes_it_inconclusive(delivered):
    server, _, judgement = await delivered(
        "- office: delivers message(mail)\n", via="starttls", STARTTLS="454 no"
    )

    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reason == "step 0: login was answered 454 no"
    assert [line.split()[0] for line in server.lines] == [b"LHLO", b"STARTTLS"]
