"""What FETCH says of a message: sections, ENVELOPE, BODYSTRUCTURE."""

import base64
import quopri
import re
from email.utils import getaddresses

from conformance.check.always.mime import Part, fields, parse, unfold
from conformance.check.always.mime_sections import chosen, message_at, section


def string(octets: bytes | None) -> bytes:
    if octets is None:
        return b"NIL"
    if len(octets) < 500 and not re.search(rb"[\x00\r\n\x80-\xff]", octets):
        return b'"' + octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    return b"{%d}\r\n" % len(octets) + octets


def _field(header: bytes, name: bytes) -> bytes | None:
    for found, field in fields(header) or ():
        if found == name:
            return unfold(field)
    return None


def _addresses(header: bytes, *names: bytes) -> bytes:
    for name in names:
        value = _field(header, name)
        if value is None:
            continue
        made = b""
        for shown, address in getaddresses([value.decode("latin-1")]):
            local, _, host = address.rpartition("@")
            if local:
                words = (shown.encode("latin-1") or None, None, local.encode(), host.encode())
                made += b"(" + b" ".join(map(string, words)) + b")"
        if made:
            return b"(" + made + b")"
    return b"NIL"


def envelope(header: bytes) -> bytes:
    sent = [string(_field(header, name)) for name in (b"DATE", b"SUBJECT")]
    sent += [
        _addresses(header, *names)
        for names in (
            (b"FROM",),
            (b"SENDER", b"FROM"),
            (b"REPLY-TO", b"FROM"),
            (b"TO",),
            (b"CC",),
            (b"BCC",),
        )
    ]
    sent += [string(_field(header, name)) for name in (b"IN-REPLY-TO", b"MESSAGE-ID")]
    return b"(" + b" ".join(sent) + b")"


def _parameters(part: Part) -> bytes:
    if not part.parameters:
        return b"NIL"
    return b"(" + b" ".join(string(word) for pair in part.parameters for word in pair) + b")"


def structure(part: Part, *, extended: bool) -> bytes:
    extra = [b"NIL"] * 4 if extended else []
    if part.parts:
        inner = b"".join(structure(one, extended=extended) for one in part.parts)
        more = [_parameters(part), b"NIL", b"NIL", b"NIL"] if extended else []
        return b"(" + b" ".join([inner, string(part.subtype), *more]) + b")"
    words = [
        *(string(part.type), string(part.subtype), _parameters(part)),
        *(string(_field(part.header, name)) for name in (b"CONTENT-ID", b"CONTENT-DESCRIPTION")),
        *(string(part.encoding), b"%d" % len(part.body)),
    ]
    if part.message is not None:
        words += [envelope(part.message.header), structure(part.message, extended=extended)]
    if part.type == b"TEXT" or part.message is not None:
        words.append(b"%d" % part.body.count(b"\r\n"))
    return b"(" + b" ".join([*words, *extra]) + b")"


def tree(octets: bytes) -> Part:
    found = parse(octets)
    assert found is not None
    return found


def decoded(octets: bytes, numbers: str) -> bytes | None:
    """Return BINARY's octets of a part; None if there is none."""
    root = tree(octets)
    body = section(root, numbers)
    if body is None:
        return None
    part = root
    for word in numbers.split("."):
        if part.parts:
            part = part.parts[int(word) - 1]
    if part.encoding == b"BASE64":
        return base64.b64decode(body)
    if part.encoding == b"QUOTED-PRINTABLE":
        return quopri.decodestring(body.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return body


_HEADER = re.compile(r"(?:([\d.]+)\.)?HEADER\.FIELDS(\.NOT)? \(([^)]*)\)")


def text(octets: bytes, name: str) -> bytes | None:
    """Return the octets of a section of BODY[...]; None if there is none."""
    root = tree(octets)
    match = _HEADER.fullmatch(name)
    if match is None:
        return section(root, name)
    message = message_at(root, match[1] or "")
    if message is None:
        return None
    names = frozenset(word.strip('"').encode() for word in match[3].split())
    found = chosen(message.header, names, but=bool(match[2]))
    return b"".join(found or ()) + b"\r\n"
