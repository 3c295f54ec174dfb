"""A message goes through DATA unharmed."""

import pytest

from conformance.actors.pop3 import multiline
from conformance.actors.smtp import stuffed


@pytest.mark.parametrize(
    ("octets", "sent"),
    [
        (b"a\r\n", b"a\r\n.\r\n"),
        (b"a", b"a\r\n.\r\n"),
        (b".\r\n..b\r\n", b"..\r\n...b\r\n.\r\n"),
    ],
)
def test_dots_are_doubled_and_the_end_is_marked(octets, sent):
    assert stuffed(octets) == sent


@pytest.mark.parametrize("command", ["RETR 1", "top 1 0", "LIST", "UIDL", "CAPA"])
def test_these_have_multi_line_answers(command):
    assert multiline(command)


@pytest.mark.parametrize("command", ["STAT", "LIST 1", "UIDL 2", "DELE 1", "", "QUIT"])
def test_these_have_not(command):
    assert not multiline(command)
