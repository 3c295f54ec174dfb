"""Passwords that are not ours to show, masked before anything is recorded.

A mask is as long as what it hides, so that literals still count right and a judge reads the
masked transcript as it would have read the other. What an APPEND carries is left alone: checks
compare it octet by octet.
"""

import base64
import re

from conformance.wire.transcript import Kind

__all__ = ["Masks"]

_SASL = re.compile(rb"(?:\S+ )?AUTH(?:ENTICATE)? \S+(?: (?P<first>\S+))?\r\n", re.IGNORECASE)
_CARRIES = re.compile(rb"\S+ (?:UID )?(?:APPEND|REPLACE) ", re.IGNORECASE)
_ENDS = re.compile(rb"[^*\s]\S* (?:OK|NO|BAD)\b|[+-](?:OK|ERR)\b|[2-5]\d\d ", re.IGNORECASE)
_SAYS = re.compile(rb"\S+ (?:OK|NO|BAD|BYE)\b|[+-](?:OK|ERR)\b|[2-5]\d\d[ -]", re.IGNORECASE)
_LINE = 4096  # octets; what is longer is no line with a password in it


class Masks:
    """Hides passwords, and what SASL makes of them, in what is sent and said."""

    def __init__(self) -> None:
        """Start with nothing to hide."""
        self._secrets: set[bytes] = set()
        self._secret: re.Pattern[bytes] | None = None
        self._exchanging: set[str] = set()
        self._carrying: set[str] = set()

    def hide(self, password: str) -> None:
        """Hide ``password`` from now on."""
        raw = password.encode()
        if not raw:
            return
        escaped = raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        self._secrets |= {raw, escaped, base64.b64encode(raw)}
        longest = sorted(self._secrets, key=len, reverse=True)
        words = b"|".join(map(re.escape, longest))
        self._secret = re.compile(rb"(?<![A-Za-z0-9])(?:" + words + rb")(?![A-Za-z0-9])")

    def shown(self, password: str) -> str:
        """Return what may be noted of ``password``."""
        return "*" * len(password) if password.encode() in self._secrets else password

    def mask(self, actor: str, kind: Kind, octets: bytes) -> bytes:
        """Return what may be recorded of ``octets``; the same number of them."""
        if self._secret is None:
            return octets
        if kind is Kind.SENT:
            return self._sent(actor, octets)
        if kind is Kind.RECEIVED:
            if _ENDS.match(octets):
                self._exchanging.discard(actor)
                self._carrying.discard(actor)
            if len(octets) <= _LINE and _SAYS.match(octets):
                return self._secret.sub(_stars, octets)
        return octets

    def _sent(self, actor: str, octets: bytes) -> bytes:
        if _CARRIES.match(octets):
            self._carrying.add(actor)
        if actor in self._carrying or len(octets) > _LINE or self._secret is None:
            return octets
        if actor in self._exchanging:
            text = octets.rstrip(b"\r\n")
            return b"*" * len(text) + octets[len(text) :]
        found = _SASL.fullmatch(octets)
        if found is None:
            return self._secret.sub(_stars, octets)
        self._exchanging.add(actor)
        start = found.start("first")
        return octets if start < 0 else octets[:start] + b"*" * (len(octets) - start - 2) + b"\r\n"


def _stars(match: re.Match[bytes]) -> bytes:
    return b"*" * len(match[0])
