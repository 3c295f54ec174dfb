"""Known answers: the protocol lines of the example sessions in the RFCs.

rfc_examples/rfcNNNN.txt: ``#`` the capabilities advertised (and ``# enabled``), or POP3 or
SMTP; ``@`` the section, then the lines of client and server. ``S:`` and ``C:`` are well-formed; ``S!`` and
``C!`` are wrong in the RFC itself, with the reason below; ``S?`` passes by the letter of the
ABNF while the prose forbids it. ``<CRLF>`` stands for a line end within a frame and
``<*5>`` for five octets of a literal that the example does not show in full.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.grammar import check_response, dialect
from conformance.grammar.cutter import cut
from conformance.grammar.dialect import CLIENT
from conformance.grammar.matcher import match
from conformance.grammar.other import check_pop3, check_smtp

FOLDER = Path(__file__).parent / "rfc_examples"
FILES = sorted(path.stem for path in FOLDER.glob("*.txt"))


@dataclass(frozen=True)
class Example:
    where: str
    mark: str
    text: str
    capabilities: frozenset[str]
    enabled: frozenset[str]
    reason: str = ""

    @property
    def frame(self) -> bytes:
        text = self.text.replace("<CRLF>", "\r\n")
        text = re.sub(r"<\*(\d+)>", lambda found: "x" * int(found[1]), text)
        return text.encode("ascii") + b"\r\n"

    def kinds(self) -> set[str]:
        """The kinds of violations found; for a command, by the exact matcher alone.

        The fast path for commands takes long to build, and there is a dialect for each RFC.
        """
        for protocol, check in (("POP3", check_pop3), ("SMTP", check_smtp)):
            if protocol in self.capabilities:
                return {violation.kind for violation in check(self.frame)}
        spoken = dialect(self.capabilities, self.enabled)
        if self.mark[0] == "S":
            return {violation.kind for violation in check_response(self.frame, spoken)}
        octets = cut(self.frame).octets
        networks = spoken.networks(CLIENT, strict=True)
        return set() if any(match(n, octets) is None for n in networks) else {"syntax"}


def examples(name: str) -> Iterator[Example]:
    capabilities = enabled = frozenset()
    section = ""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="ascii").splitlines()
    for number, line in enumerate(lines):
        mark, _, rest = line.partition(" ")
        if mark == "#" and rest.startswith("enabled "):
            enabled = frozenset(rest.split()[1:])
        elif mark == "#":
            capabilities = frozenset(rest.split())
        elif mark == "@":
            section = rest
        elif mark in ("S:", "C:", "S!", "C!", "S?"):
            follows = lines[number + 1] if number + 1 < len(lines) else ""
            reason = follows.partition("= ")[2] if follows.startswith("   = ") else ""
            where = f"{name.upper()}:{section} (line {number + 1})"
            yield Example(where, mark, rest, capabilities, enabled, reason)
        else:
            assert line.startswith("   = "), f"{name}.txt:{number + 1}: {line}"


@pytest.mark.parametrize("name", FILES)
def test_examples_of_an_rfc_get_the_verdict_they_deserve(name):
    wrong = []
    for example in examples(name):
        kinds = example.kinds()
        match example.mark[1]:
            case ":":
                right = not kinds
            case "!":
                right = bool(kinds) and bool(example.reason)
            case _:
                right = bool(kinds) and "syntax" not in kinds and bool(example.reason)
        if not right:
            wrong.append(f"{example.where} {example.mark} {example.text}: {sorted(kinds)}")
    assert not wrong, "\n".join(wrong)


def test_there_are_many_examples_of_many_rfcs():
    marks = Counter(example.mark for name in FILES for example in examples(name))
    assert marks["S:"] >= 400
    assert marks["C:"] >= 200
    assert len(FILES) >= 30


def test_examples_need_the_extension_they_illustrate():
    """Without the extensions, a plain IMAP4rev1 server may send hardly any of it."""
    plain = dialect({"IMAP4REV1"})
    own = {
        "rfc7162": b"VANISHED",
        "rfc5464": b"METADATA",
        "rfc5256": b"THREAD",
        "rfc9208": b"QUOTA",
    }
    for name, word in own.items():
        frames = [
            e.frame for e in examples(name) if e.mark == "S:" and e.frame[2:].startswith(word)
        ]
        assert frames, name
        for frame in frames:
            assert [v.kind for v in check_response(frame, plain)] == ["extension"], frame
