"""Named deviations: each is found in a frame that has it, and in no other."""

import pytest

from conformance.grammar import check_response, dialect
from conformance.grammar.deviations import QUIRKS
from conformance.grammar.quirks import table

NAMES = sorted({quirk.name for quirk in QUIRKS})


def frame(name: str) -> bytes:
    row = table()[name]
    text = row["octets"] if "octets" in row else row["frame"] + "\r\n"
    return text.encode("latin-1")


def spoken(name: str):
    return dialect({"IMAP4REV1", *table()[name].get("needs", "").split()})


def test_the_table_and_the_mends_name_the_same_quirks():
    assert sorted(table()) == NAMES
    assert len(NAMES) >= 25


def test_most_quirks_say_where_they_were_seen():
    assert sum(bool(row.get("seen")) for row in table().values()) >= 25


@pytest.mark.parametrize("name", NAMES)
def test_the_frame_of_the_table_has_the_quirk(name):
    found = check_response(frame(name), spoken(name))
    assert [(v.kind, v.quirk) for v in found] == [("quirk", name)]


@pytest.mark.parametrize("name", NAMES)
def test_a_mended_frame_is_well_formed(name):
    octets = frame(name)
    offset = check_response(octets, spoken(name))[0].offset
    mended = {quirk.mend(octets, offset) for quirk in QUIRKS if quirk.name == name}
    assert any(m is not None and not check_response(m, spoken(name)) for m in mended)


@pytest.mark.parametrize("name", NAMES)
def test_a_quirk_with_another_fault_beside_it_is_no_mere_quirk(name):
    octets = frame(name)
    broken = octets[:-2] + b" \0(\r\n" if octets.endswith(b"\r\n") else b"\0" + octets
    found = check_response(broken, spoken(name))
    assert found
    assert all(v.quirk != name for v in found)


def test_each_name_has_one_sentence():
    for name in NAMES:
        assert len({quirk.sentence for quirk in QUIRKS if quirk.name == name}) == 1


def test_several_quirks_in_one_frame_are_named_by_the_first():
    octets = (
        b'* 1 FETCH (BODY (("TEXT" "PLAIN" () NIL NIL "7BIT" 1 -1)'
        b' ("TEXT" "HTML" NIL NIL NIL "7BIT" 1 -1) "MIXED") FLAGS (\\Seen ))\r\n'
    )
    found = check_response(octets, dialect({"IMAP4REV1"}))
    assert [(v.quirk, v.offset) for v in found] == [("empty-list-for-nil", octets.index(b"()") + 1)]


def test_a_quirk_before_another_fault_does_not_hide_it():
    octets = b'* 1 FETCH (BODY ("TEXT" "PLAIN" () NIL NIL "7BIT" 1 x) FLAGS (\\Seen ))\r\n'
    found = check_response(octets, dialect({"IMAP4REV1"}))
    assert [v.quirk for v in found] == [""]
