"""Input made to take long, or to fill memory: what a first answer costs, each in a process of its own.

``python -m tests.benchmarks hostile``: processor seconds of the first call, everything compiled
that it needs, and the peak of the process's memory.
"""

import multiprocessing
import resource
import time

from conformance.grammar import check_response, dialect

MANY = 100_000
HOSTILE = {
    "parentheses": b"* 1 FETCH (BODY " + b"(" * 1_000_000,
    "nested": b"* 1 FETCH (BODY " + b"(" * 10_000 + b"\r\n",
    "flags": b"* FLAGS (" + b" ".join([b"\\x"] * MANY) + b"\r\n",
    "marked": b"* LIST (" + b"\\Marked " * MANY + b") NIL x\r\n",
    "atom": b"* LIST () NIL " + b"a" * 1_000_000 + b" \r\n",
    "escapes": b'* LIST () NIL "' + b'\\"' * 500_000 + b"\r\n",
    "no end": b"* OK " + b"x" * 4_000_000,
    "capabilities": b"* CAPABILITY" + b" IMAP4rev1" * 200_000 + b"\0\r\n",
    "no IMAP": b"* CAPABILITY" + b" IMAP4rev" * 200_000 + b"\r\n",
    "threads": b"* THREAD " + b"(1 (2)" * MANY + b"\r\n",
    "deep thread": b"* THREAD " + b"(1 " * 10_000 + b")" * 9_999 + b"\r\n",
    "vendor": b'* LIST () NIL x ("vendor.' + b"-a" * 300_000 + b"\r\n",
    "addresses": b"* 1 FETCH (ENVELOPE (NIL NIL (" + b'(NIL NIL "a" NIL)' * 50_000 + b") \r\n",
    "sections": b"* 1 FETCH (BODY[" + b"1." * 300_000 + b"]",
    "4 GB": b"* 1 FETCH (BODY[] {4294967296}\r\nabc",
    "literals": b"* 1 FETCH (" + b"BODY[] {0}\r\n " * MANY + b"\r\n",
    "set": b"* OK [COPYUID 1 " + b",".join([b"1:2"] * MANY) + b" x] \r\n",
    "quirks": b"* 1 FETCH (BODY " + b"(() () )" * 8_000 + b")\r\n",
}
SPOKEN = {"IMAP4rev1", "THREAD=REFERENCES", "UIDPLUS", "LIST-EXTENDED"}


def _first(name: str) -> tuple[float, float, str]:
    frame = HOSTILE[name]
    start = time.process_time()
    found = check_response(frame, dialect(SPOKEN))
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return seconds, peak, "inconclusive" if found[0].inconclusive else found[0].message


def main() -> None:
    """Print seconds and megabytes for each input."""
    fresh = multiprocessing.get_context("spawn")
    for name, frame in HOSTILE.items():
        with fresh.Pool(1) as pool:
            seconds, peak, message = pool.apply(_first, (name,))
        size = f"{len(frame):,} octets"
        print(f"{name:13}{size:>17}  {seconds:5.2f} s  {peak:4.0f} MB  {message[:60]}")


if __name__ == "__main__":
    main()
