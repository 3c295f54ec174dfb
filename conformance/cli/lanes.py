"""A wire log with a lane for each actor, side by side, in plain text."""

from collections.abc import Iterator, Sequence

from conformance.reports.wire_line import WireLine

__all__ = ["lanes"]

_TIME = 9
_NARROWEST = 16


def lanes(lines: Sequence[WireLine], width: int) -> Iterator[str]:
    """Yield the lines of a log, each in its actor's lane; what is too long for a lane is cut.

    An arrow's words follow below the line, from its lane on.
    """
    actors = list(dict.fromkeys(line.actor for line in lines if line.actor))
    if not actors:
        return
    room = max(_NARROWEST, (width - _TIME) // len(actors) - 2)
    yield " " * _TIME + "".join(f"  {_cut(actor, room):<{room}}" for actor in actors).rstrip()
    for line in lines:
        if not line.actor:
            continue
        lane = actors.index(line.actor)
        time = " " * _TIME if line.kind == "|" else f"{line.time:{_TIME}.3f}"
        before = "".join(f"  {'·':<{room}}" for _ in actors[:lane])
        after = "".join(f"  {'·':<{room}}" for _ in actors[lane + 1 :])
        text = _cut(f"{line.kind} {line.text}", room)
        yield f"{time}{before}  {text:<{room}}{after}".rstrip()
        if line.mark:
            yield f"{' ' * len(time + before)}  ^-- {line.mark}"


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"
