from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.scenario.fmt import formatted
from conformance.scenario.loader import LoadError, scenario_id
from conformance.scenario.select import files

UNTIDY = r"""
# yaml-language-server: $schema=x
scenario:   "T # no comment"   # the title
why: short
# about tags
tags:
- idle # when idle
actors: {phone: }

given:
    INBOX:
    # the older one
    - one   # unread
    - two
steps:


# first of all
- phone: 'SELECT INBOX'   # opens
  rule: RFC9051:6.3.2     # the section
  # it must be
  must: 2 EXISTS          # two


- phone: NOOP
  # nothing
  should not:
  # not one
  - '$_ EXPUNGE'
  # not two
  - '$_ FETCH' # either

# the end

# really
"""

TIDY = r"""# yaml-language-server: $schema=x
scenario: 'T # no comment'  # the title
why: >
  short
# about tags
tags: [idle]  # when idle

actors:
  phone: {speaks: imap, user: alice}

given:
  # the older one
  INBOX: [one, two]  # unread

steps:
# first of all
- phone: SELECT INBOX  # opens
  # it must be
  must:
  - 2 EXISTS  # two
  rule: RFC9051:6.3.2  # the section

- phone: NOOP
  # nothing
  should not:
  # not one
  - $_ EXPUNGE
  # not two
  - $_ FETCH  # either

# the end

# really
"""


def fmt(text):
    return formatted(text, "f.yaml", "x", [])


def test_comments_stay_with_what_they_speak_of():
    assert fmt(UNTIDY) == TIDY
    assert fmt(TIDY) == TIDY


def test_comments_that_meet_on_one_line_stand_above_it():
    text = TIDY.replace("  INBOX: [one, two]  # unread", "  INBOX:\n  - one  # 1\n  - two  # 2")

    assert "  # the older one\n  # 1\n  # 2\n  INBOX: [one, two]\n" in fmt(text)


def test_a_comment_on_a_folded_text_stands_above_it():
    assert fmt(
        "why: >  # why?\n  x\n" + "scenario: T\nactors: {a: }\nsteps: [a: NOOP]\n"
    ).startswith("scenario: T\n# why?\nwhy: >\n  x\n")


def test_hashes_in_texts_are_no_comments():
    text = fmt("scenario: T\nwhy: |\n  # a\n  b #c\nactors: {a: }\nsteps:\n- a: X#Y '#' \"# z\"\n")

    assert "  # a b #c\n" in text
    assert "- a: X#Y" in text


def test_what_is_no_scenario_is_refused():
    with pytest.raises(LoadError):
        fmt("scenario: T\n")


@pytest.mark.parametrize("path", files(Path("scenarios"))[::9], ids=str)
def test_the_bundled_scenarios_keep_their_comments_and_meaning(path):
    folders = [path.parent, Path("fixtures/messages")]
    arguments = (str(path), scenario_id(path), folders, Path("scenarios"))
    once = formatted(path.read_text("utf-8"), *arguments)

    assert formatted(once, *arguments) == once


LINES = TIDY.splitlines()


@settings(deadline=None, max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from([n for n, line in enumerate(LINES) if not line.startswith("  short")]),
        st.sampled_from(["# x", "#", "# it's: [a] \"b", "", "\n"]),
        max_size=6,
    )
)
def test_no_comment_is_ever_lost(inserted):
    text = "\n".join(
        f"{inserted[n]}\n{line}" if n in inserted else line for n, line in enumerate(LINES)
    )

    once = fmt(text + "\n")

    assert fmt(once) == once
