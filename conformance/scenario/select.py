"""Which scenarios: by path, id, rule or section, and by an expression over tags."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.paths import scenarios_dir
from conformance.scenario.capabilities import is_known
from conformance.scenario.loader import load_all
from conformance.scenario.model import Scenario, Step
from conformance.scenario.problems import LoadError, Problem, suggest
from conformance.scenario.tags import SelectionError, parse_tags
from conformance.verdict import Place

__all__ = ["Selection", "SelectionError", "files", "find", "parse_tags", "word_for"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What was found.

    scenarios  in the order of their ids, each once
    problems   of the files that cannot be loaded
    """

    scenarios: tuple[Scenario, ...]
    problems: tuple[Problem, ...] = ()


_RULE = re.compile(r"RFC\d+(?::[A-Z0-9.]+(?:/\d+)?)?", re.IGNORECASE)


def find(words: Sequence[str] = (), tags: str = "", root: str | Path | None = None) -> Selection:
    """Return the scenarios that ``words`` name and whose tags fulfil the expression ``tags``.

    A word is a file or folder, an id (``devices/star-seen``), the beginning of ids
    (``devices``), an RFC or section (``RFC9051``, ``RFC9051:7.5``: with the sections
    below it), or a capability, service or feature (``IDLE``, ``lmtp``: what needs it).
    No word: all below ``root``, the bundled scenarios. A file that cannot be loaded
    gives problems and does not stop the others. SelectionError if a word names nothing
    or ``tags`` cannot be read.
    """
    accept = parse_tags(tags) if tags.strip() else _always
    folder = _near(Path(root) if root is not None else scenarios_dir())
    chosen: dict[str, Scenario] = {}
    problems: dict[Problem, None] = {}
    loaded: dict[Path, tuple[Scenario, ...]] = {}

    def read(paths: Iterable[Path], base: Path | None) -> list[Scenario]:
        for path in paths:
            if path not in loaded:
                loaded[path] = ()
                try:
                    loaded[path] = load_all(path, base)
                except LoadError as error:
                    problems.update(dict.fromkeys(error.problems))
        return [scenario for path in paths for scenario in loaded[path]]

    for word in words or [""]:
        file, bracket, _ = word.partition("[")
        paths = _paths(file, folder)
        if not paths:
            raise SelectionError(_nothing(word, folder))
        found = read(paths, _base(file, root))
        if _RULE.fullmatch(word):
            found = [s for s in found if any(_covers(word, rule) for rule in rules_of(s))]
            if not found:
                raise SelectionError(f"no scenario is about {word}")
        elif _is_need(word, folder):
            found = [s for s in found if word.upper() in _needs(s)]
            if not found:
                raise SelectionError(f"no scenario needs {word}")
        elif bracket:
            cases = [scenario.id for scenario in found]
            found = [s for s in found if s.id.endswith(word[len(file) :])]
            if not found:
                raise SelectionError(f"there is no '{word}'{suggest(word, cases)}")
        for scenario in found:
            if not accept(frozenset(scenario.tags)):
                continue
            other = chosen.setdefault(scenario.id, scenario)
            if (
                other.file != scenario.file
                and Path(other.file).resolve() != Path(scenario.file).resolve()
            ):
                message = (
                    f"its id '{scenario.id}' is that of {other.file} too; name their common folder"
                )
                problems[Problem(Place(scenario.file, 1, 1), message)] = None
    return Selection(tuple(chosen[id_] for id_ in sorted(chosen)), tuple(problems))


def word_for(scenario: Scenario) -> str:
    """Return the word by which ``find`` gives this scenario, from the folder it was found in.

    The id of a bundled one; the file, and the case in brackets, of any other.
    """
    if _bundled(Path(scenario.file)):
        return scenario.id
    return scenario.file + "".join(scenario.id.partition("[")[1:])


def _paths(word: str, folder: Path) -> list[Path]:
    """Return the files that ``word`` may speak of: a path, or an id or folder below ``folder``."""
    if not word or _RULE.fullmatch(word) or _is_need(word, folder):
        return files(folder)
    return next((files(path) for path in _candidates(word, folder) if _exists(path)), [])


def _candidates(word: str, folder: Path) -> tuple[Path, ...]:
    return (Path(word), folder / word, folder / f"{word}.yaml")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long, or a folder that may not be looked into
        return False


def _base(word: str, root: str | Path | None) -> Path | None:
    """Return the folder below which ids count: the root, or else a folder that was named itself."""
    if root is not None:
        return Path(root)
    path = Path(word)
    return path if word and path.is_dir() and not _bundled(path) else None


def _bundled(path: Path) -> bool:
    return path.resolve().is_relative_to(scenarios_dir().resolve())


def _near(folder: Path) -> Path:
    """Return ``folder`` as seen from here, if it is below here: people read its name in reports."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def files(path: Path) -> list[Path]:
    """Return the scenario files at or below ``path``, sorted; not the copies that a run keeps."""
    if not path.is_dir():
        return [path]
    runs = {kept.parent for kept in path.rglob("run.jsonl")} - {path}
    found = (p for p in path.rglob("*.yaml") if p.is_file())
    return sorted(p for p in found if runs.isdisjoint(p.parents))


def _is_need(word: str, folder: Path) -> bool:
    """Whether ``word`` is a capability, service or feature; a file or folder goes first."""
    return bool(word) and is_known(word) and not any(map(_exists, _candidates(word, folder)))


def _needs(scenario: Scenario) -> set[str]:
    entries = [*scenario.needs, *(entry for step in _all(scenario.steps) for entry in step.needs)]
    return {word.upper() for entry in entries for word in entry}


def _all(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        for lane in step.together:
            yield from _all(lane)


def rules_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the rules of the scenario and of its steps, each once."""
    steps = (rule for step in _all(scenario.steps) for rule in step.rules)
    return tuple(dict.fromkeys((*scenario.rules, *steps)))


def _covers(word: str, rule: str) -> bool:
    """Whether ``rule`` is ``word`` or a section below it."""
    word, rule = word.upper(), rule.upper()
    following = rule[len(word) : len(word) + 1]
    return rule.startswith(word) and following in ("", ".", "/", ":")


def _nothing(word: str, folder: Path) -> str:
    if not word:
        return f"there is no scenario below {folder}"
    if _exists(Path(word)):
        return f"there is no scenario in '{word}'"
    ids = [path.relative_to(folder).with_suffix("").as_posix() for path in files(folder)]
    return f"'{word}' is neither a file, a scenario's id nor a rule{suggest(word, ids)}"


def _always(_: frozenset[str]) -> bool:
    return True
