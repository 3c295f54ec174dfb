"""Messages too large to store: made anew each time, always with the same octets."""

from collections.abc import Callable, Mapping
from functools import partial

__all__ = ["LARGE"]

_HEAD = (
    b"Date: Mon, 7 Oct 2024 09:15:00 +0200\r\n"
    b"From: Maria Santos <maria@example.com>\r\n"
    b"To: Alice Adams <alice@example.org>\r\n"
    b"Subject: %s\r\n"
    b"Message-ID: <%s@example.com>\r\n"
    b"MIME-Version: 1.0\r\n"
)


def _attachment(subject: bytes, name: bytes, mebibytes: int) -> bytes:
    """Return a base64 attachment, 78 octets a line."""
    head = _HEAD % (subject, name) + (
        b"Content-Type: application/octet-stream; name=photos.zip\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    )
    line = b"UEsDBBQAAAAIAAAhAAAA" * 3 + b"UEsDBBQAAAAIAAAh" + b"\r\n"
    return head + line * (mebibytes * 2**20 // len(line) + 1)


def _thousand_parts() -> bytes:
    """Return a multipart/mixed with 1,000 parts, each saying its number."""
    parts = b"".join(
        b"--p\r\nContent-Type: text/plain; name=%d.txt\r\n\r\npart %d\r\n" % (number, number)
        for number in range(1, 1001)
    )
    head = _HEAD % (b"A thousand parts", b"parts-1")
    return head + b"Content-Type: multipart/mixed; boundary=p\r\n\r\n" + parts + b"--p--\r\n"


LARGE: Mapping[str, Callable[[], bytes]] = {
    "one-megabyte.eml": partial(_attachment, b"A photo", b"photo-1", 1),
    "ten-megabytes.eml": partial(_attachment, b"All the photos", b"large-1", 10),
    "thousand-parts.eml": _thousand_parts,
}
"""File name, as a scenario writes it -> what makes the message."""
