"""Lanes truly overlap: the transcript shows two commands under way at the same time."""

from conformance.verdict import Verdict
from conformance.wire.transcript import Kind


def said(judgement):
    return [finding.message for finding in judgement.findings]


def under_way(transcript, word):
    """Return actor -> (index of its first write of a command with ``word``, of its completion)."""
    spans = {}
    tags = {}
    for index, event in enumerate(transcript.events):
        if event.kind is Kind.SENT and word in event.octets.split(b"\r\n")[0]:
            tags[event.actor] = (event.octets.split(b" ", 1)[0], index)
        elif event.kind is Kind.RECEIVED and event.actor in tags:
            tag, start = tags[event.actor]
            if event.octets.startswith(tag + b" "):
                spans.setdefault(event.actor, (start, index))
    return spans


def overlap(spans, one, other):
    return max(spans[one][0], spans[other][0]) < min(spans[one][1], spans[other][1])


async def test_two_appends_of_a_megabyte_are_in_flight_together(played, tmp_path):
    (tmp_path / "big.eml").write_bytes(
        b"From: a@example.org\r\n\r\n" + (b"y" * 78 + b"\r\n") * 13108
    )
    head = (
        "scenario: test\nwhy: test\nrules: [RFC9051:6.3.12]\n"
        "actors:\n  phone: {user: alice}\n  laptop: {user: alice}\n"
        "messages: {big: big.eml}\nsteps:\n"
    )
    _, result, judgement = await played(
        "- together:\n  - phone: APPEND INBOX message(big)\n"
        "  - laptop: APPEND INBOX message(big)\n",
        head=head,
        within=20,
    )

    assert judgement.verdict is Verdict.PASS, said(judgement)
    events = result.transcript.events
    spans = under_way(result.transcript, b"APPEND")
    assert overlap(spans, "phone", "laptop")
    literals = [
        index
        for index, event in enumerate(events)
        if event.kind is Kind.SENT and len(event.octets) > 1024 * 1024
    ]
    first_end = min(end for _, end in spans.values())
    assert len(literals) == 2
    assert max(literals) < first_end


async def test_stores_of_both_sides_cross(played):
    steps = (
        "- phone: SELECT INBOX\n- laptop: SELECT INBOX\n- together:\n"
        "  - phone: UID STORE 1 +FLAGS.SILENT (\\Seen)\n"
        "  - laptop: UID STORE 1 +FLAGS.SILENT (\\Deleted)\n  times: 5\n"
    )
    _, result, judgement = await played(steps, within=20)

    assert judgement.verdict is Verdict.PASS, said(judgement)
    assert overlap(under_way(result.transcript, b"STORE"), "phone", "laptop")
