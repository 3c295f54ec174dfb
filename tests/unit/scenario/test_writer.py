import pytest

from conformance.scenario.loader import read
from conformance.scenario.writer import dump, duration
from conformance.scenario.yaml_text import flow, folded, quote

CANONICAL = r"""scenario: Title
why: >
  A reason that is so long that it does not fit into one line, and so it is folded
  into two.
rules: [RFC9051:7.5.1]
needs: [MOVE | IMAP4rev2]
tags: [idle]

actors:
  phone:  {speaks: imap, user: alice}
  laptop: {speaks: imap, user: bob, via: tls}

given:
  INBOX: [one, two]
  bob:
    Drafts & co:
    - three: {flags: \Seen \Draft, date: 17-Jul-2026 02:44:25 +0200}

steps:
- phone: SELECT INBOX
  note: Why.
  if: IDLE
  within: 5s
  must:
  - 2 EXISTS
  - '"x" FLAGS'
  only: yes
  ends: OK [READ-WRITE]
  check: $a > 1
  rule: RFC9051:6.3.2
- together:
  - phone: NOOP
    must:
    - 1 EXISTS
  - - laptop: NOOP
      either:
        one: {}
        two:
          ends: NO
    - laptop: hears

found:
  seed: 7
"""


def test_what_is_canonical_stays_as_it_is():
    assert dump(read(CANONICAL, "f", "x", [])) == CANONICAL


@pytest.mark.parametrize(
    ("text", "block", "inline"),
    [
        ("a b", "a b", "a b"),
        ("", "''", "''"),
        (" a", "' a'", "' a'"),
        ("a: b", "'a: b'", "'a: b'"),
        ("a:b", "a:b", "a:b"),
        ("a: ", "'a: '", "'a: '"),
        ("a #b", "'a #b'", "'a #b'"),
        ("a#b", "a#b", "a#b"),
        ("it's", "it's", "it's"),
        ("'a'", "'''a'''", "'''a'''"),
        ("* 2", "'* 2'", "'* 2'"),
        ("-ERR", "-ERR", "-ERR"),
        ("- a", "'- a'", "'- a'"),
        ("[A]", "'[A]'", "'[A]'"),
        ("OK [A]", "OK [A]", "'OK [A]'"),
        ("a, b", "a, b", "'a, b'"),
        ("a\tb", '"a\\x09b"', '"a\\x09b"'),
        ("ü\u2028\U0001f600", '"ü\\u2028😀"', '"ü\\u2028😀"'),
        ('\x01"\\', '"\\x01\\"\\\\"', '"\\x01\\"\\\\"'),
    ],
)
def test_texts_are_quoted_where_yaml_needs_it(text, block, inline):
    assert quote(text) == block
    assert quote(text, inline=True) == inline


def test_lists_and_long_texts():
    assert flow(["a", "b, c"]) == "[a, 'b, c']"
    assert folded("why", "x", "") == ["why: x"]
    assert folded("why", "word " * 20 + "end", "    ")[:2] == [
        "    why: >",
        "      " + ("word " * 15)[:-1],
    ]


@pytest.mark.parametrize(
    ("seconds", "text"), [(5.0, "5s"), (0.3, "300ms"), (90.0, "90s"), (0.0005, "0.5ms")]
)
def test_durations(seconds, text):
    assert duration(seconds) == text
