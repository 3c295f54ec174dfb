"""Writing a report's file: whole or not at all."""

import contextlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from conformance.reports.base import cannot_write

__all__ = ["write_pages", "write_text"]


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``path``, making its folder; ReportError if that cannot be.

    What was there before stays until the new content is complete.
    """
    draft = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():  # /dev/stdout, a pipe
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
            return
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        draft = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
        mask = os.umask(0)
        os.umask(mask)
        draft.chmod(0o666 & ~mask)
        draft.replace(path)
    except OSError as error:
        if draft is not None:
            with contextlib.suppress(OSError):
                draft.unlink()
        raise cannot_write(path, error) from error


def write_pages(folder: Path, pages: Iterable[tuple[str, str]]) -> None:
    """Write many files below ``folder``, each given by its name and text; ReportError as above.

    Names are safe ones of our own. What is written is no draft first: an index that is
    written afterwards is what makes the pages be seen.
    """
    made: set[str] = set()
    root = os.fspath(folder)
    for name, text in pages:
        path = f"{root}/{name}"
        inner = path.rpartition("/")[0]
        try:
            if inner not in made:
                os.makedirs(inner, exist_ok=True)  # noqa: PTH103 - thousands of them
                made.add(inner)
            with open(path, "wb") as stream:  # noqa: PTH123
                stream.write(text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise cannot_write(Path(path), error) from error
