"""A message cut into its parts by octets, as far as MIME leaves no doubt (RFC 2045, RFC 2046).

Where a message is broken, or the standard library's parser sees it otherwise, the tree
ends and nothing below is judged.
"""

import email
import re
from dataclasses import dataclass
from email.message import Message
from functools import lru_cache

__all__ = ["Part", "fields", "parse", "unfold"]

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\r\n]|\r\n[ \t])*)\r\n")
_TYPE = re.compile(rb"\s*([A-Za-z0-9.+_-]+)/([A-Za-z0-9.+_-]+)\s*(?:;(.*))?\Z", re.DOTALL)
_PARAMETER = re.compile(
    rb'\s*([A-Za-z0-9._*-]+)=(?:"([^"\\\r\n]*)"|([^\s;"()<>@,:\\/\[\]?=]+))\s*(;|\Z)'
)
_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Part:
    """A message or a part of one.

    header  with the blank line; body what follows; whole both
    parts   of a multipart; ``message`` the message inside message/rfc822
    sure    whether what is inside is without doubt
    """

    header: bytes
    body: bytes
    type: bytes = b"TEXT"
    subtype: bytes = b"PLAIN"
    parameters: tuple[tuple[bytes, bytes], ...] = ()
    encoding: bytes = b"7BIT"
    parts: "tuple[Part, ...]" = ()
    message: "Part | None" = None
    sure: bool = True
    blank: bool = True

    @property
    def whole(self) -> bytes:
        """All octets."""
        return self.header + self.body

    @property
    def multipart(self) -> bool:
        """Whether it has parts of its own."""
        return self.type == b"MULTIPART"


def fields(header: bytes) -> list[tuple[bytes, bytes]] | None:
    """Return name and raw field, with its line end, of each header field; None if broken."""
    found: list[tuple[bytes, bytes]] = []
    position = 0
    while position < len(header):
        if header.startswith(b"\r\n", position):
            return found if position + 2 == len(header) else None
        match = _FIELD.match(header, position)
        if match is None:
            return None
        found.append((match[1].upper(), match[0]))
        position = match.end()
    return found


def unfold(field: bytes) -> bytes:
    """Return a raw field's body on one line, without white space around it."""
    body = field.partition(b":")[2]
    return re.sub(rb"\r\n(?=[ \t])", b"", body).strip(b" \t\r\n")


@lru_cache(maxsize=256)
def parse(octets: bytes) -> Part | None:
    """Return the tree of a message; None if its lines or its header are not in order."""
    if b"\0" in octets or re.search(rb"(?<!\r)\n|\r(?!\n)", octets):
        return None
    if not _split(octets)[0].isascii():
        return None  # what a server may do to such a header is not said
    part = _part(octets, _DEPTH)
    if part is None or not _agrees(part, email.message_from_bytes(octets)):
        return None if part is None else _blind(part)
    return part


def _blind(part: Part) -> Part:
    return Part(part.header, part.body, sure=False, blank=part.blank)


def _part(
    octets: bytes,
    depth: int,
    *,
    default: bytes = b"TEXT/PLAIN",
    outside: tuple[bytes, ...] = (),
) -> Part | None:
    header, blank, body = _split(octets)
    parsed = fields(header)
    if parsed is None:
        return Part(header, body, sure=False, blank=blank)
    types = [unfold(field) for name, field in parsed if name == b"CONTENT-TYPE"]
    encodings = [unfold(field) for name, field in parsed if name == b"CONTENT-TRANSFER-ENCODING"]
    if len(types) > 1 or len(encodings) > 1 or depth == 0:
        return Part(header, body, sure=False, blank=blank)
    encoding = encodings[0].upper() if encodings else b"7BIT"
    if not re.fullmatch(rb"[A-Z0-9-]+", encoding):
        return Part(header, body, sure=False, blank=blank)
    told = _content_type(types[0] if types else default)
    if told is None:
        return Part(header, body, sure=False, blank=blank)
    kind, subtype, parameters = told
    parts: tuple[Part, ...] = ()
    message = None
    sure = True
    if kind == b"MULTIPART":
        boundary = dict(parameters).get(b"BOUNDARY")
        below = b"MESSAGE/RFC822" if subtype == b"DIGEST" else b"TEXT/PLAIN"
        cut = (
            _cut(body, boundary) if boundary and encoding in (b"7BIT", b"8BIT", b"BINARY") else None
        )
        # RFC 2046 section 5.1.1 compares the beginning of a line, so one must not begin another.
        if boundary and any(b.startswith(boundary) or boundary.startswith(b) for b in outside):
            cut = None
        within = (*outside, boundary) if boundary else outside
        made = [_part(piece, depth - 1, default=below, outside=within) for piece in cut or ()]
        parts = tuple(part for part in made if part is not None)
        sure = bool(parts) and len(parts) == len(made) and all(part.sure for part in parts)
    elif (kind, subtype) == (b"MESSAGE", b"RFC822") and encoding in (b"7BIT", b"8BIT", b"BINARY"):
        message = _part(body, depth - 1, outside=outside)
        sure = message is not None and message.sure
    return Part(header, body, kind, subtype, parameters, encoding, parts, message, sure, blank)


def _split(octets: bytes) -> tuple[bytes, bool, bytes]:
    if octets.startswith(b"\r\n"):
        return octets[:2], True, octets[2:]
    end = octets.find(b"\r\n\r\n")
    if end < 0:
        return octets, False, b""
    return octets[: end + 4], True, octets[end + 4 :]


def _content_type(value: bytes) -> tuple[bytes, bytes, tuple[tuple[bytes, bytes], ...]] | None:
    match = _TYPE.fullmatch(value)
    if match is None:
        return None
    parameters = []
    rest = match[3] or b""
    position = 0
    while rest[position:].strip(b" \t;"):
        parameter = _PARAMETER.match(rest, position)
        if parameter is None:
            return None
        parameters.append(
            (parameter[1].upper(), parameter[2] if parameter[2] is not None else parameter[3])
        )
        position = parameter.end()
    if len({name for name, _ in parameters}) < len(parameters):
        return None
    return match[1].upper(), match[2].upper(), tuple(parameters)


def _cut(body: bytes, boundary: bytes) -> list[bytes] | None:
    """Return what lies between the boundary lines (RFC 2046 section 5.1.1); None in doubt."""
    delimiter = re.compile(rb"(?:\A|\r\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r\n|\Z)")
    pieces: list[bytes] = []
    start: int | None = None
    position = 0
    while True:
        match = delimiter.search(body, position)
        if match is None:
            return None  # no end
        if start is not None:
            # Two boundary lines in a row share a line end: the part between has no octets.
            pieces.append(body[start : match.start()] if match.start() >= start else b"")
        if match[1]:
            return pieces if pieces and body.count(b"--" + boundary) == len(pieces) + 1 else None
        start = match.end()
        position = max(match.end() - 2, match.start() + 1)


def _agrees(part: Part, message: Message) -> bool:
    """Return whether the standard library sees the same types and as many parts."""
    if not part.sure:
        return False
    if (
        message.get_content_type().upper().encode("latin-1", "replace")
        != part.type + b"/" + part.subtype
    ):
        return False
    if part.multipart:
        inner = message.get_payload()
        return (
            isinstance(inner, list)
            and len(inner) == len(part.parts)
            and all(
                _agrees(mine, theirs)
                for mine, theirs in zip(part.parts, inner, strict=True)
                if isinstance(theirs, Message)
            )
        )
    return True
