import pytest

from conformance.scenario.pattern import Capture, Message, PatternError, Seq, Uid
from conformance.scenario.template import Literal, Octets, Text, parse_command, parse_raw

COMMANDS = {
    "NOOP": (Text("NOOP"),),
    "UID STORE uid(a),uid(b):$c +FLAGS ($Junk $ \\Seen)": (
        Text("UID STORE "),
        Uid("a"),
        Text(","),
        Uid("b"),
        Text(":"),
        Capture("c"),
        Text(" +FLAGS ($Junk $ \\Seen)"),
    ),
    r"STORE seq(x) +FLAGS (\$label1 $label)": (
        Text("STORE "),
        Seq("x"),
        Text(" +FLAGS ($label1 "),
        Capture("label"),
        Text(")"),
    ),
    "STORE 1 FLAGS ($hasAttachment)": (Text("STORE 1 FLAGS ($hasAttachment)"),),
    r'SEARCH SUBJECT "a $x \"uid(y)\"" SINCE 1-Feb-2026': (
        Text(r'SEARCH SUBJECT "a $x \"uid(y)\"" SINCE 1-Feb-2026'),
    ),
    "APPEND Sent (\\Seen) message(reply)": (Text("APPEND Sent (\\Seen) "), Message("reply")),
    'LOGIN {"a\\"b"} {"ü"+}': (
        Text("LOGIN "),
        Literal(b'a"b'),
        Text(" "),
        Literal("ü".encode(), plus=True),
    ),
    "APPEND x ~{message(m)+}": (Text("APPEND x "), Literal(Message("m"), plus=True, binary=True)),
    "FETCH 1 BODY[]<$a.$b>": (
        Text("FETCH 1 BODY[]<"),
        Capture("a"),
        Text("."),
        Capture("b"),
        Text(">"),
    ),
    "FETCH 1 BODY[HEADER.FIELDS (To)]": (Text("FETCH 1 BODY[HEADER.FIELDS (To)]"),),
    "FETCH $": (Text("FETCH $"),),
    "FETCH 1 {5}": (Text("FETCH 1 {5}"),),
}


@pytest.mark.parametrize("text", COMMANDS)
def test_a_command_is_cut_at_its_references(text):
    assert parse_command(text) == COMMANDS[text]


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("UID FETCH uid() FLAGS", 10, "takes the name"),
        ("UID FETCH uid(a b) FLAGS", 10, "takes the name"),
        ("UID FETCH udi(a) FLAGS", 10, "'udi()' is not known"),
        ("STORE 1 +FLAGS ($not-junk)", 16, r"written \$not-junk"),
    ],
)
def test_an_error_says_what_and_where(text, offset, words):
    with pytest.raises(PatternError) as caught:
        parse_command(text)

    assert caught.value.offset == offset
    assert words in caught.value.message


def test_raw_octets():
    assert parse_raw(r'"a1 NO\x4fP\r\n\0\t\"\\" message(x) "y" $z') == (
        Octets(b'a1 NOOP\r\n\0\t"\\'),
        Message("x"),
        Octets(b"y"),
        Capture("z"),
    )


@pytest.mark.parametrize(("text", "offset"), [("", 0), ('"a" b', 4), ('"a', 0), ("$X", 0)])
def test_raw_octets_are_strings_and_references_only(text, offset):
    with pytest.raises(PatternError) as caught:
        parse_raw(text)

    assert caught.value.offset == offset
