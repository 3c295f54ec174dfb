"""The replies of POP3 and SMTP or LMTP servers, one frame each."""

from functools import cache

from conformance.grammar import library
from conformance.grammar.compose import compose
from conformance.grammar.cutter import Skeleton
from conformance.grammar.matcher import match
from conformance.grammar.network import Network
from conformance.grammar.reasons import violation
from conformance.grammar.violation import Violation

__all__ = ["check_pop3", "check_smtp"]


def check_pop3(frame: bytes) -> tuple[Violation, ...]:
    """Return what is wrong with a whole POP3 reply, all its lines (RFC 1939, 2449, 6856)."""
    return _check(frame, _network(("core", "rfc1939", "rfc2449", "rfc6856"), "reply"))


def check_smtp(frame: bytes) -> tuple[Violation, ...]:
    """Return what is wrong with a whole SMTP or LMTP reply, all its lines (RFC 5321)."""
    return _check(frame, _network(("core", "rfc5321"), "smtp-reply"))


@cache
def _network(files: tuple[str, ...], root: str) -> Network:
    spare = (library.load("rfc9051"),)
    return Network(compose((library.load(name) for name in files), spare, framed=False), root)


def _check(frame: bytes, network: Network) -> tuple[Violation, ...]:
    failure = match(network, frame)
    return () if failure is None else (violation(Skeleton(frame), failure),)
