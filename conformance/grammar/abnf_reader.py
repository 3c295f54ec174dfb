"""Read ABNF as RFC 5234 and RFC 7405 define it, with the comments our files carry.

A file's head says ``; RFC: 7162`` and perhaps ``; Capabilities:`` (any of which, when
advertised, brings the file into a dialect) and ``; Enable:`` (likewise, when enabled);
``; Section: 3.1.2`` names the section of the rules after it, and up to the next such
comment ``; Needs:`` and ``; After:`` narrow when these rules count.
"""

import re
from dataclasses import dataclass, field

from conformance.grammar.nodes import Alt, Cat, Chars, Lit, Node, Ref, Rep, Rule

__all__ = ["AbnfError", "AbnfFile", "read"]


class AbnfError(ValueError):
    """A text is not ABNF; the message names file, line and column."""


@dataclass(frozen=True, slots=True)
class AbnfFile:
    """One file of rules and what its head says."""

    name: str
    rfc: str
    title: str = ""
    capabilities: frozenset[str] = frozenset()
    enable: frozenset[str] = frozenset()
    head: dict[str, str] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()


_TOKEN = re.compile(
    r"""(?P<space>[ \t]+|;[^\n]*|\n[ \t]+|\n(?=[ \t]*(?:\n|;|\Z)))
    |(?P<name>[A-Za-z][A-Za-z0-9-]*)
    |(?P<repeat>\d*\*\d*|\d+)
    |(?P<text>(?:%[sSiI])?"[^"\n]*")
    |(?P<number>%[xXdDbB][0-9A-Fa-f]+(?:-[0-9A-Fa-f]+|(?:\.[0-9A-Fa-f]+)+)?)
    |(?P<mark>[()\[\]/])""",
    re.VERBOSE,
)
_RULE = re.compile(r"([A-Za-z][A-Za-z0-9-]*)[ \t]*(=/?)")
_HEAD = re.compile(r";[ \t]*([A-Z][A-Za-z]*):[ \t]*(.*?)[ \t]*$")
_BASES = {"x": 16, "d": 10, "b": 2}


def read(text: str, file: str = "<abnf>") -> AbnfFile:
    """Return the rules of ``text``; AbnfError if it is not ABNF."""
    lines = text.replace("\r\n", "\n").split("\n")
    head: dict[str, str] = {}
    rules: list[Rule] = []
    section = ""
    gates = {"Needs": frozenset[str](), "After": frozenset[str]()}
    number = 0
    while number < len(lines):
        line = lines[number]
        comment = _HEAD.match(line)
        if comment:
            if comment[1] == "Section":
                section = comment[2]
                gates = dict.fromkeys(gates, frozenset())
            elif comment[1] in gates and section:
                gates[comment[1]] = frozenset(comment[2].upper().split())
            elif not rules:
                head.setdefault(comment[1].lower(), comment[2])
        elif line.strip() and not line.lstrip().startswith(";"):
            found = _RULE.match(line)
            if not found:
                raise AbnfError(f"{file}:{number + 1}:1: a rule name and '=' should stand here")
            end = number + 1
            while end < len(lines) and (not lines[end].strip() or lines[end][0] in " \t"):
                end += 1
            source = "\n".join(lines[number:end]).rstrip()
            node = _Reader(source, found.end(), file, number + 1).node()
            rules.append(
                Rule(
                    name=found[1],
                    node=node,
                    section=_place(head.get("rfc", ""), section or head.get("sections", "")),
                    file=file,
                    line=number + 1,
                    incremental=found[2] == "=/",
                    needs=gates["Needs"],
                    after=gates["After"],
                    source=source,
                )
            )
            number = end
            continue
        number += 1
    return AbnfFile(
        name=file,
        rfc=head.get("rfc", ""),
        title=head.get("title", ""),
        capabilities=frozenset(head.get("capabilities", "").upper().split()),
        enable=frozenset(head.get("enable", "").upper().split()),
        head=head,
        rules=tuple(rules),
    )


def _place(rfc: str, section: str) -> str:
    section = re.split(r"[,; ]", section.strip())[0]
    if section.upper().startswith("RFC"):
        return section
    return f"RFC{rfc}:{section}" if rfc and section else f"RFC{rfc}" if rfc else ""


class _Reader:
    """One rule's right-hand side."""

    def __init__(self, source: str, start: int, file: str, line: int) -> None:
        self._source = source
        self._file = file
        self._line = line
        self._tokens: list[tuple[str, str, int]] = []
        position = start
        while position < len(source):
            match = _TOKEN.match(source, position)
            if not match:
                raise self._error(position, f"'{source[position]}' is not ABNF here")
            if match.lastgroup != "space":
                self._tokens.append((str(match.lastgroup), match[0], position))
            position = match.end()
        self._tokens.append(("end", "", len(source)))
        self._next = 0

    def _error(self, position: int, message: str) -> AbnfError:
        before = self._source[:position]
        line = self._line + before.count("\n")
        column = position - (before.rfind("\n") + 1) + 1
        return AbnfError(f"{self._file}:{line}:{column}: {message}")

    def node(self) -> Node:
        node = self._alternation()
        kind, text, position = self._tokens[self._next]
        if kind != "end":
            raise self._error(position, f"'{text}' is too much")
        return node

    def _alternation(self) -> Node:
        items = [self._concatenation()]
        while self._tokens[self._next][1] == "/":
            self._next += 1
            items.append(self._concatenation())
        return _alt(items)

    def _concatenation(self) -> Node:
        items: list[Node] = []
        while True:
            kind, text, position = self._tokens[self._next]
            if kind == "end" or text in (")", "]", "/"):
                break
            items.append(self._repetition())
        if not items:
            raise self._error(position, "an element is missing")
        return items[0] if len(items) == 1 else Cat(tuple(items))

    def _repetition(self) -> Node:
        kind, text, position = self._tokens[self._next]
        if kind != "repeat":
            return self._element()
        self._next += 1
        least, star, most = text.partition("*")
        low = int(least or 0)
        high = (int(most) if most else None) if star else low
        if high is not None and high < low:
            raise self._error(position, f"'{text}' asks for at least {low} and at most {high}")
        item = self._element()
        return item if (low, high) == (1, 1) else Rep(item, low, high)

    def _element(self) -> Node:
        kind, text, position = self._tokens[self._next]
        self._next += 1
        if kind == "name":
            return Ref(text.lower())
        if kind == "text":
            exact = text[:2].lower() == "%s"
            return Lit(text[text.index('"') + 1 : -1].encode("ascii"), exact)
        if kind == "number":
            return self._number(text, position)
        if text in ("(", "["):
            inner = self._alternation()
            if self._tokens[self._next][1] != {"(": ")", "[": "]"}[text]:
                raise self._error(self._tokens[self._next][2], f"'{text}' is not closed")
            self._next += 1
            return Rep(inner, 0, 1) if text == "[" else inner
        raise self._error(
            position, f"'{text}' cannot stand here" if text else "the rule ends early"
        )

    def _number(self, text: str, position: int) -> Node:
        base = _BASES[text[1].lower()]
        try:
            if "-" in text:
                low, high = (int(part, base) for part in text[2:].split("-"))
                values = list(range(low, high + 1))
            else:
                values = [int(part, base) for part in text[2:].split(".")]
            octets = bytes(values)
        except ValueError:
            raise self._error(position, f"'{text}' is not a value of one octet") from None
        if "-" in text or len(values) == 1:
            return Chars(sum(1 << value for value in octets))
        return Lit(octets, exact=True)


def _alt(items: list[Node]) -> Node:
    flat: list[Node] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Alt) else (item,))
    return flat[0] if len(flat) == 1 else Alt(tuple(flat))
