"""The servers of one pytest process, started when they are first needed, and the run they make."""

import asyncio
import os
import signal
from pathlib import Path
from secrets import token_hex
from time import perf_counter

import pytest
import uvloop

from conformance import __version__
from conformance.cli.baselines import Known
from conformance.cli.errors import UserError
from conformance.events import Event, RunFinished, RunStarted, ScenarioFinished
from conformance.play.player import Settings
from conformance.play.stage import Stage
from conformance.play.store import Store
from conformance.pytest_plugin.client import ImapServer
from conformance.reports.base import ReportError
from conformance.reports.run_jsonl import NAME, RunWriter
from conformance.scenario.model import Scenario
from conformance.servers.base import ServerError
from conformance.servers.options import Options
from conformance.servers.registry import server as make_server

__all__ = ["Host"]


class Host:
    """Holds an event loop, the servers, and the run's folder."""

    def __init__(self, config: pytest.Config) -> None:
        """Start the run; no server is started yet. UsageError if an option is wrong."""
        option = config.getoption
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        self.folder = Path(option("--imap-out")) / worker
        self.strict: bool = option("--imap-strict")
        self.run = RunStarted(
            version=__version__,
            started="",
            command="pytest",
            seed=option("--imap-seed"),
            servers=tuple(option("--imap-server")),
            scenarios=0,
            strict=self.strict,
        )
        try:
            self._known = Known(option("--imap-baseline"), self.run.servers)
            self._writer = RunWriter(self.folder / NAME)
        except (UserError, ReportError) as error:
            hint = getattr(error, "hint", "")
            raise pytest.UsageError(f"{error}\n{hint}".strip()) from None
        if self._known.remark:
            config.issue_config_time_warning(pytest.PytestWarning(self._known.remark), 2)
        self._options = Options(allow_destructive=option("--imap-allow-destructive"))
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._stages: dict[str, Stage] = {}
        self._lost: dict[str, str] = {}
        self._servers: dict[str, ImapServer] = {}
        self._name = f"p{token_hex(3)}"
        self._begin = perf_counter()
        self._failed = False
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            # As at an interrupt, pytest then ends in order, and the servers are removed.
            signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
        self._emit(self.run)

    def play(self, scenario: Scenario, spec: str) -> ScenarioFinished:
        """Play ``scenario`` on the server ``spec``; the test fails if that does not start."""
        stage = self._stage(spec)
        event = self._runner.run(stage.perform(scenario))
        event = event.strictly() if self.strict else event
        self._failed = self._failed or event.unexpected
        return event

    def server(self, spec: str) -> ImapServer:
        """Return the server ``spec`` for use from Python, started."""
        if spec not in self._servers:
            stage = self._stage(spec)
            self._servers[spec] = ImapServer(stage.server, self._runner, self._name)
        return self._servers[spec]

    def _stage(self, spec: str) -> Stage:
        if spec in self._lost:
            pytest.fail(self._lost[spec], pytrace=False)
        if spec not in self._stages:
            try:
                server = make_server(spec, run=token_hex(4), options=self._options)
            except ServerError as error:
                raise pytest.UsageError(f"{error}\n{error.hint}".strip()) from None
            stage = Stage(
                server,
                Settings(seed=self.run.seed),
                Store(self.folder),
                self._emit,
                self._name,
                self._known,
            )
            self._stages[spec] = stage
            if not self._runner.run(stage.open()):
                self._lost[spec] = f"{spec} did not start; {self.folder / NAME} says why"
                pytest.fail(self._lost[spec], pytrace=False)
        return self._stages[spec]

    def _emit(self, event: Event) -> None:
        try:
            self._known.see(event)
        except UserError as error:
            raise pytest.UsageError(str(error)) from None
        self._writer.handle(event)

    def close(self) -> None:
        """Remove the servers and end the run."""
        try:
            for stage in self._stages.values():
                self._runner.run(stage.close())
            self._emit(RunFinished(perf_counter() - self._begin, int(self._failed)))
        finally:
            self._writer.close()
            self._runner.close()
