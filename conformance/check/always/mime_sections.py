"""The octets of a message that BODY[…] names: parts by number, headers, texts (RFC 9051 6.4.5)."""

from conformance.check.always.mime import Part, fields

__all__ = ["chosen", "message_at", "section"]


def section(root: Part, text: str) -> bytes | None:
    """Return the octets of a section such as ``1.2.MIME`` or ``HEADER``; None in doubt.

    ``HEADER.FIELDS`` is not for here: see ``chosen``.
    """
    words = text.split(".") if text else []
    numbers: list[int] = []
    while words and words[0].isdigit():
        numbers.append(int(words.pop(0)))
    kind = ".".join(words)
    part: Part = root
    inner: Part | None = root  # the message whose parts the next number counts
    for number in numbers:
        if inner is None or not inner.sure:
            return None
        if inner.multipart:
            if not 0 < number <= len(inner.parts):
                return None
            part = inner.parts[number - 1]
        elif number == 1 and inner is not part:
            part = Part(b"", inner.body, inner.type, inner.subtype)
        elif number == 1 and part is root and root.message is None:
            part = Part(b"", root.body, root.type, root.subtype)
        # Where all of it is one message/rfc822, part 1 may be that, or a part of the one within:
        # RFC 9051 section 6.4.5 gives a single part only to those without.
        else:
            return None
        inner = part.message if part.message is not None else part if part.multipart else None
    if not numbers:
        return {"": root.whole, "HEADER": root.header, "TEXT": root.body}.get(kind)
    if kind == "":
        return part.body
    if kind == "MIME":
        return part.header or None
    if part.message is not None and kind in ("HEADER", "TEXT"):
        return part.message.header if kind == "HEADER" else part.message.body
    return None


def message_at(root: Part, numbers: str) -> Part | None:
    """Return the message whose header ``1.2.HEADER.FIELDS`` speaks of; None in doubt."""
    if not numbers:
        return root
    inner: Part | None = root
    part = root
    for word in numbers.split("."):
        number = int(word)
        if (
            inner is None
            or not inner.sure
            or not inner.multipart
            or not 0 < number <= len(inner.parts)
        ):
            return None
        part = inner.parts[number - 1]
        inner = part.message if part.message is not None else part if part.multipart else None
    return part.message


def chosen(header: bytes, names: frozenset[bytes], *, but: bool) -> list[bytes] | None:
    """Return the raw fields that HEADER.FIELDS or, with ``but``, HEADER.FIELDS.NOT selects."""
    parsed = fields(header)
    if parsed is None:
        return None
    return [field for name, field in parsed if (name in names) != but]
