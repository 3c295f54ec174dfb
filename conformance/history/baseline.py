"""Baselines: what is known to be wrong with a server, so that only news fails a run.

A baseline is a TOML file, one for each server and version::

    server = "docker:dovecot:2.4"

    [[known]]
    scenario = "devices/expunge-while-numbers-are-held"
    fingerprint = "3f2a9c01"
    verdict = "fail"                      # ["fail", "pass"] if it comes and goes
    because = "https://example.org/bug/123"
    until = "2.4.3"                       # a version, or a date as 2027-03-31; may be left out
    stops = true                          # it stops the server for everybody; may be left out
    message = "'* 2 EXPUNGE' came, and must not"

What an always-on check finds is the same in whichever scenario it comes up: its
entry says ``scenario = "*"``.

``server`` is what was said after ``--server``, without an image's tag, for that changes with
each build: ``docker:dovecot@registry.example/mail``. Left out, the file is for any server.

An entry counts until the server's version reaches ``until``, or the date has
passed. What an entry names and does not come is news too, unless it may pass.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from conformance.events import Event, ScenarioFinished, ServerReady
from conformance.verdict import Outcome, Verdict

__all__ = [
    "EVERYWHERE",
    "Annotator",
    "Baseline",
    "BaselineError",
    "Entry",
    "every_build",
    "expired",
    "known",
    "load",
    "mended",
]


EVERYWHERE = "*"
"""The scenario of an entry for what is the same in whichever scenario it comes up."""


class BaselineError(Exception):
    """A baseline cannot be read; the message names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding that is known.

    verdicts  what may come of it; with PASS among them it comes and goes
    because   why it is accepted: a link, or an argument from the RFC
    until     a version or an ISO date from which it no longer counts; empty for no end
    stops     whether it stops the server for everybody: it is then played away from the others
    """

    scenario: str
    fingerprint: str
    because: str
    verdicts: tuple[Verdict, ...] = (Verdict.FAIL,)
    until: str = ""
    message: str = ""
    stops: bool = False

    @property
    def flaky(self) -> bool:
        """Whether the finding may also stay away."""
        return Verdict.PASS in self.verdicts

    def ended(self, version: str, today: date) -> bool:
        """Return whether the entry no longer counts for a server of this version on this day."""
        if not self.until:
            return False
        if _DATE.fullmatch(self.until):
            return today > date.fromisoformat(self.until)
        return bool(version) and _ordered(version) >= _ordered(self.until)


_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def _ordered(version: str) -> tuple[int, ...]:
    numbers = re.match(r"\D*(\d+(?:\.\d+)*)", version)
    parts = [int(part) for part in numbers[1].split(".")] if numbers else []
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The known findings of one server; of every server if ``server`` is empty."""

    server: str = ""
    entries: tuple[Entry, ...] = ()
    heading: str = ""
    path: Path | None = field(default=None, compare=False)

    def fits(self, server: str) -> bool:
        """Return whether it is for ``server``: that one, or another build of the same image."""
        return not self.server or every_build(self.server) == every_build(server)

    def of(self, scenario: str) -> tuple[Entry, ...]:
        """Return the entries of ``scenario``, and those of whatever scenario (``*``)."""
        return tuple(entry for entry in self.entries if entry.scenario in (scenario, EVERYWHERE))


def every_build(server: str) -> str:
    """Return a specification without what changes with each build: an image's tag or digest."""
    found = _IMAGE.fullmatch(server)
    return server if found is None else found[1] + (found[2] or "")


_IMAGE = re.compile(
    r"""( image:[^@+]*? | docker:[^@]+@[^@+]*? )  # up to the image's name
        (?: :[\w.-]+ )? (?: @\w+:[0-9a-fA-F]+ )?
        ( \+[\w-]+ )?                            # a variant is another server""",
    re.VERBOSE,
)


def load(path: Path) -> Baseline:
    """Read a baseline; BaselineError says what is wrong with it and where."""
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise BaselineError(f"cannot read {path}: {getattr(error, 'strerror', error)}") from None
    except tomllib.TOMLDecodeError as error:
        raise BaselineError(f"{path}: {error}") from None
    for key in content.keys() - {"server", "known"}:
        raise BaselineError(f"{path}: '{key}' is not a key of a baseline")
    server, listed = content.get("server", ""), content.get("known", [])
    if not isinstance(server, str) or not isinstance(listed, list):
        raise BaselineError(f"{path}: 'server' is a string, and each entry begins with [[known]]")
    entries = tuple(_entry(value, f"{path}: entry {n}") for n, value in enumerate(listed, 1))
    heading = "".join(_comments(text))
    return Baseline(server, entries, heading, path)


def _comments(text: str) -> Iterable[str]:
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.startswith("#"):
            return
        if line.strip():
            yield line


def _entry(value: Any, where: str) -> Entry:
    if not isinstance(value, dict):
        raise BaselineError(f"{where}: not a table")
    for key in value.keys() - _KEYS:
        raise BaselineError(f"{where}: '{key}' is not a key of an entry")
    for key in ("scenario", "fingerprint", "because"):
        if not isinstance(value.get(key), str) or not value[key].strip():
            raise BaselineError(f"{where}: '{key}' is missing")
    if not re.fullmatch(r"[0-9a-f]{8}", value["fingerprint"]):
        raise BaselineError(f"{where}: a fingerprint is eight hex digits")
    until = value.get("until", "")
    until = until.isoformat() if isinstance(until, date) else until
    if not isinstance(until, str) or (until and not _DATE.fullmatch(until) and not _ordered(until)):
        raise BaselineError(f"{where}: 'until' is a version or a date")
    words = value.get("verdict", "fail")
    try:
        verdicts = tuple(Verdict.parse(w) for w in ([words] if isinstance(words, str) else words))
        if _DATE.fullmatch(until):
            date.fromisoformat(until)
    except (ValueError, TypeError, AttributeError) as error:
        raise BaselineError(f"{where}: {error}") from None
    stops = value.get("stops", False)
    if not isinstance(stops, bool):
        raise BaselineError(f"{where}: 'stops' is true or false")
    return Entry(
        scenario=value["scenario"],
        fingerprint=value["fingerprint"],
        because=value["because"],
        verdicts=verdicts,
        until=until,
        message=str(value.get("message", "")),
        stops=stops,
    )


_KEYS = {"scenario", "fingerprint", "because", "verdict", "until", "message", "stops"}


def known(
    baseline: Baseline, outcome: Outcome, version: str = "", today: date | None = None
) -> Mapping[str, str]:
    """Return fingerprint -> reason of those findings in ``outcome`` that ``baseline`` expects."""
    return _found(baseline, outcome, version, today or _today(), ended=False)


def expired(
    baseline: Baseline, outcome: Outcome, version: str = "", today: date | None = None
) -> Mapping[str, str]:
    """Return fingerprint -> reason of findings whose entry no longer counts, with its end."""
    return _found(baseline, outcome, version, today or _today(), ended=True)


def _found(
    baseline: Baseline, outcome: Outcome, version: str, today: date, *, ended: bool
) -> Mapping[str, str]:
    came = {finding.fingerprint(outcome.scenario) for finding in outcome.findings}
    return {
        entry.fingerprint: f"{entry.because} (until {entry.until})" if ended else entry.because
        for entry in baseline.of(outcome.scenario)
        if entry.fingerprint in came and entry.ended(version, today) is ended
    }


def mended(
    baseline: Baseline, outcome: Outcome, version: str = "", today: date | None = None
) -> Mapping[str, str]:
    """Return fingerprint -> reason of what ``baseline`` expects and that did not come.

    An outcome that was not judged, or that broke off, says nothing of it.
    """
    if outcome.verdict not in (Verdict.PASS, Verdict.WARN, Verdict.FAIL):
        return {}
    came = {finding.fingerprint(outcome.scenario) for finding in outcome.findings}
    day = today or _today()
    return {
        entry.fingerprint: entry.because
        for entry in baseline.of(outcome.scenario)
        if entry.scenario != EVERYWHERE
        and entry.fingerprint not in came
        and min(entry.verdicts) >= Verdict.FAIL
        and not entry.ended(version, day)
    }


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the end of an entry is a day where people work


class Annotator:
    """Marks what baselines expect in the events of a run.

    Feed it every event by ``see`` as it comes; calling it with a ScenarioFinished
    returns that with ``known``, ``mended`` and ``expired`` filled in.
    """

    def __init__(self, baselines: Sequence[Baseline], today: date | None = None) -> None:
        """Use those of ``baselines`` that fit an outcome's server."""
        self._baselines = baselines
        self._stopping = [
            (baseline, {entry.scenario for entry in baseline.entries if entry.stops})
            for baseline in baselines
        ]
        self._today = today
        self._versions: dict[str, str] = {}

    def see(self, event: Event) -> None:
        """Remember what version a server says it is."""
        if isinstance(event, ServerReady):
            self._versions[event.server] = event.version

    def stops(self, server: str, scenario: str) -> bool:
        """Return whether ``scenario`` is known to stop ``server`` for everybody."""
        return any(
            baseline.fits(server) and scenario in stopping for baseline, stopping in self._stopping
        )

    def __call__(self, event: ScenarioFinished) -> ScenarioFinished:
        """Return ``event`` with what is known of its findings."""
        outcome = event.outcome
        rest = (self._versions.get(outcome.server, ""), self._today)
        for baseline in self._baselines:
            if baseline.fits(outcome.server):
                event = replace(
                    event,
                    known={**event.known, **known(baseline, outcome, *rest)},
                    mended={**event.mended, **mended(baseline, outcome, *rest)},
                    expired={**event.expired, **expired(baseline, outcome, *rest)},
                )
        return event
