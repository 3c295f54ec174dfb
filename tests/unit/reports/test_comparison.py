import re
from dataclasses import replace

from conformance.events import RunStarted, ScenarioFinished, ServerReady
from conformance.history.compare import compare, sides
from conformance.reports.comparison import html, lines, markdown
from conformance.reports.layout import plain
from conformance.reports.markdown import block, code
from conformance.verdict import Finding, Outcome, Verdict


def side(server, *findings, **more):
    verdict = max((f.verdict for f in findings), default=Verdict.PASS)
    outcome = Outcome("devices/expunge", server, verdict, findings, **more)
    return sides(
        [
            RunStarted("0", "t", "c", 1, (server,), 1),
            ServerReady(server, "dovecot", server[-3:], (), (), 0.1),
            ScenarioFinished(outcome, "t", "f"),
        ]
    )[server]


def test_the_terminal_says_what_is_new(expunge):
    result = compare(side("docker:dovecot:2.3"), side("docker:dovecot:2.4", expunge))

    assert plain(lines(result)).splitlines() == [
        "left   docker:dovecot:2.3 (dovecot 2.3)",
        "right  docker:dovecot:2.4 (dovecot 2.4)",
        "",
        "new failures: 1",
        "  devices/expunge",
        "      '* 2 EXPUNGE' came, and must not  (RFC9051:7.5.1 MUST NOT)",
        "",
        "compared: 1 scenarios in common",
    ]


def test_markdown_for_a_pull_request(expunge):
    result = compare(
        side("docker:dovecot:2.3", behaviours={"row": "kept"}),
        side("docker:dovecot:2.4", expunge, behaviours={"row": "refused"}),
    )

    assert markdown(result) == (
        "### IMAP conformance: `docker:dovecot:2.3 (dovecot 2.3)` → "
        "`docker:dovecot:2.4 (dovecot 2.4)`\n\n"
        "**new failures: 1**\n\n"
        "- `devices/expunge`: `'* 2 EXPUNGE' came, and must not` (`RFC9051:7.5.1 MUST NOT`)\n\n"
        "**behaves another way \\(both are legal\\): 1**\n\n"
        "- `row`: `kept -> refused`\n"
    )


def test_a_capability_s_other_value_is_no_gain_and_no_loss():
    left, right = side("a:a"), side("b:b")
    left.capabilities = frozenset({"APPENDLIMIT=9", "IDLE", "QUOTA=A"})
    right.capabilities = frozenset({"APPENDLIMIT=5", "MOVE", "QUOTA=B", "QUOTA=C"})
    text = plain(lines(compare(left, right)))

    assert (
        "capabilities with another value: 1\n  APPENDLIMIT\n      APPENDLIMIT=9 -> APPENDLIMIT=5"
        in text
    )
    assert "new capabilities: 3\n  MOVE\n  QUOTA=B\n  QUOTA=C" in text
    assert "lost capabilities: 2\n  IDLE\n  QUOTA=A" in text


def test_what_one_side_could_not_judge_is_told_by_the_way_it_went():
    left, right = side("a:a"), side("b:b")
    play = left.plays["devices/expunge"][0]
    skipped = replace(play, outcome=replace(play.outcome, verdict=Verdict.SKIP))
    left.plays = {"x": [skipped], "y": [skipped], "z": [play]}
    right.plays = {"x": [play], "y": [play], "z": [skipped]}
    text = plain(lines(compare(left, right)))

    assert "  pass -> skip\n      z  (1 scenarios)\n" in text
    assert "  skip -> pass\n      x, y  (2 scenarios)\n" in text


def test_findings_of_one_scenario_stand_together(expunge, grammar):
    text = plain(lines(compare(side("a:a"), side("b:b", expunge, grammar))))

    assert text.count("  devices/expunge\n") == 1
    assert "(RFC9051:7.5.1 MUST NOT)\n      not a response by RFC 9051's grammar" in text


def test_nothing_differs():
    one = side("docker:dovecot:2.3")

    assert "Nothing differs in 1 scenarios." in markdown(compare(one, one))
    assert "nothing differs" in html(compare(one, one))


def test_hostile_text_stays_text_everywhere():
    evil = "``` @everyone #1 <script>alert(1)</script> [x](javascript:1) \x1b[31m | \n# head `"
    result = compare(side("a:a"), side("b:b", Finding("c", Verdict.FAIL, evil)))
    text = markdown(result)
    words = re.search(r"````+ ?(.*?) ?````+", text)[1]

    assert r"\x1b[31m \| \n# head" in words
    assert "<script>" in words
    assert "<script>" not in text.replace(words, "")
    assert "<script>alert" not in html(result)
    assert "\x1b" not in plain(lines(result))


def test_code_spans_hold_any_number_of_ticks():
    assert code("a") == "`a`"
    assert code("a`b``c") == "```a`b``c```"
    assert code("`") == "`` ` ``"
    assert code("") == ""
    assert block("```\nx").startswith("````text\n")
