"""What the octets of literals have to be, where a response says enough about them.

A NUL is only for binary ones, a mailbox name is modified UTF-7 however it is written, and the
fields of a header are those that were asked for.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from conformance.grammar.guards import utf7_fault
from conformance.grammar.recursion import LITERAL
from conformance.grammar.strict.fetch import items
from conformance.grammar.violation import Violation

__all__ = ["Fault", "Literal", "faults", "harmless", "telling", "violation_of"]


@dataclass(frozen=True, slots=True)
class Literal:
    """The octets of a literal, and where in the skeleton they were cut out."""

    octets: bytes
    position: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a literal: at which of its octets, and why."""

    literal: Literal
    at: int
    rule: str
    section: str
    expected: tuple[str, ...]
    message: str


def violation_of(fault: Fault, offset: int) -> Violation:
    """Return the violation for a fault whose octet stands at ``offset`` of the frame."""
    return Violation(
        offset=offset,
        rule=fault.rule,
        section=fault.section,
        expected=fault.expected,
        message=fault.message,
        stack=(fault.rule, "literal"),
        kind="strict",
    )


_HEAD = re.compile(rb"\{[0-9]+\}\r\n\Z")
_NAME = rb'[!#-\'*-9;-\[^-z|~]+|"[!#-9;-\[\]-~]+"'
_NAMES = rb"(?:" + _NAME + rb")(?: (?:" + _NAME + rb"))*+"
_FIELDS = re.compile(
    rb"BODY\[(?:[0-9.]+\.)?HEADER\.FIELDS(?P<but>\.NOT)? \((?P<names>" + _NAMES + rb")\)\]\Z",
    re.IGNORECASE,
)
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:", re.MULTILINE)
_BLANK = re.compile(rb"(?:\A|\n)\r?\n")
_DIGIT = re.compile(rb"\* [0-9]")


def telling(skeleton: bytes) -> bool:
    """Whether a skeleton says of its literals what they should be."""
    return not _DIGIT.match(skeleton) or b"HEADER.FIELDS" in skeleton.upper()


_ASKED = re.compile(
    rb"BODY\[(?:[0-9.]+\.)?HEADER\.FIELDS \((" + _NAMES + rb")\)\] \{([0-9]{1,9})\}\r\n"
).search


def harmless(frame: bytes, plain: bytes) -> bool:
    """Whether a response with one literal surely has the header fields asked for, no others."""
    asked = _ASKED(frame)
    if asked is None or plain.count(LITERAL) != 1 or plain.count(b"HEADER.FIELDS") != 1:
        return False
    names, size = asked.groups()
    start = asked.end()
    return _only(names)(frame, start, start + int(size)) is not None


@lru_cache(maxsize=256)
def _only(names: bytes) -> Callable[[bytes, int, int], re.Match[bytes] | None]:
    fields = b"|".join(re.escape(name.strip(b'"')) for name in names.split())
    field = rb"(?:" + fields + rb")[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*+"
    return re.compile(rb"(?:" + field + rb")*+(?:\r?\n)?+\Z", re.IGNORECASE).match


def faults(
    skeleton: bytes, literals: Sequence[Literal], named: Callable[[bytes, int], bool]
) -> Iterator[Fault]:
    """Yield what is wrong with the literals of a well-formed response.

    ``named`` says whether a name in modified UTF-7 has to stand at an offset of such octets.
    """
    if _DIGIT.match(skeleton):
        yield from _headers(skeleton, {literal.position: literal for literal in literals})
    else:
        for literal in literals:
            yield from _name(skeleton, literal, named)


def _name(
    skeleton: bytes, literal: Literal, named: Callable[[bytes, int], bool]
) -> Iterator[Fault]:
    why = utf7_fault(literal.octets)
    if not literal.octets.isascii():
        why = "octets above 127"
    head = _HEAD.search(skeleton, 0, literal.position)
    if not why or head is None:
        return
    quoted = skeleton[: head.start()] + b'"&-"' + skeleton[literal.position :]
    if named(quoted, head.start()):
        yield Fault(
            literal,
            0,
            "mailbox",
            "RFC3501:5.1.3",
            ("a mailbox name",),
            f"a mailbox name that is no modified UTF-7 in its canonical form: {why}",
        )


def _headers(skeleton: bytes, literals: dict[int, Literal]) -> Iterator[Fault]:
    for name, position in items(skeleton):
        asked = _FIELDS.match(name)
        end = skeleton.find(b"\r\n", position + len(name)) + 2
        literal = literals.get(end)
        if asked is None or literal is None or skeleton[position + len(name) + 1] != ord("{"):
            continue
        names = {one.strip(b'"').upper() for one in asked["names"].split()}
        blank = _BLANK.search(literal.octets)
        lines = literal.octets[: blank.start() + 1] if blank else literal.octets
        for field in _FIELD.finditer(lines):
            if (field[1].upper() in names) == bool(asked["but"]):
                shown = field[1][:40].decode("ascii")
                yield Fault(
                    literal,
                    field.start(),
                    "section-msgtext",
                    "RFC9051:6.4.5.1",
                    ("a field that was asked for", "an empty line"),
                    f"the field '{shown}', which was not asked for",
                )
        if blank and blank.end() < len(literal.octets):
            yield Fault(
                literal,
                blank.end(),
                "section-msgtext",
                "RFC9051:6.4.5.1",
                ("the end of the literal",),
                "octets after the empty line that ends a header",
            )
