"""Numbers of messages that are given: known at SELECT, also where the server has no UIDPLUS."""

import io

import pytest

from conformance.check.replay import replay
from conformance.wire.transcript import Transcript

GIVEN = """# imap-conformance transcript 1
0.1 setup = {"note":"actor","user":"alice","speaks":"imap"}
0.1 phone = {"note":"actor","user":"alice","speaks":"imap"}
0.1 laptop = {"note":"actor","user":"alice","speaks":"imap"}
0.2 setup ! connected
0.2 setup < * OK hello
0.2 setup > s1 LOGIN alice secret
0.2 setup < s1 OK in
0.3 setup > s2 APPEND INBOX {2}
0.3 setup < + go
0.3 setup > ab
0.3 setup < s2 OK stored
0.3 setup > s3 EXAMINE INBOX
0.3 setup < * 2 EXISTS
0.3 setup < s3 OK [READ-ONLY] open
0.3 setup > s4 UID FETCH 1:* (UID)
0.3 setup < * 1 FETCH (UID 11)
0.3 setup < * 2 FETCH (UID 13)
0.3 setup < s4 OK listed
"""

PHONE = """0.6 phone ! connected
0.6 phone < * PREAUTH hello
0.6 phone > p1 SELECT INBOX
0.6 phone < * 2 EXISTS
0.6 phone < p1 OK [READ-WRITE] open
"""

NOTE = '0.4 setup = {"note":"uid","name":"one","user":"alice","mailbox":"INBOX","uid":11}\n'
LAPTOP = """0.4 laptop ! connected
0.4 laptop < * PREAUTH hello
"""


def known(text):
    session = replay(Transcript.load(io.StringIO(text))).track("phone").session
    return [session.numbers.uid(number) for number in (1, 2)]


def test_what_the_set_up_listed_is_known():
    assert known(GIVEN + NOTE + PHONE) == [11, 13]


@pytest.mark.parametrize("note", ["", LAPTOP + NOTE], ids=["not told", "others were there"])
def test_what_came_without_a_uid_is_not_guessed(note):
    assert known(GIVEN + note + PHONE) == [None, None]
