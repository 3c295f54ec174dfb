"""fixtures/messages holds what its README says, octet for octet."""

import email
import email.policy
import re
from pathlib import Path

import pytest

from conformance.scenario.large_mail import LARGE

FOLDER = Path(__file__).parents[2] / "fixtures" / "messages"
FILES = sorted(FOLDER.glob("*.eml"))
ROWS = dict(
    re.findall(r"^\| `([^`]+)` \| (.+) \|$", (FOLDER / "README.md").read_text(), re.MULTILINE)
)
# Bare CR or LF is what makes these hard.
BARE = {"bare-lf.eml", "binary.eml"}
LINE = re.compile(rb"(?<!\r)\n|\r(?!\n)")


def test_each_file_has_its_row_and_each_row_its_file():
    assert set(ROWS) == {file.name for file in FILES} | set(LARGE)
    assert len(FILES) >= 40


def test_git_keeps_its_hands_off_line_ends():
    assert "*.eml -text" in (FOLDER / ".gitattributes").read_text().splitlines()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_lines_end_in_crlf_unless_the_row_says_bare(file):
    octets = file.read_bytes()

    assert octets
    assert bool(LINE.search(octets)) == (file.name in BARE)
    assert ("bare" in ROWS[file.name].lower()) == (file.name in BARE)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_imap_can_carry_it(file):
    """APPEND takes any octet but NUL (RFC 9051, CHAR8)."""
    assert b"\0" not in file.read_bytes()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_standard_parser_survives_it(file):
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.compat32)

    assert list(message.walk())


def parse(name):
    return email.message_from_bytes((FOLDER / name).read_bytes())


def test_five_messages_are_nested():
    types = [part.get_content_type() for part in parse("forwarded-five-deep.eml").walk()]

    assert types == ["message/rfc822"] * 4 + ["text/plain"]


def test_lines_are_as_long_as_said():
    lengths = {len(line) for line in (FOLDER / "long-lines.eml").read_bytes().split(b"\r\n")}

    assert {997, 998, 5000} <= lengths


def test_boundary_has_all_seventy_characters():
    assert len(parse("boundary-at-limit.eml").get_boundary()) == 70


def test_header_and_body_end_where_they_should():
    assert (FOLDER / "no-header.eml").read_bytes().startswith(b"\r\n")
    assert (FOLDER / "no-body.eml").read_bytes().endswith(b"\r\n\r\n")
    without = (FOLDER / "no-body-no-blank-line.eml").read_bytes()
    assert without.endswith(b"\r\n")
    assert b"\r\n\r\n" not in without
    assert not (FOLDER / "body-without-last-crlf.eml").read_bytes().endswith(b"\r\n")


def test_binary_has_every_octet_but_nul():
    assert set(range(1, 256)) <= set((FOLDER / "binary.eml").read_bytes())


def test_latin1_headers_are_not_utf8():
    with pytest.raises(UnicodeDecodeError):
        (FOLDER / "latin1-headers.eml").read_bytes().decode()


def test_ten_megabytes_are_that_and_repeat():
    octets = LARGE["ten-megabytes.eml"]()

    assert 10 * 2**20 <= len(octets) < 11 * 2**20
    assert LINE.search(octets) is None
    assert octets == LARGE["ten-megabytes.eml"]()


def test_thousand_parts_are_a_thousand():
    message = email.message_from_bytes(LARGE["thousand-parts.eml"]())

    assert len(message.get_payload()) == 1000
    assert message.get_payload(999).get_payload() == "part 1000"
