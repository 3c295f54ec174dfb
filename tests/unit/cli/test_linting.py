"""lint: what it says of captures, in text and in JSON, and its status."""

import json

import pytest

from conformance.cli.errors import UserError

WRONG = b"S: * OK hello\r\nC: a NOOP\r\nS: * 1 FETCH (FLAGS \\Seen)\r\nS: a OK done\r\n"


@pytest.fixture
def capture(tmp_path):
    def write(octets):
        path = tmp_path / "session.txt"
        path.write_bytes(octets)
        return path

    return write


def test_the_octet_to_blame_is_pointed_at(typed, capture):
    path = capture(WRONG)

    result = typed("lint", path)

    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0].startswith(f"{path}:3: octet 46, server: ")
    assert "(RFC" in lines[0]
    assert '    msg-att-dynamic = "FLAGS" SP "(" [flag-fetch *(SP flag-fetch)] ")"' in lines
    shown = next(n for n, line in enumerate(lines) if "FETCH" in line and "FLAGS" in line)
    caret = lines[shown + 1].index("^")
    assert lines[shown][caret:].startswith("\\Seen")
    assert lines[-1] == "1 finding"


def test_each_finding_is_an_object_on_a_line(typed, capture):
    result = typed("lint", capture(WRONG), "--format", "json")

    assert result.exit_code == 1
    (found,) = map(json.loads, result.output.splitlines())
    assert found["offset"] == WRONG.index(b"\\Seen")
    assert (found["line"], found["side"]) == (3, "server")
    assert found["section"].startswith("RFC")
    assert found["rule"]
    assert found["expected"]
    assert found["message"]


def test_a_good_session_has_status_0(typed, capture):
    result = typed("lint", capture(b"* OK hello\r\n* 3 EXISTS\r\n"))

    assert (result.exit_code, result.output) == (0, "0 findings\n")
    assert typed("lint", capture(b"* 3 EXISTS\r\n"), "-f", "json").output == ""


def test_standard_input_is_read(typed):
    result = typed("lint", "-", stdin=b"* OK hello\r\n* 3 EXIST\r\n")

    assert result.exit_code == 1
    assert result.output.startswith("-:2: octet 1")


def test_capabilities_forbid_what_none_of_them_allows(typed, capture):
    path = capture(b"* OK hello\r\n* VANISHED 1:3\r\n")

    assert typed("lint", path, "--as", "server").exit_code == 0
    assert typed("lint", path, "--as", "server", "--capabilities", "imap4rev1").exit_code == 1


def test_what_a_server_sent_never_reaches_the_terminal(typed, capture):
    result = typed("lint", capture(b"* OK hello\r\n* 1 FETCH (FLAGS \x1b[2J)\r\n"))

    assert result.exit_code == 1
    assert "\x1b" not in result.output
    assert "\\x1b[2J" in result.output


def test_a_file_that_is_not_there_is_one_message(typed, tmp_path):
    with pytest.raises(UserError, match=r"cannot read .*nothing: No such file"):
        typed("lint", tmp_path / "nothing")


SESSION = b"""\
S: * OK [CAPABILITY IMAP4rev1] hello
C: a LOGIN alice secret
S: a OK [CAPABILITY IMAP4rev1] in
C: b SELECT INBOX
S: * FLAGS (\\Seen \\Deleted)
S: * 2 EXISTS
S: * 0 RECENT
S: * OK [UIDVALIDITY 7] valid
S: * OK [UIDNEXT 9] next
S: * OK [PERMANENTFLAGS (\\Seen \\Deleted)] kept
S: b OK [READ-WRITE] selected
C: c FETCH 1 (UID BODY[TEXT])
S: * 1 FETCH (UID 3 BODY[TEXT] {7}
C and
)
S: c OK fetched
C: d NOOP
S: * 1 EXISTS
S: d OK done
"""


def test_a_whole_session_is_held_against_the_rules_of_state_too(typed, capture):
    path = capture(SESSION)

    result = typed("lint", path)

    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{path}:18: RFC9051:5.2 MUST",
        "    EXISTS fell from 2 to 1, and nothing was expunged",
        '    "No EXISTS brings the number of messages down; only EXPUNGE does."',
        "1 finding",
    ]
    (found,) = map(json.loads, typed("lint", path, "-f", "json").output.splitlines())
    assert (found["line"], found["check"], found["known"]) == (18, "view", [4])


def test_what_begins_in_the_middle_is_held_against_the_grammar_alone(typed, capture):
    middle = SESSION[SESSION.index(b"C: c") :]

    assert typed("lint", capture(middle)).output == "0 findings\n"


def test_a_transcript_of_ours_is_a_session(typed, capture):
    kinds = {b"C": b">", b"S": b"<"}
    lines = [line for line in SESSION.splitlines() if line[1:2] == b":" and b"FETCH" not in line]
    events = [b"! connected", *(kinds[line[:1]] + line[2:] for line in lines)]
    text = b"# imap-conformance transcript 1\n" + b"".join(b"0.1 a %s\n" % e for e in events)

    result = typed("lint", capture(text))

    assert "EXISTS fell from 2 to 1" in result.output
