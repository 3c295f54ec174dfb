import pytest

from conformance.requirements.rfctext import FRONT, Section, count_keywords, sections, title

PAGED = """


Network Working Group                                          A. Uthor
Request for Comments: 9999                                 Example Corp
Category: Standards Track                                     July 1999


                   An Example Protocol -
                      with Two Lines

Status of this Memo

   Distribution is unlimited, and MAY be.

Table of Contents

1.  Introduction ................................................... 1
2.  Rules .......................................................... 1

1.  Introduction

   The key words "MUST", "MUST NOT" and "MAY" in this document are to be
   interpreted as described in [RFC2119].

   1.  A list's item, which is no section.

2.  Rules

   Servers MUST



Uthor                       Standards Track                     [Page 1]
\f
RFC 9999                  An Example Protocol                  July 1999


   NOT lie.  They must not lie in lower case either.

2.1.  A rule whose title is so long that
      it MAY need two lines

   Text.

2.3 Changes from RFC 9998

   OPTIONAL

Appendix A.  More

   A SHOULD.

A.1.  Even more
"""


@pytest.fixture
def parts() -> list[Section]:
    return list(sections(PAGED))


def test_sections_are_told_from_contents_lists_and_page_breaks(parts):
    assert [(part.number, part.title) for part in parts] == [
        (FRONT, "Front matter"),
        ("1", "Introduction"),
        ("2", "Rules"),
        ("2.1", "A rule whose title is so long that it MAY need two lines"),
        ("2.3", "Changes from RFC 9998"),
        ("A", "More"),
        ("A.1", "Even more"),
    ]


def test_page_breaks_leave_nothing_behind(parts):
    assert "Page" not in parts[2].body
    assert "July" not in parts[2].body


def test_words_are_counted_once_across_a_page_break_and_not_where_they_are_declared(parts):
    counts = {part.number: count_keywords(part.body) for part in parts}
    assert counts == {FRONT: 1, "1": 0, "2": 1, "2.1": 0, "2.3": 1, "A": 1, "A.1": 0}


def test_title_is_the_centred_block():
    assert title(PAGED) == "An Example Protocol - with Two Lines"


def test_text_without_a_title_has_none():
    assert title("Nothing here\n\nFlush left\n") == ""


def test_a_replaced_section_begins_with_its_own_number():
    text = "Front\n\n6.3.11.  APPEND Command\n\n   A server MUST.\n"
    assert [part.number for part in sections(text)] == [FRONT, "6.3.11"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("MUST", 1),
        ("MUST NOT", 1),
        ("MUST\n   NOT", 1),
        ("MUST not", 1),
        ("must, should and may", 0),
        ("SHALL, SHALL NOT, SHOULD, SHOULD NOT", 4),
        ("REQUIRED, RECOMMENDED, NOT RECOMMENDED, OPTIONAL, MAY", 5),
        ("MUSTARD MAYBE", 0),
        ("   ; servers MUST", 1),
    ],
)
def test_what_counts_as_a_word(text, words):
    assert count_keywords(text) == words
