"""What a run leaves for whoever wants to see it again: ``explore.json`` in its folder."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["FILE", "Record", "RecordError", "load"]

FILE = "explore.json"


class RecordError(ValueError):
    """A folder holds no record of a run; the message says why."""


@dataclass(slots=True)
class Record:
    """A run: what made its sessions, how many there were, and what they showed.

    found  one entry for each finding: mark, message, rule, session, file, steps, failed …
    """

    seed: int
    server: str
    clients: int
    rude: bool
    version: str = ""
    sessions: int = 0
    seconds: float = 0.0
    commands: Mapping[str, int] = field(default_factory=dict)
    found: list[dict[str, Any]] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Write it into ``folder``, which is made; OSError if that fails."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self), indent=2, ensure_ascii=True)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")


def load(folder: Path) -> Record:
    """Read the record of the run in ``folder``; RecordError if there is none."""
    path = folder / FILE
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return Record(**values)
    except OSError as error:
        raise RecordError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, TypeError) as error:
        raise RecordError(f"{path} is no record of a run: {error}") from None
