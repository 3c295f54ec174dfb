import io
import re
from dataclasses import replace

import pytest

from conformance import events
from conformance.reports.terminal import Terminal
from conformance.verdict import Verdict
from conformance.wire.transcript import Kind, Transcript

SAYS = "No EXPUNGE while FETCH is in progress."


class Tty(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in (
        "CI",
        "NO_COLOR",
        "FORCE_COLOR",
        "TTY_COMPATIBLE",
        "TTY_INTERACTIVE",
        "COLUMNS",
        "GITHUB_ACTIONS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def shown(sample, stream=None, **more):
    stream = stream or io.StringIO()
    sample.into(Terminal(stream, sample.folder, explain=lambda *_: SAYS, **more))
    return stream.getvalue()


def test_a_failure_tells_all_that_is_needed(sample, expunge, dovecot):
    sample.start(dovecot)
    sample.play("devices/expunge", Verdict.FAIL, expunge)
    sample.finish()

    assert shown(sample, report="out/index.html").splitlines() == [
        "FAIL   devices/expunge  docker:dovecot:2.4" + "RFC9051:7.5.1 MUST NOT".rjust(58),
        "      '* 2 EXPUNGE' came, and must not",
        "      scenarios/devices/expunge.yaml:10:5",
        "    6 | - phone: FETCH 1,4 (UID)",
        "   10 |   - $_ EXPUNGE   <--",
        '      "No EXPUNGE while FETCH is in progress."',
        "        0.410 laptop < * 2 EXPUNGE",
        "        0.415 laptop < l3 OK Expunge completed.",
        "        0.417 phone  > p2 FETCH 1,4 (UID)",
        "        0.419 phone  < * 2 EXPUNGE  <-- here",
        "      again: imap-conformance run devices/expunge --server docker:dovecot:2.4 --seed 7",
        "0 pass  1 fail (new)   14.2 s   seed 7   report: out/index.html",
    ]


def test_a_scenario_of_ones_own_is_played_again_by_its_file(sample, expunge, dovecot):
    sample.start(dovecot)
    sample.play("mine[two]", Verdict.FAIL, expunge, word="my own/mine.yaml[two]")

    again = "      again: imap-conformance run 'my own/mine.yaml[two]' --server docker:dovecot:2.4 --seed 7"
    assert again in shown(sample).splitlines()


def test_without_a_sentence_the_section_and_the_scenario_are_named(sample, expunge, dovecot):
    title = "One client expunges while another still holds the old numbers"
    sample.start(dovecot)
    sample.play("x", Verdict.FAIL, expunge, replace(expunge, check="view", key="y", rule=""))
    stream = io.StringIO()
    sample.into(Terminal(stream, sample.folder, explain=lambda *_: "EXPUNGE Response"))
    words = " ".join(stream.getvalue().split())

    assert words.count("(section: EXPUNGE Response") == 1
    assert f"(section: EXPUNGE Response; scenario: {title})" in words


def test_a_wait_in_vain_shows_what_the_others_did_meanwhile(sample, expunge, dovecot, in_vain):
    missing = replace(expunge, message="EXISTS did not come", culprit=2)
    sample.start(dovecot)
    sample.play("x", Verdict.FAIL, missing, recorded=in_vain)
    sample.play("y", Verdict.FAIL, replace(missing, step=0, key="y"), recorded=in_vain)
    lines = shown(sample).splitlines()

    assert [line for line in lines if line.startswith("        ")] == [
        "        0.110 phone  > p1 NOTIFY SET (PERSONAL (MessageNew))",
        "        0.120 phone  < p1 OK",
        "                     … 2 more",
        "        1.200 laptop > l1 NOOP",
        "        1.300 laptop < l1 OK",
        "        2.200 laptop > l2 NOOP",
        "        2.300 laptop < l2 OK",
        "        7.400 phone  ! nothing came in 5.0 s  <-- here",
        "        0.110 phone > p1 NOTIFY SET (PERSONAL (MessageNew))",
        "        0.120 phone < p1 OK  <-- here",
    ]


def test_a_grammar_finding_has_a_caret_under_the_octet(sample, grammar, dovecot):
    sample.start(dovecot)
    sample.play("x", Verdict.FAIL, grammar)
    lines = shown(sample).splitlines()
    at = next(n for n, line in enumerate(lines) if line.endswith("<-- here"))

    caret = lines[at + 1]
    assert caret.strip() == '^ expected "EXISTS" or "EXPUNGE"'
    assert lines[at][caret.index("^") :].startswith("EXPUNGE")


def test_the_caret_stays_under_its_octet_when_octets_are_spelled_out(sample, grammar, dovecot):
    recorded = Transcript()
    recorded.add(0.1, "phone", Kind.RECEIVED, b"* \xff\xfe\x1b[31mX " + b"y" * 5000 + b"\r\n")
    sample.start(dovecot)
    sample.play("x", Verdict.FAIL, replace(grammar, culprit=0, offset=10), recorded=recorded)
    lines = shown(sample).splitlines()
    at = next(n for n, line in enumerate(lines) if "<-- here" in line)

    assert lines[at][lines[at + 1].index("^") :].startswith(" yyy")
    assert r"\xff\xfe\x1b[31mX" in lines[at]
    assert "octets" in lines[at]
    assert len(lines[at]) < 200


def test_nothing_from_a_server_steers_the_terminal(sample, expunge, dovecot):
    evil = "\x1b]0;pwned\x07\x9b2J\r[bold]\u202e\udcff"
    finding = replace(
        expunge, message=evil, expected=(evil,), detail=(evil,), rule=evil, level=evil
    )
    recorded = Transcript()
    recorded.add(0.1, "phone", Kind.RECEIVED, evil.encode("utf-8", "surrogateescape"))
    sample.start(dovecot)
    sample.add(
        events.ServerReady(dovecot, evil, evil, (), (evil,), 1.0),
        events.ServerLost("docker:x", evil, evil, evil * 3),
        events.ScenarioStarted(dovecot, evil),
    )
    sample.play(
        "x",
        Verdict.FAIL,
        replace(finding, culprit=0),
        recorded=recorded,
        reason=evil,
        text=evil * 20,
    )
    event = sample.play("y", Verdict.PASS)
    sample.said[-1] = replace(event, mended={evil: evil})
    sample.finish()
    for verbosity in (-1, 0, 1):
        piped = shown(sample, verbosity=verbosity)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", piped)
        assert "[bold]" in piped
        on_screen = shown(sample, Tty(), verbosity=verbosity)
        ours = r"\x1b\[[0-9;?]*[A-Za-z]"
        assert not re.search("[\x07\x1b\x9b\u202e\ud800-\udfff]", re.sub(ours, "", on_screen))
        assert "\x1b]" not in on_screen


def test_a_server_gives_no_commands_to_github(sample, expunge, dovecot, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    words = "::add-mask::x ##[error]y " + "w " * 40 + "::stop-commands::z"
    finding = replace(expunge, message=words, detail=(words,), place=None)
    sample.start(dovecot)
    sample.add(events.ServerLost("docker:x", words, words, f"{words}\n{words}"))
    sample.play("x", Verdict.FAIL, finding, reason=words, file=words)
    for line in shown(sample).splitlines():
        assert not line.lstrip().startswith("::")
        assert "##[" not in line


def test_colour_and_progress_only_on_a_terminal(sample, expunge, dovecot, monkeypatch):
    sample.start(dovecot)
    sample.play("x", Verdict.FAIL, expunge)
    sample.finish()

    assert "\x1b[" not in shown(sample)
    assert "\x1b[1;31mFAIL" in shown(sample, Tty())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "31m" not in shown(sample, Tty())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("CI", "true")
    assert "\x1b" not in shown(sample, Tty())


def test_one_cause_is_told_in_full_once_for_each_server(sample, expunge, dovecot):
    sample.start(dovecot, "embedded:pymap")
    sample.play("a", Verdict.FAIL, expunge)
    sample.play("b", Verdict.FAIL, replace(expunge, actor="laptop", message="* 9 EXPUNGE came"))
    sample.play("a", Verdict.FAIL, expunge, server="embedded:pymap")
    sample.play("c", Verdict.FAIL, expunge, replace(expunge, message="more", key="more"))
    sample.finish()
    text = shown(sample)

    assert re.search(r"^FAIL   b  docker:dovecot:2\.4 +as in a\nFAIL ", text, re.MULTILINE)
    assert "      '* 2 EXPUNGE' came, and must not  (as in a)\n      more" in text
    assert text.count("again:") == text.count("<-- here") == 3
    assert text.count("OFTEN") == 1
    assert (
        "OFTEN    3 scenarios  docker:dovecot:2.4  RFC9051:7.5.1 MUST NOT  '* 2 EXPUNGE' came"
        in text
    )
    verbose = shown(sample, verbosity=1)
    assert verbose.count("again:") == 4
    assert "OFTEN" not in verbose


def test_known_failures_are_counted_but_not_told(sample, expunge, dovecot):
    sample.start(dovecot)
    event = sample.play("x", Verdict.FAIL, expunge)
    sample.said[-1] = replace(event, known={expunge.fingerprint("x"): "bug 12"})
    sample.finish(0)

    assert shown(sample).splitlines() == ["0 pass  0 fail (new)  1 fail (known)   14.2 s   seed 7"]
    assert "known: bug 12" in shown(sample, verbosity=1)


def test_a_known_failure_beside_a_new_one_is_not_told(sample, expunge, grammar, dovecot):
    sample.start(dovecot)
    event = sample.play("x", Verdict.FAIL, expunge, grammar)
    sample.said[-1] = replace(event, known={expunge.fingerprint("x"): "bug 12"})
    sample.finish()
    text = shown(sample)

    assert "grammar" in text
    assert "came, and must not" not in text
    assert "1 fail (new)" in text


def test_an_unexpected_pass_is_news(sample, dovecot):
    sample.start(dovecot)
    event = sample.play("x", Verdict.PASS)
    sample.said[-1] = replace(event, mended={"0123abcd": "bug 12"})
    sample.finish()
    text = shown(sample)

    assert text.startswith("FIXED  x  docker:dovecot:2.4\n")
    assert "the baseline expects 0123abcd: bug 12" in text
    assert "1 no longer fails" in text


def test_warnings_and_what_could_not_be_judged_take_two_lines(sample, late, dovecot):
    sample.start(dovecot)
    sample.play("x", Verdict.WARN, late, late)
    sample.play("y", Verdict.INCONCLUSIVE, reason="set-up: NO")
    sample.play("z", Verdict.SKIP, reason="needs IDLE")
    text = shown(sample)

    assert text.splitlines()[1] == "      nothing came within 5 s  (and 1 more)"
    assert text.splitlines()[2:] == ["INCON  y  docker:dovecot:2.4", "      set-up: NO"]


def test_a_reason_for_no_judgement_is_told_once_and_then_counted(sample, dovecot):
    sample.start(dovecot)
    for name in ("a", "b", "c"):
        sample.play(name, Verdict.INCONCLUSIVE, reason="the server was lost")
    sample.finish(6)
    lines = shown(sample).splitlines()

    assert lines[:2] == ["INCON  a  docker:dovecot:2.4", "      the server was lost"]
    assert lines[2] == "INCON  2 more  docker:dovecot:2.4: the server was lost"


def test_several_servers_end_in_a_table_that_fits(sample, expunge, dovecot, monkeypatch):
    sample.start(dovecot, "embedded:pymap", "docker:x:1")
    sample.add(events.ServerReady("embedded:pymap", "pymap", "0.36.7", (), (), 1.0))
    sample.add(events.ServerLost("docker:x:1", "no image", "build it"))
    sample.play("x", Verdict.FAIL, expunge)
    sample.play("x", Verdict.PASS, server="embedded:pymap")
    sample.finish()
    text = shown(sample)

    assert "did not start" in text
    assert re.search(r"embedded:pymap +pymap 0\.36\.7 +1 +0", text)
    monkeypatch.setenv("COLUMNS", "50")
    table = shown(sample, Tty()).rsplit("server", 1)[1].split("\n")[:4]
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in table) <= 50


def test_quiet_is_a_line_or_two_a_failure(sample, expunge, dovecot):
    sample.start(dovecot)
    sample.play("x", Verdict.FAIL, expunge)
    sample.finish()

    assert len(shown(sample, verbosity=-1).splitlines()) == 3


def test_an_interrupted_run_says_so(sample, dovecot):
    sample.start(dovecot)
    sample.finish(2, interrupted=True)

    assert "interrupted; these are the results so far" in shown(sample)


def test_a_lost_transcript_makes_the_story_shorter_and_says_why(sample, expunge, dovecot):
    sample.start(dovecot)
    event = sample.play("x", Verdict.FAIL, expunge)
    (sample.folder / event.transcript).unlink()
    text = shown(sample)

    assert "not shown: transcript transcripts/" in text
    assert "came, and must not" in text


def test_a_path_that_leads_out_of_the_folder_is_not_followed(sample, expunge, dovecot):
    (sample.folder / "secret").write_text("secret\n" * 20)
    sample.folder /= "run"
    sample.start(dovecot)
    sample.play("x", Verdict.FAIL, expunge)
    sample.said[-1] = replace(sample.said[-1], text="../secret")
    text = shown(sample)

    assert "secret\n" not in text
    assert "outside the run's folder" in text


def test_a_server_that_mixes_two_legal_choices_is_named_at_the_end(sample, dovecot):
    sample.start(dovecot)
    row = "STORE on what is gone"
    for scenario, choice in (("a/one", "NO"), ("a/two", "OK"), ("a/three", "OK")):
        sample.play(scenario, behaviours={row: choice, "another": "same"})
    sample.finish(0)

    lines = [line for line in shown(sample).splitlines() if line.startswith("MIXED")]
    assert lines == [
        "MIXED  docker:dovecot:2.4  STORE on what is gone: NO (a/one), OK (2, as in a/two)"
    ]
    assert "MIXED" not in shown(sample, verbosity=-1)
