"""Where message files lie: beside the scenario, then in fixtures/messages; large ones are made."""

from collections.abc import Sequence
from pathlib import Path

from conformance.paths import fixtures_dir
from conformance.scenario.large_mail import LARGE
from conformance.scenario.model import Scenario

__all__ = ["find_message", "message_folders", "read_message"]


def message_folders(scenario_file: str | Path) -> tuple[Path, ...]:
    """Return the folders to look into, the first one first."""
    beside = Path(scenario_file).parent
    try:
        return (beside, fixtures_dir() / "messages")
    except FileNotFoundError:
        return (beside,)


def find_message(name: str, folders: Sequence[Path]) -> Path | None:
    """Return the file that a scenario calls ``name``; None if no folder has it.

    Names that lead outside the folders are not there.
    """
    if Path(name).is_absolute() or ".." in Path(name).parts:
        return None
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


def read_message(scenario: Scenario, name: str) -> bytes:
    """Return the octets of ``name``, a name from the scenario's ``messages`` or a file.

    FileNotFoundError if it is not there.
    """
    name = scenario.messages.get(name, name)
    if make := LARGE.get(name):
        return make()
    folders = message_folders(scenario.file)
    path = find_message(name, folders)
    if path is None:
        raise FileNotFoundError(f"there is no message file '{name}'")
    return path.read_bytes()
