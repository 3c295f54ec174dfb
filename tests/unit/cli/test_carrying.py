"""An interrupt at the two moments that no test could hit from outside."""

import asyncio
import builtins

import pytest

from conformance import cli
from conformance.cli.carrying import carry_out
from conformance.cli.outputs import Outputs
from conformance.play.run import Plan


def test_before_the_run_has_begun(tmp_path, monkeypatch):
    create = asyncio.create_task

    def interrupted(coroutine):
        asyncio.current_task().cancel()  # as the event loop does at SIGINT
        return create(coroutine)

    monkeypatch.setattr(asyncio, "create_task", interrupted)
    events = []
    outputs = Outputs([])
    monkeypatch.setattr(outputs, "handle", events.append)

    # Not a status: nobody was told yet, so whoever called has to be.
    with pytest.raises(asyncio.CancelledError):
        carry_out(Plan((), ()), tmp_path, outputs)
    assert events == []


def test_while_our_own_modules_are_imported(monkeypatch, capsys):
    real = builtins.__import__

    def imported(name, *rest):
        if name == "conformance.cli.app":
            raise KeyboardInterrupt
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", imported)

    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "interrupted\n"
