"""One connection of a capture: what was advertised, and what is wrong with what was said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from conformance.grammar.check import check_contents, check_skeleton
from conformance.grammar.cutter import Skeleton
from conformance.grammar.dialect import CLIENT, SERVER, dialect
from conformance.grammar.splitter import Piece, Splitter
from conformance.grammar.strict import literals
from conformance.grammar.violation import Violation

__all__ = ["LintFinding", "Side", "Talk"]

Side = Literal["server", "client"]

_FOREIGN = re.compile(rb"\+OK|[2345]\d\d[ -]")


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing that is wrong in a capture.

    offset  of the octet in the file, from 0; line counts from 1
    side    who sent it; connection names the client in a transcript
    The rest is as in Violation.
    """

    offset: int
    line: int
    side: Side
    rule: str
    section: str
    expected: tuple[str, ...]
    message: str
    kind: str = "syntax"
    quirk: str = ""
    inconclusive: bool = False
    connection: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the finding as one JSON object's values."""
        return {
            "offset": self.offset,
            "line": self.line,
            "rule": self.rule,
            "section": self.section,
            "expected": list(self.expected),
            "message": self.message,
            "kind": self.kind,
            "quirk": self.quirk,
            "inconclusive": self.inconclusive,
            "side": self.side,
            "connection": self.connection,
        }


@dataclass(slots=True)
class Talk:
    """One connection: both directions, and what has been advertised and enabled so far."""

    name: str
    capabilities: set[str]
    enabled: set[str]
    foreign: bool = False
    _splitters: dict[Side, Splitter] = field(
        default_factory=lambda: {"server": Splitter(), "client": Splitter()}
    )
    _seen: bool = False

    def open(self, side: Side) -> bool:
        """Whether a frame of ``side`` has begun and is not complete."""
        return self._splitters[side].open

    def feed(self, side: Side, octets: bytes, offset: int, line: int) -> Iterator[LintFinding]:
        """Take in octets, at most a line, and yield what is wrong with the frames they end."""
        for piece in self._splitters[side].feed(octets, offset, line):
            yield from self._judge(side, piece)

    def end(self) -> Iterator[LintFinding]:
        """Yield what is wrong with what was under way when the capture ended."""
        for side, splitter in self._splitters.items():
            piece = splitter.rest()
            if piece is not None:
                yield from self._judge(side, piece)

    def _judge(self, side: Side, piece: Piece) -> Iterator[LintFinding]:
        if side == "server" and not self._seen:
            self._seen = True
            self.foreign = bool(_FOREIGN.match(piece.octets))  # POP3 or SMTP
        if self.foreign:
            return
        if piece.nul is not None:
            yield self._literal(side, piece, piece.nul, "a NUL in a literal that is not binary")
        if piece.short:
            offset, _ = piece.place(len(piece.octets))
            message = f"the literal is {piece.short:,} octets shorter than announced"
            yield self._literal(side, piece, offset, message)
            return
        spoken = dialect(frozenset(self.capabilities), frozenset(self.enabled))
        root = SERVER if side == "server" else CLIENT
        violations = check_skeleton(Skeleton(piece.octets), spoken, root)
        for found in violations:
            yield self._finding(side, found, piece.place(found.offset))
        if side == "server" and not violations and piece.literals:
            traces = {literals.Literal(trace.octets, at): trace for at, trace in piece.literals}
            for fault in check_contents(piece.octets, list(traces), spoken):
                place = traces[fault.literal].place(fault.at)
                yield self._finding(side, literals.violation_of(fault, fault.at), place)
        if side == "server":
            self._learn(piece.octets)
            refused = _REFUSED.match(piece.octets)
            if refused:
                self._splitters["client"].refuse(refused[1])

    def _finding(self, side: Side, found: Violation, place: tuple[int, int]) -> LintFinding:
        return LintFinding(
            offset=place[0],
            line=place[1],
            side=side,
            rule=found.rule,
            section=found.section,
            expected=found.expected,
            message=found.message,
            kind=found.kind,
            quirk=found.quirk,
            inconclusive=found.inconclusive,
            connection=self.name,
        )

    def _literal(self, side: Side, piece: Piece, offset: int, message: str) -> LintFinding:
        _, line = piece.place(len(piece.octets))
        return LintFinding(
            offset=offset,
            line=line,
            side=side,
            rule="literal",
            section="RFC9051:4.3",
            expected=("the octets announced, none of them NUL",),
            message=message,
            connection=self.name,
        )

    def _learn(self, octets: bytes) -> None:
        told = _CAPABILITIES.match(octets)
        if told:
            self.capabilities.update(told[1].decode("ascii", "replace").upper().split())
        on = _ENABLED.match(octets)
        if on:
            self.enabled.update(on[1].decode("ascii", "replace").upper().split())


_CAPABILITIES = re.compile(
    rb"\S+ (?:CAPABILITY|(?:OK|PREAUTH) \[CAPABILITY)((?: [^\s\]]+)+)", re.IGNORECASE
)
_REFUSED = re.compile(rb"(\S+) (?:NO|BAD) ", re.IGNORECASE)
_ENABLED = re.compile(rb"\* ENABLED((?: \S+)+)", re.IGNORECASE)
