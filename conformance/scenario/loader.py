"""A scenario file read into values; everything that is wrong with it is said at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from conformance.paths import scenarios_dir
from conformance.scenario.begin import merge
from conformance.scenario.cases import check_blanks, fill
from conformance.scenario.head import Head
from conformance.scenario.large_mail import LARGE
from conformance.scenario.locate import find_message, message_folders
from conformance.scenario.model import Scenario
from conformance.scenario.problems import LoadError, Problem
from conformance.scenario.reading import Reading
from conformance.scenario.tree import Mapping, Node, Scalar, parse
from conformance.verdict import Place

__all__ = ["LoadError", "load", "load_all", "read", "read_all", "scenario_id"]

_LARGEST = 1 << 20
_LONGEST = 8


def load(
    path: str | Path, root: str | Path | None = None, messages: Sequence[Path] | None = None
) -> Scenario:
    """Return the scenario in the file ``path`` as written; LoadError with all its problems.

    root      the folder below which the id counts; the bundled scenarios, or the file's
              own folder, where not given
    messages  folders of message files that are looked into after the scenario's own;
              fixtures/messages where not given
    """
    return _load(path, root, messages)[0]


def load_all(
    path: str | Path, root: str | Path | None = None, messages: Sequence[Path] | None = None
) -> tuple[Scenario, ...]:
    """Return what is played of the file ``path``: each case, with its beginning in front."""
    return _load(path, root, messages)[1]


def read(
    text: str,
    file: str,
    id_: str,
    messages: Sequence[Path],
    root: Path | None = None,
) -> Scenario:
    """Return the scenario in ``text`` as written; LoadError with all its problems.

    file      the name that problems show
    messages  the folders of its message files, its own first
    root      the folder of the scenarios that it may begin with
    """
    return _File(file, id_, messages, root).read(text)[0]


def read_all(
    text: str,
    file: str,
    id_: str,
    messages: Sequence[Path],
    root: Path | None = None,
) -> tuple[Scenario, ...]:
    """Return what is played of ``text``: each case, with its beginning in front."""
    return _File(file, id_, messages, root).read(text)[1]


def _load(
    path: str | Path, root: str | Path | None, messages: Sequence[Path] | None
) -> tuple[Scenario, tuple[Scenario, ...]]:
    path = Path(path)
    folders = message_folders(path) if messages is None else (path.parent, *messages)
    base = Path(root) if root is not None else _bundled()
    return _File(str(path), scenario_id(path, root), folders, base).read(_text(path))


def scenario_id(path: Path, root: str | Path | None = None) -> str:
    """Return the path below the scenarios' folder without its ending."""
    resolved = path.resolve()
    for folder in (root, _bundled()):
        if folder is not None and resolved.is_relative_to(Path(folder).resolve()):
            return resolved.relative_to(Path(folder).resolve()).with_suffix("").as_posix()
    return path.stem


def _bundled() -> Path | None:
    try:
        return scenarios_dir()
    except FileNotFoundError:
        return None


class _File:
    """A file, its beginnings and its cases; ``chain`` is the ids that led here by ``begins``."""

    def __init__(
        self,
        file: str,
        id_: str,
        folders: Sequence[Path],
        root: Path | None,
        chain: tuple[str, ...] = (),
    ) -> None:
        self.file = file
        self.id = id_
        self.folders = folders
        self.root = root
        self.chain = (*chain, id_)
        self.reading = Reading(file)

    def read(self, text: str) -> tuple[Scenario, tuple[Scenario, ...]]:
        """Return the scenario as written, and what is played of it."""
        tree = parse(text, self.file)
        table = tree.get("cases") if isinstance(tree, Mapping) else None
        if table is None:
            written = self._scenario(self.reading, tree, self.id, text)
            played = [written]
        else:
            draft = Reading(self.file, draft=True)
            written = self._scenario(draft, tree, self.id, text)
            self.reading.problems += draft.problems
            self._cases(table)
            played = []
            for name, values in written.cases.items():
                check_blanks(tree, values, self.reading)
                case = self._scenario(self.reading, fill(tree, values), f"{self.id}[{name}]", text)
                played.append(case)
        if self.reading.problems:
            raise LoadError(self.reading.problems)
        return written, tuple(merge(scenario) for scenario in played)

    def _scenario(self, reading: Reading, tree: Node, id_: str, text: str) -> Scenario:
        return Head(reading, self.folders, self._begin).scenario(tree, id_, text)

    def _cases(self, table: Node) -> None:
        Head(self.reading, (), self._begin).cases(table)

    def _begin(self, name: Scalar) -> Scenario:
        """Return the scenario called ``name``, merged with its own beginning.

        LoadError if there is none: all else would only be an echo of that.
        """
        path = self._find(name.value)
        if name.value in self.chain or len(self.chain) > _LONGEST:
            way = " → ".join((*self.chain, name.value))
            self._refuse(name, f"'begins' leads in a circle: {way}")
        if path is None:
            self._refuse(name, f"there is no scenario '{name.value}' to begin with")
        folders = (path.parent, *self.folders[1:])
        other = _File(self._shown(name.value, path), name.value, folders, self.root, self.chain)
        written, played = other.read(_text(path))
        if written.cases:
            self._refuse(name, f"'{name.value}' has cases and cannot be a beginning")
        files = [message.message for box in played[0].given for message in box.messages]
        for file in (*played[0].messages.values(), *files):
            if file and file not in LARGE and file not in played[0].messages:
                self._needs_file(file, name)
        return played[0]

    def _shown(self, name: str, path: Path) -> str:
        """Return the name that places in a beginning show.

        It follows from this file's own, so that a copy that is judged later shows the same.
        """
        own = f"{self.id}.yaml"
        if self.root is not None and path == self.root / f"{name}.yaml" and self.file.endswith(own):
            return self.file.removesuffix(own) + f"{name}.yaml"
        return str(path)

    def _needs_file(self, file: str, name: Scalar) -> None:
        """Refuse a beginning whose message files are not found from here."""
        if find_message(file, self.folders) is None:
            self._refuse(
                name, f"'{name.value}' needs the message file '{file}', not found from here"
            )

    def _refuse(self, name: Scalar, message: str) -> NoReturn:
        self.reading.wrong(name.place, message)
        raise LoadError(self.reading.problems)

    def _find(self, name: str) -> Path | None:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            return None
        folders = [folder for folder in (self.root, Path(self.file).parent) if folder is not None]
        paths = (folder / f"{name}.yaml" for folder in folders)
        return next((path for path in paths if path.is_file()), None)


def _text(path: Path) -> str:
    """Return the file's text; LoadError if it cannot be read, is too large or is not UTF-8."""
    start = Place(str(path), 1, 1)
    try:
        with path.open("rb") as stream:
            octets = stream.read(_LARGEST + 1)
    except OSError as error:
        raise LoadError([Problem(start, f"cannot be read: {error.strerror}")]) from None
    if len(octets) > _LARGEST:
        raise LoadError([Problem(start, "larger than 1 MiB, which no scenario is")])
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8-sig")) + 1
        octet = error.object[error.start]
        raise LoadError(
            [Problem(Place(str(path), line, column), f"octet 0x{octet:02X} is not UTF-8")]
        ) from None
