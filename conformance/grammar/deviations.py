"""The well-known deviations that have a name, each with what makes a frame right again.

``quirks.toml`` says where each has been met and shows it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["QUIRKS", "Mend", "Quirk"]

Mend = Callable[[bytes, int], bytes | None]


@dataclass(frozen=True, slots=True)
class Quirk:
    """A deviation that clients have met before.

    name      as reports show it
    sentence  what the server does
    mend      takes the octets and the offset of the failure, returns the octets as they
              should have been, or None where this quirk cannot be
    sign      what a frame with the quirk holds, in upper case; spares looking for it in others
    """

    name: str
    sentence: str
    mend: Mend
    sign: bytes = b""


_ONE_OCTET = {rb"\)", rb"\(", rb" ", rb"[ (]", rb"[ (,:]"}


def _at(pattern: bytes, put: bytes, behind: bytes = rb"") -> Mend:
    """Mend what ``pattern`` matches at the failing offset, if ``behind`` stands before it."""
    here = re.compile(pattern, re.IGNORECASE)
    before = re.compile(rb"(?:" + behind + rb")\Z", re.IGNORECASE) if behind else None
    plain = b"\\" not in put
    last = re.compile(rb"(?<=" + behind + rb")").match if behind in _ONE_OCTET else None

    def mend(octets: bytes, offset: int) -> bytes | None:
        found = here.match(octets, offset)
        if not found:
            return None
        if last:
            if not last(octets, offset):
                return None
        elif before and not before.search(octets, max(0, offset - 64), offset):
            return None
        new = put if plain else found.expand(put)
        return octets[:offset] + new + octets[found.end() :]

    return mend


def _all(pattern: bytes, put: bytes) -> Mend:
    """Mend wherever ``pattern`` matches, if it does so at all."""
    anywhere = re.compile(pattern, re.IGNORECASE)

    def mend(octets: bytes, _: int) -> bytes | None:
        found = anywhere.match(octets)
        return found.expand(put) + octets[found.end() :] if found else None

    if rb"\A" in pattern[:3]:
        return mend  # else it would be looked for at every octet
    return lambda octets, _: anywhere.sub(put, octets)


_SOME_BODY = rb'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0)'

QUIRKS = (
    Quirk(
        "trailing-space-status",
        "a space follows the last item of STATUS data",
        _all(rb"(\A\* STATUS [^\r\n]*?) (\)?)(\) ?)?(?=\r\n\Z)", rb"\1\2\3"),
        sign=b"STATUS",
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
        sign=b"+\r\n",
    ),
    Quirk(
        "spaces-between-addresses",
        "a space stands between two addresses of a list",
        _all(rb' (?:(?<="\) )|(?<=NIL\) ))(?=\((?:"[^"\r\n]*"|NIL) NIL (?:"|NIL))', rb""),
        sign=b") (",
    ),
    Quirk(
        "spaces-between-parts",
        "a space stands between two parts of a multipart body",
        _all(rb'\) (?=\("(?:TEXT|MESSAGE|IMAGE|AUDIO|VIDEO|APPLICATION|FONT|MODEL)" ")', rb")"),
        sign=b") (",
    ),
    Quirk(
        "expunged",
        "EXPUNGED stands for EXPUNGE",
        _all(rb"(\A\* \d+ EXPUNGE)D(?=\r\n\Z)", rb"\1"),
        sign=b"EXPUNGED",
    ),
    Quirk(
        "peek-in-response",
        "FETCH data names the item as it was asked for, with .PEEK",
        _all(rb"(?<=[( ])(BODY|BINARY)\.PEEK(?=\[)", rb"\1"),
        sign=b".PEEK",
    ),
    Quirk(
        "empty-body",
        "the body structure is an empty list",
        _all(rb"(?<=[( ]BODY )\(\)|(?<=[( ]BODYSTRUCTURE )\(\)", _SOME_BODY),
        sign=b"()",
    ),
    Quirk(
        "empty-multipart",
        "a multipart body has no parts",
        _all(rb'\( (?="[A-Z-]+"(?: \(| NIL|\)))', rb"(" + _SOME_BODY + rb" "),
        sign=b"( ",
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
        sign=b"* [",
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
        sign=b"FETCH ((",
    ),
    Quirk(
        "search-data-in-list",
        "the data of ESEARCH stands in parentheses",
        _all(rb"(\A\* ESEARCH(?: \(TAG [^()]*\))?(?: UID)? )\(([^()]*)\)(?=\r\n\Z)", rb"\1\2"),
        sign=b"ESEARCH",
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
        _at(rb'("[^"\r\n]*")', rb"(\1 NIL)", rb" "),
        sign=b"BODYSTRUCTURE",
    ),
    Quirk(
        "empty-message-body",
        "an empty list stands where the body of a message is due",
        _all(rb"(?<=\) )\(\)(?= \d)", _SOME_BODY),
        sign=b"()",
    ),
    Quirk(
        "quoted-flag",
        "flags stand in quotes",
        _all(rb'(?<=[( ])"\\\\?(\\[A-Za-z]+)"(?=[ )])', rb"\1"),
        sign=b'"\\',
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
        sign=b"()",
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
        sign=b"INTERNALDATE",
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
        sign=b"CAPABILITY",
    ),
    Quirk(
        "empty-fetch",
        "FETCH data holds no item",
        _all(rb"(\A\* [0-9]+ FETCH \()\)(?=\r\n\Z)", rb"\1UID 1)"),
        sign=b"()",
    ),
    Quirk(
        "star-flag",
        r"\* stands among flags that are not PERMANENTFLAGS",
        _all(rb" ?\\\*(?=[ )])", rb""),
        sign=b"\\*",
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
        sign=b" )",
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
        sign=b" \r\n",
    ),
    Quirk(
        "leading-nul",
        "NUL octets stand before a response",
        _all(rb"\A\x00+", rb""),
        sign=b"\0",
    ),
    Quirk(
        "bare-lf",
        "a line ends in LF without CR",
        _all(rb"\n(?<!\r\n)", rb"\r\n"),
    ),
    Quirk(
        "extra-cr",
        "more than one CR stands before LF",
        _all(rb"\r\r+\n", rb"\r\n"),
        sign=b"\r\r",
    ),
)
