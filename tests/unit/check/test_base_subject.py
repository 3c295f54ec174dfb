"""The base subject is found as RFC 5256 section 2.1 says, and strings are collated as RFC 5051 does."""

import pytest

from conformance.check.always.subject import base_subject, casemap


@pytest.mark.parametrize(
    ("subject", "base", "reply"),
    [
        ("Lunch", "Lunch", False),
        ("Re: Lunch", "Lunch", True),
        ("RE :Lunch", "Lunch", True),
        ("re[3]: Lunch", "Lunch", True),
        ("Fw: Fwd: re: Lunch", "Lunch", True),
        ("[team] Lunch", "Lunch", False),
        ("[team] [food] Re: [team] Lunch", "Lunch", True),
        ("Re: [team]", "[team]", True),
        ("[a][b]", "[b]", False),
        ("Lunch (fwd)  (FWD) ", "Lunch", True),
        ("[fwd: Lunch]", "Lunch", True),
        ("[Fwd: Re: Lunch (fwd)]", "Lunch", True),
        ("[fwd: Lunch] today", "today", False),
        ("Lunch  \t at\tnoon", "Lunch at noon", False),
        ("Reading: a list", "Reading: a list", False),
        ("re:", "", True),
        ("", "", False),
        ("=?utf-8?Q?Re=3A_Lunch?=", "Lunch", True),
        ("=?utf-8?B?R3LDvMOfZQ==?=", "Gr\u00fc\u00dfe", False),
    ],
)
def test_the_base_subject(subject, base, reply):
    assert base_subject(subject.encode()) == (base, reply)


@pytest.mark.parametrize("subject", [b"Gr\xfc\xdfe", b"=?x-no-such?Q?a?="])
def test_what_cannot_be_decoded_is_left_in_doubt(subject):
    assert base_subject(subject) is None


def test_case_does_not_count_and_an_accent_comes_after_its_letter():
    assert casemap("lunch") == casemap("LUNCH")
    assert casemap("a") < casemap("\u00e4") < casemap("b")
