"""Where a server keeps a user's own mailboxes (RFC 2342), so that scenarios need not know.

Scenarios write ``Projects/2026``; on a server whose personal namespace is ``INBOX.``
with the separator ``.`` that is ``INBOX.Projects.2026``.
"""

import re
from dataclasses import dataclass

__all__ = ["Namespace"]

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_TOKEN = re.compile(rf'\{{{_QUOTED}\+?\}}|{_QUOTED}|\((?:[^()"]|{_QUOTED}|\([^()]*\))*\)|\S+')

# Which arguments name mailboxes; a list in parentheses before them does not count.
_FIRST = (
    *("SELECT", "EXAMINE", "CREATE", "DELETE", "SUBSCRIBE", "UNSUBSCRIBE", "STATUS", "APPEND"),
    *("GETACL", "SETACL", "DELETEACL", "LISTRIGHTS", "MYRIGHTS", "GETQUOTAROOT"),
    *("GETMETADATA", "SETMETADATA"),
)
_SECOND = ("COPY", "MOVE", "REPLACE")
_LISTING = ("LIST", "LSUB")
_ARGUMENTS = {**dict.fromkeys(_FIRST, (0,)), **dict.fromkeys(_SECOND, (1,)), "RENAME": (0, 1)}


@dataclass(frozen=True, slots=True)
class Namespace:
    """A personal namespace: the prefix of all names but INBOX, and what separates levels."""

    personal: str = ""
    separator: str = "/"

    def real(self, name: str) -> str:
        """Return the server's name for a mailbox that a scenario calls ``name``.

        INBOX, the empty name, and a lone ``*`` stay what they are; so do names that begin
        with the prefix already.
        """
        if name.upper() == "INBOX" or name in ("", "*"):
            return name
        if self.personal and name.startswith(self.personal):
            return name
        return self.personal + name.replace("/", self.separator)

    def command(self, text: str) -> str:
        """Return a command's text with the server's names for the mailboxes in it."""
        if not self.personal and self.separator == "/":
            return text
        tokens = list(_TOKEN.finditer(text))
        at = 1 if tokens and tokens[0][0].upper() == "UID" else 0
        if at >= len(tokens):
            return text
        name = tokens[at][0].upper()
        arguments = [token for token in tokens[at + 1 :] if not token[0].startswith("(")]
        wanted = _ARGUMENTS.get(name, ())
        if name in _LISTING and arguments:
            # A pattern is taken below the reference, if there is one.
            wanted = (1,) if arguments[0][0] in ('""', '{""}', '{""+}') else (0,)
        for position in reversed(wanted):
            if position < len(arguments):
                token = arguments[position]
                text = text[: token.start()] + self._token(token[0]) + text[token.end() :]
        return text

    def _token(self, token: str) -> str:
        if token.startswith('"'):
            return f'"{self.real(token[1:-1])}"'
        if token.startswith('{"'):
            name, _, rest = token[2:].rpartition('"')
            return f'{{"{self.real(name)}"{rest}'
        if token[0] in "${~" or "(" in token:  # a capture, a literal or a message
            return token
        return self.real(token)
