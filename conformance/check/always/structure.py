"""BODY and BODYSTRUCTURE as far as MIME fixes them: types, parameters, encodings, sizes, lines."""

from collections.abc import Iterator

from conformance.check.always.envelope import envelope_faults
from conformance.check.always.folders import number_of
from conformance.check.always.mime import Part
from conformance.imap.tree import Node, is_nil

__all__ = ["structure_faults"]

_EXTENSIONS = 4


def structure_faults(part: Part, value: Node) -> Iterator[tuple[str, str]]:
    """Yield a short key and a sentence for each thing that is not as the part is."""
    if not isinstance(value, tuple) or not value or not part.sure:
        return
    if isinstance(value[0], tuple):
        yield from _multipart(part, value)
    else:
        yield from _single(part, value)


def _multipart(part: Part, value: tuple[Node, ...]) -> Iterator[tuple[str, str]]:
    if not part.multipart:
        yield "multipart", f"a part of {_type(part)} is told as a multipart"
        return
    inner = [node for node in value if isinstance(node, tuple)]
    count = next((at for at, node in enumerate(value) if not isinstance(node, tuple)), len(value))
    if count != len(part.parts):
        yield "parts", f"a multipart has {len(part.parts)} parts, and {count} are told"
        return
    subtype = value[count] if count < len(value) else b""
    if isinstance(subtype, bytes) and subtype.upper() != part.subtype:
        yield "subtype", f"{_type(part)} is told as {subtype.decode('latin-1')}"
    yield from _beyond(len(value) - count - 1)
    for mine, theirs in zip(part.parts, inner[:count], strict=True):
        yield from structure_faults(mine, theirs)


def _single(part: Part, value: tuple[Node, ...]) -> Iterator[tuple[str, str]]:
    if part.multipart:
        yield "multipart", "a multipart is told as a single part"
        return
    if len(value) < 7:
        return
    kind, subtype, parameters, _, _, encoding, size = value[:7]
    if isinstance(kind, bytes) and isinstance(subtype, bytes):
        told = bytes(kind).upper() + b"/" + bytes(subtype).upper()
        if told != part.type + b"/" + part.subtype:
            yield "type", f"{_type(part)} is told as {told.decode('latin-1')}"
            return
    yield from _parameters(part, parameters)
    if isinstance(encoding, bytes) and bytes(encoding).upper() != part.encoding:
        yield "encoding", f"the encoding {part.encoding.decode()} is told otherwise"
    octets = number_of(size)
    if octets is not None and octets != len(part.body):
        yield "size", f"a part of {len(part.body)} octets is told to have {octets}"
    fixed = 8 if part.type == b"TEXT" else 10 if part.message is not None else 7
    yield from _beyond(len(value) - fixed)
    if part.type == b"TEXT" and len(value) > 7:
        yield from _lines(part, value[7])
    elif part.message is not None and len(value) > 9:
        for field, said in envelope_faults(part.message.header, value[7]):
            yield f"envelope {field}", said
        yield from structure_faults(part.message, value[8])
        yield from _lines(part, value[9])


def _beyond(extensions: int) -> Iterator[tuple[str, str]]:
    # MD5 or parameters, disposition, language, location: no more is defined (7.5.2).
    if extensions > _EXTENSIONS:
        yield "beyond", f"{extensions} items of extension data, and {_EXTENSIONS} are defined"


def _lines(part: Part, told: Node) -> Iterator[tuple[str, str]]:
    count = number_of(told)
    lines = part.body.count(b"\r\n")
    # Whether a last line without its end counts is not said (RFC 9051 section 7.5.2).
    least, most = (lines, lines) if part.body.endswith(b"\r\n") else (lines, lines + 1)
    if count is not None and not least <= count <= most:
        yield "lines", f"a part of {lines} lines is told to have {count}"


def _parameters(part: Part, value: Node) -> Iterator[tuple[str, str]]:
    told: dict[bytes, bytes] = {}
    if isinstance(value, tuple):
        for name, content in zip(value[::2], value[1::2], strict=False):
            if isinstance(name, bytes) and isinstance(content, bytes):
                told[bytes(name).upper()] = bytes(content)
    elif not is_nil(value):
        return
    for name, content in part.parameters:
        if b"*" in name:
            continue  # RFC 2231: how much a server decodes is its own affair
        if name not in told:
            yield "parameter missing", f"the parameter {name.decode('latin-1').lower()} is not told"
        elif told[name].lower() != content.lower():
            yield "parameter", f"the parameter {name.decode('latin-1').lower()} is told otherwise"


def _type(part: Part) -> str:
    return (part.type + b"/" + part.subtype).decode("latin-1")
