"""An RFC's plain text cut into its sections, and the RFC 2119 words counted in each.

The texts themselves are not part of this repository; the scripts in ``ci/`` that read
them keep numbers and titles only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["FRONT", "Section", "count_keywords", "sections", "title"]

FRONT = "front"
"""The pseudo-section of everything before section 1: status, abstract, contents."""

_KEYWORD = re.compile(
    r"\b(?:MUST(?:\s+NOT)?|SHALL(?:\s+NOT)?|SHOULD(?:\s+NOT)?|REQUIRED"
    r"|(?:NOT\s+)?RECOMMENDED|MAY|OPTIONAL)\b"
)
# The paragraph that declares the words uses each of them once, in quotes.
_DECLARATION = re.compile(
    r"key\s+words\s+\"MUST|to\s+be\s+interpreted\s+as\s+(?:described|defined)"
)
_FOOTER = re.compile(r"^\S.*\[Page\s+\w+\]\s*$")
_RUNNING_HEADER = re.compile(r"^RFC\s+\d+\s.*\s\w+\s+\d{4}\s*$")
_HEADING = re.compile(
    r"^(?:Appendix\s+)?(\d+|[A-Z])((?:\.\d+)*)(?:[.:]|(?=\s))\s*(?:-+\s+)?(\S.*)$"
)
_TITLE_LINES = 5
_CONTENTS = re.compile(r"\.\s?\.\s?\.|\s{3,}\d+$")
_RELATED = re.compile(r"^(?:Obsoletes|Updates|Category|Request for Comments|STD|BCP|FYI|ISSN):?\s")


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section: its number without a closing dot, its title, and the text below it."""

    number: str
    title: str
    body: str


def _unpaged(text: str) -> list[str]:
    """Return the lines without page footers, form feeds and running headers."""
    lines = []
    for line in text.replace("\f", "\n").splitlines():
        if _FOOTER.match(line) or _RUNNING_HEADER.match(line):
            continue
        lines.append(line.rstrip())
    return lines


def _follows(number: tuple[str, ...], last: tuple[str, ...]) -> bool:
    """Tell whether a heading ``number`` may come next after ``last``: a first child, or a sibling.

    RFCs leave out numbers by mistake (2045: 2.7 is "2.7.", then "2.9."; 3348: no 4), so up
    to two may be missing. Items of lists begin at 1 again and do not follow.
    """
    if number[0].isalpha() and not last[0].isalpha():
        return number == ("A",)
    depth = next((i for i, (a, b) in enumerate(zip(number, last, strict=False)) if a != b), None)
    if depth is None:  # one begins with the other: only a child follows
        return len(number) == len(last) + 1 and number[-1] == "1"
    step = _ordinal(number[depth]) - _ordinal(last[depth])
    return 1 <= step <= 3 and all(part == "1" for part in number[depth + 1 :])


def _ordinal(part: str) -> int:
    return int(part) if part.isdigit() else ord(part)


def _heading(line: str) -> tuple[tuple[str, ...], str] | None:
    """Return number and title if ``line`` looks like a heading; a line of the contents does not."""
    found = _HEADING.match(line)
    if found is None or _CONTENTS.search(line):
        return None
    return (found[1], *found[2].split(".")[1:]), found[3]


def sections(text: str) -> Iterator[Section]:
    """Yield the sections of an RFC's ``text`` in order, the first being FRONT.

    A heading stands at the left margin and its number follows the one before. What
    comes after the last numbered section (authors, copyright) belongs to that one.
    """
    lines = _unpaged(text)
    headings = [_heading(line) for line in lines]
    # RFC 3502 replaces one section of another RFC and begins with that one's number.
    first = min((h[0] for h in headings if h and h[0][0].isdigit()), key=_by_number, default=("1",))
    number: tuple[str, ...] = ()
    label, name, body = FRONT, "Front matter", list[str]()
    index = 0
    while index < len(lines):
        heading = headings[index]
        if heading and (_follows(heading[0], number) if number else heading[0] == first):
            yield Section(label, name, "\n".join(body))
            number, name = heading
            label, body = ".".join(number), []
            end = index + 1
            while end < len(lines) and lines[end]:
                end += 1
            if end - index <= _TITLE_LINES and all(
                x.startswith(" ") for x in lines[index + 1 : end]
            ):
                name = " ".join([name, *(x.strip() for x in lines[index + 1 : end])])
                index = end - 1
        else:
            body.append(lines[index])
        index += 1
    yield Section(label, name, "\n".join(body))


def _by_number(number: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(int(part) for part in number)


def title(text: str) -> str:
    """Return the RFC's title: the centred lines between its head and the first paragraph."""
    blocks = re.split(r"\n\s*\n", "\n".join(_unpaged(text)).strip())
    for block in blocks[1:]:
        lines = block.splitlines()
        if all(line.startswith("  ") for line in lines):
            words = " ".join(line.strip() for line in lines)
            if words and not _RELATED.match(words):
                return words
    return ""


def count_keywords(body: str) -> int:
    """Return how often RFC 2119 words stand in ``body`` in capitals.

    MUST NOT is one word, also across a line break. Examples, tables and comments of
    the grammar count like prose; the paragraph that declares the words does not.
    """
    return sum(
        len(_KEYWORD.findall(paragraph))
        for paragraph in re.split(r"\n\s*\n", body)
        if not _DECLARATION.search(paragraph)
    )
