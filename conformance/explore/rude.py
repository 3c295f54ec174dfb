"""Malformed input: sentences of the commands' ABNF that miss it by one edit, and broken lines.

A server must answer a line that it cannot understand with BAD (RFC 9051 section 7.1.3) and go
on; its other clients must not notice.
"""

from random import Random

from conformance.explore.turn import Turn
from conformance.grammar.check import check_command
from conformance.grammar.dialect import CLIENT, dialect
from conformance.grammar.generate import Sentences, edits
from conformance.scenario.model import Step
from conformance.scenario.pattern import PatternError
from conformance.scenario.template import parse_command

__all__ = ["Rude"]

_ROOTS = ("command-any", "command-auth", "command-select", "command-nonauth")
_BROKEN = (
    r'"x1 NOOP\n"',
    r'"\r\n"',
    r'"x2 FETCH 1 (FLAGS\r\n"',
    r'"x3 LOGIN {3}\r\n"',
    r'"x4 APPEND INBOX {99999999999}\r\n"',
    r'"x5 APPEND INBOX {10+}\r\nabc"',
    r'"x6 NOOP\0\r\n"',
    r'"* OK hello\r\n"',
    r'"+\r\n"',
    r'"x7 SELECT \"INBOX\r\n"',
    r'"\xff\xfe\r\n"',
    r'"x8"',
)
"""Octets that end no command, or none that a server can go on from: the client drops after them."""


class Rude:
    """Makes steps in which a client says what no grammar allows."""

    def __init__(self, chance: Random, capabilities: frozenset[str]) -> None:
        """Use the grammar of what the server advertises."""
        self._chance = chance
        self._spoken = dialect(capabilities)
        self._sentences = Sentences(self._spoken.grammars(CLIENT)[0], chance)

    def steps(self, turn: Turn) -> list[Step]:
        """Return malformed input of the client, ended by a drop where it cannot go on."""
        if turn.maybe(0.2):
            broken = turn.does("sends", self._chance.choice(_BROKEN), ends=False)
            turn.client.reset()
            return [broken, turn.does("drops", ends=False)]
        command = self._command()
        return [turn.says(command)] if command else []

    def _command(self) -> str:
        """Return one line that is no command; empty if chance made none that a file can hold."""
        for _ in range(20):
            sentence = self._sentences.sentence(self._chance.choice(_ROOTS))
            edited = edits(sentence, self._chance, self._accepts)
            if edited is None or not _printable(edited):
                continue
            text = edited.decode("ascii")
            if _playable(text):
                return text
        return ""

    def _accepts(self, octets: bytes) -> bool:
        return not check_command(b"a " + octets + b"\r\n", self._spoken)


def _printable(octets: bytes) -> bool:
    # Braces would begin a literal, for which a server waits.
    return all(31 < octet < 127 for octet in octets) and b"{" not in octets


def _playable(text: str) -> bool:
    """Return whether ``text`` can be a step: in upper case first, without references."""
    if not text[:1].isupper() or text != text.strip() or "$" in text or len(text) > 300:
        return False
    words = text.split()
    if words[0].upper() in ("IDLE", "STARTTLS", "AUTHENTICATE", "COMPRESS", "LOGOUT"):
        return False
    try:
        return len(parse_command(text)) == 1
    except PatternError:
        return False
