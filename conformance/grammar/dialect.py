"""Which files make the grammar of one connection: what was advertised, what was enabled."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property

from conformance.grammar import library
from conformance.grammar.abnf_reader import AbnfFile
from conformance.grammar.compose import Grammar, compose
from conformance.grammar.network import Network

__all__ = ["Dialect", "dialect"]

SERVER = "server-frame"
CLIENT = "client-frame"

REV2_HOLDS = frozenset(
    {"ENABLE", "ESEARCH", "IDLE", "LIST-EXTENDED", "LIST-STATUS", "LITERAL-", "MOVE", "NAMESPACE"}
    | {"SASL-IR", "SEARCHRES", "SPECIAL-USE", "STATUS=SIZE", "UIDPLUS", "UNSELECT"}
    | {"BINARY", "CHILDREN"}
)
"""What a server that advertises IMAP4rev2 offers without saying so (RFC 9051 appendix E)."""

IMPLIED = {
    "IMAP4REV2": REV2_HOLDS,
    "QRESYNC": frozenset({"CONDSTORE", "ENABLE"}),  # RFC 7162 section 3.2.3
    "LITERAL+": frozenset({"LITERAL-"}),
    "UTF8=ONLY": frozenset({"UTF8=ACCEPT"}),  # RFC 6855 section 6
    "CONTEXT=SEARCH": frozenset({"ESEARCH"}),  # RFC 5267 section 2
    "CONTEXT=SORT": frozenset({"ESORT"}),
}


@dataclass(frozen=True)
class Dialect:
    """The syntax two peers have agreed on. Compare and cache it freely; it is made once.

    bases         ``rev1``, ``rev2``, or both while nothing is known
    capabilities  what the server advertised, in upper case; empty if not known yet
    enabled       what the client has enabled, in upper case
    """

    bases: tuple[str, ...]
    capabilities: frozenset[str]
    enabled: frozenset[str]
    files: tuple[str, ...] = field(repr=False)

    @property
    def permissive(self) -> bool:
        """Whether every extension's syntax is allowed, as nothing is known."""
        return not self.capabilities

    @cached_property
    def grammars(self) -> tuple[Grammar, ...]:
        """The composed grammars, one for each base."""
        return tuple(_grammar(base, self.files) for base in self.bases)

    def networks(self, root: str) -> tuple[Network, ...]:
        """Return the networks that the exact matcher walks for ``root``."""
        return tuple(_network(base, self.files, root) for base in self.bases)


def dialect(
    capabilities: Iterable[str] = frozenset(), enabled: Iterable[str] = frozenset()
) -> Dialect:
    """Return the dialect of a server that advertises ``capabilities``, some of them ``enabled``.

    It is IMAP4rev1 unless the server offers IMAP4rev2 alone or the client enabled it.
    With no capabilities known, it allows all that any extension allows.
    """
    return _dialect(frozenset(capabilities), frozenset(enabled))


@cache
def _dialect(capabilities: frozenset[str], enabled: frozenset[str]) -> Dialect:
    offered = frozenset(word.upper() for word in capabilities)
    on = frozenset(word.upper() for word in enabled)
    if not offered:
        return Dialect(("rev2", "rev1"), offered, on, _names(library.extensions()))
    whole = set(offered | on)
    queue = list(whole)
    while queue:
        for word in IMPLIED.get(queue.pop(), ()):
            if word not in whole:
                whole.add(word)
                queue.append(word)
    rev2 = "IMAP4REV2" in on or ("IMAP4REV2" in offered and "IMAP4REV1" not in offered)
    files = _names(file for file in library.extensions() if _applies(file, whole, on))
    return Dialect(("rev2" if rev2 else "rev1",), offered, on, files)


def _names(files: Iterable[AbnfFile]) -> tuple[str, ...]:
    return tuple(file.name.removesuffix(".abnf") for file in files)


def _applies(file: AbnfFile, offered: set[str], enabled: frozenset[str]) -> bool:
    if not file.capabilities and not file.enable:
        return True  # such as RFC 4466 or RFC 5530, which no capability announces
    return bool(file.capabilities & offered or file.enable & enabled)


@cache
def _grammar(base: str, files: tuple[str, ...]) -> Grammar:
    own = [library.load(name) for name in ("core", library.BASES[base], *files, "frame")]
    return compose(own, spare=(*library.extensions(), library.load("rfc9051")))


@cache
def _network(base: str, files: tuple[str, ...], root: str) -> Network:
    return Network(_grammar(base, files), root)
