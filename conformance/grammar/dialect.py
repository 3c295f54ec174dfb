"""Which files make the grammar of one connection: what was advertised, what was enabled."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from conformance.grammar import library
from conformance.grammar.abnf_reader import AbnfFile
from conformance.grammar.compose import Grammar, compose
from conformance.grammar.fast import Fast
from conformance.grammar.network import Network
from conformance.grammar.nodes import Rule
from conformance.grammar.patterns import Patterns
from conformance.grammar.strict.overlay import narrowed

__all__ = ["Dialect", "dialect"]

SERVER = "server-frame"
CLIENT = "client-frame"

_MADE = 256
"""How many grammars are kept: a server could go on and on advertising other things."""

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
    without: frozenset[tuple[str, int]] = field(repr=False, default=frozenset())

    @property
    def permissive(self) -> bool:
        """Whether every extension's syntax is allowed, as nothing is known."""
        return not self.capabilities

    @property
    def other(self) -> str:
        """What else data can belong to that no extension explains: the other base."""
        return "IMAP4rev1" if self.bases == ("rev2",) else "IMAP4rev2"

    @cached_property
    def _manner(self) -> tuple[bool, bool]:
        rev1_too = self.permissive or "IMAP4REV1" in self.capabilities
        utf8 = self.permissive or bool({"UTF8=ACCEPT", "UTF8=ONLY"} & self.enabled)
        return rev1_too, utf8 or "UTF8=ONLY" in self.capabilities

    def grammars(self, root: str, *, strict: bool = False) -> tuple[Grammar, ...]:
        """Return the composed grammars, one for each base; ``strict`` ones are narrower."""
        if strict:
            return tuple(
                _strict(base, self.files, self.without, root, self._manner) for base in self.bases
            )
        return tuple(_grammar(base, self.files, self.without) for base in self.bases)

    def networks(self, root: str, *, strict: bool = False) -> tuple[Network, ...]:
        """Return the networks that the exact matcher walks for ``root``."""
        return tuple(_network(grammar, root) for grammar in self.grammars(root, strict=strict))

    def widened(self, name: str) -> "Dialect":
        """Return this dialect with all that the file ``name`` adds."""
        files = tuple(dict.fromkeys((*self.files, name)))
        without = frozenset(place for place in self.without if place[0] != f"{name}.abnf")
        return replace(self, files=files, without=without)

    @cached_property
    def takes_response(self) -> Callable[[bytes], bool]:
        """The quickest test of responses, for ASCII with one octet for each literal."""
        return _any(fast.takes for fast in _fast(self.grammars(SERVER, strict=True), SERVER))

    @cached_property
    def comes_round_to_response(self) -> Callable[[bytes], bool]:
        """The rest of the fast path, for a skeleton that ``takes_response`` left."""
        return _any(fast.comes_round for fast in _fast(self.grammars(SERVER, strict=True), SERVER))

    @cached_property
    def quick_response(self) -> Callable[[bytes], bool]:
        """The fast path for responses: True only for a skeleton that is surely well-formed."""
        return _any(fast.accepts for fast in _fast(self.grammars(SERVER, strict=True), SERVER))

    @cached_property
    def usual_response(self) -> Callable[[bytes], bool]:
        """The fast path without what hardly any server writes, for asking again and again."""
        return _any(fast.usually for fast in _fast(self.grammars(SERVER, strict=True), SERVER))

    @cached_property
    def quick_command(self) -> Callable[[bytes], bool]:
        """The fast path for commands."""
        return _any(fast.accepts for fast in _fast(self.grammars(CLIENT, strict=True), CLIENT))


def dialect(
    capabilities: Iterable[str] = frozenset(), enabled: Iterable[str] = frozenset()
) -> Dialect:
    """Return the dialect of a server that advertises ``capabilities``, some of them ``enabled``.

    It is IMAP4rev1 unless the server offers IMAP4rev2 alone or the client enabled it.
    With no capabilities known, it allows all that any extension allows.
    """
    return _dialect(frozenset(capabilities), frozenset(enabled))


@lru_cache(maxsize=1024)
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
    chosen = [file for file in library.extensions() if _applies(file, whole, on)]
    without = frozenset(
        (rule.file, rule.line)
        for file in chosen
        for rule in file.rules
        if rule.incremental and not _counts(rule, whole, on)
    )
    base = "rev2" if rev2 else "rev1"
    return Dialect((base,), offered, on, _names(chosen), without)


def _names(files: Iterable[AbnfFile]) -> tuple[str, ...]:
    return tuple(file.name.removesuffix(".abnf") for file in files)


def _applies(file: AbnfFile, offered: set[str], enabled: frozenset[str]) -> bool:
    if not file.capabilities and not file.enable:
        return True  # such as RFC 4466 or RFC 5530, which no capability announces
    return _offered(file.capabilities, offered) or _offered(file.enable, enabled)


_ENABLED_FIRST = {"QRESYNC", "UIDONLY", "UTF8=ACCEPT"}
"""What is switched on by ENABLE alone; CONDSTORE has other ways (RFC 7162 section 3.1)."""


def _counts(rule: Rule, offered: set[str], enabled: frozenset[str]) -> bool:
    if rule.needs and not _offered(rule.needs, offered):
        return False
    first = rule.after & _ENABLED_FIRST
    return not first or bool(first & enabled)


def _offered(wanted: frozenset[str], words: Iterable[str]) -> bool:
    """Whether one of ``words`` is wanted; a wanted word may end in ``*``."""
    heads = tuple(word[:-1] for word in wanted if word.endswith("*"))
    return any(word in wanted or (heads and word.startswith(heads)) for word in words)


@lru_cache(maxsize=_MADE)
def _grammar(base: str, files: tuple[str, ...], without: frozenset[tuple[str, int]]) -> Grammar:
    own = [library.load(name) for name in ("core", library.BASES[base], *files, "frame")]
    spare = (*library.extensions(), library.load("rfc9051"))
    return compose(own, spare=spare, without=without)


@lru_cache(maxsize=_MADE)
def _strict(
    base: str,
    files: tuple[str, ...],
    without: frozenset[tuple[str, int]],
    root: str,
    manner: tuple[bool, bool],
) -> Grammar:
    return narrowed(
        _grammar(base, files, without),
        base=base,
        rev1_too=manner[0],
        utf8=manner[1],
        server=root == SERVER,
    )


@lru_cache(maxsize=_MADE)
def _network(grammar: Grammar, root: str) -> Network:
    return Network(grammar, root, Patterns(grammar, root).shortcut)


@lru_cache(maxsize=_MADE)
def _fast(grammars: tuple[Grammar, ...], root: str) -> tuple[Fast, ...]:
    return tuple(Fast(grammar, root) for grammar in grammars)


def _any(tests: Iterable[Callable[[bytes], bool]]) -> Callable[[bytes], bool]:
    """Return a test that passes where one of ``tests`` does."""
    first, *others = tests
    if not others:
        return first
    return lambda octets: first(octets) or any(test(octets) for test in others)
