"""BINARY and BINARY.SIZE: a part without its transfer encoding (RFC 3516)."""

import base64
import binascii
import re
from collections.abc import Iterator

from conformance.check.always import mime
from conformance.check.always.client import Moment
from conformance.check.always.folders import number_of
from conformance.check.always.lens import Lens
from conformance.check.always.message import difference, put_in
from conformance.check.always.rules import blame
from conformance.imap.tree import is_nil
from conformance.verdict import Finding

__all__ = ["binary"]

_BINARY = re.compile(r"BINARY(?P<size>\.SIZE)?\[(?P<part>[0-9.]*)\](?:<(?P<origin>\d+)>)?\Z")


def binary(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """BINARY gives a part without its transfer encoding (RFC 3516 section 4.2)."""
    response = moment.response
    if response is None or not any(item.startswith("BINARY") for item in response.items):
        return
    mail, root = put_in(moment)
    if root is None or mail is None:
        return
    for item, value in response.items.items():
        match = _BINARY.match(item)
        if match is None or not match["part"] or match["origin"] is not None:
            continue
        content = _decoded(root, match["part"])
        if content is None or not isinstance(value, bytes):
            continue
        if match["size"]:
            told = number_of(value)
            if told is not None and told != len(content):
                yield blame(
                    moment,
                    "RFC3516:4.3",
                    "BINARY.SIZE",
                    f"{item} is {told}, and the part has {len(content)} octets when decoded",
                    known=(mail.index,),
                )
        elif bytes(value) != content and not is_nil(value):
            yield blame(
                moment,
                "RFC3516:4.2",
                "BINARY",
                f"{item} {difference(content, bytes(value))}",
                known=(mail.index,),
            )


def _decoded(root: mime.Part, numbers: str) -> bytes | None:
    part: mime.Part | None = root
    if not root.sure:
        return None
    for word in numbers.split("."):
        if part is None:
            return None
        if part.multipart and 0 < int(word) <= len(part.parts):
            part = part.parts[int(word) - 1]
        elif int(word) == 1 and part is root and not part.multipart:
            continue
        else:
            return None
        if not part.sure:
            return None
    if part is None or part.multipart or part.message is not None:
        return None
    try:
        if part.encoding == b"BASE64":
            return base64.b64decode(re.sub(rb"\s", b"", part.body), validate=True)
    except (binascii.Error, ValueError):
        return None
    if part.encoding == b"QUOTED-PRINTABLE":
        if re.search(rb"=(?!\r\n|[0-9A-F]{2})|[ \t]\r\n|[\x80-\xff]|[ \t]\Z", part.body):
            return None
        body = part.body.replace(b"=\r\n", b"")
        return re.sub(rb"=([0-9A-F]{2})", lambda m: bytes((int(m[1], 16),)), body)
    return part.body if part.encoding in (b"7BIT", b"8BIT", b"BINARY") else None
