"""Servers that make the same legal choice differently within one run: worth a warning."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.verdict import Outcome

__all__ = ["Choices", "Mixed"]


@dataclass(frozen=True, slots=True)
class Mixed:
    """A server's row of the behaviour table with several choices: each with where it was seen."""

    server: str
    row: str
    choices: dict[str, list[str]]

    def __str__(self) -> str:
        """Return it in one line, the rarest choice first: that is the one to look at."""
        rarest = sorted(self.choices.items(), key=lambda item: (len(item[1]), item[0]))
        words = [
            f"{choice} ({len(seen)}, as in {seen[0]})" if len(seen) > 1 else f"{choice} ({seen[0]})"
            for choice, seen in rarest
        ]
        return f"{self.row}: {', '.join(words)}"


@dataclass(slots=True)
class Choices:
    """The choices of a run as far as it has come."""

    _seen: dict[tuple[str, str], dict[str, list[str]]] = field(default_factory=dict)

    def take(self, outcome: Outcome) -> None:
        """Take in what a server was seen to do in a scenario."""
        for row, choice in outcome.behaviours.items():
            choices = self._seen.setdefault((outcome.server, row), {})
            choices.setdefault(choice, []).append(outcome.scenario)

    def mixed(self) -> Iterator[Mixed]:
        """Yield what was chosen in more than one way."""
        for (server, row), choices in sorted(self._seen.items()):
            if len(choices) > 1:
                yield Mixed(server, row, choices)
