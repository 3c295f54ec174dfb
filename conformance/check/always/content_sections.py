"""BODY[…] against the octets that were put in (RFC 9051 section 6.4.5)."""

import re
from collections.abc import Iterator

from conformance.check.always.client import Moment
from conformance.check.always.folders import Mail
from conformance.check.always.lens import Lens
from conformance.check.always.message import difference, put_in
from conformance.check.always.mime import Part, fields
from conformance.check.always.mime_sections import chosen, message_at, section
from conformance.check.always.rules import blame
from conformance.imap.tree import Atom, Node, is_nil
from conformance.verdict import Finding

__all__ = ["sections"]

_SECTION = re.compile(r"BODY\[(?P<text>[^\]]*)\](?:<(?P<origin>\d+)>)?\Z", re.DOTALL)
_FIELDS = re.compile(
    r"(?:(?P<part>[0-9.]+)\.)?HEADER\.FIELDS(?P<but>\.NOT)? ?\((?P<names>[^)]*)\)\Z"
)
_OLD = {"RFC822": "", "RFC822.HEADER": "HEADER", "RFC822.TEXT": "TEXT"}


def sections(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """BODY[…] gives the octets of the message, neither more nor less (RFC 9051 section 6.4.5)."""
    response = moment.response
    if response is None:
        return
    wanted = [item for item in response.items if "[" in item or item in _OLD]
    if not wanted:
        return
    mail, root = put_in(moment)
    if root is None or mail is None:
        return
    for item in wanted:
        value = response.items[item]
        if not isinstance(value, bytes):
            continue
        if item in _OLD:
            expected, origin, text = section(root, _OLD[item]), None, _OLD[item]
        else:
            match = _SECTION.match(item)
            if match is None:
                continue
            text, origin = match["text"], match["origin"]
            if "HEADER.FIELDS" in text:
                yield from _header_fields(moment, mail, root, item, text, bytes(value), origin)
                continue
            expected = section(root, text)
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
                f"{item} {difference(expected, got)}",
                known=(mail.index,),
            )


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
    root: Part,
    item: str,
    text: str,
    got: bytes,
    origin: str | None,
) -> Iterator[Finding]:
    """HEADER.FIELDS gives the fields named, whole, and the blank line (6.4.5)."""
    match = _FIELDS.match(text)
    message = message_at(root, match["part"] or "") if match else None
    if match is None or message is None or origin is not None or not message.blank:
        return
    names = frozenset(match["names"].encode().split())
    wanted = chosen(message.header, names, but=bool(match["but"]))
    if wanted is None:
        return
    # The order of the fields is the message's; one that is sorted otherwise is let pass.
    came = fields(got)
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
