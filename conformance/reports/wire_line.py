"""An event of the wire as lines of printable ASCII: what is long is cut, what matters is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.wire.transcript import Event, Kind, escape

__all__ = ["CUT", "WireLine", "wire_line"]

CUT = 160  # characters of a wire line that are shown
_SLACK = 12  # to say that something was cut takes as much room


@dataclass(frozen=True, slots=True)
class WireLine:
    """A line of the wire log.

    kind   ``>`` sent, ``<`` received, ``!`` connection, ``|`` continues the line above,
           ``…`` stands for events left out
    mark   what the arrow at its end says; empty for none
    caret  the column in ``text`` to point at; None for none
    """

    time: float
    actor: str
    kind: str
    text: str
    mark: str = ""
    caret: int | None = None


def wire_line(
    event: Event, mark: str = "", offset: int | None = None, cut: int = CUT
) -> Iterator[WireLine]:
    """Yield the lines that show ``event``, in printable ASCII.

    Of an event of many lines the first, the one that holds ``offset`` and the last are
    shown; of a long line the part around ``offset``.
    """
    if event.kind in (Kind.CONNECTION, Kind.NOTE):
        yield WireLine(event.time, event.actor, event.kind, _cut(escape(event.octets), cut), mark)
        return
    pieces = event.octets.splitlines(keepends=True) if event.octets else [b""]
    if len(pieces) > 1:
        pieces = event.octets.split(b"\n")
        pieces = [piece + b"\n" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])
    where = _piece_of(pieces, offset)
    last = len(pieces) - 1
    shown = range(last + 1) if last < 4 else sorted({0, last if where is None else where, last})
    kind: str = event.kind
    done = 0  # pieces
    begin = 0  # octets
    for number in shown:
        if left_out := sum(map(len, pieces[done:number])):
            yield WireLine(event.time, event.actor, "|", f"… {left_out:,} octets …")
        begin += left_out
        piece = pieces[number]
        inner = offset - begin if offset is not None and number == where else None
        text, caret = _window(piece, inner, cut)
        marked = number == (where if where is not None else 0)
        yield WireLine(event.time, event.actor, kind, text, mark if marked else "", caret)
        kind = "|"
        done = number + 1
        begin += len(piece)


def _piece_of(pieces: Sequence[bytes], offset: int | None) -> int | None:
    if offset is None:
        return None
    end = 0
    for number, piece in enumerate(pieces):
        end += len(piece)
        if offset < end:
            return number
    return len(pieces) - 1


def _window(piece: bytes, offset: int | None, cut: int) -> tuple[str, int | None]:
    r"""Return the line as text and the caret's column; a missing CR LF shows as ``\``."""
    body, end = (piece[:-2], "") if piece.endswith(b"\r\n") else (piece, "\\")
    if offset is None:
        if len(body) > cut + _SLACK:
            return f"{escape(body[:cut])} … {len(body) - cut:,} octets", None
        return escape(body) + end, None
    offset = max(0, min(offset, len(body)))
    begin = max(0, offset - cut // 2) if len(body) > cut + _SLACK else 0
    left = ("… " if begin else "") + escape(body[begin:offset])
    right = body[offset:]
    tail = end
    if len(right) > cut + _SLACK:
        tail = f" … {len(right) - cut:,} octets"
        right = right[:cut]
    return left + escape(right) + tail, len(left)


def _cut(text: str, cut: int) -> str:
    return text if len(text) <= cut else f"{text[:cut]} …"
