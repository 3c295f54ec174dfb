"""A password of someone else's server is in no transcript, and the judge does not mind."""

import base64
import io
from dataclasses import replace

import pytest

from conformance.check.judge import judge
from conformance.play.masks import Masks
from conformance.scenario.loader import load
from conformance.servers.base import Credentials
from conformance.verdict import Verdict
from conformance.wire.transcript import Kind, Transcript
from tests.fakes.imap_script import ScriptedServer

SECRET = 'hun"ter2 x'


class Foreign(ScriptedServer):
    @property
    def info(self):
        return replace(super().info, controlled=False)

    def credentials(self, scope, user):
        return Credentials("alice", SECRET)


def text(result):
    stream = io.StringIO()
    result.transcript.dump(stream)
    return stream.getvalue()


HEAD = (
    "scenario: test\nwhy: test\nrules: [RFC9051:6.2.3]\nactors:\n"
    "  phone: {user: alice}\n  tablet: {user: alice, login: PLAIN}\n"
    "given:\n  INBOX: [one]\nsteps:\n"
)
STEPS = (
    "- phone: SELECT INBOX\n  must: [1 EXISTS]\n- tablet: NOOP\n"
    "- phone: leaves\n- phone: connects\n"
    '- phone: LOGIN $user {"\\x68un\\"ter2 x"}\n- phone: UID FETCH uid(one) (FLAGS)\n'
    "  must: [1 FETCH (UID uid(one) FLAGS ())]\n"
)
ANSWERS = {
    "AUTHENTICATE": "+ \r\n",
    "UID": "* 1 FETCH (UID 1 FLAGS ())\r\n%TAG OK done\r\n",
    "NOOP": f"* OK I know {SECRET}\r\n%TAG OK done\r\n",
}


async def test_no_password_is_recorded_and_the_judgement_is_the_same(played, tmp_path):
    server, result, judgement = await played(STEPS, ANSWERS, head=HEAD, kind=Foreign, within=5)

    assert judgement.verdict is Verdict.PASS, (judgement.findings, judgement.reason)
    kept = text(result)
    sasl = base64.b64encode(f"\0alice\0{SECRET}".encode()).decode()
    for form in (SECRET, SECRET.replace('"', '\\"'), sasl):
        assert form not in kept
    sent = [line.decode("latin-1").strip() for line in server.sent]
    assert sasl in sent  # it did go over the wire
    assert 'LOGIN alice "***********"' in kept
    again = Transcript.load(io.StringIO(kept))
    assert judge(again, load(tmp_path / "test.yaml", tmp_path), unasked=()) == judgement


def masked(*events):
    masks = Masks()
    masks.hide("hunter2")
    return [masks.mask("phone", kind, octets) for kind, octets in events]


SENT, CAME = Kind.SENT, Kind.RECEIVED


@pytest.mark.parametrize(
    ("events", "shown"),
    [
        ([(SENT, b"PASS hunter2\r\n")], [b"PASS *******\r\n"]),
        ([(SENT, b"a LOGIN x {7}\r\n"), (SENT, b"hunter2\r\n")], [b"a LOGIN x {7}\r\n", b"*******\r\n"]),
        ([(SENT, b"AUTH PLAIN AGEAYg==\r\n")], [b"AUTH PLAIN ********\r\n"]),
        ([(SENT, b"a AUTHENTICATE PLAIN\r\n"), (CAME, b"+ \r\n"), (SENT, b"AGEAYg==\r\n")],
         [b"a AUTHENTICATE PLAIN\r\n", b"+ \r\n", b"********\r\n"]),
        ([(SENT, b"a AUTHENTICATE PLAIN\r\n"), (CAME, b"a NO x\r\n"), (SENT, b"b NOOP\r\n")],
         [b"a AUTHENTICATE PLAIN\r\n", b"a NO x\r\n", b"b NOOP\r\n"]),
        ([(CAME, b"a NO hunter2 is wrong\r\n")], [b"a NO ******* is wrong\r\n"]),
        ([(CAME, b"* 1 FETCH (BODY[] {7}\r\nhunter2)\r\n")], [b"* 1 FETCH (BODY[] {7}\r\nhunter2)\r\n"]),
        ([(SENT, b"a APPEND INBOX {7}\r\n"), (CAME, b"+ go\r\n"), (SENT, b"hunter2\r\n"),
          (CAME, b"a OK\r\n"), (SENT, b"b LOGIN x hunter2\r\n")],
         [b"a APPEND INBOX {7}\r\n", b"+ go\r\n", b"hunter2\r\n", b"a OK\r\n",
          b"b LOGIN x *******\r\n"]),
        ([(SENT, b"a SELECT hunter22\r\n")], [b"a SELECT hunter22\r\n"]),
    ],
)  # fmt: skip
def test_what_is_masked_and_what_is_not(events, shown):
    assert masked(*events) == shown
