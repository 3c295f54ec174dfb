"""``record``: the draft of a scenario from a session that is typed, or that was captured."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cli.errors import UserError
from conformance.cli.server_options import (
    AllowDestructive,
    Authority,
    Folders,
    Users,
    ours_to_break,
    server_options,
)

if TYPE_CHECKING:
    from conformance.servers.base import Server
    from conformance.wire.transcript import Transcript

__all__ = ["register"]

_MARK = re.compile(rb"[ \t]*([CS]):")
_DRAFT = """\
# A draft, recorded {source}. It says what that server did; before it is kept:
# - read the RFC's sections, name them under `rules`, and say under `why` who is hurt;
# - keep under `must` what has to be so, move to `either` what may be so or otherwise.
"""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("record")(_record)


def _record(
    name: Annotated[
        str, typer.Argument(help="The file to write, with or without .yaml, or a bundled one's id.")
    ],
    source: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="FILE|RUN/ID",
            help="A transcript, a run's scenario, or text with C: and S: marks; else you type.",
        ),
    ] = "",
    server: Annotated[
        str, typer.Option("--server", "-s", help="Where to play what you type.")
    ] = "embedded:pymap",
    actors: Annotated[
        list[str] | None,
        typer.Option("--actor", "-a", help="A client of Alice's; phone and laptop if not given."),
    ] = None,
    messages: Annotated[
        list[str] | None,
        typer.Option("--message", "-m", help="A message in INBOX; one, two, three if not given."),
    ] = None,
    within: Annotated[
        float, typer.Option(min=0.1, help="Seconds that any answer may take.")
    ] = 10.0,
    folders: Folders = None,
    users: Users = None,
    ca: Authority = None,
    allow_destructive: AllowDestructive = False,
) -> None:
    """Write the draft of a scenario from a session: one that you type, or one that was captured."""
    import uvloop

    from conformance.cli.carrying import make_server
    from conformance.cli.writing import place

    path = place(name)
    if path.exists():
        raise UserError(f"{path} is there already")
    if source:
        _write(path, _captured(source), f"from {source}")
        return
    ours_to_break([server], allow_destructive=allow_destructive)
    options = server_options(
        folders=folders, users=users, ca=ca, allow_destructive=allow_destructive
    )
    under_test = make_server(server, "record", options)
    transcript = uvloop.run(
        _typed(
            under_test,
            actors or ["phone", "laptop"],
            messages or ["one", "two", "three"],
            within,
        )
    )
    _write(path, transcript, f"by hand on {under_test.spec}")


def _write(path: Path, transcript: "Transcript", source: str) -> None:
    """Write the draft and its message files; UserError if nothing can be made of it."""
    from conformance.play.draft import draft
    from conformance.reports.base import ReportError
    from conformance.reports.files import write_text
    from conformance.scenario.writer import dump

    words = re.sub(r"[-_]+", " ", path.stem).strip() or "recorded"
    try:
        made = draft(transcript, path.stem, words[0].upper() + words[1:])
        for file, octets in made.files.items():
            target = path.with_name(file)
            if target.exists() and target.read_bytes() != octets:
                raise UserError(f"{target} is there already")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(octets)
        write_text(path, _DRAFT.format(source=source) + dump(made.scenario))
    except ValueError as error:
        raise UserError(str(error)) from None
    except (OSError, ReportError) as error:
        raise UserError(f"cannot write {path}: {error}") from None
    files = f", {len(made.files)} message files beside it" if made.files else ""
    typer.echo(f"{path}  ({len(made.scenario.steps)} steps{files})")


def _captured(source: str) -> "Transcript":
    """Return what was captured, as a transcript."""
    from conformance.cli.replaying import transcript_of
    from conformance.wire.transcript import MAGIC, Transcript, TranscriptError

    path = Path(source)
    if not path.is_file():
        return transcript_of(path)
    try:
        octets = path.read_bytes()
        if octets.startswith(MAGIC.encode()):
            with path.open(encoding="ascii", newline="\n") as stream:
                return Transcript.load(stream)
    except (OSError, UnicodeDecodeError, TranscriptError) as error:
        raise UserError(f"{path}: {error}") from None
    return _marked(octets, path)


def _marked(octets: bytes, path: Path) -> "Transcript":
    """Return the session in text with ``C:`` and ``S:`` before each line."""
    from conformance.wire.framer import Flood, Framer
    from conformance.wire.transcript import Kind, Transcript

    transcript = Transcript({"scenario": path.stem})
    transcript.note(0.0, "phone", note="actor", user="alice", speaks="imap")
    transcript.add(0.0, "phone", Kind.CONNECTION, b"connected")
    framers = {b"C": Framer(), b"S": Framer()}
    number = 0
    try:
        for side, line in _lines(octets):
            for frame in framers[side].feed(line):
                number += 1
                kind = Kind.SENT if side == b"C" else Kind.RECEIVED
                transcript.add(number / 1000, "phone", kind, frame)
    except Flood as flood:
        raise UserError(f"{path}: {flood}") from None
    if not number:
        raise UserError(f"{path} is no transcript, and has no lines marked C: and S:")
    return transcript


def _lines(octets: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield side and text of each marked line, indented as the first one is."""
    indent = None
    for line in octets.splitlines():
        mark = _MARK.match(line)
        if mark is None:
            continue
        text = line[mark.end() :]
        if indent is None:
            indent = len(text) - len(text.lstrip(b" "))
        margin = len(text) - len(text.lstrip(b" "))
        yield mark[1], text[min(indent, margin) :] + b"\r\n"


async def _typed(
    server: "Server", actors: list[str], messages: list[str], within: float
) -> "Transcript":
    from conformance.play.setup import Refused
    from conformance.play.typed import play_typed, stage
    from conformance.scenario.problems import LoadError
    from conformance.servers.base import ServerError

    prompt = sys.stdin.isatty()
    if prompt:
        typer.echo("Type steps, such as 'phone: SELECT INBOX' or 'phone: idles'; ctrl-D ends.")
    shown = _Shown()
    try:
        beginning = stage(actors, messages)
        await server.start()
        return await play_typed(
            server, beginning, lambda: input("> " if prompt else ""), shown.tell, within
        )
    except LoadError as error:
        raise UserError("; ".join(problem.message for problem in error.problems)) from None
    except (Refused, ServerError) as error:
        raise UserError(str(error)) from None
    finally:
        await server.stop()


class _Shown:
    """What of a session the person at the keyboard has seen."""

    def __init__(self) -> None:
        self.events = 0

    def tell(self, transcript: "Transcript", wrong: str) -> None:
        """Show what has come, and what was wrong with the line."""
        from conformance.cli.stepping import wire

        wire(transcript, self.events)
        self.events = len(transcript.events)
        if wrong:
            typer.echo(f"?? {wrong}")
