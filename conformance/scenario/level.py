"""The levels of RFC 2119, in a module of their own: the command line's help needs them at once."""

from enum import StrEnum

__all__ = ["Level"]


class Level(StrEnum):
    """The RFC 2119 words under which patterns stand, as written in a scenario."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"
    MUST_NOT = "must not"
    SHOULD_NOT = "should not"

    @property
    def negative(self) -> bool:
        """Whether a match breaks the expectation instead of meeting it."""
        return self in (Level.MUST_NOT, Level.SHOULD_NOT)
