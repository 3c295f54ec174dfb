"""PREVIEW: short, and UTF-8 (RFC 8970 section 3.3)."""

from collections.abc import Iterator

from conformance.check.always.client import Moment
from conformance.check.always.lens import Lens
from conformance.check.always.rules import Rule, blame
from conformance.imap.tree import is_nil
from conformance.verdict import Finding

__all__ = ["PREVIEW"]

# RFC 8970 section 3.3 counts characters, not octets.
_RECOMMENDED = 200
_MOST = 256


def preview(moment: Moment, lens: Lens) -> Iterator[Finding]:
    """A preview is UTF-8 of at most 256 characters, better of 200."""
    value = moment.response.items.get("PREVIEW") if moment.response else None
    if not isinstance(value, bytes) or is_nil(value):
        return
    try:
        length = len(bytes(value).decode())
    except UnicodeDecodeError:
        yield blame(moment, "RFC8970:3.3", "PREVIEW not UTF-8", "the preview is no valid UTF-8")
        return
    if length > _MOST:
        yield blame(
            moment,
            "RFC8970:3.3",
            "PREVIEW above 256",
            f"the preview has {length} characters",
            level="MUST NOT",
        )
    elif length > _RECOMMENDED:
        yield blame(
            moment,
            "RFC8970:3.3",
            "PREVIEW above 200",
            f"the preview has {length} characters",
            level="SHOULD",
        )


PREVIEW: dict[str, tuple[Rule, ...]] = {"FETCH": (preview,)}
