"""A run from its plan to its exit status: interruptible, its reports closed whatever happens."""

import asyncio
import contextlib
import signal
from pathlib import Path

import uvloop

from conformance.cli.errors import UserError
from conformance.cli.outputs import Outputs
from conformance.play.run import Plan, run
from conformance.play.store import Store
from conformance.reports.base import ReportError
from conformance.servers.base import Server, ServerError
from conformance.servers.options import Options
from conformance.servers.registry import server
from conformance.status import EXIT

__all__ = ["carry_out", "make_server"]


def make_server(spec: str, run_name: str, options: Options) -> Server:
    """Return the server ``spec``, not started yet; UserError says what there is instead."""
    try:
        return server(spec, run=run_name, options=options)
    except ServerError as error:
        raise UserError(str(error), hint=error.hint) from None


def carry_out(plan: Plan, out: Path, outputs: Outputs) -> int:
    """Run and return the exit status; UserError if the run's folder does not take it."""
    try:
        status = uvloop.run(_until_interrupted(plan, Store(out), outputs))
        outputs.close()
    except (ReportError, OSError) as error:
        raise UserError(f"the run was stopped: {_said(error, out)}") from None
    finally:
        with contextlib.suppress(ReportError, OSError):
            outputs.close()
    return status


def _said(error: Exception, out: Path) -> str:
    if isinstance(error, OSError):
        return f"cannot write {error.filename or out}: {error.strerror or error}"
    return str(error)


async def _until_interrupted(plan: Plan, store: Store, outputs: Outputs) -> int:
    """Run; at SIGINT or SIGTERM stop playing, remove the servers, and report what there is."""
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(run(plan, store, outputs.handle))
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        if (own := asyncio.current_task()) is not None and own.cancelling():
            raise  # before the handlers were there: the run did not begin, and told of nothing
        return EXIT.INTERRUPTED
