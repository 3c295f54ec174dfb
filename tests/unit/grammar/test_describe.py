"""What explain says of a rule."""

import pytest

from conformance.grammar import UnknownRule, explain


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
