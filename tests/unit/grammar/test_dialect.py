"""What was advertised and enabled decides what may be said."""

import pytest

from conformance.grammar import check_command, check_response, dialect

PLAIN = frozenset({"IMAP4rev1"})


def test_a_dialect_is_made_once_and_can_be_a_key():
    one = dialect(frozenset({"IMAP4rev1", "IDLE"}), frozenset())
    assert one is dialect(frozenset({"IDLE", "IMAP4rev1"}))
    assert {one: 1}[one] == 1


@pytest.mark.parametrize(
    ("capabilities", "enabled", "bases"),
    [
        ({"IMAP4rev1"}, (), ("rev1",)),
        ({"IMAP4rev2"}, (), ("rev2",)),
        ({"IMAP4rev1", "IMAP4rev2"}, (), ("rev1",)),
        ({"IMAP4rev1", "IMAP4rev2"}, {"imap4REV2"}, ("rev2",)),
        ((), (), ("rev2", "rev1")),
    ],
)
def test_the_base(capabilities, enabled, bases):
    assert dialect(capabilities, enabled).bases == bases


DATA = [
    ("* VANISHED 1:5\n", {"QRESYNC"}, {"QRESYNC"}, "QRESYNC"),
    ('* ESEARCH (TAG "a") ALL 1:5\n', {"ESEARCH"}, (), "ESEARCH"),
    ('* NAMESPACE NIL NIL (("" "/"))\n', {"NAMESPACE"}, (), "NAMESPACE"),
    ("* SORT 1 2\n", {"SORT"}, (), "SORT"),
    ("* THREAD (1 2)\n", {"THREAD=REFERENCES"}, (), "THREAD"),
    ("* 1 FETCH (MODSEQ (5))\n", {"CONDSTORE"}, (), "CONDSTORE"),
    ("* 1 FETCH (EMAILID (x))\n", {"OBJECTID"}, (), "OBJECTID"),
    ("* 1 FETCH (PREVIEW NIL)\n", {"PREVIEW"}, (), "PREVIEW"),
    ("* STATUS x (SIZE 5)\n", {"STATUS=SIZE"}, (), "STATUS=SIZE"),
    ("* LISTRIGHTS x y lr\n", {"ACL"}, (), "ACL"),
    ("* ID NIL\n", {"ID"}, (), "ID"),
    ('* LIST () "/" x ("CHILDINFO" ("SUBSCRIBED"))\n', {"LIST-EXTENDED"}, (), "LIST-EXTENDED"),
]


@pytest.mark.parametrize(("text", "offered", "enabled", "name"), DATA, ids=[d[0] for d in DATA])
def test_data_of_an_extension_needs_it(text, offered, enabled, name):
    frame = text.replace("\n", "\r\n").encode()
    assert check_response(frame, dialect(PLAIN | offered, enabled)) == ()
    (found,) = check_response(frame, dialect(PLAIN))
    assert found.kind == "extension"
    assert name in found.message
    assert "neither advertised nor enabled" in found.message


def test_vanished_needs_enable_even_where_it_is_advertised():
    (found,) = check_response(b"* VANISHED 5\r\n", dialect(PLAIN | {"QRESYNC", "ENABLE"}))
    assert (found.kind, found.section) == ("extension", "RFC7162:3.2.10")
    assert "QRESYNC" in found.message


def test_lsub_belongs_to_rev1():
    (found,) = check_response(b'* LSUB () "/" x\r\n', dialect({"IMAP4rev2"}))
    assert found.kind == "extension"
    assert "IMAP4rev1" in found.message


def test_text_may_be_missing_in_rev2_only():
    assert check_response(b"a OK \r\n", dialect({"IMAP4rev2"})) == ()
    (found,) = check_response(b"a OK \r\n", dialect(PLAIN))
    assert found.quirk == "missing-text"


def test_before_the_capabilities_are_known_all_is_allowed():
    for text in ("* VANISHED 5\r\n", "* OK \r\n", '* LSUB () "/" x\r\n', "* SORT 1\r\n"):
        assert check_response(text.encode(), dialect()) == (), text


COMMANDS = [
    "a LOGIN user {4}\npass\n",
    "a IDLE\n",
    "DONE\n",
    "a AUTHENTICATE PLAIN\n",
    "AGFsaWNlAHNlY3JldA==\n",
    "*\n",
    'a UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS ("From" To)]<0.100>)\n',
    "a SEARCH OR (NOT SEEN 1:4,7) FROM x SINCE 1-Feb-1994\n",
    "a APPEND x (\\Seen) {3}\nabc\n",
    "a STATUS x (MESSAGES UNSEEN)\n",
]


@pytest.mark.parametrize("text", COMMANDS)
def test_commands(text):
    assert check_command(text.replace("\n", "\r\n").encode(), dialect(PLAIN | {"IDLE"})) == ()


def test_a_command_with_sections_and_lists_is_judged():
    (found,) = check_command(b"a FETCH 1 (BODY[HEADER.FIELDS (A)] (B) (C))\r\n", dialect(PLAIN))
    assert found.offset == 35


def test_a_wrong_command():
    (found,) = check_command(b"a FETCH 1 (FLAGS BODY[)\r\n", dialect(PLAIN))
    assert found.offset == 22
    assert "']'" in found.expected
