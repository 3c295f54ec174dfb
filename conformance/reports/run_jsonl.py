"""``run.jsonl``: one event a line, the one source from which every report is made.

A line is written whole or not at all, so a run that was cut short, or whose disk
filled up, can be read up to where it came.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from conformance.events import Event
from conformance.reports.base import ReportError, cannot_write
from conformance.reports.codec import CodecError, from_json, to_json

__all__ = ["NAME", "RunWriter", "read_run", "run_file"]

NAME = "run.jsonl"


class RunWriter:
    """Writes each event to ``path`` as it comes."""

    def __init__(self, path: Path) -> None:
        """Start an empty file, with its folder; ReportError if that cannot be."""
        self.path = path
        self._file: int | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
        except OSError as error:
            raise cannot_write(path, error) from error
        self._size = 0

    def handle(self, event: Event) -> None:
        """Write ``event`` as one line; ReportError if the disk does not take it."""
        if self._file is None:
            raise ReportError(f"cannot write {self.path}: it is closed")
        line = json.dumps(to_json(event), allow_nan=False, separators=(",", ":")).encode() + b"\n"
        try:
            written = os.write(self._file, line)
            while written < len(line):
                written += os.write(self._file, line[written:])
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise cannot_write(self.path, error) from error
        self._size += len(line)

    def close(self) -> None:
        """Let go of the file."""
        file, self._file = self._file, None
        if file is not None:
            try:
                os.close(file)
            except OSError as error:
                raise cannot_write(self.path, error) from error


def run_file(path: Path) -> Path:
    """Return the events' file of a run that people name by that file or by its folder."""
    return path / NAME if path.is_dir() else path


def read_run(path: Path) -> Iterator[Event]:
    """Yield the events of the run at ``path`` (its file or its folder).

    A last line that was cut short is passed over. ReportError names the file and
    the line where something else is wrong.
    """
    path = run_file(path)
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                if not line.endswith(b"\n"):
                    return
                try:
                    yield from_json(json.loads(line))
                except (CodecError, ValueError, RecursionError) as error:
                    what = error if isinstance(error, CodecError) else f"not JSON ({error})"
                    raise ReportError(f"{path}:{number}: {what}") from None
    except OSError as error:
        raise ReportError(f"cannot read {path}: {error.strerror or error}") from error
