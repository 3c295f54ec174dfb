"""The player does what the steps say, and the judge sees from the recording how it went."""

import pytest

from conformance.verdict import Verdict
from tests.unit.play.conftest import HEAD


def sent(server):
    return [line.decode("latin-1").strip() for line in server.sent]


def said(judgement):
    return [finding.message for finding in judgement.findings]


async def test_set_up_login_and_names_are_filled_in(played):
    server, _, judgement = await played(
        "- phone: SELECT INBOX\n  must: [1 EXISTS]\n- phone: UID FETCH uid(one) (FLAGS)\n"
        "- phone: FETCH seq(one) (FLAGS)\n",
        {
            "UID": "* 1 FETCH (UID 1 FLAGS ())\r\n%TAG OK done\r\n",
            "FETCH": "* 1 FETCH (FLAGS ())\r\n%TAG OK done\r\n",
        },
    )

    assert judgement.verdict is Verdict.PASS, said(judgement)
    assert "p2 SELECT INBOX" in sent(server)
    assert "p3 UID FETCH 1 (FLAGS)" in sent(server)
    assert "p4 FETCH 1 (FLAGS)" in sent(server)


async def test_a_missing_response_fails_with_its_place(played):
    _, result, judgement = await played("- phone: SELECT INBOX\n  must:\n  - 2 EXISTS\n")

    (finding,) = judgement.findings
    assert result.transcript.events[finding.culprit].octets == b"* 1 EXISTS\r\n"
    assert judgement.verdict is Verdict.FAIL
    assert finding.message == "2 EXISTS did not come"
    assert finding.detail == ("came instead: * 1 EXISTS",)
    assert (finding.place.line, finding.place.column) == (12, 5)
    assert (finding.rule, finding.level, finding.step) == ("RFC9051:6.4.6", "MUST", 0)


async def test_what_came_of_another_message_came_not_instead(played):
    _, result, judgement = await played(
        "- phone: FETCH 1:3 (FLAGS)\n"
        "  must: ['1 FETCH (FLAGS (\\Seen))', '2 FETCH (FLAGS ())', '3 FETCH (FLAGS ())']\n",
        {"FETCH": "* 3 FETCH (FLAGS ())\r\n* 1 FETCH (FLAGS ())\r\n%TAG OK done\r\n"},
    )

    events = result.transcript.events
    missed = [f for f in judgement.findings if f.message.endswith("did not come")]
    assert [f.message for f in missed] == [
        "1 FETCH (FLAGS (\\Seen)) did not come",
        "2 FETCH (FLAGS ()) did not come",
    ]
    assert [f.detail for f in missed] == [("came instead: * 1 FETCH (FLAGS ())",), ()]
    assert events[missed[0].culprit].octets == b"* 1 FETCH (FLAGS ())\r\n"
    assert events[missed[1].culprit].octets.endswith(b"OK done\r\n")


async def test_a_missing_should_is_a_warning(played):
    _, _, judgement = await played("- phone: SELECT INBOX\n  should: [2 EXISTS]\n")

    assert judgement.verdict is Verdict.WARN


async def test_what_must_not_come_is_blamed_on_the_response(played):
    _, result, judgement = await played(
        "- phone: SELECT INBOX\n- phone: NOOP\n  must not:\n  - $_ EXPUNGE\n",
        {"NOOP": "* 1 EXPUNGE\r\n%TAG OK done\r\n"},
    )

    finding = next(f for f in judgement.findings if f.check == "expectation")
    assert "* 1 EXPUNGE came, and must not" in finding.message
    assert result.transcript.events[finding.culprit].octets == b"* 1 EXPUNGE\r\n"


async def test_the_completion_is_compared(played):
    refuse = {"NOOP": "%TAG NO not today\r\n"}
    _, _, judgement = await played("- phone: NOOP\n", refuse)
    assert "answered p2 NO not today" in said(judgement)

    _, _, judgement = await played("- phone: NOOP\n  ends: NO\n", refuse)
    assert judgement.verdict is Verdict.PASS, said(judgement)


async def test_captures_are_bound_once_and_used_later(played):
    server, _, judgement = await played(
        "- phone: SELECT INBOX\n  must: ['OK [UIDVALIDITY $v]']\n"
        "- phone: STATUS INBOX (UIDVALIDITY)\n  must: [STATUS INBOX (UIDVALIDITY $v)]\n"
        "- phone: X$v\n  check: $v > 6\n",
        {"STATUS": "* STATUS INBOX (UIDVALIDITY 8)\r\n%TAG OK done\r\n"},
    )

    assert "p4 X7" in sent(server)
    assert [m for m in said(judgement) if "UIDVALIDITY" in m] == [
        "STATUS INBOX (UIDVALIDITY $v) did not come"
    ]


async def test_uidfetch_is_matched_like_fetch(played):
    answers = {"UID": "* 1 UIDFETCH (FLAGS (\\Seen))\r\n%TAG OK done\r\n"}
    steps = "- phone: SELECT INBOX\n- phone: UID FETCH 1 (FLAGS)\n  must: ['{}']\n"

    for pattern, fits in (
        ("uid(one) UIDFETCH (FLAGS (\\Seen))", True),
        ("1 UIDFETCH (FLAGS ())", False),
        ("2 UIDFETCH $_", False),
        ("1 FETCH (FLAGS (\\Seen))", False),
    ):
        _, _, judgement = await played(steps.format(pattern), answers)
        found = [f for f in judgement.findings if f.check == "expectation"]
        assert (not found) == fits, pattern


async def test_the_order_counts_for_sort_and_not_for_search(played):
    answers = {
        "SORT": "* SORT 3 1 2\r\n%TAG OK done\r\n",
        "SEARCH": "* SEARCH 3 1 2\r\n%TAG OK done\r\n",
    }
    steps = "- phone: SELECT INBOX\n- phone: {0} (SIZE) UTF-8 ALL\n  must: [{0} {1}]\n"

    for command, numbers, verdict in (
        ("SORT", "3 1 2", Verdict.PASS),
        ("SORT", "1 2 3", Verdict.FAIL),
        ("SEARCH", "1 2 3", Verdict.PASS),
        ("SEARCH", "1:3", Verdict.PASS),
        ("SEARCH", "1 2", Verdict.FAIL),
    ):
        _, _, judgement = await played(steps.format(command, numbers), answers)
        found = [f for f in judgement.findings if f.check == "expectation"]
        assert bool(found) == (verdict is Verdict.FAIL), (command, numbers)


async def test_one_legal_alternative_is_enough_and_is_recorded(played):
    steps = (
        "- phone: NOOP\n  behaviour: how it says no\n  either:\n"
        "    bad: {ends: BAD}\n    no: {ends: NO}\n"
    )
    _, _, judgement = await played(steps, {"NOOP": "%TAG NO x\r\n"})
    assert judgement.behaviours == {"how it says no": "no"}
    assert judgement.verdict is Verdict.PASS

    _, _, judgement = await played(steps)
    assert said(judgement) == ["none of the legal alternatives fits"]
    assert judgement.findings[0].expected == ("bad", "no")
    assert judgement.findings[0].detail == (
        "not 'bad': answered p2 OK done",
        "not 'no': answered p2 OK done",
    )


@pytest.mark.parametrize(
    "wanted",
    [
        "must: [2 EXISTS]",
        "either: {one: {must: [7 EXISTS]}, two: {must: [2 EXISTS]}}",
    ],
)
async def test_idle_is_heard_until_all_or_one_way_has_come(played, wanted):
    _, result, judgement = await played(
        f"- phone: SELECT INBOX\n- phone: idles\n- phone: hears\n  within: 5s\n  {wanted}\n"
        "- phone: done\n",
        {"IDLE": "+ idling\r\n* 2 EXISTS\r\n"},
    )

    assert judgement.verdict is Verdict.PASS, said(judgement)
    assert result.transcript.events[-1].time < 4


async def test_polls_ask_until_it_is_seen(played):
    asked = []

    def noop(_):
        asked.append(1)
        return ("* 2 EXISTS\r\n" if len(asked) == 3 else "") + "%TAG OK done\r\n"

    _, _, judgement = await played(
        "- phone: SELECT INBOX\n- phone: polls\n  must: [2 EXISTS]\n", {"NOOP": noop}, within=5
    )

    assert judgement.verdict is Verdict.PASS, said(judgement)
    assert len(asked) == 3


async def test_a_hang_names_the_step_and_ends_the_scenario(played):
    server, result, judgement = await played("- phone: NOOP\n- phone: CHECK\n", {"NOOP": None})

    assert result.hung
    assert said(judgement) == ["no answer in time: phone: NOOP"]
    assert judgement.findings[0].step == 0
    assert "p3 CHECK" not in sent(server)


async def test_a_lost_connection_is_not_quietly_made_anew(played):
    server, _, judgement = await played("- phone: NOOP\n- phone: CHECK\n", {"NOOP": "CLOSE"})

    assert said(judgement) == ["the server closed the connection: phone: NOOP"]
    assert not any("CHECK" in line for line in sent(server))


async def test_after_a_drop_the_actor_comes_back(played):
    server, _, judgement = await played("- phone: NOOP\n- phone: drops\n- phone: CHECK\n")

    assert judgement.verdict is Verdict.PASS, said(judgement)
    assert [line for line in sent(server) if "LOGIN s-alice" in line][-2:] == [
        "p1 LOGIN s-alice secret",
        "p3 LOGIN s-alice secret",
    ]


async def test_an_empty_mailbox_that_cannot_be_made_is_a_refused_set_up(played):
    head = HEAD.replace("INBOX: [one]", "Work/Deep: []")
    refused = {"CREATE": "%TAG NO no levels\r\n", "EXAMINE": "%TAG NO not there\r\n"}

    _, _, judgement = await played("- phone: NOOP\n", refused, head=head)
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reason == "set-up: EXAMINE Work/Deep was answered s3 NO not there"

    _, _, judgement = await played("- phone: NOOP\n", {"CREATE": refused["CREATE"]}, head=head)
    assert judgement.verdict is Verdict.PASS, "it was there already"


async def test_a_refused_set_up_is_inconclusive(played):
    _, _, judgement = await played("- phone: NOOP\n", {"APPEND": "%TAG NO full\r\n"})

    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reason == "set-up: APPEND of one was answered s2 NO full"


async def test_a_step_without_its_capability_is_passed_over(played):
    server, _, judgement = await played("- phone: NOOP\n  if: [MOVE]\n- phone: CHECK\n")

    assert judgement.verdict is Verdict.PASS
    assert "p2 CHECK" in sent(server)


async def test_bad_grammar_is_found_though_nobody_asked(played):
    _, result, judgement = await played(
        "- phone: NOOP\n", {"NOOP": "* 1 FETCH FLAGS (\\Seen)\r\n%TAG OK done\r\n"}
    )

    finding = next(f for f in judgement.findings if f.check == "grammar")
    assert judgement.verdict is Verdict.FAIL
    assert finding.offset == len("* 1 FETCH ")
    assert result.transcript.events[finding.culprit].octets.startswith(b"* 1 FETCH FLAGS")


async def test_lanes_are_in_flight_together(played):
    _, result, judgement = await played(
        "- together:\n  - phone: NOOP\n  - laptop: CHECK\n", within=5
    )

    assert judgement.verdict is Verdict.PASS, said(judgement)
    kinds = [
        (event.actor, event.kind)
        for event in result.transcript.events
        if b"NOOP" in event.octets
        or b"CHECK" in event.octets
        or event.octets.endswith(b"OK done\r\n")
        if event.actor in ("phone", "laptop")
    ][-4:]
    assert [kind for _, kind in kinds] == [">", ">", "<", "<"]


async def test_raw_octets_go_out_as_they_are(played):
    server, _, judgement = await played(
        '- phone: NOOP\n- phone: sends "z1 NO"\n- phone: sends "OP\\r\\n"\n  must: [1 EXISTS]\n',
        {"NOOP": "* 1 EXISTS\r\n%TAG OK done\r\n"},
    )

    assert "z1 NOOP" in sent(server)
    assert judgement.verdict is Verdict.PASS, said(judgement)


async def test_who_never_came_comes_before_leaving(played):
    server, _, judgement = await played("- phone: leaves\n")

    assert judgement.verdict is Verdict.PASS, said(judgement)
    assert [line.split()[1] for line in sent(server) if line.startswith("p")] == ["LOGIN", "LOGOUT"]
