"""One message as a client can know it: its place, its octets, and what was told of it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.check.always.client import Box, Moment
from conformance.check.always.folders import Mail, number_of
from conformance.check.always.lens import Lens
from conformance.check.always.mime import Part, fields, parse, unfold
from conformance.imap.tree import Node

__all__ = ["Message", "difference", "instant", "put_in"]

_DATE = re.compile(rb"(?:\w{3}, )?\d{1,2} \w{3} \d{4} \d\d:\d\d(?::\d\d)? [+-]\d{4}")
_NAMES = b"jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)}
_INTERNAL = re.compile(
    rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d:\d\d:\d\d) ([+-]\d{4})\Z", re.IGNORECASE
)


def instant(date: Node | None) -> datetime | None:
    """Return what a date-time stands for (RFC 9051 section 9); None if it is none."""
    match = _INTERNAL.match(date) if isinstance(date, bytes) else None
    month = _MONTHS.get(match[2].lower()) if match else None
    if match is None or month is None:
        return None
    text = f"{int(match[3]):04d}-{month:02d}-{int(match[1]):02d} {match[4].decode()}"
    try:
        return datetime.strptime(text + match[5].decode(), "%Y-%m-%d %H:%M:%S%z")
    except ValueError:
        return None


def put_in(moment: Moment) -> tuple[Mail | None, Part | None]:
    """Return the message that a FETCH speaks of, as it was put in, and its parts; None in doubt."""
    box, uid = moment.box, moment.uid
    mail = None if box is None or uid is None else box.folder.mails.get(uid)
    return mail, None if mail is None or mail.octets is None else parse(mail.octets)


def difference(expected: bytes, got: bytes) -> str:
    """Return in words how ``got`` is not what was put in."""
    if len(got) != len(expected):
        return f"has {len(got)} octets, and {len(expected)} were put in"
    at = next(at for at, (one, two) in enumerate(zip(expected, got, strict=True)) if one != two)
    return f"differs at octet {at} from what was put in"


@dataclass(frozen=True, slots=True)
class Message:
    """A message; ``uid`` is None if it was never told; ``count`` is how many there are."""

    number: int
    uid: int | None
    box: Box
    moment: Moment
    lens: Lens
    count: int

    @property
    def octets(self) -> bytes | None:
        """What was put in, if that is known."""
        mail = self.box.folder.mails.get(self.uid) if self.uid is not None else None
        return None if mail is None else mail.octets

    @property
    def parsed(self) -> Part | None:
        """The message as MIME sees it; None in doubt."""
        octets = self.octets
        return None if octets is None else parse(octets)

    def told(self, item: str) -> Node | None:
        """Return what some client was told of a lasting item."""
        found = self.box.folder.items.get((self.uid or 0, item))
        return None if found is None else found[0]

    def values(self, name: bytes) -> list[bytes] | None:
        """Return the unfolded bodies of the header's fields ``name``; None in doubt."""
        part = self.parsed
        parsed = None if part is None else fields(part.header)
        if parsed is None:
            return None
        return [unfold(field) for field_name, field in parsed if field_name == name]

    @property
    def size(self) -> int | None:
        """RFC822.SIZE, as told or as put in."""
        size = number_of(self.told("RFC822.SIZE"))
        if size is not None:
            return size
        octets = self.octets
        if octets is None or parse(octets) is None or not octets.endswith(b"\r\n"):
            return None
        return len(octets)

    @property
    def internal(self) -> datetime | None:
        """INTERNALDATE as told."""
        return instant(self.told("INTERNALDATE"))

    @property
    def date(self) -> datetime | None:
        """The Date field; None if there is no such field or it leaves doubt."""
        values = self.values(b"DATE")
        if values is None or len(values) != 1 or not _DATE.fullmatch(values[0]):
            return None
        try:
            found = parsedate_to_datetime(values[0].decode("latin-1"))
        except (ValueError, TypeError):
            return None
        return found if found.tzinfo is not None else None

    @property
    def sent(self) -> datetime | None:
        """The sent date in UTC (RFC 5256 section 2.2); None in doubt."""
        date = self.date if self.values(b"DATE") != [] else self.internal
        return None if date is None else date.astimezone(UTC)
