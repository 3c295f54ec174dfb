"""Which octets a section names, and where the RFC leaves that open."""

import pytest

from conformance.check.always.mime import parse
from conformance.check.always.mime_sections import section

INNER = b"Subject: inner\r\n\r\nHello\r\n"
PLAIN = b"Subject: plain\r\nMIME-Version: 1.0\r\n\r\nText\r\n"
WITHIN = (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n"
    b"--cut\r\nContent-Type: message/rfc822\r\n\r\n" + INNER + b"\r\n--cut--\r\n"
)
WHOLE = b"MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n" + INNER


@pytest.mark.parametrize(
    ("octets", "text", "expected"),
    [
        (PLAIN, "1", b"Text\r\n"),
        (WITHIN, "1", INNER),
        (WITHIN, "1.HEADER", b"Subject: inner\r\n\r\n"),
        (WITHIN, "1.1", b"Hello\r\n"),
        # Part 1 may be the message within, or that one's part 1: nobody is blamed.
        (WHOLE, "1", None),
        (WHOLE, "1.1", None),
        (WHOLE, "TEXT", INNER),
    ],
)
def test_sections(octets, text, expected):
    root = parse(octets)

    assert root is not None
    assert section(root, text) == expected
