"""ABNF as RFC 5234 and RFC 7405 define it."""

import pytest

from conformance.grammar.abnf_reader import AbnfError, read
from conformance.grammar.nodes import Alt, Cat, Chars, Lit, Ref, Rep


def node(definition):
    (rule,) = read(f"x = {definition}\n").rules
    return rule.node


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ('"ab"', Lit(b"ab")),
        ('%s"ab"', Lit(b"ab", exact=True)),
        ('%i"ab"', Lit(b"ab")),
        ("%x41", Chars(1 << 0x41)),
        ("%d65-66", Chars(3 << 65)),
        ("%b1000001", Chars(1 << 65)),
        ("%x0D.0A", Lit(b"\r\n", exact=True)),
        ("A-b", Ref("a-b")),
        ("a b", Cat((Ref("a"), Ref("b")))),
        ("a / b / (c / d)", Alt((Ref("a"), Ref("b"), Ref("c"), Ref("d")))),
        ("a b / c", Alt((Cat((Ref("a"), Ref("b"))), Ref("c")))),
        ("[a]", Rep(Ref("a"), 0, 1)),
        ("*a", Rep(Ref("a"), 0, None)),
        ("1*a", Rep(Ref("a"), 1, None)),
        ("*2a", Rep(Ref("a"), 0, 2)),
        ("2a", Rep(Ref("a"), 2, 2)),
        ("2*3( a )", Rep(Ref("a"), 2, 3)),
        ("a ; b\n  c", Cat((Ref("a"), Ref("c")))),
        ('"a;b" c', Cat((Lit(b"a;b"), Ref("c")))),
    ],
)
def test_definitions(definition, expected):
    assert node(definition) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = (a\n", "f:1:7: '(' is not closed"),
        ("x = a )\n", "f:1:7: ')' is too much"),
        ("x =\n", "f:1:4: an element is missing"),
        ("x = a /\n", "f:1:8: an element is missing"),
        ("x = <prose>\n", "f:1:5: '<' is not ABNF here"),
        ("x = a\n  b $\n", "f:2:5: '$' is not ABNF here"),
        ("x = %x100\n", "f:1:5: '%x100' is not a value of one octet"),
        ("x = 3*2a\n", "f:1:5: '3*2' asks for at least 3 and at most 2"),
        ("= a\n", "f:1:1: a rule name and '=' should stand here"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, message):
    with pytest.raises(AbnfError) as raised:
        read(text, "f")
    assert str(raised.value).startswith(message)


def test_head_sections_and_gates():
    file = read(
        "; RFC: 7162\n; Title: T\n; Sections: 7\n; Capabilities: A b\n\nx = y\n\n"
        "; Section: 3.1\n; Needs: QRESYNC\n\nz =/ y\n\n; Section: RFC3629:4\n\nu = y\n"
    )
    assert (file.rfc, file.title, file.capabilities) == ("7162", "T", {"A", "B"})
    assert [rule.section for rule in file.rules] == ["RFC7162:7", "RFC7162:3.1", "RFC3629:4"]
    assert [rule.incremental for rule in file.rules] == [False, True, False]
    assert [set(rule.needs) for rule in file.rules] == [set(), {"QRESYNC"}, set()]
