"""What judging costs: a mailbox of 100,000 messages under 1,000 commands, and next to playing.

``python -m tests.benchmarks.judging [RUN]``: with a run's folder, also the time of
judging its transcripts beside the time they took to play.
"""

import resource
import sys
from pathlib import Path
from time import perf_counter

from conformance.check.judge import judge
from conformance.scenario.model import Scenario
from conformance.wire.transcript import Kind, Transcript

MESSAGES = 100_000
COMMANDS = 1_000
NOTHING = Scenario("benchmark", "benchmark")


def large(messages: int = MESSAGES, commands: int = COMMANDS) -> Transcript:
    """Return a session over a mailbox of ``messages``, each told once and then worked on."""
    made = Transcript()
    made.note(0.0, "a", note="actor", user="alice", speaks="imap")
    made.add(0.0, "a", Kind.CONNECTION, b"connected")

    def got(line: str) -> None:
        made.add(0.0, "a", Kind.RECEIVED, line.encode() + b"\r\n")

    def sent(line: str) -> None:
        made.add(0.0, "a", Kind.SENT, line.encode() + b"\r\n")

    got("* OK [CAPABILITY IMAP4rev1 ESEARCH UIDPLUS] ready")
    sent("a1 LOGIN alice secret")
    got("a1 OK [CAPABILITY IMAP4rev1 ESEARCH UIDPLUS] in")
    sent("a2 SELECT INBOX")
    got(r"* FLAGS (\Answered \Flagged \Deleted \Seen \Draft)")
    got(f"* {messages} EXISTS")
    got("* 0 RECENT")
    got("* OK [UIDVALIDITY 7] valid")
    got(f"* OK [UIDNEXT {2 * messages + 1}] next")
    got(r"* OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft)] permanent")
    got("a2 OK [READ-WRITE] selected")
    sent("a3 UID FETCH 1:* (FLAGS)")
    for number in range(1, messages + 1):
        got(f"* {number} FETCH (UID {2 * number} FLAGS ())")
    got("a3 OK fetched")
    there = list(range(2, 2 * messages + 1, 2))
    for count in range(commands):
        tag = f"b{count}"
        at = (count * 7919) % len(there)
        uid = there[at]
        match count % 4:
            case 0:
                sent(f"{tag} UID STORE {uid} +FLAGS (\\Deleted)")
                got(f"* {at + 1} FETCH (UID {uid} FLAGS (\\Deleted))")
            case 1:
                sent(f"{tag} UID EXPUNGE {there[0]}")
                got("* 1 EXPUNGE")
                del there[0]
            case 2:
                sent(f"{tag} UID SEARCH RETURN (COUNT) UID {uid}")
                got(f'* ESEARCH (TAG "{tag}") UID COUNT 1')
            case _:
                sent(f"{tag} FETCH {at + 1} (FLAGS UID)")
                got(f"* {at + 1} FETCH (FLAGS () UID {uid})")
        got(f"{tag} OK done")
    return made


def main() -> None:
    transcript = large()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = perf_counter()
    judgement = judge(transcript, NOTHING)
    seconds = perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{MESSAGES:,} messages, {COMMANDS:,} commands: {seconds:.1f} s,"
        f" {after / 1024:.0f} MB in all, {(after - before) / 1024:.0f} MB for judging,"
        f" {len(judgement.findings)} findings"
    )
    for folder in sys.argv[1:]:
        if Path(folder).is_dir():
            beside(Path(folder))


def beside(folder: Path) -> None:
    """Print how long the transcripts of a run took to play and take to judge."""
    played = judged = 0.0
    for path in folder.glob("transcripts/**/*.txt"):
        with path.open(encoding="ascii", newline="") as stream:
            transcript = Transcript.load(stream)
        played += transcript.events[-1].time if transcript.events else 0.0
        start = perf_counter()
        judge(transcript, NOTHING)
        judged += perf_counter() - start
    print(f"{folder}: played in {played:.1f} s, judged in {judged:.1f} s: {judged / played:.0%}")


if __name__ == "__main__":
    main()
