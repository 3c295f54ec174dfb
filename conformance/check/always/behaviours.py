"""Legal choices that a server was seen to make: recorded, never failed; mixing two is a warning.

Each row of the table is a situation in which the RFCs (2180 above all) leave a choice.
"""

from collections.abc import Iterator

from conformance.check.always.client import Moment
from conformance.check.always.lens import Lens
from conformance.check.replay import Replay
from conformance.verdict import Finding, Verdict
from conformance.wire.transcript import Event

__all__ = ["Behaviours"]


class Behaviours:
    """Notes rows and choices; ``seen`` is row -> choice."""

    name = "behaviour"

    def __init__(self, lens: Lens) -> None:
        """Look through ``lens``."""
        self._lens = lens
        self.seen: dict[str, str] = {}
        self._where: dict[str, int] = {}

    def see(self, index: int, event: Event, replay: Replay) -> Iterator[Finding]:
        """Note the choices of this moment; warn of one that was made otherwise before."""
        moment = self._lens.moment
        if moment is None or moment.response is None or moment.sent is None:
            return
        for row, choice in _choices(moment, self._lens):
            before = self.seen.setdefault(row, choice)
            self._where.setdefault(row, index)
            if before not in (choice, "both"):
                self.seen[row] = "both"
                yield Finding(
                    check=self.name,
                    verdict=Verdict.WARN,
                    message=f"{row}: {choice}, and {before} before",
                    key=f"mixed {row}",
                    actor=moment.client.actor,
                    culprit=index,
                    known=(self._where[row],),
                )

    def end(self, replay: Replay) -> Iterator[Finding]:
        """Nothing is left to say."""
        return iter(())


def _choices(moment: Moment, lens: Lens) -> Iterator[tuple[str, str]]:
    """Yield row and choice for what this completion shows."""
    sent, response = moment.sent, moment.response
    if sent is None or response is None or response.kind == "BAD":
        return
    name = sent.command.name
    box = sent.box
    if name in ("STORE", "UID STORE", "EXPUNGE") and box is not None and box.examine:
        yield f"answer to {name.removeprefix('UID ')} in an examined mailbox", response.kind
    if name in ("SELECT", "EXAMINE") and response.kind == "OK":
        codes = {seen.response.code for seen in lens.answers(moment, sent)}
        if box is not None and box.count == 0:
            yield "UNSEEN of an empty mailbox", "told" if "UNSEEN" in codes else "not told"
