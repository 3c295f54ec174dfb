"""Every error of the loader: § in the text marks where it must be reported."""

import ast
import sys
from importlib import import_module
from pathlib import Path

import pytest

from conformance.scenario.loader import LoadError, load
from conformance.scenario.pattern import PatternError
from conformance.scenario.reading import Reading

STEPS = """\
scenario: T
actors:
  phone: {speaks: imap}
  laptop:
messages:
  reply: plain.eml
given:
  INBOX: [one, two]
steps:
"""
HEAD = """\
actors: {phone: , laptop: {user: bob}}
steps:
- phone: NOOP
scenario: T
"""

YAML = {
    "nothing": ("§", "the file is empty; begin with 'scenario: TITLE'"),
    "only a comment": ("§# x\n", "the file is empty; begin with 'scenario: TITLE'"),
    "a list": ("§- a\n", "a scenario is a mapping that begins with 'scenario: TITLE'"),
    "a text": ("§a\n", "a scenario is a mapping that begins with 'scenario: TITLE'"),
    "tab": ("a:\n§\tb: c\n", "a tab cannot indent; use spaces"),
    "star": ("steps:\n- §* 2 EXISTS\n", "a response is written without its '* '"),
    "alias": ("a: §*b\n", "'*b' is YAML's alias, which scenarios do not use"),
    "anchor": ("a: §&b c\n", "'&b' is YAML's anchor, which scenarios do not use"),
    "anchored list": ("a: §&b [c]\n", "'&b' is YAML's anchor"),
    "odd anchor": ("a: §& b\n", "'&' is YAML's anchor sign; put the whole text in single quotes"),
    "tag": ("a: §!!binary c\n", "'tag:yaml.org,2002:binary' is a YAML tag"),
    "tagged mapping": ("a: §!x {b: c}\n", "'!x' is a YAML tag"),
    "unknown tag": ("a: §!x!y c\n", "this is not YAML: found undefined tag handle"),
    "percent": ("a: §%b\n", "a text cannot begin with '%'; put the whole text in single quotes"),
    "at": ("a: §@b\n", "a text cannot begin with '@'"),
    "backtick": ("a: §`b`\n", "a text cannot begin with '`'"),
    "bad escape": ('a: "b §\\Seen"\n', "'\\' escapes within double quotes; put the whole text"),
    "open quote": ("a: §'b\n", "the quote that begins here is not closed"),
    "after a quote": ('a:\n- "b" §c\n', "the text goes on after its quote; put the whole text"),
    "open bracket": ("a: §[b\nc: d\n", "'[' is not closed"),
    "open brace": ("a: §{b\n", "'{' is not closed"),
    "colon": ("a: b§: c\n", "': ' stands within a text; put the whole text in single quotes"),
    "no colon above": ("a\nb§: c\n", "this line does not fit the one above: indentation, or a ':'"),
    "indentation": ("a:\n  b: c\n §d: e\n", "this line is indented neither like its neighbours"),
    "control character": ("a: b§\x01\n", "the character U+0001 cannot stand in YAML"),
    "two documents": ("a: b\n§---\nc: d\n", "a second document; a file is a scenario"),
    "twice": ("a: b\n§a: c\n", "'a' stands twice (also in line 1)"),
    "list as key": ("? §[a]\n: b\n", "a key is a word, not a list or mapping"),
    "deep": ("a: " + "[" * 19 + "§[" + "]" * 20 + "\n", "nested deeper than 20"),
}

HEADS = {
    "unknown key": (
        "§scenrio: x\n",
        "'scenrio' is not a key of a scenario (did you mean 'scenario'?)",
    ),
    "title is a list": (
        "why: §[a]\n",
        "why is a text, not a list; a text in […] needs single quotes",
    ),
    "rule": ("rules: [RFC9051:7.5.1, §9051:7]\n", "'9051:7' is no rule; write RFC and section as"),
    "rules missing": ("rules:§\n", "a rule is missing"),
    "needs": ("needs: [§a b]\n", "'a b' is no capability or service"),
    "needs nothing": ("needs: [§'IDLE |']\n", "'' is no capability or service"),
    "tag": ("tags: [idle, §Idle]\n", "'Idle' is no tag: a-z, 0-9 and -"),
    "tag as operator": ("tags: [§not]\n", "'not' is no tag"),
    "message name": ("messages: {§a b: plain.eml}\n", "'a b' is no message's name"),
    "message missing": ("messages: {a: §}\n", "the message file is missing"),
    "no such file": ("messages: {a: §no.eml}\n", "there is no message file 'no.eml' in "),
    "absolute": ("messages: {a: §/etc/passwd}\n", "there is no message file '/etc/passwd'"),
    "outside": ("messages: {a: §../x/plain.eml}\n", "there is no message file '../x/plain.eml'"),
    "messages is a list": ("messages: §[a]\n", "'messages' is a mapping, 'name: …' on each line"),
    "mailbox": ("given: {INBOX: §one}\n", "a mailbox holds a list of messages; [] if it is empty"),
    "mailbox name": ("given: {§'': []}\n", "the mailbox's name is missing"),
    "user": ("given: {§bobby: {INBOX: []}}\n", "there is no user 'bobby' (did you mean 'bob'?)"),
    "twice": ("given:\n  A: [one]\n  B: [§one]\n", "message 'one' is given twice (also in line 2)"),
    "given list": (
        "given: {A: [§[a]]}\n",
        "a message is a name, or 'name: {message, flags, date}'",
    ),
    "given two": ("given: {A: [§{a: {}, b: {}}]}\n", "a message is a name, or"),
    "given name": ("given: {A: [§a b]}\n", "'a b' is no message's name"),
    "given key": (
        "given: {A: [a: {§flag: x}]}\n",
        "'flag' is not a key of a message (did you mean 'flags'?)",
    ),
    "given file": ("given: {A: [a: {message: §no}]}\n", "there is no message file 'no'"),
    "given text": ("given: {A: [a: §x]}\n", "a message is a mapping, 'name: …' on each line"),
    "flag": (r"given: {A: [a: {flags: §'\Seen *'}]}" + "\n", "'*' is no flag"),
    "date": ("given: {A: [a: {date: §2026-07-17}]}\n", "'2026-07-17' is no date as 17-Jul-2026"),
    "found key": ("found: {§seeds: 7}\n", "'seeds' is not a key of 'found' (did you mean 'seed'?)"),
    "found empty": ("found: {seed: §}\n", "'seed' is missing"),
}

FILES = {
    "no title": ("§actors: {a: }\nsteps: [a: NOOP]\n", "'scenario' is missing"),
    "no actors": ("§scenario: T\nsteps: [a: NOOP]\n", "'actors' is missing"),
    "no steps": ("§scenario: T\nactors: {a: }\n", "'steps' is missing"),
    "empty title": ("scenario:§\nactors: {a: }\nsteps: [a: NOOP]\n", "the title is missing"),
    "two lines": ('scenario: §"a\\nb"\nactors: {a: }\nsteps: [a: NOOP]\n', "the title is one line"),
    "no actor": (
        "scenario: T\nactors: §{}\nsteps: [a: NOOP]\n",
        "a scenario has an actor at least",
    ),
    "steps a text": ("scenario: T\nactors: {a: }\nsteps: §x\n", "'steps' is a list"),
    "no step": ("scenario: T\nactors: {a: }\nsteps: §[]\n", "'steps' is a list"),
    "actors a list": ("scenario: T\nactors: §[a]\nsteps: [a: NOOP]\n", "'actors' is a mapping"),
    "actor name": ("scenario: T\nactors: {§A: }\nsteps: [A: NOOP]\n", "'A' is no actor's name"),
    "reserved": (
        "scenario: T\nactors: {§server: }\nsteps: [server: restarts]\n",
        "'server' is a word of the language, not an actor's name",
    ),
    "key as name": ("scenario: T\nactors: {§note: }\nsteps: [note: NOOP]\n", "'note' is a word of"),
    "actor key": (
        "scenario: T\nactors: {a: {§speak: imap}}\nsteps: [a: NOOP]\n",
        "'speak' is not a key of an actor (did you mean 'speaks'?)",
    ),
    "protocol": (
        "scenario: T\nactors: {a: {speaks: §imapp}}\nsteps: [a: NOOP]\n",
        "'imapp' is no protocol: imap, pop3, lmtp, smtp, submission, managesieve (did you mean",
    ),
    "way": ("scenario: T\nactors: {a: {via: §ssl}}\nsteps: [a: NOOP]\n", "'ssl' is no way: plain,"),
    "user": ("scenario: T\nactors: {a: {user: §A b}}\nsteps: [a: NOOP]\n", "'A b' is no user"),
    "client": (
        "scenario: T\nactors: {a: {client: §}}\nsteps: [a: NOOP]\n",
        "client library is missing",
    ),
    "no such client": (
        "scenario: T\nactors: {a: {client: §aioimap}}\nsteps: [a: NOOP]\n",
        "'aioimap' is no client library: imaplib, aioimaplib (did you mean 'aioimaplib'?)",
    ),
    "client of pop3": (
        "scenario: T\nactors: {a: {speaks: pop3, client: §imaplib}}\nsteps: [a: NOOP]\n",
        "'imaplib' speaks imap, not pop3",
    ),
    "client and starttls": (
        "scenario: T\nactors: {a: {via: starttls, client: §imaplib}}\nsteps: [a: NOOP]\n",
        "'imaplib' is recorded by a relay, which cannot see into STARTTLS",
    ),
    "client and login": (
        "scenario: T\nactors: {a: {login: §PLAIN, client: imaplib}}\nsteps: [a: NOOP]\n",
        "'imaplib' logs in by LOGIN",
    ),
    "client sends": (
        'scenario: T\nactors: {a: {client: imaplib}}\nsteps:\n- a: §sends "a NOOP"\n',
        "'a' is a client library, which writes as it likes: no 'sends'",
    ),
    "client pipelines": (
        "scenario: T\nactors: {a: {client: imaplib}}\nsteps:\n- a: §[NOOP, NOOP]\n",
        "'a' is a client library, which writes as it likes: one command at a time",
    ),
    "client in pieces": (
        "scenario: T\nactors: {a: {client: imaplib}}\nsteps:\n- a: NOOP\n  §in pieces: 1\n",
        "'a' is a client library, which writes as it likes: no 'in pieces'",
    ),
}

STEP = {
    "typo": (
        "- phone: NOOP\n  §mustnt: [x]\n",
        "'mustnt' is not a step key (did you mean 'must not'?)",
    ),
    "text": ("- §phone\n", "a step is 'ACTOR: COMMAND'"),
    "nothing": ("-§\n", "a step is 'ACTOR: COMMAND'"),
    "actor": ("- §phnoe: NOOP\n", "'phnoe' is no actor of this scenario (did you mean 'phone'?)"),
    "no actor first": ("- §must: [x]\n  phone: NOOP\n", "a step begins with its actor"),
    "two actors": ("- phone: NOOP\n  §laptop: NOOP\n", "a second actor in one step"),
    "no command": ("- phone:§\n", "the command is missing"),
    "command a list": ("- phone: §[NOOP]\n", "a list of commands holds two or more"),
    "verb in a list": ("- phone: [NOOP, §hears]\n", "what goes out in one write are commands"),
    "list in a list": ("- phone: [NOOP, §[NOOP]]\n", "what goes out in one write are commands"),
    "times alone": ("- phone: NOOP\n  §times: 3\n", "'times' belongs to 'together'"),
    "times once": (
        "- together: [phone: NOOP, laptop: NOOP]\n  times: §1\n",
        "'times' is a number from 2 to 9999, not '1'",
    ),
    "command a mapping": ("- phone: §{a: b}\n", "the command is a text, not a mapping"),
    "verb": (
        "- phone: §pols\n",
        "'pols' is no word of the harness (did you mean 'polls'?); commands",
    ),
    "after a verb": ("- phone: idles §now\n", "nothing follows 'idles'"),
    "delivers": ("- phone: §delivers it\n", "'delivers' needs a message: delivers message(x)"),
    "sends": ("- phone: sends §NOOP\n", 'here stands a string "…", message(x) or $x'),
    "sends nothing": ("- phone: sends§\n", "there is nothing to send"),
    "sends message": ("- phone: 'sends §message(no)'\n", "there is no message 'no'"),
    "uid": (
        "- phone: UID FETCH §uid(oen) ALL\n",
        "there is no message 'oen' (did you mean 'one'?)",
    ),
    "uid in quotes": ("- phone: 'UID FETCH §uid(oen) ALL'\n", "there is no message 'oen'"),
    "message in literal": ("- phone: APPEND x {§message(no)+}\n", "there is no message 'no'"),
    "function": ("- phone: FETCH §sqe(one) ALL\n", "'sqe()' is not known; there are uid(), seq()"),
    "ends of hears": (
        "- phone: hears\n  ends: §OK\n",
        "nothing completes 'hears'; at most the server's goodbye, 'ends: BYE'",
    ),
    "ends of polls": ("- phone: polls\n  §ends: OK\n", "nothing completes 'polls'; no 'ends'"),
    "pieces": (
        "- phone: NOOP\n  in pieces: §crlf\n",
        "'in pieces' is a number of octets, CRLF or literal, not 'crlf'",
    ),
    "pieces of nothing": ("- phone: NOOP\n  in pieces: §0\n", "'in pieces' is a number of octets"),
    "pieces missing": ("- phone: NOOP\n  in pieces:§\n", "'in pieces' is missing"),
    "pieces of hears": (
        "- phone: hears\n  §in pieces: 1\n",
        "'hears' writes nothing that could go out 'in pieces'",
    ),
    "pieces of the server": (
        "- server: restarts\n  §in pieces: x\n",
        "'server' writes nothing that could go out 'in pieces'",
    ),
    "network slows": ("- network: slows phone §0\n", "'0' is no number of octets"),
    "meets alone": ("- phone: §meets\n", "'meets' stands in a lane of 'together'"),
    "meets sees": (
        "- together:\n  - - phone: meets\n      §must: [x]\n  - - laptop: meets\n",
        "'meets' sees nothing; no 'must'",
    ),
    "meets if": (
        "- together:\n  - - phone: meets\n      §if: IDLE\n  - - laptop: meets\n",
        "'meets' is never passed over; no 'if'",
    ),
    "meets unevenly": (
        "- §together:\n  - - phone: meets\n  - - laptop: NOOP\n",
        "every lane meets as often as the others; here they meet 1, 0 times",
    ),
    "behaviour": ("- phone: NOOP\n  §behaviour: x\n", "'behaviour' names what 'either' chooses"),
    "one branch": ("- phone: NOOP\n  either: §{a: {}}\n", "'either' has two branches or more"),
    "branch name": ("- phone: NOOP\n  either: {a: {}, §'': {}}\n", "the branch's name is missing"),
    "branch key": (
        "- phone: NOOP\n  either: {a: {}, b: {§end: NO}}\n",
        "'end' is not a key of a branch (did you mean 'ends'?)",
    ),
    "pattern": ("- phone: NOOP\n  must:\n  - FLAGS §(x\n", "'(' is not closed"),
    "pattern in quotes": ("- phone: NOOP\n  must:\n  - 'FLAGS §(x'\n", "'(' is not closed"),
    "pattern over lines": ("- phone: NOOP\n  must:\n  - §FLAGS\n    (x\n", "'(' is not closed"),
    "pattern missing": ("- phone: NOOP\n  must:\n  -§\n", "a pattern of 'must' is missing"),
    "patterns missing": ("- phone: NOOP\n  should not:§\n", "a pattern of 'should not' is missing"),
    "pattern a list": ("- phone: NOOP\n  must:\n  - §[A]\n", "a pattern of 'must' is a text, not"),
    "pattern in brackets": ("- phone: NOOP\n  must:\n  - [A] §x\n", "goes on after its bracket"),
    "pattern with a colon": (
        "- phone: NOOP\n  must:\n  - §STATUS x: y\n",
        "a pattern of 'must' is a text, not a mapping; a text with ': ' or in {…} needs single",
    ),
    "name in a pattern": (
        "- phone: NOOP\n  may: $_ FETCH (UID §uid(x))\n",
        "there is no message 'x'",
    ),
    "ends": ("- phone: NOOP\n  ends: §YES\n", "a completion is OK, NO, BAD, BYE"),
    "ends code": ("- phone: NOOP\n  ends: OK §[X\n", "'[' is not closed"),
    "ends list": (
        "- phone: NOOP\n  ends: §[NO, BAD]\n",
        "'ends' is one text; alternatives are NO | BAD",
    ),
    "check": ("- phone: NOOP\n  check: §$a\n", "a check compares two values"),
    "check uid": ("- phone: NOOP\n  check: $a > §uid(x)\n", "there is no message 'x'"),
    "within": ("- phone: NOOP\n  within: §5\n", "'5' is no time; write 5s, 300ms or 2m"),
    "within nothing": ("- phone: NOOP\n  within: §0s\n", "'0s' is no time"),
    "only": ("- phone: NOOP\n  only: §true\n", "'only' is yes or no, not 'true'"),
    "order": ("- phone: NOOP\n  in order: §maybe\n", "'in order' is yes or no, not 'maybe'"),
    "if": ("- phone: NOOP\n  if: §a b\n", "'a b' is no capability or service"),
    "rule": ("- phone: NOOP\n  rule: §RFC9051\n", "'RFC9051' is no rule"),
    "note": ("- phone: NOOP\n  note: §[a]\n", "the note is a text, not a list"),
    "everyone": ("- everyone: §rests\n", "everyone knows checkpoint, not 'rests'"),
    "everyone in a lane": (
        "- together:\n  - §everyone: checkpoint\n  - phone: NOOP\n",
        "'everyone' cannot stand within 'together'",
    ),
    "server": ("- server: §restart\n", "the server knows restarts, is killed, stops, starts"),
    "server more": ("- server: §restarts now\n", "nothing follows 'restarts'"),
    "server sees": ("- server: restarts\n  §must: [x]\n", "'server' sees nothing; no 'must'"),
    "network actor": (
        "- network: cuts §phnoe\n",
        "there is no actor 'phnoe' (did you mean 'phone'?)",
    ),
    "network few": ("- network: §delays phone\n", "ACTOR DURATION follows 'delays'"),
    "network time": ("- network: delays phone §3\n", "'3' is no time; write 5s, 300ms or 2m"),
    "network number": ("- network: splits phone §0\n", "'0' is no number of octets"),
    "network within": (
        "- network: cuts phone\n  §within: 5s\n",
        "'network' sees nothing; no 'within'",
    ),
    "lanes": ("- together: §[phone: NOOP]\n", "'together' is a list of two lanes or more"),
    "lane empty": ("- together: [phone: NOOP, §[]]\n", "a lane is a step or a list of steps"),
    "lane twice": ("- together: [phone: NOOP, §phone: NOOP]\n", "'phone' cannot be in two lanes"),
    "lane in lane": (
        "- together:\n  - phone: NOOP\n  - §together: []\n",
        "'together' cannot stand within 'together'",
    ),
    "together sees": (
        "- together: [phone: NOOP, laptop: NOOP]\n  §must: [x]\n",
        "'together' sees nothing itself; 'must' stands in its lanes",
    ),
}

MUST = "- phone: NOOP\n  must:\n  - "
PATTERNS = {
    "empty": ("'§ '", "the pattern is empty"),
    "star": ("'§* 2 EXISTS'", "a response is written without its '* '"),
    "closes nothing": ("2 EXISTS§)", "')' closes nothing"),
    "too deep": ("X " + "(" * 50 + "§(x" + ")" * 51, "lists nest deeper than 50"),
    "no code": ("OK §[]", "a response code needs a name"),
    "open string": ('FLAGS §"x', "the string is not closed"),
    "message of nothing": ("X §message()", "message() takes the name of a message"),
    "after a message": ("X message(reply)§x", "a space is missing after 'message(reply)'"),
    "function": ("§sqe(one) EXPUNGE", "'sqe()' is not known; there are uid(), seq()"),
    "uid of nothing": ("§uid() EXPUNGE", "uid() takes the name of a message"),
    "after a uid": ("uid(one)§x EXPUNGE", "a space is missing after 'uid(one)'"),
    "no capture": ("§$a-b EXPUNGE", "'$a-b' is no capture: a letter, then letters"),
    "literal": ("X §{5}", 'a literal is written as "…" or message(x)'),
    "odd space": ("2 EXISTS§\xa0x", "'\\xa0' cannot stand here"),
    "open section": ("1 FETCH (BODY§[TEXT $x)", "'[' is not closed"),
}
COMMANDS = {
    "no capture": ("UID FETCH §$a-b ALL", "'$a-b' is no capture: a letter, then letters"),
    "uid of nothing": ("UID FETCH §uid(a b) ALL", "uid() takes the name of a message"),
}
ACTORS = "scenario: T\nactors: {a: }\n"
NOOP = "steps: [a: NOOP]\n"
TABLES = {
    "value": (
        ACTORS + "cases: {x: {b: 1}}\nsteps: [a: X §<c>]\n",
        "no case has a value 'c'",
    ),
    "name": (ACTORS + "cases: {§x y: {b: 1}}\n" + NOOP, "'x y' is no case's name"),
    "column": (ACTORS + "cases: {x: {§B: 1}}\n" + NOOP, "'B' is no value's name"),
    "missing": (ACTORS + "cases: {x: {b: 1}, §y: {}}\n" + NOOP, "'y' has no value for b"),
    "alone": (
        ACTORS + "cases: {x: {b: 1}, §y: {b: 1, c: 2}}\n" + NOOP,
        "only 'y' has a value for c",
    ),
    "none": (ACTORS + "cases:§\n" + NOOP, "'cases' names a case at least"),
    "no text": (
        ACTORS + "cases: {x: {b: 5s}}\nsteps:\n- a: NOOP\n  within: §<b>\n",
        "a value of cases cannot stand in 'within'",
    ),
    "begins twice": (
        "scenario: T\nbegins: first\nactors: {§a: }\n" + NOOP,
        "the beginning 'first' has an actor 'a' already",
    ),
    "begins with a message": (
        "scenario: T\nbegins: first\nmessages: {§mail: plain.eml}\n" + NOOP,
        "the beginning 'first' has a message 'mail' already",
    ),
    "begins nowhere": (
        "scenario: T\nbegins: §nowhere\n" + NOOP,
        "there is no scenario 'nowhere' to begin with",
    ),
    "login of pop3": (
        "scenario: T\nactors: {a: {speaks: pop3, login: §PLAIN}}\n" + NOOP,
        "'login' is for imap, not for pop3",
    ),
}

CASES = [
    *(
        pytest.param(f"{STEPS}{MUST}{text}\n", words, id=f"pattern: {name}")
        for name, (text, words) in PATTERNS.items()
    ),
    *(
        pytest.param(f"{STEPS}- phone: {text}\n", words, id=f"command: {name}")
        for name, (text, words) in COMMANDS.items()
    ),
    *(pytest.param(text, words, id=f"table: {name}") for name, (text, words) in TABLES.items()),
    *(pytest.param(text, words, id=f"yaml: {name}") for name, (text, words) in YAML.items()),
    *(
        pytest.param(text + HEAD, words, id=f"head: {name}")
        for name, (text, words) in HEADS.items()
    ),
    *(pytest.param(text, words, id=f"file: {name}") for name, (text, words) in FILES.items()),
    *(
        pytest.param(STEPS + text, words, id=f"step: {name}")
        for name, (text, words) in STEP.items()
    ),
]


def problems(folder, content):
    (folder / "plain.eml").touch()
    (folder / "first.yaml").write_text(
        "scenario: F\nactors: {a: }\nmessages: {mail: plain.eml}\nsteps: [a: NOOP]\n"
    )
    path = folder / "bad.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(LoadError) as caught:
        load(path, messages=[])
    return [(p.place.line, p.place.column, p.message) for p in caught.value.problems]


@pytest.mark.parametrize(("text", "words"), CASES)
def test_an_error_has_its_place_and_its_words(tmp_path, text, words):
    before, _, after = text.partition("§")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1

    found = problems(tmp_path, before + after)

    assert [(line, column)] == [place[:2] for place in found if words in place[2]], found
    assert len(found) == 1


def test_all_errors_of_a_file_are_said_at_once(tmp_path):
    text = STEPS + "- phone: polls\n  witin: 5s\n  must: [a (]\n- phnoe: NOOP\n- phone: done x\n"

    assert [place[:2] for place in problems(tmp_path, text)] == [
        (11, 3),
        (12, 12),
        (13, 3),
        (14, 15),
    ]


def test_the_message_names_file_line_and_column(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text("a: b: c\n")

    with pytest.raises(LoadError) as caught:
        load("bad.yaml")

    assert str(caught.value).startswith("bad.yaml:1:5: ': ' stands within a text")


def test_octets_that_are_not_utf_8(tmp_path):
    assert problems(tmp_path, b"scenario: x\nwhy: \xc3\xbcber \xe4\n") == [
        (2, 11, "octet 0xE4 is not UTF-8")
    ]


def test_a_byte_order_mark_is_no_error(tmp_path):
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.encode())

    assert load(path).title == "T"


def test_a_huge_file(tmp_path):
    assert problems(tmp_path, b"#" * (1 << 20) + b"\n") == [
        (1, 1, "larger than 1 MiB, which no scenario is")
    ]


def test_nested_aliases_multiply_nothing(tmp_path):
    lines = [
        "a0: &a0 [x]",
        *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)),
    ]

    found = problems(tmp_path, "\n".join(lines))

    assert (1, 5, "'&a0' is YAML's anchor, which scenarios do not use") in found


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "folder.yaml").mkdir()

    for name, words in {"none.yaml": "No such file", "folder.yaml": "Is a directory"}.items():
        with pytest.raises(LoadError) as caught:
            load(tmp_path / name)
        assert words in str(caught.value)
        assert str(caught.value).startswith(f"{tmp_path / name}:1:1: cannot be read: ")


MODULES = (
    "cases", "condition", "expectations", "fitting", "head", "loader", "mailboxes", "pattern",
    "reading", "steps", "template", "tree", "yaml_hints",
)  # fmt: skip


def places_of_errors():
    """Return file and line of every call that makes an error of the loader."""
    found = set()
    for name in MODULES:
        path = Path(f"conformance/scenario/{name}.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if called in ("wrong", "Problem", "PatternError"):
                    found.add((path.name, node.lineno))
    return found


def test_every_error_has_a_test(tmp_path, monkeypatch):
    """No call that makes an error is left out by the texts here and in other tests."""
    made = set()

    def note():
        frame = sys._getframe(2)
        made.add((Path(frame.f_code.co_filename).name, frame.f_lineno))

    def spy(kind):
        def make(*arguments, **named):
            note()
            return kind(*arguments, **named)

        return make

    wrong = Reading.wrong

    def spied(self, *arguments):
        if not self.draft:
            note()
        wrong(self, *arguments)

    monkeypatch.setattr(Reading, "wrong", spied)
    for name in MODULES:
        module = import_module(f"conformance.scenario.{name}")
        if hasattr(module, "Problem"):
            monkeypatch.setattr(module, "Problem", spy(module.Problem))
    monkeypatch.setattr(PatternError, "__init__", _pattern_error(PatternError.__init__, note))
    for case in CASES:
        problems(tmp_path, case.values[0].replace("§", ""))
    for octets in (b"\xe4", b"#" * (1 << 20) + b"\n"):  # as tests above do
        problems(tmp_path, octets)
    with pytest.raises(LoadError):
        load(tmp_path / "none.yaml")

    # What the YAML library might say without telling where it does not happen.
    nowhere = {place for place in places_of_errors() if place[0] == "yaml_hints.py"} - made
    assert len(nowhere) == 1
    assert sorted(places_of_errors() - made - nowhere) == []


def _pattern_error(init, note):
    def spied(self, *arguments):
        note()
        init(self, *arguments)

    return spied
