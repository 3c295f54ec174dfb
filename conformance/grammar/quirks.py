"""Well-known deviations: each has a name, a sentence, and a way to mend the frame.

A quirk is found when the frame, mended in that one way, is well-formed. It stays a finding.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["QUIRKS", "Quirk", "find", "table"]

Mend = Callable[[bytes, int], bytes | None]


@dataclass(frozen=True, slots=True)
class Quirk:
    """A deviation that clients have met before.

    name      as reports show it
    sentence  what the server does
    mend      takes the octets and the offset of the failure, returns the octets as they
              should have been, or None where this quirk cannot be
    """

    name: str
    sentence: str
    mend: Mend

    @property
    def seen(self) -> str:
        """Where it has been met; empty if no report is known."""
        return table()[self.name].get("seen", "")


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    """Return the table of quirks.toml: name -> seen, and a frame or octets that show it."""
    text = (files("conformance.grammar") / "quirks.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def find(
    octets: bytes,
    offset: int,
    fits: Callable[[bytes], bool],
    fails: Callable[[bytes], int | None],
) -> Quirk | None:
    """Return the quirk that makes ``octets`` ill-formed at ``offset``, or None.

    ``fits`` says whether mended octets are well-formed, ``fails`` where they are not. A frame
    may have several quirks; the first is returned if they are all that is wrong with it.
    """
    for quirk in QUIRKS:
        mended = quirk.mend(octets, offset)
        if mended is not None and mended != octets and fits(mended):
            return quirk
    first = None
    asked = 0
    while asked < _MOST:
        for quirk in QUIRKS:
            mended = quirk.mend(octets, offset)
            if mended is None or mended == octets or mended.startswith(octets[: offset + 1]):
                continue  # it mends nothing, or only what comes later
            if fits(mended):
                return first or quirk
            asked += 1
            further = fails(mended)
            if further is not None and len(mended) - further < len(octets) - offset:
                first = first or quirk
                octets, offset = mended, further
                break
        else:
            return None
    return None


_MOST = 24
"""How many half-mended frames are looked at, at most."""


def _at(pattern: bytes, put: bytes, behind: bytes = rb"") -> Mend:
    """Mend what ``pattern`` matches at the failing offset, if ``behind`` stands before it."""
    here = re.compile(pattern, re.IGNORECASE)
    before = re.compile(rb"(?:" + behind + rb")\Z", re.IGNORECASE) if behind else None

    def mend(octets: bytes, offset: int) -> bytes | None:
        found = here.match(octets, offset)
        if not found or (before and not before.search(octets, max(0, offset - 64), offset)):
            return None
        return octets[:offset] + found.expand(put) + octets[found.end() :]

    return mend


def _within(word: bytes, mend: Mend) -> Mend:
    """Mend only after ``word``."""
    return lambda octets, offset: mend(octets, offset) if word in octets[:offset] else None


def _all(pattern: bytes, put: bytes) -> Mend:
    """Mend wherever ``pattern`` matches, if it does so at all."""
    anywhere = re.compile(pattern, re.IGNORECASE)
    return lambda octets, _: anywhere.sub(put, octets)


_STATUS = rb"(\A\* STATUS .*)"

_SOME_BODY = rb'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0)'

QUIRKS = (
    Quirk(
        "trailing-space-status",
        "a space follows the last item of STATUS data",
        _all(rb"(\A\* STATUS [^\r\n]*?) (\)?)(\) ?)?(?=\r\n\Z)", rb"\1\2\3"),
    ),
    Quirk(
        "missing-text",
        "no text follows OK, NO, BAD, PREAUTH, BYE or a response code",
        _all(
            rb"(\A\S+ (?:OK|NO|BAD|BYE|PREAUTH)(?: \[[^\r\n]*\])?) ?(?=\r\n\Z)",
            rb"\1 text",
        ),
    ),
    Quirk(
        "empty-continuation",
        "a continuation request is a lone '+', without its space",
        _all(rb"\A\+(?=\r\n\Z)", rb"+ "),
    ),
    Quirk(
        "spaces-between-addresses",
        "a space stands between two addresses of a list",
        _all(rb'((?:"[^"\r\n]*"|NIL)\)) (?=\((?:"[^"\r\n]*"|NIL) NIL (?:"|NIL))', rb"\1"),
    ),
    Quirk(
        "spaces-between-parts",
        "a space stands between two parts of a multipart body",
        _all(rb'\) (?=\("(?:TEXT|MESSAGE|IMAGE|AUDIO|VIDEO|APPLICATION|FONT|MODEL)" ")', rb")"),
    ),
    Quirk(
        "expunged",
        "EXPUNGED stands for EXPUNGE",
        _all(rb"(\A\* \d+ EXPUNGE)D(?=\r\n\Z)", rb"\1"),
    ),
    Quirk(
        "peek-in-response",
        "FETCH data names the item as it was asked for, with .PEEK",
        _all(rb"(?<=[( ])(BODY|BINARY)\.PEEK(?=\[)", rb"\1"),
    ),
    Quirk(
        "empty-body",
        "the body structure is an empty list",
        _all(rb"(?<=[( ]BODY )\(\)|(?<=[( ]BODYSTRUCTURE )\(\)", _SOME_BODY),
    ),
    Quirk(
        "empty-multipart",
        "a multipart body has no parts",
        _all(rb'\( (?="[A-Z-]+"(?: \(| NIL|\)))', rb"(" + _SOME_BODY + rb" "),
    ),
    Quirk(
        "missing-space",
        "a space is missing between two lists",
        _at(rb"(?=\()", rb" ", rb"\)"),
    ),
    Quirk(
        "code-without-ok",
        "a response code stands alone, without OK before it",
        _all(rb"\A\* \[", rb"* OK ["),
    ),
    Quirk(
        "unquoted-mailbox",
        "a mailbox name with spaces or parentheses is not quoted",
        _all(rb'(\A\* STATUS )([^"\r\n]*[ ()][^"\r\n]*)( \([^()]*\)\r\n\Z)', rb'\1"\2"\3'),
    ),
    Quirk(
        "unquoted-mailbox",
        "a mailbox name with spaces or parentheses is not quoted",
        _all(
            rb'(\A\* (?:LIST|LSUB) \([^()]*\) (?:"[^"]*"|NIL) )([^"\r\n]*[ ()][^"\r\n]*)(\r\n\Z)',
            rb'\1"\2"\3',
        ),
    ),
    Quirk(
        "fetch-items-in-lists",
        "each item of FETCH data stands in parentheses of its own",
        _all(rb"(?<=FETCH \()\((UID \d+|FLAGS \([^()]*\))\) \((.*)\)(?=\)\r\n\Z)", rb"\1 \2"),
    ),
    Quirk(
        "search-data-in-list",
        "the data of ESEARCH stands in parentheses",
        _all(rb"(\A\* ESEARCH(?: \(TAG [^()]*\))?(?: UID)? )\(([^()]*)\)(?=\r\n\Z)", rb"\1\2"),
    ),
    Quirk(
        "short-envelope",
        "In-Reply-To or Message-ID is missing at the end of an envelope",
        _at(rb"(?=\))", rb" NIL", rb'(?:"|NIL|\))'),
    ),
    Quirk(
        "short-envelope",
        "In-Reply-To or Message-ID is missing at the end of an envelope",
        _at(rb"(?=\))", rb" NIL NIL", rb'(?:"|NIL|\))'),
    ),
    Quirk(
        "nil-address",
        "NIL stands among the addresses of a list",
        _at(rb"NIL(?=\)|\()", rb"", rb"\)"),
    ),
    Quirk(
        "subtype-without-type",
        "a media type lacks its first half",
        _at(rb"(?=\()", rb'"X" ', rb'\("[^"\r\n]*" '),
    ),
    Quirk(
        "disposition-string",
        "a disposition is a string instead of a list",
        _within(b"BODYSTRUCTURE", _at(rb'("[^"\r\n]*")', rb"(\1 NIL)", rb" ")),
    ),
    Quirk(
        "empty-message-body",
        "an empty list stands where the body of a message is due",
        _all(rb"(?<=\) )\(\)(?= \d)", _SOME_BODY),
    ),
    Quirk(
        "quoted-flag",
        "flags stand in quotes",
        _all(rb'(?<=[( ])"\\\\?(\\[A-Za-z]+)"(?=[ )])', rb"\1"),
    ),
    Quirk(
        "bracket-in-flag",
        "a flag holds ']' without being quoted",
        _at(rb"\]", rb"", rb"\[[^ ()\r\n]*"),
    ),
    Quirk(
        "nil-for-string",
        "NIL stands where a string is due",
        _at(rb"NIL(?![^ )\]\r])", rb'""'),
    ),
    Quirk(
        "empty-list-for-nil",
        "an empty list stands where NIL is due",
        _all(rb"(?<= )\(\)(?=[ )])", rb"NIL"),
    ),
    Quirk(
        "unquoted-string",
        "an atom stands where a quoted string is due",
        _at(rb"([A-Za-z0-9._/+*-]+)(?=[ )\r])", rb'"\1"', rb"[ (]"),
    ),
    Quirk(
        "quoted-number",
        "a number stands in quotes",
        _at(rb'"([0-9]+)"', rb"\1"),
    ),
    Quirk(
        "negative-number",
        "a number is below zero",
        _at(rb"-[0-9]+", rb"1", rb" "),
    ),
    Quirk(
        "zero-number",
        "0 stands where a number above 0 is due",
        _at(rb"0(?![0-9])", rb"1", rb"[ (,:]"),
    ),
    Quirk(
        "zero-number",
        "0 stands where a number above 0 is due",
        _all(rb"\A\* 0 (?=FETCH |EXPUNGE\r)", rb"* 1 "),
    ),
    Quirk(
        "leading-zero",
        "a number above 0 begins with 0",
        _at(rb"0+(?=[1-9])", rb"", rb"[ (,:]"),
    ),
    Quirk(
        "leading-zero",
        "a number above 0 begins with 0",
        _all(rb"\A\* 0+(?=[1-9][0-9]* (?:FETCH |EXPUNGE\r))", rb"* "),
    ),
    Quirk(
        "day-not-padded",
        "the day of INTERNALDATE has one digit and no space before it",
        _all(rb'"(?=[0-9]-[A-Z]{3}-[0-9]{4} )', rb'" '),
    ),
    Quirk(
        "zone-name",
        "a time zone is a name instead of an offset",
        _at(rb"[A-Z]{1,5}(?=\")", rb"+0000", rb" "),
    ),
    Quirk(
        "raw-8bit",
        "octets above 127 stand outside literals, without UTF8=ACCEPT or IMAP4rev2",
        _all(rb"[\x80-\xff]", rb"?"),
    ),
    Quirk(
        "capability-without-imap",
        "the capabilities do not name the version of IMAP",
        _all(rb"(\A\* CAPABILITY|\[CAPABILITY)(?![^\]\r]* IMAP4rev)", rb"\1 IMAP4rev1 IMAP4rev2"),
    ),
    Quirk(
        "empty-fetch",
        "FETCH data holds no item",
        _all(rb"(\A\* [0-9]+ FETCH \()\)(?=\r\n\Z)", rb"\1UID 1)"),
    ),
    Quirk(
        "star-flag",
        r"\* stands among flags that are not PERMANENTFLAGS",
        _all(rb" ?\\\*(?=[ )])", rb""),
    ),
    Quirk(
        "trailing-space-list",
        "a space stands before a closing parenthesis",
        _at(rb" *(?=\))", rb""),
    ),
    Quirk(
        "trailing-space-list",
        "a space stands before a closing parenthesis",
        _all(rb" +(?=\)+\r\n\Z)", rb""),
    ),
    Quirk(
        "leading-space-list",
        "a space follows an opening parenthesis",
        _at(rb" +", rb"", rb"\("),
    ),
    Quirk(
        "double-space",
        "two spaces stand where one is due",
        _at(rb" +", rb"", rb" "),
    ),
    Quirk(
        "trailing-space",
        "a space stands before CRLF",
        _all(rb" +(?=\r\n\Z)", rb""),
    ),
    Quirk(
        "leading-nul",
        "NUL octets stand before a response",
        _all(rb"\A\x00+", rb""),
    ),
    Quirk(
        "bare-lf",
        "a line ends in LF without CR",
        _all(rb"(?<!\r)\n", rb"\r\n"),
    ),
    Quirk(
        "extra-cr",
        "more than one CR stands before LF",
        _all(rb"\r+\n", rb"\r\n"),
    ),
)


def named(name: str) -> Iterator[Quirk]:
    """Yield the quirks called ``name``."""
    return (quirk for quirk in QUIRKS if quirk.name == name)
