"""Bring the shards of a run together: their events one after another, their files in one folder."""

import filecmp
import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from conformance.events import (
    Coverage,
    Event,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    ServerReady,
)
from conformance.reports.base import ReportError, cannot_write
from conformance.reports.run_jsonl import NAME, RunWriter, read_run, run_file

__all__ = ["merge"]


def merge(
    runs: Sequence[Path],
    out: Path,
    covered: Callable[[Collection[str]], tuple[Coverage, ...]] = lambda _: (),
) -> Path:
    """Write to ``out`` the run that ``runs`` make together, and return its run.jsonl.

    Servers that several shards used are one; a scenario that several shards played is
    played that many times. The seconds are those of the longest shard, the status is
    the worst, the commands stand one after the other. ``covered`` says what scenarios with
    these ids test.
    ReportError if a run cannot be read or the result cannot be written.
    """
    folders = [run_file(run).parent for run in runs]
    for folder in folders:
        if folder.resolve() == out.resolve():
            raise ReportError(f"cannot merge {folder} into itself")
    shards = [list(read_run(run)) for run in runs]
    copies: dict[str, Path] = {}
    for number, folder in enumerate(folders):
        shards[number] = [_placed(event, folder, copies) for event in shards[number]]
    writer = RunWriter(out / NAME)
    try:
        for event in _merged(shards, covered):
            writer.handle(event)
    finally:
        writer.close()
    for name, source in copies.items():
        _copy(source, out / name)
    return writer.path


def _merged(
    shards: Sequence[Sequence[Event]], covered: Callable[[Collection[str]], tuple[Coverage, ...]]
) -> list[Event]:
    starts = [e for shard in shards for e in shard if isinstance(e, RunStarted)]
    ends = [e for shard in shards for e in shard if isinstance(e, RunFinished)]
    merged: list[Event] = []
    if starts:
        servers = dict.fromkeys(server for start in starts for server in start.servers)
        count = sum(start.scenarios for start in starts)
        first = min(starts, key=lambda start: start.started)
        played = {
            event.outcome.scenario
            for shard in shards
            for event in shard
            if isinstance(event, ScenarioFinished)
        }
        merged.append(
            replace(
                first,
                command="; ".join(dict.fromkeys(start.command for start in starts)),
                servers=tuple(servers),
                scenarios=count,
                strict=any(start.strict for start in starts),
                coverage=covered(played),
            )
        )
    ready: dict[str, ServerReady] = {}
    plays: dict[tuple[str, str], int] = {}
    for shard in shards:
        for event in shard:
            if isinstance(event, RunStarted | RunFinished):
                continue
            if isinstance(event, ServerReady):
                if event.server in ready:
                    continue
                ready[event.server] = event
            merged.append(_numbered(event, plays) if isinstance(event, ScenarioFinished) else event)
    if len(ends) == len(shards):  # else a shard was cut short, and so is the whole
        merged.append(
            RunFinished(
                max((end.seconds for end in ends), default=0.0),
                max((end.status for end in ends), default=0),
                any(end.interrupted for end in ends),
            )
        )
    return merged


def _numbered(event: ScenarioFinished, plays: dict[tuple[str, str], int]) -> ScenarioFinished:
    key = (event.outcome.server, event.outcome.scenario)
    number = plays.get(key, 0)
    plays[key] = number + 1
    return replace(event, outcome=replace(event.outcome, repeat=number))


def _placed(event: Event, folder: Path, copies: dict[str, Path]) -> Event:
    """Return ``event`` with its files' new names, and note in ``copies`` where they come from."""
    if not isinstance(event, ScenarioFinished):
        return event
    text, transcript = (_place(name, folder, copies) for name in (event.text, event.transcript))
    return replace(event, text=text, transcript=transcript)


def _place(name: str, folder: Path, copies: dict[str, Path]) -> str:
    if not name:
        return ""
    source = (folder / name).resolve()
    if not source.is_relative_to(folder.resolve()):
        raise ReportError(f"{folder}: '{name}' lies outside the run's folder")
    free = _free(name, source, copies)
    copies[free] = source
    return free


def _free(name: str, source: Path, copies: dict[str, Path]) -> str:
    """Return ``name``, or one like it where another shard's file of that name differs."""
    path = PurePosixPath(name)
    number = 1
    while name in copies and copies[name] != source and not _same(copies[name], source):
        number += 1
        name = str(path.with_name(f"{path.stem}.shard{number}{path.suffix}"))
    return name


def _same(one: Path, other: Path) -> bool:
    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False


def _copy(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    except FileNotFoundError:
        return  # a report says what is missing
    except OSError as error:
        raise cannot_write(target, error) from error
