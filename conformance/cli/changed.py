"""Which scenarios have changed since a commit: their files, or those they begin with or carry."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.cli.errors import UserError
from conformance.cli.selecting import scenarios
from conformance.scenario.locate import find_message, message_folders
from conformance.scenario.model import Scenario
from conformance.status import EXIT

__all__ = ["changed"]


def changed(since: str, words: Sequence[str], tags: str = "") -> list[Scenario]:
    """Return those that ``words`` and ``tags`` select and that differ from the commit ``since``.

    What is not committed counts, new files too. UserError if git knows no such commit, or
    nothing has changed.
    """
    files = _files(since)
    found = [s for s in scenarios(words, tags) if not files.isdisjoint(_sources(s))]
    if not found:
        raise UserError(f"no scenario has changed since {since}", status=EXIT.NOTHING)
    return found


def _sources(scenario: Scenario) -> Iterator[Path]:
    """Yield the files that the scenario is made of."""
    yield Path(scenario.file).resolve()
    if scenario.beginning is not None:
        yield from _sources(scenario.beginning)
    folders = message_folders(scenario.file)
    given = (message.message for box in scenario.given for message in box.messages)
    for name in {*scenario.messages.values(), *given}:
        path = find_message(name, folders) if name else None
        if path is not None:
            yield path.resolve()


def _files(since: str) -> set[Path]:
    root = Path(_git("rev-parse", "--show-toplevel").strip())
    names = _git("diff", "--name-only", "-z", "--end-of-options", since, "--", str(root))
    names += _git("ls-files", "--others", "--exclude-standard", "--full-name", "-z", str(root))
    return {(root / name).resolve() for name in names.split("\0") if name}


def _git(*words: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the commit is an argument, never an option
            ["git", *words],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError:
        raise UserError("git is not there to say what has changed") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines()
        raise UserError(f"git: {said[-1] if said else 'it failed'}") from None
    return done.stdout
