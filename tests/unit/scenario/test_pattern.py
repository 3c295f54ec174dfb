import pytest

from conformance.scenario.pattern import (
    Any,
    Atom,
    Bracket,
    Capture,
    ListNode,
    Message,
    PatternError,
    Quoted,
    Range,
    Rest,
    Seq,
    Set,
    Uid,
    parse_ends,
    parse_pattern,
    walk,
)


def atoms(text):
    return tuple(Atom(word) for word in text.split())


NODES = {
    "2 EXISTS": atoms("2 EXISTS"),
    "$_ EXPUNGE": (Any(), Atom("EXPUNGE")),
    "+ idling": atoms("+ idling"),
    "+OK 3 $octets": (*atoms("+OK 3"), Capture("octets")),
    "message(a)": (Message("a"),),
    "OK [UIDVALIDITY $v]": (Atom("OK"), Bracket((Atom("UIDVALIDITY"), Capture("v")))),
    "OK [CLOSED] bye now": (Atom("OK"), Bracket((Atom("CLOSED"),)), *atoms("bye now")),
    "seq(a) FETCH (UID uid(a) ...)": (
        Seq("a"),
        Atom("FETCH"),
        ListNode((Atom("UID"), Uid("a"), Rest())),
    ),
    r"FLAGS (\Seen $Junk $ \* $hasAttachment)": (
        Atom("FLAGS"),
        ListNode(atoms(r"\Seen $Junk $ \* $hasAttachment")),
    ),
    r"FLAGS (\$label1 $label1)": (
        Atom("FLAGS"),
        ListNode((Atom("$label1"), Capture("label1"))),
    ),
    'BODY[HEADER.FIELDS (FROM "To")]<0.5> ""': (
        Atom('BODY[HEADER.FIELDS (FROM "To")]<0.5>'),
        Quoted(b""),
    ),
    r'"a \"b\\ ü" ': (Quoted('a "b\\ ü'.encode()),),
    "(1 2)(3 (4))": (ListNode(atoms("1 2")), ListNode((Atom("3"), ListNode(atoms("4"))))),
    "LIST () / a]b": (Atom("LIST"), ListNode(()), *atoms("/ a]b")),
    "uid(a-1.x)": (Uid("a-1.x"),),
    "5": atoms("5"),
    "2:4": (Set((Range(Atom("2"), Atom("4")),)),),
    "uid(a),uid(b),5:7": (Set((Range(Uid("a")), Range(Uid("b")), Range(Atom("5"), Atom("7")))),),
    "seq(a):seq(b)": (Set((Range(Seq("a"), Seq("b")),)),),
    "$a:*": (Set((Range(Capture("a"), Atom("*")),)),),
    "[COPYUID $v 1,2 $new]": (
        Bracket(
            (
                Atom("COPYUID"),
                Capture("v"),
                Set((Range(Atom("1")), Range(Atom("2")))),
                Capture("new"),
            )
        ),
    ),
}


@pytest.mark.parametrize("text", NODES)
def test_a_pattern_becomes_typed_nodes(text):
    assert parse_pattern(text) == NODES[text]


ERRORS = {
    "": (0, "empty"),
    "  ": (0, "empty"),
    "* 2 EXISTS": (0, "'* '"),
    "FLAGS (a": (6, "'(' is not closed"),
    "FLAGS (a))": (9, "closes nothing"),
    "OK [A": (3, "'[' is not closed"),
    "OK []": (3, "needs a name"),
    "BODY[TEXT": (4, "'[' is not closed"),
    'SEARCH "abc': (7, "string is not closed"),
    "sqe(a) EXPUNGE": (0, "'sqe()' is not known"),
    "1 FETCH (UID uid())": (13, "takes the name"),
    "message() x": (0, "takes the name"),
    "message(a)b": (10, "space is missing"),
    "uid(a), uid(b)": (6, "space is missing"),
    "FLAGS ($has-it)": (7, r"written \$has-it"),
    "FLAGS ($_,)": (7, "no capture"),
    "1 FETCH (BODY[] {5})": (16, "literal"),
    "(" * 60: (50, "deeper"),
    "OK [A ])": (7, "closes nothing"),
    "a \u00a0b": (2, "cannot stand here"),
}


@pytest.mark.parametrize("text", ERRORS)
def test_an_error_says_what_and_where(text):
    with pytest.raises(PatternError) as caught:
        parse_pattern(text)

    offset, words = ERRORS[text]
    assert caught.value.offset == offset
    assert words in caught.value.message


def test_ends_are_alternatives():
    assert parse_ends("any") == ()
    assert parse_ends("NO | BAD") == (atoms("NO"), atoms("BAD"))
    assert parse_ends("OK [APPENDUID $v $u]") == (
        (Atom("OK"), Bracket((Atom("APPENDUID"), Capture("v"), Capture("u")))),
    )
    assert parse_ends("550") == (atoms("550"),)


@pytest.mark.parametrize(
    ("text", "offset"), [("YES", 0), ("OK | maybe", 5), ("NO | BAD [", 9), ("$x", 0), ("ok", 0)]
)
def test_ends_refuse_what_completes_nothing(text, offset):
    with pytest.raises(PatternError) as caught:
        parse_ends(text)

    assert caught.value.offset == offset


def test_walk_reaches_into_lists_codes_and_sets():
    nodes = parse_pattern("1 FETCH (UID uid(a):$b X (message(c)))")

    assert [n for n in walk(nodes) if isinstance(n, Uid | Capture | Message)] == [
        Uid("a"),
        Capture("b"),
        Message("c"),
    ]
