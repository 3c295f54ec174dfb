"""How long a server took for each command, read from transcripts."""

from collections.abc import Iterable, Mapping
from statistics import median

from conformance.wire.transcript import Kind, Transcript

__all__ = ["command_times", "slower"]

_WAITING = {"IDLE", "LOGIN", "AUTHENTICATE", "STARTTLS", "LOGOUT"}
"""Commands whose time is the client's choice, a password hash's, or the network's."""


def command_times(transcript: Transcript) -> Mapping[str, list[float]]:
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


def slower(
    before: Mapping[str, list[float]],
    after: Mapping[str, list[float]],
    *,
    factor: float = 1.5,
    least: float = 0.005,
    samples: int = 5,
) -> Iterable[tuple[str, float, float]]:
    """Yield command, median before and after, where ``after`` is clearly slower.

    Clearly: ``factor`` times, and by at least ``least`` seconds, over ``samples`` or more.
    """
    for name in sorted(before.keys() & after.keys()):
        if min(len(before[name]), len(after[name])) < samples:
            continue
        old, new = median(before[name]), median(after[name])
        if new >= old * factor and new - old >= least:
            yield name, old, new
