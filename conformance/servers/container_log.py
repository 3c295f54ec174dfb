"""A container's log, read piece by piece: every line once, in order, and never too much of it."""

from collections import deque
from datetime import datetime

from docker.models.containers import Container

__all__ = ["ContainerLog"]

_KEPT = 2000
_FEW = 60
_LINE = 4000


class ContainerLog:
    """Reads what a container has logged since the last reading.

    The engine stamps each line; the stamp of the last line read is where the next
    reading starts. What was read is kept, so that it can be shown after the
    container (or the engine) is gone.
    """

    def __init__(self) -> None:
        """Start with nothing read."""
        self._last = ""
        self._kept: deque[str] = deque(maxlen=_KEPT)

    def read(self, container: Container) -> list[str]:
        """Return the new lines and keep them. Blocking; raises what the SDK raises."""
        # The engine takes a while for each line that it has to look through.
        fresh = self._after(container, _FEW)
        if len(fresh) == _FEW:  # there may be more of them
            fresh = self._after(container, _KEPT)
        if fresh:
            self._last = fresh[-1][0]
        texts = [text for _, text in fresh]
        self._kept.extend(texts)
        return texts

    def _after(self, container: Container, tail: int) -> list[tuple[str, str]]:
        """Return those of the last ``tail`` lines that are new, with their stamps."""
        raw = container.logs(timestamps=True, since=_seconds(self._last), tail=tail)
        lines = (line.partition(" ") for line in raw.decode(errors="replace").splitlines())
        return [(stamp, text[:_LINE]) for stamp, _, text in lines if stamp > self._last]

    def tail(self, lines: int) -> str:
        """Return the last ``lines`` of what was read."""
        return "\n".join(list(self._kept)[-lines:])


def _seconds(stamp: str) -> datetime | None:
    """Return the whole second of ``stamp`` (RFC 3339, UTC), from which on to read."""
    return datetime.fromisoformat(stamp[:19] + "+00:00") if stamp else None
