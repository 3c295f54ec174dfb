import sys
import unicodedata

import pytest

from conformance.reports.safe import one_line, printable

BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b]0;title\x07", r"\x1b[31mred\x1b]0;title\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("a\x00b\x08c\x7f", r"a\x00b\x08c\x7f"),
        ("abc\u202ecba", r"abc\u{202e}cba"),
        ("zero\u200bwidth", r"zero\u{200b}width"),
        ("\udcff", r"\u{dcff}"),
        ("\ufffe\U000e0041", r"\u{fffe}\u{e0041}"),
        ("\x85\u2028", r"\x85\u{2028}"),
    ],
)
def test_what_steers_a_terminal_or_hides_is_spelled_out(hostile, shown):
    assert printable(hostile) == shown


def test_ordinary_text_stays():
    text = "Grüße, 你好 🙂 <b>]]>\n\tindented"

    assert printable(text) == text


def test_a_carriage_return_alone_cannot_overwrite_a_line():
    assert printable("safe\rpwned") == r"safe\x0dpwned"
    assert printable("line\r\n") == "line\n"


def test_one_line_is_one_line():
    assert one_line("a\nb\tc\r\n") == r"a\nb\tc\x0d\n"


def test_no_control_character_of_any_kind_is_left():
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    left = printable(every, len(every))

    assert [c for c in left if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}] == ["\t", "\n"]
    assert [c for c in left if unicodedata.bidirectional(c) in BIDI_CONTROLS] == []


def test_ten_megabytes_are_cut_and_counted():
    text = printable("x" * 10_000_000)

    assert len(text) < 201_000
    assert text.endswith("… (9,800,000 more)")
