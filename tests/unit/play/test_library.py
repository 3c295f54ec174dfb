"""Client libraries act; what they and the server say is recorded like everybody else's."""

import pytest

from conformance.actors.drivers import arguments
from conformance.verdict import Verdict
from conformance.wire.transcript import Kind

LIBRARIES = ("imaplib", "aioimaplib")


def head(library, extra=""):
    return (
        "scenario: test\nwhy: test\nrules: [RFC9051:6.4.6]\n"
        f"actors:\n  phone: {{user: alice, client: {library}}}\n"
        f"  laptop: {{user: alice}}\n{extra}given:\n  INBOX: [one]\nsteps:\n"
    )


def said(judgement):
    return [finding.message for finding in judgement.findings]


def wire(result):
    return [
        (event.kind, event.octets.decode("latin-1"))
        for event in result.transcript.events
        if event.actor == "phone" and event.kind in (Kind.SENT, Kind.RECEIVED)
    ]


SESSION = (
    "- phone: SELECT INBOX\n  must: [1 EXISTS]\n"
    "- phone: UID STORE uid(one) +FLAGS (\\Seen)\n"
    "  must:\n  - 1 FETCH (UID 1 FLAGS (\\Seen))\n"
    "- phone: UID SEARCH SEEN\n  must: [SEARCH 1]\n"
    "- phone: NOOP\n- phone: leaves\n"
)
ANSWERS = {
    "UID": lambda line: (
        ("* SEARCH 1\r\n" if "SEARCH" in line else "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n")
        + "%TAG OK done\r\n"
    )
}


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_library_acts_and_both_sides_are_recorded(played, library):
    pytest.importorskip(library)

    server, result, judgement = await played(SESSION, ANSWERS, head=head(library), within=5)

    assert judgement.verdict is Verdict.PASS, (said(judgement), judgement.reason)
    seen = wire(result)
    assert seen[0] == (Kind.RECEIVED, "* OK hi\r\n")
    sent = [octets.split(" ", 1) for kind, octets in seen if kind is Kind.SENT]
    assert {tag[:4] for tag, _ in sent} == {"PHON"}
    assert [rest.split()[0] for _, rest in sent] == [
        "CAPABILITY", "LOGIN", "SELECT", "UID", "UID", "NOOP", "LOGOUT",
    ]  # fmt: skip
    assert "1 FETCH (UID 1 FLAGS (\\Seen))" in "".join(octets for _, octets in seen)
    assert all(octets.encode() in b"".join(server.sent) for _, octets in map(tuple, sent))


@pytest.mark.parametrize("library", LIBRARIES)
async def test_what_is_wrong_is_found_beside_a_library_too(played, library):
    pytest.importorskip(library)

    _, _, judgement = await played(
        "- phone: SELECT INBOX\n- phone: NOOP\n  must: [2 EXISTS]\n",
        {"NOOP": "* 1 FETCH FLAGS ()\r\n%TAG OK done\r\n"},
        head=head(library),
        within=5,
    )

    assert judgement.verdict is Verdict.FAIL
    assert "2 EXISTS did not come" in said(judgement)
    assert {finding.check for finding in judgement.findings} == {"expectation", "grammar"}


@pytest.mark.parametrize("library", LIBRARIES)
async def test_append_goes_out_as_the_library_writes_it(played, tmp_path, library):
    pytest.importorskip(library)
    (tmp_path / "mail.eml").write_bytes(b"Subject: x\r\n\r\nbody\r\n")

    server, _, judgement = await played(
        "- phone: APPEND INBOX (\\Seen) message(mail)\n",
        head=head(library, "messages: {mail: mail.eml}\n"),
        within=5,
    )

    assert judgement.verdict is Verdict.PASS, (said(judgement), judgement.reason)
    (command,) = [line for line in server.sent if b"APPEND" in line and line.startswith(b"PHON")]
    assert command.endswith(b"APPEND INBOX (\\Seen) {20}\r\nSubject: x\r\n\r\nbody\r\n\r\n")


async def test_aioimaplib_idles_while_others_act(played):
    pytest.importorskip("aioimaplib")

    _, _, judgement = await played(
        "- phone: SELECT INBOX\n- phone: idles\n- phone: hears\n  must: [2 EXISTS]\n"
        "- laptop: NOOP\n- phone: done\n- phone: NOOP\n",
        {"IDLE": "+ idling\r\n* 2 EXISTS\r\n"},
        head=head("aioimaplib"),
        within=5,
    )

    assert judgement.verdict is Verdict.PASS, (said(judgement), judgement.reason)


async def test_imaplib_of_this_python_cannot_idle(played):
    import imaplib

    if hasattr(imaplib.IMAP4, "idle"):
        pytest.skip("this one can")
    _, _, judgement = await played("- phone: idles\n", head=head("imaplib"), within=1)

    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reason == "step 0: imaplib did not send IDLE"


async def test_what_a_library_will_not_send_is_inconclusive(played):
    _, _, judgement = await played("- phone: UID FROB 1\n", head=head("imaplib"), within=2)

    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert "imaplib did not send this: error: Unknown IMAP4 UID command: FROB" in judgement.reason


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_server_that_hangs_up_or_is_silent_is_blamed(played, library):
    pytest.importorskip(library)

    _, _, judgement = await played(
        "- phone: NOOP\n", {"NOOP": "CLOSE"}, head=head(library), within=2
    )
    assert said(judgement) == ["the server closed the connection: phone: NOOP"]

    _, _, judgement = await played(
        "- phone: NOOP\n", {"NOOP": None}, head=head(library), within=0.3
    )
    assert said(judgement) == ["no answer in time: phone: NOOP"]


def test_words_of_a_command():
    assert arguments('STORE 1:* +FLAGS (\\Seen "a b")') == [
        "STORE",
        "1:*",
        "+FLAGS",
        '(\\Seen "a b")',
    ]
    assert arguments('LIST "" "a b"') == ["LIST", '""', '"a b"']
    assert arguments("FETCH 1 (FLAGS BODY[HEADER.FIELDS (TO FROM)])") == [
        "FETCH",
        "1",
        "(FLAGS BODY[HEADER.FIELDS (TO FROM)])",
    ]
