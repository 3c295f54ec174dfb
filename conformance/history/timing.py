"""How long a server took for each command, read from transcripts."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from conformance.wire.transcript import Kind, Transcript

__all__ = ["Times", "command_times", "pace", "slower"]

Times = Mapping[str, Sequence[float]]
"""Command's name -> the seconds that each of them took."""

_WAITING = {"IDLE", "LOGIN", "AUTHENTICATE", "STARTTLS", "LOGOUT"}
"""Commands whose time is the client's choice, a password hash's, or the network's."""


def command_times(transcript: Transcript) -> Times:
    """Return command's name (``UID FETCH`` …) -> seconds from its sending to its tagged answer."""
    times: dict[str, list[float]] = {}
    pending: dict[tuple[str, bytes], tuple[str, float]] = {}
    for event in transcript.events:
        words = event.octets[:200].split(b"\r\n", 1)[0].split(b" ", 3)
        if len(words) < 2:
            continue
        key = (event.actor, words[0])
        if event.kind is Kind.SENT and words[1].isalpha():
            name = words[1].upper().decode("ascii")
            if name == "UID" and len(words) > 2 and words[2].isalpha():
                name += " " + words[2].upper().decode("ascii")
            pending[key] = (name, event.time)
        elif event.kind is Kind.RECEIVED and key in pending:
            name, sent = pending.pop(key)
            if name not in _WAITING:
                times.setdefault(name, []).append(event.time - sent)
    return times


def pace(before: Times, after: Times, *, samples: int = 5) -> float:
    """Return how much longer commands took on the whole: 2.0 is twice as long.

    It is the median over the commands that both have ``samples`` of; 1.0 if there are none.
    A busier machine does that as well as a slower build, so it accuses nobody.
    """
    ratios = [
        median(after[name]) / median(before[name])
        for name in _common(before, after, samples)
        if median(before[name]) > 0
    ]
    return median(ratios) if ratios else 1.0


def slower(
    before: Times,
    after: Times,
    *,
    factor: float = 2.0,
    least: float = 0.005,
    samples: int = 5,
) -> Iterable[tuple[str, float, float]]:
    """Yield command, median before and after, where ``after`` is clearly slower than the rest.

    Clearly: ``factor`` times what the whole pace explains, and by at least ``least``
    seconds, over ``samples`` or more of each.
    """
    usual = max(1.0, pace(before, after, samples=samples))
    for name in _common(before, after, samples):
        old, new = median(before[name]), median(after[name])
        if new >= old * usual * factor and new - old * usual >= least:
            yield name, old, new


def _common(before: Times, after: Times, samples: int) -> list[str]:
    names = sorted(before.keys() & after.keys())
    return [name for name in names if min(len(before[name]), len(after[name])) >= samples]
