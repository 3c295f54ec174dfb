"""Each remark of the lint: § marks its place. And what looks odd but is right gives none."""

import re
from pathlib import Path

import pytest

from conformance.grammar import check_response
from conformance.grammar.dialect import dialect
from conformance.scenario.capabilities import capabilities, is_known
from conformance.scenario.lint import lint
from conformance.scenario.lint_patterns import impossible
from conformance.scenario.loader import read_all
from conformance.scenario.pattern import parse_pattern

OUTLINE = {"RFC9051": {"7", "7.5.1"}, "RFC2177": {"3"}}
HEAD = """\
scenario: T
actors:
  phone:
  laptop:
given: {INBOX: [one, two]}
steps:
- laptop: NOOP
"""


def remarks(text, **others):
    scenarios = [
        s
        for name, t in {"x": text, **others}.items()
        for s in read_all(t, f"{name}.yaml", name, [])
    ]
    return [
        (p.place.line, p.place.column, p.message)
        for p in lint(scenarios, OUTLINE)
        if p.place.file == "x.yaml"
    ]


WRONG = {
    "unbound": ("- §phone: UID FETCH $uid FLAGS\n", "$uid has no value yet in the command"),
    "unbound like another": (
        "- phone: NOOP\n  must: $uid EXISTS\n- §phone: FETCH $uidd,$uid FLAGS\n",
        "$uidd has no value yet in the command (did you mean 'uid'?)",
    ),
    "unbound in octets": ("- §phone: sends $uid\n", "$uid has no value yet in the command"),
    "unbound in a check": ("- phone: NOOP\n  check: §$n > 1\n", "$n has no value yet in the check"),
    "unbound in what must not come": (
        "- phone: NOOP\n  must not:\n  - §$n EXPUNGE\n",
        "$n has no value yet in what must not come",
    ),
    "bound in a branch, checked by the step": (
        "- phone: NOOP\n  either: {a: {must: $n EXISTS}, b: {ends: NO}}\n  check: §$n > 1\n",
        "$n has no value yet in the check",
    ),
    "bound in the other lane": (
        "- together:\n  - laptop: NOOP\n    must: $n EXISTS\n  - §phone: FETCH $n FLAGS\n",
        "$n has no value yet in the command",
    ),
    "bound after they have met": (
        (
            "- together:\n  - - laptop: meets\n    - laptop: NOOP\n      must: $n EXISTS\n"
            "  - - phone: meets\n    - §phone: FETCH $n FLAGS\n"
        ),
        "$n has no value yet in the command",
    ),
    "unused": (
        "- phone: NOOP\n  must:\n  - §$n EXISTS\n",
        "$n is captured and never used; write $_",
    ),
    "unused in ends": (
        "- phone: NOOP\n  ends: §OK [APPENDUID $v $_]\n",
        "$v is captured and never used; write $_",
    ),
    "idles twice": ("- phone: idles\n- §phone: idles\n", "'phone' idles already"),
    "still idles": ("- phone: idles\n- §phone: NOOP\n", "'phone' still idles; 'done' comes first"),
    "polls while idle": ("- phone: idles\n- §phone: polls\n", "'phone' still idles"),
    "does not idle": ("- §phone: done\n", "'phone' does not idle"),
    "section": ("- phone: NOOP\n  rule: RFC9051:7.5\n", "RFC9051 has no section 7.5"),
    "no such RFC": ("- phone: NOOP\n  rule: RFC9052:7.5\n", "RFC9052 is not among the RFCs"),
    "capability": (
        "- §phone: NOOP\n  if: UIDPLS\n",
        "'UIDPLS' is no capability, service or feature known here (did you mean 'UIDPLUS'?)",
    ),
    "beginning of capabilities": ("- §phone: NOOP\n  if: AUTH=\n", "'AUTH=' is no capability"),
    "impossible": (
        "- phone: NOOP\n  must: §EXISTS 2\n",
        "a number stands before EXISTS: $_ EXISTS",
    ),
    "must and must not": (
        "- phone: NOOP\n  must: 2 EXPUNGE\n  must not: §$_ EXPUNGE\n",
        "'2 EXPUNGE' must come, and by '$_ EXPUNGE' it must not",
    ),
    "must in a branch and must not": (
        "- phone: NOOP\n  either: {a: {must: 2 EXPUNGE}, b: {ends: NO}}\n  must not: §$_ EXPUNGE\n",
        "'2 EXPUNGE' must come, and by '$_ EXPUNGE' it must not",
    ),
    "twice": (
        "- phone: NOOP\n  must not:\n  - 1 EXPUNGE\n  - §1 EXPUNGE\n",
        "'1 EXPUNGE' stands twice",
    ),
    "in order": ("- §phone: NOOP\n  must: 1 EXISTS\n  in order: yes\n", "'in order' needs two"),
    "branch": (
        "- phone: NOOP\n  either:\n    a: {must: $_ EXISTS}\n    b: {must: §2 EXISTS}\n",
        "branch 'b' is never reached: 'a', which stands before it, fits whatever it fits",
    ),
    "branch by its end": (
        "- phone: NOOP\n  either:\n    a: {ends: any}\n    b: {must: §2 EXISTS, ends: NO}\n",
        "branch 'b' is never reached",
    ),
    "branch by its code": (
        "- phone: NOOP\n  either:\n    a: {ends: NO | BAD}\n    b: {ends: '§NO [LIMIT]'}\n",
        "branch 'b' is never reached",
    ),
    "branch by a capture": (
        "- phone: NOOP\n  either: {a: {must: $_ FETCH (X $t)}, b: {must: §2 FETCH (X NIL)}}\n- phone: FETCH $t X\n",
        "branch 'b' is never reached",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_remark_has_its_place_and_its_words(name):
    text, words = WRONG[name]
    before, mark, after = (HEAD + text).partition("§")
    found = remarks(before + after)

    assert len(found) == 1, found
    assert found[0][2].startswith(words)
    if mark:
        assert found[0][:2] == (before.count("\n") + 1, len(before) - before.rfind("\n"))


RIGHT = {
    "bound, then used": "- phone: NOOP\n  must: $n EXISTS\n  check: $n > 1\n",
    "bound by the end": "- phone: NOOP\n  ends: OK [X $u]\n- phone: FETCH $u FLAGS\n",
    "bound in a branch": "- phone: NOOP\n  either: {a: {must: $n EXISTS}, b: {ends: NO}}\n- phone: FETCH $n X\n",
    "bound in a lane, used after": (
        "- together:\n  - laptop: NOOP\n    must: $n EXISTS\n  - phone: NOOP\n- phone: FETCH $n X\n"
    ),
    "bound before they have met": (
        "- together:\n  - - laptop: NOOP\n      must: $n EXISTS\n    - laptop: meets\n"
        "  - - phone: meets\n    - phone: FETCH $n FLAGS\n"
    ),
    "meets while it idles": (
        "- phone: idles\n- together:\n  - - phone: meets\n    - phone: done\n"
        "  - - laptop: meets\n    - laptop: NOOP\n"
    ),
    "the account": "- phone: connects\n- phone: LOGIN $user $password\n",
    "compared twice": "- phone: NOOP\n  must: $n EXISTS\n- laptop: NOOP\n  must: $n EXISTS\n",
    "idle and back": "- phone: idles\n- laptop: NOOP\n- phone: hears\n- phone: done\n- phone: NOOP\n",
    "idle and gone": "- phone: idles\n- phone: drops\n- phone: NOOP\n",
    "idle when the server went": "- phone: idles\n- server: restarts\n- phone: NOOP\n",
    "idle refused": ("- phone: idles\n  either: {a: {ends: OK}, b: {ends: NO}}\n- phone: NOOP\n"),
    "capabilities": "- phone: NOOP\n  if: [auth=PLAIN, QUOTA=RES-STORAGE, literal+ | pop3, starttls]\n",
    "narrow branch first": (
        "- phone: NOOP\n  either: {a: {must: 2 EXISTS}, b: {must: $_ EXISTS}, c: {ends: any}}\n"
    ),
    "branches that differ": (
        "- phone: NOOP\n  either:\n    a: {must: 2 EXISTS}\n    b: {must not: $_ EXISTS}\n"
        "    c: {must: 3 EXISTS, ends: NO}\n    d: {must: [$_ EXISTS, $_ RECENT]}\n"
    ),
    "a bound capture is one value": (
        "- phone: NOOP\n  must: $n EXISTS\n"
        "- phone: NOOP\n  either: {a: {must: $n EXISTS}, b: {must: $_ EXISTS}}\n"
    ),
    "only is narrower": (
        "- phone: NOOP\n  either: {a: {must: 2 EXISTS, only: yes}, b: {must: 2 EXISTS}}\n"
    ),
    "must not others": "- phone: NOOP\n  must: 2 EXPUNGE\n  must not: 1 EXPUNGE\n",
    "should and should not": "- phone: NOOP\n  should: 2 EXPUNGE\n  should not: $_ EXISTS\n",
    "sections": "- phone: NOOP\n  rule: [RFC9051:7.5.1/2, RFC2177:3]\n",
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_gives_no_remark(name):
    text = RIGHT[name]
    if "phone" not in text.replace("laptop", ""):
        text += "- phone: NOOP\n"

    assert remarks(HEAD + text) == []


@pytest.mark.parametrize(
    ("head", "place", "words"),
    [
        ("rules: [RFC2177:3, RFC9051:8]\n", (1, 20), "RFC9051 has no section 8"),
        ("needs: [IDLE, X | UIDPLUS]\n", (1, 15), "'X' is no capability"),
        ("messages: {big: ten-megabytes.eml}\n", (1, 12), "message 'big' is never used"),
    ],
)
def test_remarks_on_the_head(head, place, words):
    (found,) = remarks(head + HEAD + "- phone: NOOP\n")

    assert found[:2] == place
    assert found[2].startswith(words)


def test_an_actor_that_does_nothing():
    assert remarks(HEAD) == [(3, 3, "actor 'phone' does nothing")]


def test_a_value_of_cases_that_no_text_uses():
    text = HEAD.replace("steps:", "cases:\n  a: {flag: x, key: y}\n  b: {flag: x, key: z}\nsteps:")

    assert remarks(text + "- phone: SEARCH <flag>\n") == [(7, 16, "no text uses <key>")]


def test_a_message_named_by_a_case_is_used():
    text = HEAD.replace("steps:", "messages: {m: plain.eml}\ncases:\n  a: {f: m}\nsteps:")
    scenarios = read_all(
        text + "- phone: APPEND INBOX message(<f>)\n", "x.yaml", "x", [Path("fixtures/messages")]
    )

    assert lint(scenarios, OUTLINE) == ()


def test_what_cases_share_is_said_once():
    text = HEAD.replace("steps:", "cases:\n  a: {f: x}\n  b: {f: y}\nsteps:")

    found = remarks(text + "- phone: SEARCH <f>\n  must: $n EXISTS\n")

    assert found == [(12, 9, "$n is captured and never used; write $_")]


def test_what_a_beginning_captures_is_for_others(tmp_path):
    text = HEAD + "- phone: NOOP\n  must: $n EXISTS\n"
    (tmp_path / "x.yaml").write_text(text)
    after = "scenario: T\nbegins: x\nsteps:\n- phone: FETCH $n FLAGS\n"
    first = read_all(text, "x.yaml", "x", [])
    second = read_all(after, "y.yaml", "y", [tmp_path], tmp_path)

    assert [p.message for p in lint(first, OUTLINE)] == ["$n is captured and never used; write $_"]
    assert lint([*first, *second], OUTLINE) == ()


IMPOSSIBLE = {
    "FETCH (UID 1)": "a number stands before FETCH",
    "2": "a number is no response",
    "(a)": "a response begins with a word or a number",
    '"a"': "a response begins with",
    "message(x)": "a response begins with",
    "EXIST 2": "'EXIST' is no response of IMAP (did you mean 'EXISTS'?)",
    "2 EXIST": "no number stands before 'EXIST' (did you mean 'EXISTS'?)",
    "2 LIST x": "no number stands before 'LIST'",
    "1:3 EXPUNGE": "a single number stands before EXPUNGE",
    "seq(x) EXISTS": "EXISTS counts messages",
    "3 EXISTS now": "nothing follows EXISTS",
    "1 FETCH (UID)": "FETCH holds names and values in turn, and UID has no value",
    "1 FETCH (UID 1 (a))": "FETCH holds names and values in turn, and here stands a value",
    r"1 FETCH (FLAGS \Seen)": "the value of FLAGS stands in parentheses",
    "1 FETCH (MODSEQ 5)": "the value of MODSEQ stands in parentheses",
    "1 FETCH (UID seq(x))": "the value of UID is a UID: uid(x), not seq(x)",
}


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_patterns_that_no_response_fits(text):
    assert impossible(parse_pattern(text)).startswith(IMPOSSIBLE[text])


@pytest.mark.parametrize(
    "text",
    [
        "2 EXISTS",
        "$_ FETCH ...",
        "$n FETCH $_",
        "seq(x) EXPUNGE",
        "$_",
        "...",
        "+ ...",
        "1 fetch (uid 5 flags ())",
        "1 FETCH (... UID $_ MODSEQ ($_) BODY[HEADER.FIELDS (TO)] message(x))",
        "OK [UIDNEXT $_]",
        "BYE",
        "SEARCH 2:4",
        "VANISHED (EARLIER) uid(x)",
        'ESEARCH (TAG "a") UID ALL 1',
        "STATUS INBOX (MESSAGES 1)",
        "$n $_",
    ],
)
def test_patterns_that_some_response_fits(text):
    assert impossible(parse_pattern(text)) == ""


def test_the_table_knows_what_the_servers_offer():
    for path in Path("fixtures/servers").glob("*/server.toml"):
        features = re.findall(r"^features *= *\[(.*)\]", path.read_text("utf-8"), re.MULTILINE)
        words = {word for found in features for word in re.findall(r'"([^"]+)"', found)}
        assert words <= set(capabilities()), path


def accepts(frame):
    return not check_response(frame, dialect())


@pytest.mark.parametrize(
    "text",
    [
        "STATUS INBOX (MESSAGE 1)",
        "VANISHED EARLIER 1",
        r"1 FETCH (FLAG (\Seen))",
        r"FLAGS \Seen",
        "1 FETCH (UID $_ RFC822.SIZE NIL)",
        "CAPABILITY IDLE",
        "SEARCH one",
        "LIST INBOX",
        "OK [UIDNEXT no]",
        '1 FETCH (ENVELOPE ("a" "b"))',
    ],
)
def test_patterns_that_break_the_grammar(text):
    scenarios = read_all(HEAD + f"- phone: NOOP\n  must: {text}\n", "x.yaml", "x", [])

    (found,) = lint(scenarios, OUTLINE, accepts)

    assert str(found) == "x.yaml:9:9: the grammar knows no response that fits this"


@pytest.mark.parametrize(
    "text",
    [
        "STATUS INBOX (MESSAGES 1 $_ 3)",
        "STATUS $_ ...",
        "VANISHED (EARLIER) uid(one),uid(two)",
        r"1 FETCH (FLAGS (\Seen $_) UID $_)",
        "$_ FETCH (ENVELOPE $_ BODYSTRUCTURE $_)",
        "1 FETCH (BODY[HEADER.FIELDS (TO)] $_ BINARY.SIZE[1] $_)",
        '1 FETCH (BODY (("TEXT" "PLAIN" $_ NIL NIL "7BIT" 5 1)("TEXT" "X" $_ NIL NIL "8BIT" 5 1) "MIXED"))',
        "1 FETCH (ENVELOPE ($_ x ((NIL NIL a b) (NIL NIL c d)) NIL NIL NIL NIL NIL NIL $_))",
        "CAPABILITY IMAP4rev1 ...",
        "LIST (...) / Sent",
        "LIST () $_ INBOX",
        'NAMESPACE (("" $_)) NIL $_',
        "SEARCH uid(one) uid(two)",
        "THREAD (1)(5 (4)(3)(2))",
        "ESEARCH (TAG $_) PARTIAL $_",
        "ESEARCH (TAG $_) UID COUNT 2",
        "OK [UIDNEXT $_]",
        "OK [PERMANENTFLAGS (\\Seen \\*)]",
        "NO [OVERQUOTA]",
        "BYE",
        "+",
        "+ $_",
        "FLAGS (...)",
        "ENABLED QRESYNC",
        "$_",
        "2 EXISTS",
        "1 FETCH ...",
        "1 FETCH $_",
    ],
)
def test_patterns_that_the_grammar_allows(text):
    steps = f"- phone: NOOP\n  must:\n  - '{text}'\n"

    assert lint(read_all(HEAD + steps, "x.yaml", "x", []), OUTLINE, accepts) == ()


def test_the_table_of_capabilities_says_where_each_is_defined():
    known = capabilities()

    assert known["UIDPLUS"] == "RFC4315"
    assert known["IMAP4rev2"] == "RFC9051"
    assert "pop3" in known


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("idle", True),
        ("LITERAL-", True),
        ("LITERAL-X", False),
        ("AUTH=", False),
        ("AUTH=PLAIN", True),
        ("pop3", True),
        ("QUOTA=RES-", False),
        ("IDLES", False),
    ],
)
def test_names_in_any_case_and_beginnings_of_names(word, known):
    assert is_known(word) is known
