"""Which baselines apply to a run: the one that is named, or those that come with the suite."""

from collections.abc import Sequence
from pathlib import Path

from conformance.cli.errors import UserError
from conformance.events import Event, ScenarioFinished, ServerReady
from conformance.history.baseline import Annotator, Baseline, BaselineError, load
from conformance.history.update import file_name
from conformance.paths import baselines_dir
from conformance.scenario.model import Scenario

__all__ = ["NONE", "Known"]

NONE = "none"


class Known:
    """Marks known findings in a run's events.

    A baseline that is named is used for the servers that it fits. Otherwise each server has
    those of ``ci/baselines`` that carry its name and the version it says it is, if there are
    any: ``dovecot-2.4.1.toml``, ``dovecot-2.4.toml``, ``dovecot.toml``.
    """

    def __init__(self, named: str, servers: Sequence[str] = ()) -> None:
        """Read the baseline ``named`` for a run on ``servers``; ``none``: use none.

        UserError if it cannot be read, or fits none of them.
        """
        self._named = named
        self._found: dict[str, Annotator] = {}
        self._common: Annotator | None = None
        self.remark = ""
        """What people should know of the choice: for whom the named baseline is not used."""
        if named not in ("", NONE):
            (baseline,) = _load([Path(named)])
            self._common = Annotator([baseline])
            others = [server for server in servers if not baseline.fits(server)]
            if servers and len(others) == len(servers):
                raise UserError(
                    f"{named} is of {baseline.server}, which is not played here",
                    hint=f'write server = "{servers[0]}" into it, or leave that line out',
                )
            if others:
                self.remark = f"{named} is of {baseline.server}: not used for {', '.join(others)}"

    def see(self, event: Event) -> None:
        """Learn which servers take part, and find their baselines."""
        if not isinstance(event, ServerReady) or self._named == NONE:
            return
        annotator = self._common or Annotator(_load(_shipped(event.name, event.version)))
        annotator.see(event)
        self._found[event.server] = annotator

    def __call__(self, event: ScenarioFinished) -> ScenarioFinished:
        """Return ``event`` with what is known of its findings."""
        annotator = self._found.get(event.outcome.server)
        return event if annotator is None else annotator(event)

    def stops(self, server: str, scenario: Scenario) -> bool:
        """Return whether ``scenario`` is known to stop ``server`` for everybody."""
        annotator = self._found.get(server)
        return annotator is not None and annotator.stops(server, scenario.id)


def _load(paths: Sequence[Path]) -> list[Baseline]:
    try:
        return [load(path) for path in paths]
    except BaselineError as error:
        raise UserError(str(error)) from None


def _shipped(name: str, version: str) -> list[Path]:
    """Return the suite's baselines for a server, the most particular one first."""
    try:
        folder = baselines_dir()
    except FileNotFoundError:
        return []
    numbers = version.split(".")
    versions = [".".join(numbers[:count]) for count in range(len(numbers), 0, -1)]
    names = [file_name(f"docker:{name}:{part}") for part in versions] + [f"{name}.toml"]
    return [folder / file for file in dict.fromkeys(names) if (folder / file).is_file()]
