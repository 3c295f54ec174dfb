"""What is wrong with a scenario file: each problem with its place, all of them at once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from conformance.verdict import Place

__all__ = ["LoadError", "Problem", "suggest"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where."""

    place: Place
    message: str

    def __str__(self) -> str:
        """Return ``file:line:column: message``, with nothing in it that a terminal would obey."""
        text = f"{self.place}: {self.message}"
        return _UNPRINTABLE.sub(_spelled, text)


class LoadError(Exception):
    """A file is no scenario; ``problems`` says everything that is wrong, in the file's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems, sorted by place and each once."""
        unique = dict.fromkeys(problems)
        self.problems = tuple(
            sorted(unique, key=lambda p: (p.place.file, p.place.line, p.place.column))
        )
        super().__init__("\n".join(map(str, self.problems)))


# Control characters, and those that turn or hide text.
_UNPRINTABLE = re.compile(
    "[\0-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"
)


def _spelled(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def suggest(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean '…'?)`` if one of ``known`` is like ``word``, else nothing."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean '{close[0]}'?)" if close else ""
