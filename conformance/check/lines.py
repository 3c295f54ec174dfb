"""Do the lines of a POP3 or SMTP answer fit a pattern? Words in order; text after them is free."""

from conformance.check.facts import Captures, Facts
from conformance.check.match import Matcher
from conformance.imap.tree import Atom
from conformance.scenario import pattern as p

__all__ = ["body", "match_lines", "positive"]


def positive(octets: bytes) -> bool:
    """Return whether the answer says yes: ``+OK`` (RFC 1939), or a code below 400 (RFC 5321)."""
    return octets.startswith(b"+") or octets[:1] in (b"2", b"3")


def body(octets: bytes) -> bytes | None:
    """Return what a multi-line POP3 answer carries, without dot-stuffing; None if it has none."""
    head, line_end, rest = octets.partition(b"\r\n")
    if not line_end or not rest or not head.startswith(b"+OK"):
        return None
    content = rest[:-3] if rest.endswith(b"\r\n.\r\n") or rest == b".\r\n" else rest
    stuffed = content.split(b"\r\n")
    return b"\r\n".join(line[1:] if line.startswith(b".") else line for line in stuffed)


def match_lines(
    pattern: tuple[p.Node, ...], octets: bytes, facts: Facts, captures: Captures
) -> Captures | None:
    """Match an answer: any of its lines, or, for ``message(x)``, all that it carries."""
    if len(pattern) == 1 and isinstance(pattern[0], p.Message):
        wanted = facts.messages.get(pattern[0].name)
        carried = body(octets)
        return captures if carried is not None and carried == wanted else None
    matcher = Matcher(facts)
    for line in octets.split(b"\r\n"):
        bound = _words(pattern, line.split(), matcher, captures)
        if bound is not None:
            return bound
    return None


def _words(
    pattern: tuple[p.Node, ...], words: list[bytes], matcher: Matcher, captures: Captures
) -> Captures | None:
    bound: Captures | None = captures
    wanted = [node for node in pattern if not isinstance(node, p.Rest)]
    if len(words) < len(wanted):
        return None
    for node, word in zip(wanted, words, strict=False):
        bound = None if bound is None else matcher.value(node, Atom(word), bound)
    return bound
