"""A session becomes a scenario that loads, says what was said, and passes where it was recorded."""

import pytest

from conformance.play.draft import draft
from conformance.scenario.loader import read
from conformance.scenario.writer import dump
from conformance.verdict import Verdict
from tests.fakes.script import transcript

SESSION = r"""
a> a1 LOGIN alice secret
a< a1 OK in
a> a2 select INBOX
a< * 3 EXISTS
a< * OK [UIDVALIDITY 7] valid
a< a2 OK [READ-WRITE] selected
a> a3 FETCH 1:3 (UID FLAGS)
a< * 1 FETCH (UID 11 FLAGS (\Recent))
a< * 2 FETCH (UID 12 FLAGS (\Seen))
a< * 3 FETCH (UID 15 FLAGS ($label1 $Junk))
a< a3 OK fetched
a> a4 UID STORE 11,15 +FLAGS.SILENT ($label1)
a< a4 OK stored
a> a5 UID SEARCH KEYWORD $label1
a< * SEARCH 11 15 99
a< a5 OK found
a> a6 IDLE
a< + idling
a< * 4 EXISTS
a> DONE
a< a6 OK idled
a> a7 STATUS "two words" (MESSAGES UIDNEXT)
a< * STATUS "two words" (MESSAGES 1 UIDNEXT 44)
a< a7 OK status
a> a8 APPEND INBOX (\Seen) {23}
a< + go on
a> Subject: x~~long text
a< a8 NO [OVERQUOTA] full
a> a9 LIST "" %
a< * LIST (\HasNoChildren) "/" INBOX
a< a9 OK listed
a> a10 LOGOUT
a< * BYE bye
a< a10 OK gone
"""
STEPS = r"""steps:
- a: SELECT INBOX
  must:
  - 3 EXISTS
- a: FETCH 1:3 (UID FLAGS)
  must:
  - 1 FETCH (UID uid(m1) FLAGS ())
  - 2 FETCH (UID uid(m2) FLAGS (\Seen))
  - 3 FETCH (UID uid(m3) FLAGS (\$label1 $Junk))
- a: UID STORE uid(m1),uid(m3) +FLAGS.SILENT (\$label1)
- a: UID SEARCH KEYWORD \$label1
  must:
  - SEARCH uid(m1) uid(m3) $_
- a: idles
- a: hears
  within: 5s
  must:
  - 4 EXISTS
- a: done
- a: STATUS "two words" (MESSAGES UIDNEXT)
  must:
  - STATUS "two words" (MESSAGES 1 UIDNEXT $_)
- a: APPEND INBOX (\Seen) message(mail-1)
  ends: NO [OVERQUOTA]
- a: LIST "" %
  must:
  - LIST $_ $_ INBOX
- a: leaves
"""


def test_commands_become_steps_and_what_came_becomes_must(tmp_path):
    made = draft(transcript(SESSION), "x", "A session")
    for name, octets in made.files.items():
        (tmp_path / name).write_bytes(octets)

    text = dump(made.scenario)
    assert text.endswith(STEPS)
    assert "given:\n  INBOX: [m1, m2, m3]\n" in text
    assert made.files == {"mail-1.eml": b"Subject: x\r\n\r\nlong text"}
    assert read(text, "x.yaml", "x", [tmp_path]) == made.scenario


async def test_what_was_played_is_drafted_and_passes_again(played, tmp_path):
    steps = (
        "- phone: SELECT INBOX\n- laptop: SELECT INBOX\n"
        "- laptop: UID STORE uid(one) +FLAGS (\\Seen)\n- phone: NOOP\n- laptop: CHECK\n  ends: NO\n"
    )
    answers = {
        "UID": "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n%TAG OK done\r\n",
        "NOOP": "* 1 FETCH (FLAGS (\\Seen \\Recent))\r\n%TAG OK done\r\n",
        "CHECK": "%TAG NO [INUSE] not now\r\n",
    }
    _, result, _ = await played(steps, answers, within=5)

    made = draft(result.transcript, "x", "Again")
    head, found, steps = dump(made.scenario).partition("steps:\n")
    assert "laptop: UID STORE uid(one) +FLAGS (\\Seen)" in steps
    assert "INBOX: [one]" in head
    _, _, judgement = await played(
        steps,
        answers,
        head=f"{head.replace('tags:', 'rules: [RFC9051:5]' + chr(10) + 'tags:')}{found}",
        within=5,
    )
    assert judgement.verdict is Verdict.PASS, judgement.findings


def test_nothing_said_is_no_scenario():
    with pytest.raises(ValueError, match="no client said anything"):
        draft(transcript("a< * OK hello\n"), "x", "Nothing")
