import tomllib
from importlib.resources import files

import pytest

from conformance.requirements import catalogue as module
from conformance.requirements import rule as rules
from conformance.requirements.catalogue import (
    by_section,
    catalogue,
    complaint,
    requirement,
    sentence,
)
from conformance.requirements.document import Who, read_document
from conformance.requirements.outline import outlines
from conformance.scenario.model import Level

COUNTS = tomllib.loads((files("conformance.requirements") / "counts.toml").read_text("utf-8"))
DOCUMENTS = sorted(catalogue().documents)
SMALL = """
rfc = 1
[client]
"2" = 3
[[requirement]]
id = "RFC1:2/1"
level = "MUST NOT"
text = "The server does not lie."
keywords = 2
also = { "3.1" = 1 }
[[requirement]]
id = "RFC1:2/2"
level = "MAY"
text = "The server may be silent."
who = "inside"
reason = "because silence tells nothing"
[[excluded]]
section = "4"
keywords = 5
reason = "index"
"""


@pytest.fixture
def small(monkeypatch):
    document = read_document(SMALL)
    ids = {entry.id: entry for entry in document.requirements}
    monkeypatch.setattr(module, "catalogue", lambda: module.Catalogue({"RFC1": document}, ids))
    return document


@pytest.mark.parametrize("rfc", DOCUMENTS)
def test_every_keyword_of_the_rfc_is_accounted_for(rfc):
    assert catalogue().documents[rfc].accounted() == COUNTS[rfc]


@pytest.mark.parametrize("rfc", DOCUMENTS)
def test_every_section_named_exists(rfc):
    document = catalogue().documents[rfc]
    named = set(document.accounted()) | {entry.section for entry in document.requirements}
    assert named - {"front"} <= set(outlines()[rfc].sections)


def test_same_names_requirements_of_other_rfcs():
    known = catalogue().requirements
    for entry in known.values():
        for twin in entry.same:
            assert twin in known, entry.id
            assert rules.parse(twin).rfc != rules.parse(entry.id).rfc


def test_every_sentence_stands_by_itself():
    for entry in catalogue().requirements.values():
        assert entry.text[-1] == ".", entry.id
        assert len(entry.text) <= 200, entry.id
        assert not {"MUST", "SHOULD", "MAY", "SHALL"} & set(entry.text.split()), entry.id


def test_a_document_is_read(small):
    first, second = small.requirements
    assert (first.level, first.who, first.section, first.testable) == (
        Level.MUST_NOT,
        Who.CLIENT,
        "2",
        True,
    )
    assert (second.who, second.testable) == (Who.INSIDE, False)
    assert small.accounted() == {"2": 3 + 2 + 1, "3.1": 1, "4": 5}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ('level = "MAY"', "not a valid Level"),
        ('id = "RFC2:2/1"', "not the id of a requirement of RFC1"),
        ('id = "RFC1:2"', "not the id of a requirement of RFC1"),
        ('id = "RFC1:2/2"', "RFC1:2/2 is defined twice"),
        ('txt = ""', "unknown key 'txt'"),
        ('who = "inside"', "needs a reason"),
        ('reason = "none"', "needs a reason"),
        ('who = "nobody"', "not a valid Who"),
    ],
)
def test_mistakes_in_a_document_are_named(wrong, message):
    key = wrong.split(" = ", maxsplit=1)[0]
    lines = ['id = "RFC1:2/1"', 'level = "MUST"', 'text = "The server is."']
    if wrong.startswith("level"):
        wrong = 'level = "MIGHT"'
    entry = "\n".join([line for line in lines if not line.startswith(f"{key} ")] + [wrong])
    other = '[[requirement]]\nid = "RFC1:2/2"\nlevel = "MAY"\ntext = "Else."\n'
    with pytest.raises(ValueError, match=message):
        read_document(f"rfc = 1\n{other}[[requirement]]\n{entry}\n")


def test_a_missing_key_and_an_unknown_table_are_named():
    with pytest.raises(ValueError, match="RFC1:2/1: 'text' is missing"):
        read_document('rfc = 1\n[[requirement]]\nid = "RFC1:2/1"\nlevel = "MUST"\n')
    with pytest.raises(ValueError, match="unknown table 'clients'"):
        read_document('rfc = 1\n[clients]\n"2" = 1\n')


def test_a_requirement_is_found_by_its_id():
    assert requirement("RFC9051:7.5.1/1").level is Level.MUST_NOT
    with pytest.raises(KeyError):
        requirement("RFC9051:7.5.1/999")


def test_a_section_holds_those_below_it():
    assert {entry.section for entry in by_section("RFC9051:7.5")} == {"7.5.1", "7.5.2"}


def test_a_section_holds_what_another_one_says_for_it(small):
    assert [entry.id for entry in module.by_section("RFC1:3")] == ["RFC1:2/1"]
    assert len(module.by_section("RFC1")) == 2
    assert module.by_section("RFC2:1") == ()


def test_the_sentence_of_an_id_is_its_paraphrase():
    assert sentence("RFC9051:7.5.1/1") == requirement("RFC9051:7.5.1/1").text


def test_a_section_gives_the_sentence_that_claims_what_a_check_said():
    said = "view: EXPUNGE idle"

    assert sentence("RFC9051:7.5.1", said) == requirement("RFC9051:7.5.1/1").text
    assert sentence("RFC9051:5.2", said) == "Mailbox Size and Message Status Updates"


def test_the_longest_claim_counts():
    every, uids = requirement("RFC9051:6.4.5/9"), requirement("RFC9051:6.4.9/2")

    assert sentence("RFC9051:6.4.5", "contract: FETCH without BODY") == every.text
    assert sentence("RFC9051:6.4.9", "contract: UID FETCH without UID") == uids.text


def test_a_section_with_several_gives_its_title():
    assert sentence("RFC9051:7.5.1") == "EXPUNGE Response"
    assert sentence("RFC9051:7.5.1", "view: what no one claims") == "EXPUNGE Response"
    assert sentence("RFC9051:6.4.4", "search: search misses") == "SEARCH Command"


@pytest.mark.parametrize("name", ["", "RFC1", "RFC9051:99", "RFC9051:7.5.1/999", "gibberish"])
def test_an_unknown_rule_has_no_sentence(name):
    assert sentence(name) == ""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("RFC9051:7.5.1", ""),
        ("RFC9051:7.5.1/1", ""),
        ("RFC9051", ""),
        ("9051", "is not a rule"),
        ("RFC1:2", "RFC1 is not one of the RFCs known here"),
        ("RFC9051:77", "RFC9051 has no section 77"),
        ("RFC9051:7.4.1/999", "is not in the catalogue (there are: RFC9051:7.4.1/1"),
    ],
)
def test_complaints_about_rules(name, message):
    assert message in complaint(name)
    assert bool(complaint(name)) == bool(message)
