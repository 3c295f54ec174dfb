"""What a scenario is, as values: the loader makes them, the writer writes, the player plays them.

Places (file, line, column) do not take part in comparison, so a scenario equals
itself after it was written and read again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.scenario.level import Level
from conformance.verdict import Place

__all__ = [
    "DEFAULT_ENDS",
    "Actor",
    "Branch",
    "Expectations",
    "Given",
    "GivenMessage",
    "Level",
    "Pattern",
    "Scenario",
    "Step",
]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One expected response (or condition), as the author wrote it."""

    text: str
    place: Place | None = field(default=None, compare=False)


DEFAULT_ENDS = Pattern("OK")


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a step, or one branch of ``either``, expects in the step's window.

    ends      tagged completion: ``OK`` (the default), ``NO``, ``BAD``, ``OK [CODE …]``, ``any``
    only      whether nothing else may come
    in_order  whether the patterns of ``must``, and those of ``should``, come in the order written
    check     conditions over captures, such as ``$after > $before``
    """

    patterns: Mapping[Level, tuple[Pattern, ...]] = field(default_factory=dict)
    ends: Pattern | None = None
    only: bool = False
    in_order: bool = False
    check: tuple[Pattern, ...] = ()

    def at(self, level: Level) -> tuple[Pattern, ...]:
        """Return the patterns that stand under ``level``."""
        return self.patterns.get(level, ())


@dataclass(frozen=True, slots=True)
class Branch:
    """One named legal alternative of ``either``."""

    name: str
    expectations: Expectations


@dataclass(frozen=True, slots=True)
class Step:
    """One actor doing one thing, and what it may see until that is done.

    verb      for lower-case steps the harness's word (``idles``, ``hears``, ``drops`` …);
              empty for a command that goes on the wire
    command   the command, or what follows the verb; a line each where several are pipelined
    within    seconds to wait; None means the run's default
    needs     capabilities (alternatives of alternatives) without which the step is passed over
    together  lanes that race; such a step has no actor of its own
    times     how often they race
    pieces    how what it sends is cut into writes: a number of octets, CRLF or literal; empty: not
    """

    actor: str = ""
    verb: str = ""
    command: str = ""
    expectations: Expectations = field(default_factory=Expectations)
    either: tuple[Branch, ...] = ()
    behaviour: str = ""
    within: float | None = None
    needs: tuple[tuple[str, ...], ...] = ()
    rules: tuple[str, ...] = ()
    note: str = ""
    together: tuple[tuple["Step", ...], ...] = ()
    times: int = 1
    pieces: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Actor:
    """A client: the protocol it speaks, whose mail it reads, and how it connects."""

    name: str
    speaks: str = "imap"
    user: str = "alice"
    via: str = "plain"
    client: str = ""
    login: str = "LOGIN"
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class GivenMessage:
    r"""A message that lies in a mailbox before the first step.

    message  a name from ``messages`` or a file; empty: a small message made from the name
    flags    as written, such as ``\Seen \Flagged``; date as IMAP's date-time
    """

    name: str
    message: str = ""
    flags: str = ""
    date: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Given:
    """A mailbox that exists before the first step, with its messages in order.

    ``user`` is empty for the first actor's user.
    """

    mailbox: str
    messages: tuple[GivenMessage, ...] = ()
    user: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A session of several clients and what the RFCs say they see.

    id         path below the scenarios' folder without its ending, ``devices/star-seen``;
               with the case's name where there are cases: ``devices/star-seen[answered]``
    needs      each entry a tuple of alternatives of which the server must offer one
    cases      name of a case -> the values that stand for ``<name>`` in the texts
    begins     the id of the scenario whose steps come first
    beginning  that scenario

    As written, cases and beginning are kept apart; ``loader.load_all`` gives the
    scenarios that are played: one for each case, the beginning's steps in front.
    """

    id: str
    title: str
    why: str = ""
    rules: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    tags: tuple[str, ...] = ()
    actors: tuple[Actor, ...] = ()
    messages: Mapping[str, str] = field(default_factory=dict)
    given: tuple[Given, ...] = ()
    cases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    begins: str = ""
    steps: tuple[Step, ...] = ()
    found: Mapping[str, str] = field(default_factory=dict)
    file: str = field(default="", compare=False)
    text: str = field(default="", compare=False, repr=False)
    beginning: "Scenario | None" = field(default=None, compare=False, repr=False)

    def actor(self, name: str) -> Actor:
        """Return the actor called ``name``; KeyError if there is none."""
        for actor in self.actors:
            if actor.name == name:
                return actor
        raise KeyError(name)
