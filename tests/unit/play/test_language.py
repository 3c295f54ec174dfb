"""Pipelining, repeated races and ways to log in: each passes, and fails as it should."""

from conformance.verdict import Verdict


def said(judgement):
    return [finding.message for finding in judgement.findings]


def sent(server):
    return [line.decode("latin-1").strip() for line in server.sent]


PIPELINED = "- phone:\n  - NOOP\n  - CHECK\n  - STATUS INBOX (MESSAGES)\n"


async def test_pipelined_commands_go_out_in_one_write(played):
    _, result, judgement = await played(PIPELINED)

    assert judgement.verdict is Verdict.PASS, said(judgement)
    octets = b"p2 NOOP\r\np3 CHECK\r\np4 STATUS INBOX (MESSAGES)\r\n"
    assert octets in [event.octets for event in result.transcript.events]


async def test_each_completion_of_a_pipeline_counts(played):
    _, _, judgement = await played(PIPELINED, {"CHECK": "%TAG NO not now\r\n"})
    assert said(judgement) == ["answered p3 NO not now"]

    _, result, judgement = await played(PIPELINED, {"CHECK": None})
    assert said(judgement) == ["no answer in time: phone: NOOP, CHECK, STATUS INBOX (MESSAGES)"]
    assert result.hung


async def test_a_pipeline_cannot_wait_for_a_literal(played):
    _, _, judgement = await played('- phone:\n  - NOOP\n  - SELECT {"INBOX"}\n')

    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert "a literal that waits cannot be pipelined" in judgement.reason


RACE = "- together:\n  - phone: NOOP\n  - laptop: NOOP\n  times: 8\n"


async def test_a_race_is_repeated_in_the_order_that_the_seed_gives(played):
    orders = []
    for _ in range(2):
        _, result, judgement = await played(RACE, within=5)
        assert judgement.verdict is Verdict.PASS, said(judgement)
        begins = [actor for _, actor, _ in result.transcript.notes("begin")]
        orders.append(begins[::2])
    assert len(orders[0]) == 8
    assert orders[0] == orders[1]
    assert set(orders[0]) == {"phone", "laptop"}


async def test_a_race_fails_in_whichever_round_it_does(played):
    rounds = []

    def noop(_):
        rounds.append(1)
        return "%TAG NO lost\r\n" if len(rounds) == 11 else "%TAG OK done\r\n"

    _, _, judgement = await played(RACE, {"NOOP": noop}, within=5)

    (message,) = said(judgement)
    assert message.endswith("NO lost")


def head(login):
    return (
        "scenario: test\nwhy: test\nrules: [RFC9051:6.2.2]\n"
        f"actors:\n  phone: {{user: alice, login: {login}}}\nsteps:\n"
    )


async def test_sasl_instead_of_login(played):
    server, _, judgement = await played(
        "- phone: NOOP\n", {"AUTHENTICATE": "+ \r\n"}, head=head("PLAIN")
    )

    assert judgement.verdict is Verdict.PASS, said(judgement)
    assert sent(server) == ["p1 AUTHENTICATE PLAIN", "AHMtYWxpY2UAc2VjcmV0", "p2 NOOP"]


async def test_a_mechanism_that_is_refused_makes_it_inconclusive(played):
    _, _, judgement = await played(
        "- phone: NOOP\n", {"AUTHENTICATE": "%TAG NO unknown\r\n"}, head=head("EXTERNAL")
    )

    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reason == "step 0: login was answered p1 NO unknown"


async def test_who_is_not_logged_in_is_connected_only(played):
    server, _, judgement = await played(
        "- phone: NOOP\n- phone: SELECT INBOX\n  ends: BAD\n",
        {"SELECT": "%TAG BAD log in first\r\n"},
        head=head("none"),
    )

    assert judgement.verdict is Verdict.PASS, said(judgement)
    assert sent(server) == ["p1 NOOP", "p2 SELECT INBOX"]


HANGS_UP = {"LOGOUT": "* BYE bye\r\n%TAG OK done\r\n"}
SAYS_BYE = '- phone: NOOP\n- phone: sends "z LOGOUT\\r\\n"\n'


async def test_the_servers_goodbye_is_heard_also_when_it_has_gone(played):
    steps = SAYS_BYE + "- laptop: CHECK\n- phone: hears\n  {}\n- phone: CHECK\n"
    for heard in ("ends: BYE", "must: [BYE]"):
        server, _, judgement = await played(steps.format(heard), HANGS_UP, within=5)
        assert judgement.verdict is Verdict.PASS, (heard, said(judgement), judgement.reason)
        assert server.connections >= 3  # the phone came back for CHECK


async def test_a_server_that_goes_without_a_word_is_blamed(played):
    _, _, judgement = await played(
        SAYS_BYE + "- phone: hears\n  ends: BYE\n", {"LOGOUT": "CLOSE"}, within=5
    )
    assert said(judgement) == ["BYE did not come"]

    _, _, judgement = await played(
        SAYS_BYE + "- phone: hears\n  ends: BYE\n", {"LOGOUT": "z OK stay\r\n"}, within=0.1
    )
    assert said(judgement) == ["BYE did not come"]


async def test_a_lost_connection_is_blamed_on_whoever_hears_on(played):
    _, _, judgement = await played(
        SAYS_BYE + "- phone: hears\n  must: [2 EXISTS]\n", {"LOGOUT": "CLOSE"}, within=5
    )
    assert "the server closed the connection: phone: hears" in said(judgement)


async def test_a_tag_that_is_used_twice_at_once_is_the_clients_affair(played):
    _, _, judgement = await played(
        '- phone: SELECT INBOX\n- phone: sends "t NOOP\\r\\nt NOOP\\r\\n"\n'
        "  must: [2 EXISTS, 3 EXISTS]\n- phone: CHECK\n",
        {"NOOP": answers(["* 2 EXISTS\r\n%TAG OK a\r\n", "* 3 EXISTS\r\n%TAG OK b\r\n"])},
        within=5,
    )
    assert judgement.verdict is Verdict.PASS, said(judgement)


def answers(texts):
    left = iter(texts)
    return lambda _: next(left)
