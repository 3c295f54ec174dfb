import pytest

from conformance.requirements.rule import Rule, parse


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("RFC9051", Rule("RFC9051")),
        ("RFC9051:7.5.1", Rule("RFC9051", "7.5.1")),
        ("RFC9051:7.5.1/12", Rule("RFC9051", "7.5.1", 12)),
        ("RFC9051:A.1/2", Rule("RFC9051", "A.1", 2)),
    ],
)
def test_names_are_read_and_written(name, rule):
    assert parse(name) == rule
    assert str(rule) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "rfc9051",
        "RFC9051:",
        "RFC9051:7.",
        "RFC9051:7/0",
        "RFC9051/1",
        "RFC0:1",
        "9051:7",
        "RFC9051:7\n",
    ],
)
def test_other_names_are_refused(name):
    with pytest.raises(ValueError, match="is not a rule"):
        parse(name)


@pytest.mark.parametrize(
    ("inner", "outer", "within"),
    [
        ("RFC9051:7.5.1/2", "RFC9051:7.5.1/2", True),
        ("RFC9051:7.5.1/2", "RFC9051:7.5.1/1", False),
        ("RFC9051:7.5.1/2", "RFC9051:7.5.1", True),
        ("RFC9051:7.5.1/2", "RFC9051:7", True),
        ("RFC9051:7.5.1/2", "RFC9051", True),
        ("RFC9051:7.5.1/2", "RFC3501", False),
        ("RFC9051:7.5.10", "RFC9051:7.5.1", False),
        ("RFC9051:7.5", "RFC9051:7.5.1", False),
        ("RFC9051:7.5.1", "RFC9051:7.5.1/1", False),
    ],
)
def test_within(inner, outer, within):
    assert parse(inner).within(parse(outer)) is within
