"""A scenario file as a collector, and one play of it on one server as an item."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.events import ScenarioFinished
from conformance.pytest_plugin import host_of
from conformance.reports.layout import plain, story_lines
from conformance.reports.safe import one_line
from conformance.reports.story import again, tell
from conformance.reports.tally import State, state
from conformance.requirements.catalogue import sentence
from conformance.scenario.loader import load_all
from conformance.scenario.model import Scenario
from conformance.scenario.problems import LoadError
from conformance.verdict import Verdict

__all__ = ["Play", "ScenarioFailed", "ScenarioFile", "is_scenario"]

_HEAD = re.compile(rb"^scenario:", re.MULTILINE)
_WIDTH = 100


def is_scenario(path: Path) -> bool:
    """Return whether the file at ``path`` looks like a scenario: other YAML is left alone."""
    try:
        return bool(_HEAD.search(path.read_bytes()))
    except OSError:
        return False


class ScenarioFailed(Exception):  # noqa: N818 - it names what happened
    """A scenario failed, in a way that no baseline expects."""

    def __init__(self, event: ScenarioFinished) -> None:
        """Keep the event, from which the story is told."""
        super().__init__(event.outcome.reason or event.outcome.scenario)
        self.event = event


class ScenarioFile(pytest.File):
    """Yields an item for each scenario of the file (cases make several) and each server."""

    def collect(self) -> Iterator[pytest.Item]:
        """Load the file; what is wrong with it is the collection's error, with line and column."""
        try:
            scenarios = load_all(_near(self.path))
        except LoadError as error:
            raise self.CollectError("\n".join(map(str, error.problems))) from None
        servers: list[str] = self.config.getoption("--imap-server")
        for scenario in scenarios:
            _, bracket, case = scenario.id.partition("[")
            for server in servers:
                name = f"{self.path.stem}{bracket}{case}[{server}]"
                item: Play = Play.from_parent(self, name=name, scenario=scenario, server=server)
                yield item


class Play(pytest.Item):
    """One scenario on one server."""

    def __init__(self, *, scenario: Scenario, server: str, **more: Any) -> None:
        """Keep what to play; its tags become marks."""
        super().__init__(**more)
        self.scenario = scenario
        self.server = server
        for tag in scenario.tags:
            self.config.addinivalue_line("markers", f"{tag}: a scenario's tag")
            self.add_marker(tag)

    def runtest(self) -> None:
        """Play and judge."""
        event = host_of(self.config).play(self.scenario, self.server)
        outcome = event.outcome
        counted = state(event)
        if counted is State.KNOWN:
            reasons = {event.known[f.fingerprint(outcome.scenario)]: None for f in event.failures}
            pytest.xfail(one_line("; ".join(reasons)))
        if counted in (State.SKIP, State.INCONCLUSIVE):
            words = outcome.reason if counted is State.SKIP else f"inconclusive: {outcome.reason}"
            raise pytest.skip.Exception(one_line(words), _use_item_location=True)
        if event.unexpected:
            raise ScenarioFailed(event)
        if outcome.verdict is Verdict.WARN:
            self.add_report_section("call", "warnings", self._story(event))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        """Tell a scenario's failure as the terminal report does."""
        if isinstance(excinfo.value, ScenarioFailed):
            return self._story(excinfo.value.event)
        return super().repr_failure(excinfo, *args)

    def _story(self, event: ScenarioFinished) -> str:
        host = host_of(self.config)
        parts = [one_line(event.outcome.reason)] if event.outcome.reason else []
        parts += [f"the baseline expects {key}: {why}" for key, why in event.mended.items()]
        for finding in event.news or event.outcome.findings:
            story = tell(event, finding, host.folder, sentence, host.run)
            parts.append(plain(story_lines(story, _WIDTH, rule=True)))
        parts.append(f"      again: {again(event, host.run)}")
        return "\n".join(parts)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the scenario stands, and its title."""
        return self.path, 0, f"{self.scenario.id} on {self.server}"


def _near(path: Path) -> Path:
    """Return ``path`` as seen from here, if it is below here: people read it in reports."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
