"""Lanes truly overlap: the transcript shows two commands under way at the same time."""

from conformance.actors.connection import Connection
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


async def test_idle_is_pushed_while_the_other_is_inside_a_literal(played, monkeypatch):
    literal = "x" * 400_000
    arriving = []
    note = Connection.note
    monkeypatch.setattr(
        Connection, "note", lambda self, **values: arriving.append(1) or note(self, **values)
    )
    steps = (
        "- phone: SELECT INBOX\n- laptop: SELECT INBOX\n- network: slows phone 200000\n"
        "- together:\n  - phone: UID FETCH 1 (BODY.PEEK[])\n"
        "    must:\n    - $_ FETCH (UID 1 BODY[] $_)\n"
        "  - - laptop: polls\n      must: [2 EXISTS]\n    - laptop: idles\n    - laptop: hears\n"
        "      must: [3 EXISTS]\n- laptop: done\n"
    )
    _, result, judgement = await played(
        steps,
        {
            "UID": f"* 1 FETCH (UID 1 BODY[] {{{len(literal)}}}\r\n{literal})\r\n%TAG OK done\r\n",
            "NOOP": lambda _: "* 2 EXISTS\r\n" * bool(arriving) + "%TAG OK done\r\n",
            "IDLE": "+ idling\r\n* 3 EXISTS\r\n",
        },
        within=60,
    )

    assert judgement.verdict is Verdict.PASS, said(judgement)
    events = result.transcript.events
    ((begun, _, told),) = result.transcript.notes("arriving")
    pushed = next(
        index
        for index, event in enumerate(events)
        if event.actor == "laptop" and event.octets == b"* 3 EXISTS\r\n"
    )
    whole = next(index for index, event in enumerate(events) if literal.encode() in event.octets)
    assert 0 < told["wanting"] < len(literal)
    assert events[begun].actor == events[whole].actor == "phone"
    assert begun < pushed < whole


async def test_lanes_go_on_together_where_they_have_met(played):
    steps = (
        "- phone: SELECT INBOX\n- laptop: SELECT INBOX\n- together:\n"
        "  - - phone: NOOP\n    - phone: NOOP\n    - phone: meets\n"
        "    - phone: UID STORE 1 +FLAGS.SILENT (\\Seen)\n"
        "  - - laptop: meets\n    - laptop: UID STORE 1 +FLAGS.SILENT (\\Deleted)\n"
    )
    _, result, judgement = await played(steps, within=20)

    assert judgement.verdict is Verdict.PASS, said(judgement)
    spans = under_way(result.transcript, b"STORE")
    assert overlap(spans, "phone", "laptop")
    last_noop = max(
        index
        for index, event in enumerate(result.transcript.events)
        if event.kind is Kind.SENT and b"NOOP" in event.octets
    )
    assert last_noop < min(start for start, _ in spans.values())


async def test_the_seed_gives_where_lanes_are_held_back(played):
    steps = (
        "- together:\n  - - phone: NOOP\n    - phone: meets\n    - phone: CHECK\n"
        "  - - laptop: NOOP\n    - laptop: meets\n    - laptop: CHECK\n  times: 12\n"
    )

    async def order(seed):
        _, result, _ = await played(steps, within=20, seed=seed)
        return [actor for _, actor, _ in result.transcript.notes("begin")][::4]

    assert await order(1) == await order(1)
    assert len({tuple(await order(seed)) for seed in (1, 2, 3)}) > 1
