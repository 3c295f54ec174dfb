"""Which scenarios: by path, id, rule or section, and by an expression over tags."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from conformance.paths import scenarios_dir
from conformance.scenario.loader import load_all
from conformance.scenario.model import Scenario
from conformance.scenario.problems import LoadError, Problem, suggest
from conformance.verdict import Place

__all__ = ["Selection", "SelectionError", "files", "find", "parse_tags"]


class SelectionError(ValueError):
    """Words that select nothing, or a tag expression that cannot be read."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What was found.

    scenarios  in the order of their ids, each once
    problems   of the files that cannot be loaded
    """

    scenarios: tuple[Scenario, ...]
    problems: tuple[Problem, ...] = ()


_RULE = re.compile(r"RFC\d+(?::[A-Z0-9.]+(?:/\d+)?)?", re.IGNORECASE)
TagTest: TypeAlias = Callable[[frozenset[str]], bool]


def find(words: Sequence[str] = (), tags: str = "", root: str | Path | None = None) -> Selection:
    """Return the scenarios that ``words`` name and whose tags fulfil the expression ``tags``.

    A word is a file or folder, an id (``devices/star-seen``), the beginning of ids
    (``devices``), or an RFC or section (``RFC9051``, ``RFC9051:7.5``: with the sections
    below it). No word: all below ``root``, the bundled scenarios. A file that cannot
    be loaded gives problems and does not stop the others. SelectionError if a word
    names nothing or ``tags`` cannot be read.
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


def _paths(word: str, folder: Path) -> list[Path]:
    """Return the files that ``word`` may speak of: a path, or an id or folder below ``folder``."""
    if not word or _RULE.fullmatch(word):
        return files(folder)
    for path in (Path(word), folder / word, folder / f"{word}.yaml"):
        if path.exists():
            return files(path)
    return []


def _base(word: str, root: str | Path | None) -> Path | None:
    """Return the folder below which ids count: the root, or else a folder that was named itself."""
    if root is not None:
        return Path(root)
    path = Path(word)
    inside = path.resolve().is_relative_to(scenarios_dir().resolve())
    return path if word and path.is_dir() and not inside else None


def _near(folder: Path) -> Path:
    """Return ``folder`` as seen from here, if it is below here: people read its name in reports."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def files(path: Path) -> list[Path]:
    """Return the scenario files at or below ``path``, sorted."""
    if path.is_dir():
        return sorted(p for p in path.rglob("*.yaml") if p.is_file())
    return [path]


def rules_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the rules of the scenario and of its steps, each once."""
    lanes = [step for step in scenario.steps for lane in step.together for step in lane]
    steps = (rule for step in (*scenario.steps, *lanes) for rule in step.rules)
    return tuple(dict.fromkeys((*scenario.rules, *steps)))


def _covers(word: str, rule: str) -> bool:
    """Whether ``rule`` is ``word`` or a section below it."""
    word, rule = word.upper(), rule.upper()
    following = rule[len(word) : len(word) + 1]
    return rule.startswith(word) and following in ("", ".", "/", ":")


def _nothing(word: str, folder: Path) -> str:
    if not word:
        return f"there is no scenario below {folder}"
    if Path(word).exists():
        return f"there is no scenario in '{word}'"
    ids = [path.relative_to(folder).with_suffix("").as_posix() for path in files(folder)]
    return f"'{word}' is neither a file, a scenario's id nor a rule{suggest(word, ids)}"


def _always(_: frozenset[str]) -> bool:
    return True


# --- tag expressions

_TOKEN = re.compile(r"\s*(?:(\()|(\))|([a-z0-9][a-z0-9-]*))\s*")


def parse_tags(text: str) -> TagTest:
    """Return a test for ``idle and not (slow or faults)``; SelectionError if it is none."""
    tokens: list[str] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise SelectionError(
                f"'{text[at:].strip()}' in '{text}' is neither tag nor and, or, not"
            )
        tokens.append(match[0].strip())
        at = match.end()
    parser = _Tags(text, tokens)
    test = parser.any_of()
    if parser.tokens:
        raise SelectionError(f"'{parser.tokens[0]}' in '{text}' stands where nothing was expected")
    return test


class _Tags:
    def __init__(self, text: str, tokens: list[str]) -> None:
        self.text = text
        self.tokens = tokens

    def any_of(self) -> TagTest:
        tests = [self.all_of()]
        while self._next("or"):
            tests.append(self.all_of())
        return tests[0] if len(tests) == 1 else lambda tags: any(test(tags) for test in tests)

    def all_of(self) -> TagTest:
        tests = [self.one()]
        while self._next("and"):
            tests.append(self.one())
        return tests[0] if len(tests) == 1 else lambda tags: all(test(tags) for test in tests)

    def one(self) -> TagTest:
        if self._next("not"):
            test = self.one()
            return lambda tags: not test(tags)
        if self._next("("):
            test = self.any_of()
            if not self._next(")"):
                raise SelectionError(f"'(' in '{self.text}' is not closed")
            return test
        if not self.tokens or self.tokens[0] in ("and", "or", ")"):
            stands = f"'{self.tokens[0]}'" if self.tokens else "the end"
            raise SelectionError(f"a tag is missing before {stands} in '{self.text}'")
        tag = self.tokens.pop(0)
        return lambda tags: tag in tags

    def _next(self, token: str) -> bool:
        if self.tokens[:1] == [token]:
            del self.tokens[0]
            return True
        return False
