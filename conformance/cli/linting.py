"""``lint``: hold a captured session against the grammar of the RFCs."""

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, cast

import typer

from conformance.cli.errors import UserError
from conformance.status import EXIT

__all__ = ["register"]

_CHUNK = 1 << 16
_LARGEST = 1 << 26  # of a session that is held in memory
_AROUND = 60  # octets that are shown before and after the one to blame


class Format(StrEnum):
    """What findings are written as."""

    TEXT = "text"
    JSON = "json"


class Capture(StrEnum):
    """What forms of capture there are."""

    TRANSCRIPT = "transcript"
    MARKED = "marked"
    SERVER = "server"
    CLIENT = "client"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("lint")(_lint)


def _lint(
    file: Annotated[
        Path,
        typer.Argument(
            help="A transcript, text with C: and S: marks, or one side's octets; '-' is a pipe."
        ),
    ],
    capture: Annotated[
        Capture | None,
        typer.Option("--as", help="What the file is; its beginning tells if not given."),
    ] = None,
    capabilities: Annotated[
        str, typer.Option(help="What the server advertises beyond what is seen: 'IMAP4rev2 IDLE'.")
    ] = "",
    enabled: Annotated[
        str, typer.Option(help="What the client has enabled before: 'CONDSTORE'.")
    ] = "",
    form: Annotated[
        Format, typer.Option("--format", "-f", help="For people, or one JSON object a line.")
    ] = Format.TEXT,
) -> None:
    """Say which octets of a capture break the grammar, and which rule.

    What a whole session shows, from greeting and login on, is held against the rules of
    state and content as well.
    """
    from conformance.grammar.describe import definition
    from conformance.grammar.lint import lint
    from conformance.reports.safe import one_line

    name = one_line(str(file))
    broken = unsure = 0
    try:
        with _open(file) as stream:
            found = lint(
                _chunks(stream),
                cast("Literal['transcript', 'marked', 'server', 'client'] | None", capture),
                capabilities=capabilities.upper().split(),
                enabled=enabled.upper().split(),
            )
            for one in found:
                broken += not one.inconclusive
                unsure += one.inconclusive
                if form is Format.JSON:
                    typer.echo(json.dumps(one.as_json()))
                    continue
                who = f"{one.connection} {one.side}".strip()
                rule = f"{one.rule} ({one.section})" if one.section else one.rule
                typer.echo(one_line(f"{name}:{one.line}: octet {one.offset:,}, {who}: {rule}"))
                typer.echo(f"    {one_line(one.message)}")
                if stated := definition(one.rule, one.section):
                    typer.echo(f"    {stated}")
                for line in _excerpt(file, one.offset):
                    typer.echo(f"    {line}")
        if capture not in (Capture.SERVER, Capture.CLIENT):
            broken += _session(file, name, form)
    except OSError as error:
        raise UserError(f"cannot read {name}: {error.strerror or error}") from None
    if form is Format.TEXT:
        words = f"{broken} findings" if broken != 1 else "1 finding"
        typer.echo(words + (f", {unsure} undecided" if unsure else ""))
    if broken:
        raise typer.Exit(EXIT.FAILED)


def _session(file: Path, name: str, form: Format) -> int:
    """Tell what the always-on checks find in a whole session; return how much breaks a MUST."""
    from conformance.check.captured import judge_capture, read_capture
    from conformance.reports.safe import one_line
    from conformance.requirements.catalogue import asked
    from conformance.verdict import Verdict

    if not file.is_file() or file.stat().st_size > _LARGEST:
        return 0
    session = read_capture(file.read_bytes())
    broken = 0
    for line, one in judge_capture(session) if session is not None else ():
        broken += one.verdict >= Verdict.FAIL
        if form is Format.JSON:
            known = sorted({session[1][index] for index in one.known}) if session else []
            values = {"line": line, "check": one.check, "verdict": str(one.verdict)}
            values |= {"rule": one.rule, "level": one.level, "message": one.message}
            typer.echo(json.dumps({**values, "known": known}))
            continue
        word = "" if one.verdict >= Verdict.FAIL else f"{one.verdict}: "
        typer.echo(one_line(f"{name}:{line}: {word}{one.rule} {one.level}".rstrip()))
        typer.echo(f"    {one_line(one.message)}")
        if one.rule and (words := asked(one.rule, one.said)):
            typer.echo(f'    "{words}"')
    return broken


def _open(file: Path) -> BinaryIO:
    return sys.stdin.buffer if str(file) == "-" else file.open("rb")


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _excerpt(file: Path, offset: int) -> Iterator[str]:
    """Yield the line around ``offset`` and a caret below its octet; nothing of a pipe."""
    from conformance.wire.transcript import escape

    if not file.is_file():
        return
    begin = max(0, offset - _AROUND)
    with file.open("rb") as stream:
        stream.seek(begin)
        octets = stream.read(offset - begin + _AROUND)
    at = offset - begin
    before = octets[:at].rpartition(b"\n")[2]
    after = octets[at:].partition(b"\n")[0].rstrip(b"\r")
    left = escape(before)
    yield left + escape(after)
    yield " " * len(left) + "^"
