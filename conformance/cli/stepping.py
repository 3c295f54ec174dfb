"""``run --step``: one step at a time, with what went over the wire."""

import asyncio
import os
import signal
from collections.abc import Callable

import typer

from conformance.reports.layout import plain, wire_lines
from conformance.reports.safe import one_line
from conformance.reports.wire_line import WireLine, wire_line
from conformance.scenario.model import Step
from conformance.wire.transcript import Kind, Transcript

__all__ = ["Stepper", "wire"]

_WIDTH = 110
_CUT = 1_000
_HELP = "Enter: do it; c: go on to the end; q: stop"


class Stepper:
    """Shows what has happened, then the step to come, and waits for a word.

    read  gives one line of what is typed; EOFError at the end of it
    """

    def __init__(self, read: Callable[[], str] = input) -> None:
        """Start with nothing shown."""
        self._read = read
        self._shown: Transcript | None = None
        self._events = 0
        self._free = False

    async def __call__(self, path: str, step: Step | None, transcript: Transcript) -> None:
        """Show what came since the last step; unless it is the end, wait before ``step``."""
        if transcript is not self._shown:
            self._shown, self._events = transcript, 0
            self._free = False
            typer.echo(f"{one_line(transcript.header.get('scenario', ''))}  ({_HELP})")
        self._show(transcript)
        if step is None:
            return
        doing = f"{step.verb} {step.command}".strip().replace("\n", ", ")
        lanes = " + ".join(lane[0].actor for lane in step.together)
        place = f"{step.place.file}:{step.place.line}" if step.place else path
        actor = step.actor or "together"
        typer.echo(f"-- {one_line(place)}  {actor}: {one_line(doing or lanes)}")
        if not self._free:
            await self._wait()

    async def _wait(self) -> None:
        try:
            word = (await asyncio.to_thread(self._read)).strip().lower()
        except EOFError:
            word = "c"
        self._free = word.startswith("c")
        if word.startswith("q"):
            os.kill(os.getpid(), signal.SIGINT)  # as if it had been interrupted: all is removed
            await asyncio.sleep(3600)

    def _show(self, transcript: Transcript) -> None:
        wire(transcript, self._events)
        self._events = len(transcript.events)


def wire(transcript: Transcript, since: int) -> None:
    """Show what went over the wire from the event ``since`` on."""
    lines: list[WireLine] = []
    for event in transcript.events[since:]:
        if event.kind is not Kind.NOTE:
            lines += wire_line(event, "", None, _CUT)
    if lines:
        typer.echo(plain(wire_lines(lines, _WIDTH)))
