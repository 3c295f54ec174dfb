"""Limits within responses: fields of ID, letters of rights, names of NAMESPACE's extensions."""

from collections.abc import Iterator

from conformance.check.always.client import Moment
from conformance.check.always.lens import Lens
from conformance.check.always.rules import Rule, blame
from conformance.imap.tree import Node, is_nil
from conformance.verdict import Finding

__all__ = ["LIMITS"]

_NAME, _VALUE, _FIELDS = 30, 1024, 30
_OLD = b"lrswipcda0123456789"
_RIGHTS = b"abcdefghijklmnopqrstuvwxyz0123456789"


def id_limits(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """ID has at most 30 fields, short ones, each once (RFC 2971 section 3.3)."""
    response = moment.response
    if response is None or not response.data or not isinstance(response.data[0], tuple):
        return
    nodes = response.data[0]
    names = [bytes(node).lower() for node in nodes[::2] if isinstance(node, bytes)]
    values = [bytes(node) for node in nodes[1::2] if isinstance(node, bytes) and not is_nil(node)]
    for key, wrong, said in (
        ("ID name too long", any(len(n) > _NAME for n in names), f"over {_NAME} octets in a name"),
        ("ID value too long", any(len(v) > _VALUE for v in values), f"over {_VALUE} in a value"),
        ("ID with many fields", len(names) > _FIELDS, f"{len(names)} fields, over {_FIELDS}"),
        ("ID field twice", len(set(names)) < len(names), "a field that stands there twice"),
    ):
        if wrong:
            yield blame(moment, "RFC2971:3.3", key, f"ID has {said}", level="MUST NOT")


def rights_once(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A right stands in LISTRIGHTS once (RFC 4314 section 3.7)."""
    response = moment.response
    if response is None or len(response.data) < 3:
        return
    rights = b"".join(bytes(node) for node in response.data[2:] if isinstance(node, bytes))
    if len(set(rights)) < len(rights):
        yield blame(
            moment,
            "RFC4314:3.7",
            "LISTRIGHTS twice",
            "a right stands in LISTRIGHTS twice",
            level="MUST NOT",
        )


def rights_lower(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """Rights are lower-case letters and digits (RFC 4314 section 7)."""
    if any(set(one) - set(_RIGHTS) for one in _told(moment)):
        yield blame(
            moment,
            "RFC4314:7",
            "rights beyond letters and digits",
            "rights are told that are no lower-case letters or digits",
            level="MUST NOT",
        )


def _told(moment: Moment) -> list[bytes]:
    """Return the sets of rights of a response, an identifier's each."""
    response = moment.response
    if response is None:
        return []
    data = response.data
    told = {"ACL": data[2::2], "MYRIGHTS": data[1:], "LISTRIGHTS": data[2:]}[response.kind]
    return [bytes(node) for node in told if isinstance(node, bytes)]


def rights_listed(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """Rights beyond RFC 2086 stand in RIGHTS= (RFC 4314 section 2)."""
    words = [w for w in moment.client.session.capabilities if w.startswith("RIGHTS=")]
    listed = "".join(word.removeprefix("RIGHTS=") for word in words).lower().encode()
    odd = set(b"".join(_told(moment))) - set(_OLD + listed)
    if words and odd:
        yield blame(
            moment,
            "RFC4314:2",
            "right not in RIGHTS=",
            f"the right {chr(min(odd))} is told, and RIGHTS= does not list it",
        )


def obsolete_rights(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """With e or t comes d, with k comes c: old clients know only these (RFC 4314 2.1.1)."""
    response = moment.response
    told = _told(moment)
    for one in [b"".join(told)] if response and response.kind == "LISTRIGHTS" else told:
        for members, old in ((b"et", b"d"), (b"k", b"c")):
            if set(members) & set(one) and old not in one:
                yield blame(
                    moment,
                    "RFC4314:2.1.1",
                    f"{response.kind if response else ''} without {old.decode()}",
                    f"rights are told with one of {members.decode()}, and without {old.decode()}",
                )


def namespace_extensions(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """What no RFC defines begins with X- (RFC 2342 section 5)."""
    response = moment.response
    spaces = [space for node in response.data for space in _spaces(node)] if response else []
    names = [bytes(n).upper() for space in spaces for n in space[2::2] if isinstance(n, bytes)]
    odd = [name for name in names if name != b"TRANSLATION" and not name.startswith(b"X-")]
    if odd:
        yield blame(
            moment,
            "RFC2342:5",
            "NAMESPACE extension without X-",
            f"{odd[0].decode('latin-1')} is no standard extension of NAMESPACE",
        )


def _spaces(node: Node) -> list[tuple[Node, ...]]:
    return [one for one in node if isinstance(one, tuple)] if isinstance(node, tuple) else []


_RIGHTS_RULES: tuple[Rule, ...] = (rights_lower, rights_listed, obsolete_rights)
LIMITS: dict[str, tuple[Rule, ...]] = {
    "ID": (id_limits,),
    "ACL": _RIGHTS_RULES,
    "MYRIGHTS": _RIGHTS_RULES,
    "LISTRIGHTS": (rights_once, *_RIGHTS_RULES),
    "NAMESPACE": (namespace_extensions,),
}
