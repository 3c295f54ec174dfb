"""Log lines that tell of a crash: what every vendor's runtime says, and the vendor's own words."""

import re
from collections.abc import Iterable, Sequence

__all__ = ["COMMON", "CrashWatch"]

# Runtimes and sanitizers, whatever the vendor.
COMMON: Sequence[str] = (
    r"AddressSanitizer|LeakSanitizer|ThreadSanitizer|MemorySanitizer",
    r"runtime error: ",
    r"\bAssertion\b.*\bfailed\b",
    r"\bassertion failed\b",
    r"\bsegfault at\b|\bSegmentation fault\b",
    r"\bcore dumped\b",
    r"\*\*\* (stack smashing|buffer overflow) detected \*\*\*",
    r"\b(double free or corruption|malloc\(\): |free\(\): invalid)",
    r"terminate called (after|without)",
    r"^panic: |^fatal error: ",  # Go
    r"^thread '.*' panicked at ",  # Rust
    r"^Traceback \(most recent call last\)",  # Python
    r"^Exception in thread ",  # Java
)
_LONGEST = 2000


class CrashWatch:
    """Picks the lines of a log that tell of a crash."""

    def __init__(self, patterns: Iterable[str] = (), harmless: Iterable[str] = ()) -> None:
        """Add the vendor's ``patterns`` to the common ones; ``harmless`` ones overrule both."""
        self._bad = [re.compile(each, re.ASCII) for each in (*COMMON, *patterns)]
        self._harmless = [re.compile(each, re.ASCII) for each in harmless]

    def lines(self, log: Iterable[str]) -> tuple[str, ...]:
        """Return the lines of ``log`` that tell of a crash, each cut at 2000 characters."""
        return tuple(line[:_LONGEST] for line in log if self._tells(line[:_LONGEST]))

    def _tells(self, line: str) -> bool:
        return any(each.search(line) for each in self._bad) and not any(
            each.search(line) for each in self._harmless
        )
