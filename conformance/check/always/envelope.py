"""ENVELOPE as far as the RFCs fix it: plain fields, and addresses in their simple forms."""

import re
from collections.abc import Iterator

from conformance.check.always.mime import fields, unfold
from conformance.imap.tree import Node, is_nil

__all__ = ["addresses", "envelope_faults"]

_STRINGS = {0: b"DATE", 1: b"SUBJECT", 8: b"IN-REPLY-TO", 9: b"MESSAGE-ID"}
_ADDRESSES = {2: b"FROM", 3: b"SENDER", 4: b"REPLY-TO", 5: b"TO", 6: b"CC", 7: b"BCC"}
_ATOM = rb"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_SPEC = rb"(%s(?:\.%s)*)@(%s(?:\.%s)*)" % (_ATOM, _ATOM, _ATOM, _ATOM)
_NAME = rb'(?:"([^"\\\r\n]*)"|(%s(?: %s)*))' % (_ATOM, _ATOM)
_MAILBOX = re.compile(rb"\s*(?:%s|%s\s*<%s>|<%s>)\s*\Z" % (_SPEC, _NAME, _SPEC, _SPEC))

Address = tuple[bytes | None, bytes, bytes]


def envelope_faults(header: bytes, value: Node) -> Iterator[tuple[str, str]]:
    """Yield the field and what is wrong with it, for each that is not what the header says."""
    parsed = fields(header)
    if parsed is None or not isinstance(value, tuple) or len(value) != 10:
        return
    by_name: dict[bytes, list[bytes]] = {}
    for name, field in parsed:
        by_name.setdefault(name, []).append(unfold(field))
    for at, name in _STRINGS.items():
        found = by_name.get(name, [])
        if len(found) > 1 or not all(text.isascii() for text in found):
            continue
        got = value[at]
        if isinstance(got, tuple):
            continue
        label = name.decode().lower()
        if not found:
            if not is_nil(got):
                yield label, f"the message has no {label}, and ENVELOPE tells one"
        elif found[0] and (is_nil(got) or _squeezed(bytes(got)) != _squeezed(found[0])):
            yield label, f"the {label} is not what the header says"
    senders = addresses(by_name.get(b"FROM", []))
    for at, name in _ADDRESSES.items():
        lines = by_name.get(name, [])
        expected = addresses(lines)
        if not lines:
            # RFC 9051 section 7.5.2: without Sender or Reply-To the server says From instead.
            expected = senders if name in (b"SENDER", b"REPLY-TO") else []
        if expected is None:
            continue
        label = name.decode().lower()
        told = _told(value[at])
        if told is None:
            continue
        if [address[1:] for address in told] != [address[1:] for address in expected]:
            yield label, f"the addresses of {label} are not those of the header"
        elif any(one[0] != two[0] for one, two in zip(told, expected, strict=True) if two[0]):
            yield f"{label} name", f"a name in {label} is not the one in the header"


def _squeezed(text: bytes) -> bytes:
    return re.sub(rb"[ \t\r\n]+", b" ", text).strip()


def addresses(lines: list[bytes]) -> list[Address] | None:
    """Return the addresses of simple forms; None if any is not simple."""
    if len(lines) > 1:
        return None
    found: list[Address] = []
    for line in lines:
        if not line.isascii() or not line or b"=?" in line:
            return None
        for text in re.split(rb',(?=(?:[^"]*"[^"]*")*[^"]*\Z)', line):
            match = _MAILBOX.match(text)
            if match is None:
                return None
            if match[1] is not None:
                found.append((None, match[1], match[2]))
            elif match[5] is not None:
                found.append((match[3] or match[4], match[5], match[6]))
            else:
                found.append((None, match[7], match[8]))
    return found


def _told(value: Node) -> list[Address] | None:
    if isinstance(value, bytes):
        return [] if is_nil(value) else None
    told: list[Address] = []
    for address in value:
        if not isinstance(address, tuple) or len(address) != 4:
            return None
        name, _, mailbox, host = address
        if isinstance(name, tuple) or isinstance(mailbox, tuple) or isinstance(host, tuple):
            return None
        told.append((None if is_nil(name) else bytes(name), bytes(mailbox), bytes(host)))
    return told
