"""A scenario file in canonical form, with the comments its author wrote.

The canonical text comes from the writer, and each comment is put back at the node it
stood at. That needs no second YAML library (ruamel keeps comments, but not this form,
and is some fifty times slower), and what is written is held against what was read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import yaml
from yaml.events import ScalarEvent

from conformance.scenario.loader import read
from conformance.scenario.tree import LOADER, Mapping, Node, Scalar, parse
from conformance.scenario.tree import Sequence as SequenceNode
from conformance.scenario.writer import dump

__all__ = ["formatted"]

Path_: TypeAlias = tuple[str | int, ...]


@dataclass(slots=True)
class _Notes:
    """Comments of one node: lines above it (empty ones too), and what follows on its line."""

    above: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)


def formatted(
    text: str, file: str, id_: str, messages: Sequence[Path], root: Path | None = None
) -> str:
    """Return ``text`` in canonical form; LoadError if it is no scenario.

    The arguments are those of ``loader.read``. ValueError if the canonical form would
    say something else than ``text``; then ``text`` is better left alone.
    """
    scenario = read(text, file, id_, messages, root)
    bare = dump(scenario)
    notes, rest = _collect(text, file)
    result = _place(bare, file, notes, rest)
    again = read(result, file, id_, messages, root)
    if again != scenario or _comments(result) != _comments(text):
        raise ValueError(f"{file} cannot be put into canonical form without a loss")
    return result


def _comments(text: str) -> list[str]:
    """Return every comment, sorted: their order may change with the keys'."""
    found = [line[at:].rstrip() for line, at in _split(text) if at is not None]
    return sorted(found)


# --- where comments stand


def _split(text: str) -> Iterator[tuple[str, int | None]]:
    """Yield each line with the column where its comment begins, if it has one."""
    spans = []
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, ScalarEvent) and event.start_mark and event.end_mark:
            begin, end = event.start_mark.index, event.end_mark.index
            if event.style in ("|", ">"):  # a comment may stand behind the indicator
                begin = text.find("\n", begin, end) if "\n" in text[begin:end] else end
            spans.append((begin, end))
    start = 0
    number = 0
    for line in text.split("\n"):
        comment = None
        for column, character in enumerate(line):
            at = start + column
            while number < len(spans) and spans[number][1] <= at:
                number += 1
            inside = number < len(spans) and spans[number][0] <= at
            if character == "#" and not inside and (column == 0 or line[column - 1] in " \t"):
                comment = column
                break
        yield line, comment
        start += len(line) + 1


def _collect(text: str, file: str) -> tuple[dict[Path_, _Notes], list[str]]:
    """Return the comments by the node they belong to, and those that follow all nodes."""
    first: dict[int, Path_] = {}
    last: dict[int, Path_] = {}
    for path, number in _paths(parse(text, file)):
        first.setdefault(number, path)
        last[number] = path
    notes: dict[Path_, _Notes] = {}
    pending: list[str] = []
    owner: Path_ = ()
    for line_number, (line, at) in enumerate(_split(text), 1):
        comment = "" if at is None else line[at:].rstrip()
        if not line[:at].strip():
            pending.append(comment)
            continue
        if line_number in first:
            owner = last[line_number]
            notes.setdefault(first[line_number], _Notes()).above += pending
            pending = []
        if comment:
            notes.setdefault(owner, _Notes()).behind.append(comment)
    return notes, pending


def _paths(node: Node, path: Path_ = ()) -> Iterator[tuple[Path_, int]]:
    """Yield each node's path with its line; a text that may be a list is a list of one."""
    if isinstance(node, Mapping):
        for key, value in node.pairs:
            yield (*path, key.value), key.place.line
            yield from _paths(value, (*path, key.value))
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.items):
            yield (*path, number), item.place.line
            yield from _paths(item, (*path, number))
    elif isinstance(node, Scalar) and path and isinstance(path[-1], str):
        yield (*path, 0), node.place.line


# --- where they go


def _place(bare: str, file: str, notes: dict[Path_, _Notes], rest: list[str]) -> str:
    lines = bare.rstrip("\n").split("\n")
    where = dict(_paths(parse(bare, file)))
    found: dict[int, _Notes] = {}
    for path, note in notes.items():
        known = path
        while known and known not in where:
            known = known[:-1]
        target = found.setdefault(where.get(known, 1), _Notes())
        steps = len(path) == 2 and path[0] == "steps" and path[1] != 0
        target.above += _tidy(note.above, keep_first=steps)
        target.behind += note.behind
    out: list[str] = []
    for number, line in enumerate(lines, 1):
        note = found.get(number, _Notes())
        indent = line[: len(line) - len(line.lstrip())]
        above = [*note.above]
        behind = note.behind
        if len(behind) > 1 or line.endswith((">", "|")):
            above += behind
            behind = []
        out += [f"{indent}{comment}".rstrip() for comment in above]
        out.append(f"{line}  {behind[0]}" if behind else line)
    if any(rest):
        out += _tidy(rest, keep_first=True)
    return "\n".join(out) + "\n"


def _tidy(lines: list[str], *, keep_first: bool) -> list[str]:
    """Return the lines with single blank ones only between comments, or at the front."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]) or (not kept and keep_first):
            kept.append(line)
    while kept and not kept[-1] and (len(kept) > 1 or not keep_first):
        kept.pop()
    return kept
