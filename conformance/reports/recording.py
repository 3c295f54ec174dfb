"""The files that belong to one scenario's event: its transcript and the scenario's text.

A report is still made when they are missing or damaged; then it shows less, and says so.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from conformance.events import ScenarioFinished
from conformance.wire.transcript import Transcript, TranscriptError

__all__ = ["Recording", "recording"]

_MAX_FILE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Recording:
    """What was kept of one play: ``problem`` says what could not be read."""

    transcript: Transcript | None
    lines: tuple[str, ...]
    problem: str = ""


def recording(folder: Path, event: ScenarioFinished) -> Recording:
    """Read what ``event`` names below ``folder``, the folder of its run.jsonl."""
    problems = []
    transcript = None
    lines: tuple[str, ...] = ()
    if event.transcript:
        try:
            transcript = _transcript(_inside(folder, event.transcript))
        except (OSError, ValueError) as error:
            problems.append(f"transcript {event.transcript}: {_words(error)}")
    if event.text:
        try:
            lines = _lines(_inside(folder, event.text))
        except (OSError, ValueError) as error:
            problems.append(f"scenario {event.text}: {_words(error)}")
    return Recording(transcript, lines, "; ".join(problems))


def _words(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _inside(folder: Path, name: str) -> Path:
    """Return the file; ValueError if ``name`` leads out of the folder, or is too large to show."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError("it lies outside the run's folder")
    if path.stat().st_size > _MAX_FILE:
        raise ValueError("it is too large to show")
    return path


@lru_cache(maxsize=8)
def _transcript(path: Path) -> Transcript:
    try:
        with path.open(encoding="ascii", newline="\n") as stream:
            return Transcript.load(stream)
    except UnicodeDecodeError:
        raise TranscriptError("it holds octets that no transcript has") from None


@lru_cache(maxsize=64)
def _lines(path: Path) -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8", errors="replace").split("\n"))
