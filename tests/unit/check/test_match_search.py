"""ESEARCH data matches in any order: RFC 4731 section 3.1 fixes none; what is asked for must come."""

import pytest

from conformance.check.facts import Facts
from conformance.check.match import Matcher
from conformance.imap.response import parse_response
from conformance.imap.session import Seen
from conformance.scenario.pattern import parse_pattern


def fits(pattern, line):
    frame = f"* {line}\r\n".encode()
    matcher = Matcher(Facts(), Seen(0, frame, parse_response(frame)))
    return matcher.response(parse_pattern(pattern), {})


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        ("ESEARCH (TAG $_) MIN 1 MAX 9 COUNT 3", 'ESEARCH (TAG "a") COUNT 3 MIN 1 MAX 9'),
        ("ESEARCH (TAG $_) UID ALL 1,3 COUNT 2", 'ESEARCH (TAG "a") UID COUNT 2 ALL 1,3'),
        ("ESEARCH (TAG $_) UID ... ALL $_ ...", 'ESEARCH (TAG "a") UID MODSEQ 5 ALL 1 MIN 1'),
        ("ESEARCH ...", 'ESEARCH (TAG "a") UID ALL 1'),
        ("ESEARCH (TAG $_)", 'ESEARCH (TAG "a")'),
        ("ESEARCH COUNT 0", "ESEARCH COUNT 0"),
        (
            "ESEARCH (TAG $_) PARTIAL ($_ $found) COUNT 2",
            'ESEARCH (TAG "a") COUNT 2 PARTIAL (1:5 1,3)',
        ),
        ("ESEARCH (TAG $_) ADDTO (0 1) ADDTO (0 2)", 'ESEARCH (TAG "a") ADDTO (0 2) ADDTO (0 1)'),
    ],
)
def test_fits(pattern, line):
    assert fits(pattern, line) is not None


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        ("ESEARCH (TAG $_) MIN 1 MAX 9", 'ESEARCH (TAG "a") MAX 9'),
        ("ESEARCH (TAG $_) MIN 1", 'ESEARCH (TAG "a") MIN 1 MAX 9'),
        ("ESEARCH (TAG $_) MIN 1", 'ESEARCH (TAG "a") UID MIN 1'),
        ("ESEARCH (TAG $_) UID MIN 1", 'ESEARCH (TAG "a") MIN 1'),
        ("ESEARCH (TAG $_) MIN 1 MAX 9", 'ESEARCH (TAG "a") MIN 9 MAX 1'),
        ("ESEARCH (TAG $_)", 'ESEARCH (TAG "a") COUNT 0'),
        ("ESEARCH (TAG $_) UID ... ALL $_ ...", 'ESEARCH (TAG "a") UID COUNT 0'),
        ("ESEARCH (TAG $_) COUNT 1 COUNT 1", 'ESEARCH (TAG "a") COUNT 1'),
    ],
)
def test_does_not_fit(pattern, line):
    assert fits(pattern, line) is None


def test_values_are_captured():
    found = fits("ESEARCH (TAG $_) MAX $high MIN $low", 'ESEARCH (TAG "a") MIN 2 MAX 7')
    assert (bytes(found["low"]), bytes(found["high"])) == (b"2", b"7")
