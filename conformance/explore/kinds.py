"""A kind of step that a client may take: how likely it is, and what makes it."""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.explore.turn import Turn
from conformance.scenario.model import Step

__all__ = ["Kind"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of step.

    weight  how likely it is beside others
    needs   the capability without which it is not drawn; ``THREAD=`` is any that begins so
    """

    name: str
    make: Callable[[Turn], Step | None]
    weight: int = 2
    needs: str = ""

    def offered(self, words: frozenset[str]) -> bool:
        """Return whether a server that advertises ``words`` has it."""
        if self.needs.endswith("="):
            return any(word.startswith(self.needs) for word in words)
        return not self.needs or self.needs in words
