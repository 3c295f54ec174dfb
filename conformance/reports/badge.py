"""A badge: one small SVG that says how a run came out."""

from pathlib import Path

from markupsafe import escape

from conformance.events import Event
from conformance.reports.files import write_text
from conformance.reports.safe import one_line
from conformance.reports.tally import State, Tally, judged

__all__ = ["Badge"]

_LABEL = "IMAP conformance"
_GREEN, _YELLOW, _RED, _GREY = "#2b7a3d", "#8a6500", "#b3261e", "#57606a"


class Badge:
    """Writes ``path`` when it is closed."""

    def __init__(self, path: Path) -> None:
        """Start with nothing counted."""
        self.path = path
        self._tally = Tally()
        self._closed = False

    def handle(self, event: Event) -> None:
        """Count ``event``."""
        self._tally.handle(judged(event, self._tally.run))

    def close(self) -> None:
        """Write the file; ReportError if it cannot be written."""
        if self._closed:
            return
        self._closed = True
        words, colour = self._words()
        left, right = _width(_LABEL), _width(words)
        label, said = escape(_LABEL), escape(one_line(words))
        write_text(
            self.path,
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img"'
            f' aria-label="{label}: {said}"><title>{label}: {said}</title>'
            f'<rect width="{left}" height="20" fill="#3b4048"/>'
            f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/>'
            '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif"'
            f' font-size="11"><text x="{left / 2}" y="14">{label}</text>'
            f'<text x="{left + right / 2}" y="14">{said}</text></g></svg>\n',
        )

    def _words(self) -> tuple[str, str]:
        total = self._tally.total
        failed = total[State.FAIL] + total[State.ERROR] + total[State.MENDED]
        lost = sum(bool(server.lost) for server in self._tally.servers.values())
        judged_ = total[State.PASS] + total[State.WARN] + total[State.KNOWN] + failed
        if lost or not judged_ or self._tally.finished is None:
            return ("did not run" if not judged_ else "incomplete"), _GREY
        known = f", {total[State.KNOWN]} known" if total[State.KNOWN] else ""
        if failed:
            return f"{failed} of {judged_} fail{known}", _RED
        passed = total[State.PASS] + total[State.WARN]
        return f"{passed} pass{known}", _YELLOW if known else _GREEN


def _width(text: str) -> int:
    return round(len(text) * 6.6) + 14
