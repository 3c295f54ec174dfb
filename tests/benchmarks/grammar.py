"""How fast responses are checked, next to imap-codec (Rust) and abnf with abnf-rust.

The corpus was recorded by ``record_corpus`` from Dovecot, Cyrus, Courier and GNU mailutils in
containers: the same commands on each, over the messages of fixtures/messages. All contenders
see the same frames in interleaved rounds of one run; figures are medians.

What each does: ours gives a verdict and, for what it rejects, octet, expectation, rules and quirk;
imap-codec builds values and gives no reason; abnf builds a tree. The corpus holds what servers
send, so what they say again and again is in it again and again; between rounds nothing is kept.
"""

import gzip
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from conformance.grammar import check, check_response, dialect
from conformance.grammar.dialect import Dialect
from conformance.wire.framer import Framer

CORPUS = Path(__file__).parent / "corpus"
ROUNDS = 11
SAMPLE = 15  # every so many-th frame goes to abnf, which is slow


def corpus() -> dict[str, list[bytes]]:
    """Return the frames of each server."""
    return {
        path.stem: Framer().feed(gzip.decompress(path.read_bytes()))
        for path in sorted(CORPUS.glob("*.gz"))
    }


def spoken(frames: list[bytes]) -> Dialect:
    """Return the dialect of a server, by all the capabilities it told."""
    words: set[str] = set()
    for frame in frames:
        if frame.startswith(b"* CAPABILITY "):
            words.update(frame.decode().split()[2:])
    return dialect(words, {"CONDSTORE"})


def ours(work: list[tuple[bytes, Dialect]]) -> int:
    """Check every frame; return how many are well-formed."""
    check._kept.cache_clear()  # every round starts anew
    return sum(not check_response(frame, speech) for frame, speech in work)


def codec(work: list[tuple[bytes, Dialect]]) -> int:
    """Decode every frame with imap-codec."""
    from imap_codec import DecodeFailed, DecodeIncomplete, DecodeLiteralFound, ResponseCodec

    accepted = 0
    for frame, _ in work:
        try:
            ResponseCodec.decode(frame)
            accepted += 1
        except (DecodeFailed, DecodeIncomplete, DecodeLiteralFound):
            pass
    return accepted


def abnf(work: list[tuple[str, object]]) -> int:
    """Parse every frame with abnf's grammar of RFC 9051."""
    from abnf import ParseError
    from abnf.grammars import rfc9051

    rules = {name: rfc9051.Rule(name) for name in ("response-data", "response-tagged")}
    accepted = 0
    for text, _ in work:
        try:
            rules["response-data" if text[:1] == "*" else "response-tagged"].parse_all(text)
            accepted += 1
        except ParseError:
            pass
    return accepted


def timed(function: Callable[[], int]) -> float:
    """Return the processor seconds that one call takes."""
    start = time.process_time()
    function()
    return time.process_time() - start


def main() -> None:
    """Print responses/s and ratios."""
    sys.setrecursionlimit(20_000)
    by_server = corpus()
    work = [(frame, spoken(frames)) for frames in by_server.values() for frame in frames]
    octets = sum(len(frame) for frame, _ in work)
    print(f"corpus: {len(work):,} responses, {octets:,} octets")
    for name, frames in by_server.items():
        kinds = Counter(_kind(frame) for frame in frames)
        shown = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common(6))
        print(f"  {name:10} {len(frames):5} responses, {sum(map(len, frames)):8,} octets: {shown}")
    good = [item for item in work if not check_response(*item)]
    sample = [item for item in work[::SAMPLE] if b"}\r\n" not in item[0]]
    texts: list[tuple[str, object]] = [(frame.decode("latin-1"), None) for frame, _ in sample]
    both = [pair for pair, text in zip(sample, texts, strict=True) if pair in good and abnf([text])]
    same: list[tuple[str, object]] = [(frame.decode("latin-1"), None) for frame, _ in both]
    contenders = {
        "ours": (partial(ours, work), len(work)),
        "imap-codec": (partial(codec, work), len(work)),
        "ours, well-formed": (partial(ours, good), len(good)),
        "imap-codec, same": (partial(codec, good), len(good)),
        "ours, sample": (partial(ours, sample), len(sample)),
        "abnf, sample": (partial(abnf, texts), len(sample)),
        "ours, both take": (partial(ours, both), len(both)),
        "abnf, both take": (partial(abnf, same), len(both)),
    }
    accepted = {name: call() for name, (call, _) in contenders.items()}  # warms up, too
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, (call, _) in contenders.items():
            seconds[name].append(timed(call))
    for name, (_, count) in contenders.items():
        rate = count / statistics.median(seconds[name])
        print(f"{name:17} {rate:10,.0f} responses/s, {accepted[name]:,} of {count:,} accepted")
    _ratio("ours : imap-codec", seconds["imap-codec"], seconds["ours"])
    _ratio(
        "ours : imap-codec, well-formed responses",
        seconds["imap-codec, same"],
        seconds["ours, well-formed"],
    )
    _ratio("ours : abnf", seconds["abnf, sample"], seconds["ours, sample"])
    _ratio(
        "ours : abnf, responses that both accept",
        seconds["abnf, both take"],
        seconds["ours, both take"],
    )


def _ratio(title: str, theirs: list[float], ours_: list[float]) -> None:
    ratios = sorted(their / our for their, our in zip(theirs, ours_, strict=True))
    middle = statistics.median(ratios)
    print(f"{title} {middle:.2f}x ({ratios[0]:.2f} to {ratios[-1]:.2f}, {len(ratios)} rounds)")


def _kind(frame: bytes) -> str:
    words = frame.split(maxsplit=3)
    if words[0] != b"*":
        return "continuation" if words[0] == b"+" else "tagged"
    return words[2 if words[1].isdigit() else 1].decode("ascii", "replace")


if __name__ == "__main__":
    main()
