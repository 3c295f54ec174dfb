"""The run's folder: transcripts and copies of scenario files, beside run.jsonl."""

import io
import re
from pathlib import Path

from conformance.scenario.model import Scenario
from conformance.wire.transcript import Transcript

__all__ = ["Store", "slug"]

_ODD = re.compile(r"[^A-Za-z0-9._-]+")


def slug(text: str) -> str:
    """Return ``text`` as one path component; never with a password in it."""
    without_secret = re.sub(r"//[^@/]*@", "//", text)
    return _ODD.sub("-", without_secret).strip("-.") or "x"


class Store:
    """Writes below ``folder``; paths it returns are relative to it. OSError if that fails."""

    def __init__(self, folder: Path) -> None:
        """Use ``folder``, which must exist."""
        self.folder = folder
        self._scenarios: dict[Path, str] = {}

    def scenario(self, scenario: Scenario) -> str:
        """Keep a copy of the scenario's text, so that it can be judged again as it was."""
        if scenario.beginning is not None:
            self.scenario(scenario.beginning)
        path = Path("scenarios") / f"{scenario.id.partition('[')[0]}.yaml"
        if self._scenarios.get(path) != scenario.text:  # cases and servers share one
            self._write(path, scenario.text)
            self._scenarios[path] = scenario.text
        return path.as_posix()

    def transcript(self, server: str, scenario: str, repeat: int, transcript: Transcript) -> str:
        """Keep a transcript."""
        name = f"{scenario}.{repeat}" if repeat else scenario
        path = Path("transcripts") / slug(server) / f"{name}.txt"
        text = io.StringIO()
        transcript.dump(text)
        self._write(path, text.getvalue())
        return path.as_posix()

    def _write(self, path: Path, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
