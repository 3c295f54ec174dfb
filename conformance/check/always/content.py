"""Every answer about a message against the octets that were put in, and against earlier answers."""

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import datetime

from conformance.check.always import mime
from conformance.check.always.asked import canonical
from conformance.check.always.envelope import envelope_faults
from conformance.check.always.folders import Mail, number_of
from conformance.check.always.lens import Lens, Moment
from conformance.check.always.rules import Rule, blame
from conformance.check.always.structure import structure_faults
from conformance.imap.tree import Atom, Node, is_nil
from conformance.verdict import Finding

__all__ = ["CONTENT"]

_SECTION = re.compile(r"BODY\[(?P<text>[^\]]*)\](?:<(?P<origin>\d+)>)?\Z", re.DOTALL)
_FIELDS = re.compile(
    r"(?:(?P<part>[0-9.]+)\.)?HEADER\.FIELDS(?P<but>\.NOT)? ?\((?P<names>[^)]*)\)\Z"
)
_BINARY = re.compile(r"BINARY(?P<size>\.SIZE)?\[(?P<part>[0-9.]*)\](?:<(?P<origin>\d+)>)?\Z")
_LASTING = re.compile(
    r"(INTERNALDATE|RFC822(\.SIZE|\.HEADER|\.TEXT)?|ENVELOPE|BODY|BODYSTRUCTURE"
    r"|EMAILID|BODY\[[^\]]*\]|BINARY(\.SIZE)?\[[^\]]*\])\Z",
    re.DOTALL,
)
_OLD = {"RFC822": "", "RFC822.HEADER": "HEADER", "RFC822.TEXT": "TEXT"}


def same_as_before(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """What a message is does not change, whoever asks (RFC 9051 section 2.3.1.1)."""
    box, uid, response = moment.box, moment.uid, moment.response
    if box is None or uid is None or response is None:
        return
    for item, value in response.items.items():
        if len(item) < 4 or item in ("FLAGS", "MODSEQ") or not _LASTING.match(item):
            continue
        key = (uid, canonical(item))
        before = box.folder.items.setdefault(key, (value, moment.index))
        if before[0] != value and not _alike(item, before[0], value):
            kind = item.partition("[")[0]
            yield blame(
                moment,
                "RFC9051:2.3.1.1",
                f"{kind} changes",
                f"{item} of UID {uid} is not what it was before",
                known=(before[1],),
            )


def _alike(item: str, one: Node, other: Node) -> bool:
    if item == "INTERNALDATE" and isinstance(one, bytes) and isinstance(other, bytes):
        return _instant(one) == _instant(other)
    return _folded(one) == _folded(other)


def _folded(node: Node) -> object:
    if isinstance(node, tuple):
        return tuple(map(_folded, node))
    return bytes(node).upper() if isinstance(node, Atom) else bytes(node)


def _instant(date: bytes) -> datetime | None:
    try:
        return datetime.strptime(date.decode("latin-1").strip(), "%d-%b-%Y %H:%M:%S %z")
    except ValueError:
        return None


def _mail(moment: Moment) -> Mail | None:
    box, uid = moment.box, moment.uid
    return None if box is None or uid is None else box.folder.mails.get(uid)


def size(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """RFC822.SIZE is the number of octets of the message (RFC 9051 section 2.3.4)."""
    response = moment.response
    if response is None or "RFC822.SIZE" not in response.items:
        return
    mail = _mail(moment)
    told = number_of(response.items["RFC822.SIZE"])
    if mail is None or mail.octets is None or told is None or not _plain(mail.octets):
        return
    if told != len(mail.octets):
        yield blame(
            moment,
            "RFC9051:2.3.4",
            "RFC822.SIZE",
            f"RFC822.SIZE is {told}, and {len(mail.octets)} octets were put in",
            known=(mail.index,),
        )


def _plain(octets: bytes) -> bool:
    """Whether a server has nothing to mend: lines end in CRLF, and there is no NUL."""
    return mime.parse(octets) is not None


def sections(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """BODY[…] gives the octets of the message, neither more nor less (RFC 9051 section 6.4.5)."""
    response = moment.response
    if response is None:
        return
    wanted = [item for item in response.items if "[" in item or item in _OLD]
    if not wanted:
        return
    mail = _mail(moment)
    root = None if mail is None or mail.octets is None else mime.parse(mail.octets)
    if root is None or mail is None:
        return
    for item in wanted:
        value = response.items[item]
        if not isinstance(value, bytes):
            continue
        if item in _OLD:
            expected, origin, text = mime.section(root, _OLD[item]), None, _OLD[item]
        else:
            match = _SECTION.match(item)
            if match is None:
                continue
            text, origin = match["text"], match["origin"]
            if "HEADER.FIELDS" in text:
                yield from _header_fields(moment, mail, root, item, text, bytes(value), origin)
                continue
            expected = mime.section(root, text)
        if expected is None:
            continue
        if origin is not None:
            length = _length(moment, text, int(origin))
            if length is None:
                continue
            expected = expected[int(origin) : int(origin) + length]
        if is_nil(value) and expected == b"":
            continue
        got = b"" if is_nil(value) else bytes(value)
        if got != expected:
            kind = re.sub(r"\d+(\.\d+)*", "n", text) or "all"
            yield blame(
                moment,
                "RFC9051:6.4.5",
                f"BODY {kind}{' partial' if origin is not None else ''}",
                f"{item} {_difference(expected, got)}",
                known=(mail.index,),
            )


def _difference(expected: bytes, got: bytes) -> str:
    if len(got) != len(expected):
        return f"has {len(got)} octets, and {len(expected)} were put in"
    at = next(at for at, (one, two) in enumerate(zip(expected, got, strict=True)) if one != two)
    return f"differs at octet {at} from what was put in"


def _length(moment: Moment, text: str, origin: int) -> int | None:
    """Return how many octets were asked for from ``origin`` on; None if that is not clear."""
    lengths = set()
    for sent in moment.client.pending.values():
        for node in _atoms(sent.command.args[1:]):
            asked = node.decode("latin-1").upper().replace(".PEEK", "")
            match = re.fullmatch(r"(?:BODY|BINARY)\[(.*)\]<(\d+)\.(\d+)>", asked, re.DOTALL)
            if match and match[1] == text and int(match[2]) == origin:
                lengths.add(int(match[3]))
    return lengths.pop() if len(lengths) == 1 else None


def _atoms(nodes: tuple[Node, ...]) -> Iterator[Atom]:
    for node in nodes:
        if isinstance(node, tuple):
            yield from _atoms(node)
        elif isinstance(node, Atom):
            yield node


def _header_fields(
    moment: Moment,
    mail: Mail,
    root: mime.Part,
    item: str,
    text: str,
    got: bytes,
    origin: str | None,
) -> Iterator[Finding]:
    """HEADER.FIELDS gives the fields named, whole, and the blank line (6.4.5)."""
    match = _FIELDS.match(text)
    message = mime.message_at(root, match["part"] or "") if match else None
    if match is None or message is None or origin is not None or not message.blank:
        return
    names = frozenset(match["names"].encode().split())
    wanted = mime.chosen(message.header, names, but=bool(match["but"]))
    if wanted is None:
        return
    # The order of the fields is the message's; one that is sorted otherwise is let pass.
    came = mime.fields(got)
    expected = b"".join(wanted) + b"\r\n"
    if came is None or sorted(field for _, field in came) != sorted(wanted):
        yield blame(
            moment,
            "RFC9051:6.4.5",
            f"HEADER.FIELDS{match['but'] or ''}",
            f"{item} gives other fields than the message has",
            known=(mail.index,),
        )
    elif not got.endswith(b"\r\n\r\n") and got not in (b"\r\n", expected):
        yield blame(
            moment,
            "RFC9051:6.4.5",
            "HEADER.FIELDS without blank line",
            f"{item} ends without the blank line",
            known=(mail.index,),
        )


def binary(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """BINARY gives a part without its transfer encoding (RFC 3516 section 4.2)."""
    response = moment.response
    if response is None or not any(item.startswith("BINARY") for item in response.items):
        return
    mail = _mail(moment)
    root = None if mail is None or mail.octets is None else mime.parse(mail.octets)
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
                f"{item} {_difference(content, bytes(value))}",
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


def internal_date(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """INTERNALDATE is the date that APPEND gave (RFC 9051 section 6.3.12)."""
    response = moment.response
    if response is None or "INTERNALDATE" not in response.items:
        return
    mail = _mail(moment)
    told = response.items["INTERNALDATE"]
    if mail is None or mail.date is None or not isinstance(told, bytes):
        return
    given, got = _instant(mail.date), _instant(told)
    if given is not None and got is not None and given != got:
        yield blame(
            moment,
            "RFC9051:6.3.12",
            "INTERNALDATE",
            "INTERNALDATE is not the date that the message was given",
            level="SHOULD",
            known=(mail.index,),
        )


def envelope(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """ENVELOPE is the header in parsed form (RFC 9051 section 7.5.2)."""
    response = moment.response
    if response is None or "ENVELOPE" not in response.items:
        return
    mail = _mail(moment)
    root = None if mail is None or mail.octets is None else mime.parse(mail.octets)
    if root is None or mail is None:
        return
    for field, said in envelope_faults(root.header, response.items["ENVELOPE"]):
        yield blame(
            moment,
            "RFC9051:7.5.2",
            f"ENVELOPE {field}",
            said,
            # A date that is written in another way may still be the date.
            level="SHOULD" if field == "date" else "MUST",
            known=(mail.index,),
        )


def structure(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """BODY and BODYSTRUCTURE tell the parts, their types and sizes (RFC 9051 section 7.5.2)."""
    response = moment.response
    if response is None:
        return
    for item in ("BODY", "BODYSTRUCTURE"):
        value = response.items.get(item)
        if value is None:
            continue
        mail = _mail(moment)
        root = None if mail is None or mail.octets is None else mime.parse(mail.octets)
        if root is None or mail is None or not root.sure:
            return
        for key, said in structure_faults(root, value):
            yield blame(
                moment,
                "RFC9051:7.5.2",
                f"{item} {key}",
                f"{item}: {said}",
                known=(mail.index,),
            )
            break


CONTENT: dict[str, tuple[Rule, ...]] = {
    "FETCH": (same_as_before, size, sections, binary, internal_date, envelope, structure),
}
