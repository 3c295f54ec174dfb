"""The base subject (RFC 5256 section 2.1), and how strings are collated (RFC 5051)."""

import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header
from functools import lru_cache

__all__ = ["base_subject", "casemap"]

_WHITE = re.compile(r"[ \t\r\n]+")
_TRAILER = re.compile(r"(?:\(fwd\)|[ \t]+)\Z", re.IGNORECASE)
_BLOB = re.compile(r"\[[^\[\]]*\][ \t]*")
_LEADER = re.compile(
    r"(?:\[[^\[\]]*\][ \t]*)*(?:re|fwd?)[ \t]*(?:\[[^\[\]]*\][ \t]*)?:", re.IGNORECASE
)
_FORWARD = re.compile(r"\[fwd:(.*)\]\Z", re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=1024)
def base_subject(subject: bytes) -> tuple[str, bool] | None:
    """Return the base subject and whether it is of a reply or forward; None if undecodable."""
    decoded = _decoded(subject)
    if decoded is None:
        return None
    text = _WHITE.sub(" ", decoded)
    reply = False
    while True:
        while match := _TRAILER.search(text):
            reply = reply or not match[0].isspace()
            text = text[: match.start()]
        while True:
            before = text
            text = text.lstrip(" \t")
            if match := _LEADER.match(text):
                reply = True
                text = text[match.end() :]
            elif match := _BLOB.match(text):
                # A blob goes only if that leaves something.
                text = text[match.end() :] or text
            if text == before:
                break
        match = _FORWARD.match(text)
        if match is None:
            return text, reply
        reply = True
        text = match[1]


def _decoded(subject: bytes) -> str | None:
    try:
        text = subject.decode("ascii")
        if "=?" not in text:
            return text
        pieces = decode_header(text)
    except (UnicodeDecodeError, HeaderParseError, ValueError):
        return None
    words = []
    for octets, charset in pieces:
        if isinstance(octets, str):
            words.append(octets)
            continue
        try:
            words.append(octets.decode(charset or "ascii"))
        except (UnicodeDecodeError, LookupError):
            return None
    return "".join(words)


def casemap(text: str) -> str:
    """Return a key that orders as i;unicode-casemap does: title case, then decomposed."""
    if text.isascii():
        return text.upper()
    return "".join(unicodedata.normalize("NFKD", char.title()) for char in text)
