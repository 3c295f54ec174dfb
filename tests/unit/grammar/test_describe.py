"""What explain says of a rule."""

import pytest

from conformance.grammar import UnknownRule, explain, library
from conformance.grammar.describe import _code, definition


def test_a_rule_of_both_bases():
    one, two = explain("Body-Fld-Dsp")
    assert (one.section, two.section) == ("RFC3501:9", "RFC9051:9")
    assert "string SP body-fld-param" in one.text
    assert ("nil", ("RFC3501:9", "RFC9051:9")) in one.refers
    assert "body-ext-1part" in one.users
    assert not one.adds


def test_what_an_extension_adds():
    added = [one for one in explain("message-data") if one.adds and "7162" in one.section]
    assert added[0].section == "RFC7162:3.2.10"
    assert added[0].needs == ("QRESYNC",)


def test_an_unknown_rule_names_what_is_like_it():
    with pytest.raises(UnknownRule, match="perhaps msg-att"):
        explain("msg-at")


def test_a_definition_is_one_line_without_comments():
    assert definition("Flag-Keyword", "RFC3501:9") == "flag-keyword = atom"
    assert definition("tag", "RFC9999:9") == definition("no-such-rule", "RFC3501:9") == ""
    assert definition("message-data", "RFC7162:3.2.10") == ""  # which only adds to it
    comment = 'x = "a;b" ; "c"\n    / "d"; e'
    assert " ".join(map(_code, comment.splitlines())).split() == ["x", "=", '"a;b"', "/", '"d"']


@pytest.mark.parametrize("name", library.names())
def test_every_rule_has_its_definition(name):
    for rule in library.load(name).rules:
        if not rule.incremental and rule.section.partition(":")[0].lower() == name:
            line = definition(rule.name, rule.section)
            assert line.lower().startswith(f"{rule.name.lower()} ="), line
            assert "\n" not in line
