"""Names in responses are the server's: prefix and separator of its namespace (RFC 2342)."""

import pytest

from conformance.check.facts import Facts
from conformance.check.match import Matcher
from conformance.imap.namespace import Namespace
from conformance.imap.response import parse_response
from conformance.imap.session import Seen
from conformance.scenario.pattern import parse_pattern


def fits(pattern, line):
    frame = f"* {line}\r\n".encode()
    facts = Facts(namespace=Namespace("INBOX.", "."))
    matcher = Matcher(facts, Seen(0, frame, parse_response(frame)))
    return matcher.response(parse_pattern(pattern), {}) is not None


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        ("STATUS Team (MESSAGES 1)", 'STATUS "INBOX.Team" (MESSAGES 1)'),
        ("LIST $_ $_ Team/Old", 'LIST () "." "INBOX.Team.Old"'),
        ("ACL Team bob $rights ...", 'ACL "INBOX.Team" "bob" "lrs" "owner" "lrswipkxte"'),
        ("MYRIGHTS Team $_", 'MYRIGHTS "INBOX.Team" "lrs"'),
        ("LISTRIGHTS Team bob $_ ...", 'LISTRIGHTS "INBOX.Team" "bob" "" "l" "r"'),
        ("QUOTAROOT INBOX ...", 'QUOTAROOT "inbox" "ROOT"'),
        ("METADATA Team (/private/comment $_)", 'METADATA "INBOX.Team" (/private/comment "x")'),
    ],
)
def test_fits(pattern, line):
    assert fits(pattern, line)
    assert not fits(pattern, line.replace("INBOX.Team", "INBOX.Tea").replace('"inbox"', '"x"'))
