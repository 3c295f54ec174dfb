"""Between clients: at rest all must agree with each other, and with what all commands leave."""

from collections.abc import Iterable, Iterator

from conformance.check.always.client import Moment, Sent
from conformance.check.always.effects import SYSTEM, Effects, State
from conformance.check.always.lens import Lens
from conformance.check.always.rest_view import View, same_mailbox, view
from conformance.check.replay import Replay
from conformance.verdict import Finding, Verdict
from conformance.wire.transcript import Event, Kind

__all__ = ["Between"]


class Between:
    """Follows what each command does to the mailboxes, and judges what is seen at rest."""

    name = "between"

    def __init__(self, lens: Lens) -> None:
        """Look through ``lens``."""
        self._lens = lens
        self._effects = Effects()
        self._said: set[str] = set()
        self._views: list[View] = []

    def see(self, index: int, event: Event, replay: Replay) -> Iterable[Finding]:
        """Take in what a command did; judge when all have synchronized."""
        moment = self._lens.moment
        if moment is None:
            if self._views and event.kind is Kind.NOTE and b'"note":"rested"' in event.octets:
                return self._rested()
            return ()
        response = moment.response
        if response is None:
            if event.kind is Kind.CONNECTION:
                self._effects.cut_off(moment.client)
            return ()
        if moment.flags is not None and not self._lens.resting:
            self._effects.told(moment)
        sent = moment.sent
        if sent is not None:
            self._effects.completed(moment, sent)
            if self._lens.resting and sent.command.name == "UID FETCH" and response.kind == "OK":
                self._look(moment, sent)
        return ()

    def end(self, replay: Replay) -> Iterable[Finding]:
        """Judge what was seen at rest, if nobody said that it was all."""
        return self._rested()

    def _look(self, moment: Moment, sent: Sent) -> None:
        """Take in what a client sees at rest."""
        box = sent.box
        others = self._lens.others
        if box is None or not box.open or not box.certain or moment.client.deaf:
            return
        if others.broken or others.loose:
            return
        self._views.append(view(moment, box, self._lens.answers(moment, sent)))

    def _rested(self) -> list[Finding]:
        views, self._views = self._views, []
        found: list[Finding] = []
        for finding in self._judge(views):
            if finding.key not in self._said:
                self._said.add(finding.key)
                found.append(finding)
        return found

    def _judge(self, views: list[View]) -> Iterator[Finding]:
        observers = [one for one in views if one.observes]
        clients = [one for one in views if not one.observes]
        for one in clients:
            yield from self._complete(one)
        for client in self._lens.clients.values():
            self._effects.cut_off(client)
        users = {client.user for client in self._lens.clients.values()}
        alone = len(users) == 1 and not self._lens.others.foreign
        for observer in observers:
            for one in clients:
                if same_mailbox(one.box, observer.box):
                    yield from self._agree(observer, one)
            if alone:  # else something may have been done that is not known
                yield from self._possible(observer)

    def _complete(self, client: View) -> Iterator[Finding]:
        """What a client is shown is as much as it was told that there is."""
        count = client.box.count
        if count is not None and len(client.seen) < count:
            yield self._blame(
                client,
                "RFC9051:5.2",
                "size update missing",
                f"{len(client.seen)} messages are shown, and this client was told of {count}",
                (client.box.count_index,),
            )

    def _agree(self, observer: View, client: View) -> Iterator[Finding]:
        """A client that has synchronized sees what a fresh one sees."""
        actor, seen, told = client.actor, observer.seen, client.seen
        missing = sorted(seen.keys() - told.keys())
        extra = sorted(told.keys() - seen.keys())
        if missing:
            yield self._blame(
                observer,
                "RFC9051:5.2",
                "client misses a message",
                f"{actor} has synchronized and does not see UID {missing[0]}, which is there",
                (seen[missing[0]].index, client.moment.index),
                level="SHOULD",
            )
        if extra:
            yield self._blame(
                observer,
                "RFC9051:5.2",
                "client sees a message that is gone",
                f"{actor} has synchronized and still sees UID {extra[0]}, which is gone",
                (told[extra[0]].index,),
                level="SHOULD",
            )
        for uid in sorted(seen.keys() & told.keys()):
            mine, theirs = seen[uid], told[uid]
            if mine.flags != theirs.flags:
                flag = min(mine.flags ^ theirs.flags).decode("latin-1")
                yield self._blame(
                    observer,
                    "RFC9051:5.2",
                    "clients see other flags",
                    f"{actor} has synchronized and sees UID {uid} otherwise in {flag}",
                    (theirs.index, mine.index),
                    level="SHOULD",
                )
                break
            if mine.modseq and theirs.modseq and mine.modseq != theirs.modseq:
                yield self._blame(
                    observer,
                    "RFC7162:3.1",
                    "clients see other modseqs",
                    f"UID {uid} has mod-sequence {theirs.modseq} for {actor}, and {mine.modseq}"
                    " for a client that looked anew",
                    (theirs.index, mine.index),
                    # One that is lower may be old; a higher one was never given.
                    level="MUST" if theirs.modseq > mine.modseq else "SHOULD",
                )
                break

    def _possible(self, observer: View) -> Iterator[Finding]:
        """Who is there, and with which flags, is what some order of the commands leaves."""
        folder = observer.box.folder
        state = self._effects.state(folder)
        for uid, told in observer.seen.items():
            if uid in folder.gone:
                yield self._blame(
                    observer,
                    "RFC9051:7.5.1",
                    "message returns",
                    f"UID {uid} is here, and a client was told that it is expunged",
                    (folder.gone[uid], told.index),
                )
            elif uid in state.purged and not state.fuzzy:
                yield self._blame(
                    observer,
                    "RFC9051:6.4.3",
                    "message not removed",
                    f"UID {uid} is here, and was to be removed by a command answered OK",
                    (state.purged[uid], told.index),
                )
        if not state.fuzzy:
            yield from self._lost(observer, state)
            yield from self._flags(observer, state)

    def _lost(self, observer: View, state: State) -> Iterator[Finding]:
        folder = observer.box.folder
        for uid, mail in folder.mails.items():
            if uid in observer.seen or uid in state.doomed:
                continue
            if mail.flags is None or b"\\deleted" in mail.flags:
                continue
            if any(o.value for o in state.flags.get((uid, b"\\deleted"), ())):
                continue
            gone = (folder.gone[uid],) if uid in folder.gone else ()
            yield self._blame(
                observer,
                "RFC9051:6.4.3",
                "message lost",
                rf"UID {uid} is gone, and nobody marked it \Deleted or moved it",
                (mail.index, *gone),
            )

    def _flags(self, observer: View, state: State) -> Iterator[Finding]:
        for uid, told in observer.seen.items():
            names = {flag for other, flag in state.flags if other == uid}
            for flag in sorted(names | (SYSTEM if uid in state.first else frozenset())):
                values, known = state.values(uid, flag)
                if values and (flag in told.flags) not in values:
                    has = "has" if flag in told.flags else "has not"
                    yield self._blame(
                        observer,
                        "RFC9051:6.4.6",
                        "flag update lost" if (uid, flag) in state.flags else "flag without cause",
                        f"UID {uid} {has} {flag.decode('latin-1')} at rest,"
                        " which no order of the commands leaves",
                        (*known, told.index),
                    )
                    return

    def _blame(
        self,
        of: View,
        rule: str,
        key: str,
        message: str,
        known: Iterable[int],
        *,
        level: str = "MUST",
    ) -> Finding:
        """Return a finding; the culprit is what came last of what it stands on."""
        events = (*known, of.moment.index)
        culprit = max(events)
        return Finding(
            check=self.name,
            verdict=Verdict.WARN if level == "SHOULD" else Verdict.FAIL,
            message=message,
            rule=rule,
            level=level,
            key=key,
            actor=of.actor,
            culprit=culprit,
            known=tuple(sorted(index for index in set(known) if 0 <= index < culprit)),
        )
