"""Find out whether what is wrong with a frame is a well-known deviation, or several of them.

A quirk is found when the frame, mended in that one way, is well-formed. It stays a finding.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from conformance.grammar.deviations import QUIRKS, Quirk
from conformance.grammar.matcher import Failure, match, match_on

__all__ = ["MISSING_TEXT", "find", "lacks_text", "seen", "table"]


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    """Return the table of quirks.toml: name -> seen, and a frame or octets that show it."""
    text = (files("conformance.grammar") / "quirks.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def seen(quirk: Quirk) -> str:
    """Return where a quirk has been met; empty if no report is known."""
    return table()[quirk.name].get("seen", "")


def find(
    octets: bytes,
    offset: int,
    fits: Callable[[bytes], bool],
    fails: Callable[[], Failure | None],
) -> Quirk | None:
    """Return the quirk that makes ``octets`` ill-formed at ``offset``, or None.

    ``fits`` says whether mended octets are well-formed, ``fails`` in what way these are not. A
    frame may have several quirks; the first is returned if they are all that is wrong with it.
    """
    refused: set[bytes] = set()
    for quirk, mended in _mended(octets, offset):
        if mended not in refused and fits(mended):
            return quirk
        refused.add(mended)
    first = last = None
    failure = fails()
    if failure is None or failure.exhausted:
        return None
    for _ in range(_MOST):
        step = _further(octets, failure, fits, last, refused)
        if step is None:
            return None
        last, octets, after = step
        first = first or last
        if after is None:
            return first
        failure = after
    return None


MISSING_TEXT = next(quirk for quirk in QUIRKS if quirk.name == "missing-text")


def lacks_text(octets: bytes, fits: Callable[[bytes], bool]) -> bool:
    """Whether octets are well-formed but for the text after a response code.

    The ABNF of RFC 3501 takes such a code for the text.
    """
    mended = MISSING_TEXT.mend(octets, 0)
    return mended is not None and fits(mended)


_MOST = 12
"""How many quirks of one frame are mended, at most; and how many ways are tried for each."""


def _further(
    octets: bytes,
    failure: Failure,
    fits: Callable[[bytes], bool],
    last: Quirk | None,
    refused: set[bytes],
) -> tuple[Quirk, bytes, Failure | None] | None:
    """Mend one quirk of several; return the next failure, None if there is none.

    The quirk mended ``last`` is tried first: most servers have one, again and again.
    What is known not to fit is ``refused``.
    """
    asked, offset = 0, failure.offset
    for quirk, mended in _mended(octets, offset, last):
        if mended.startswith(octets[: offset + 1]):
            continue  # it mends only what comes later
        if mended not in refused and fits(mended):
            return quirk, mended, None
        asked += 1
        if mended.startswith(octets[:offset]):
            after = match_on(failure, mended)
        else:
            after = match(failure.network, mended)
        unsure = after is None or after.exhausted
        if after and not unsure and len(mended) - after.offset < len(octets) - offset:
            return quirk, mended, after
        if asked == _MOST:
            break
    return None


def _mended(octets: bytes, offset: int, last: Quirk | None = None) -> Iterator[tuple[Quirk, bytes]]:
    folded = octets.upper()
    for quirk in (last, *QUIRKS) if last else QUIRKS:
        if quirk.sign in folded:
            mended = quirk.mend(octets, offset)
            if mended is not None and mended != octets:
                yield quirk, mended
