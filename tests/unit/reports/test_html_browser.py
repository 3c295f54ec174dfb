"""What a real browser makes of a hostile run: no script of others runs, no request leaves."""

import socket
import threading
from dataclasses import replace

import pytest

from conformance.reports.html import Html
from conformance.verdict import Finding, Verdict
from conformance.wire.transcript import Kind, Transcript
from tests.unit.reports.browser import needs_browser, rendered

pytestmark = needs_browser


@pytest.fixture
def listener():
    """A port on which every connection is counted."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    calls, done = [], threading.Event()

    def listen():
        while not done.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            calls.append(1)
            connection.close()

    thread = threading.Thread(target=listen)
    thread.start()
    yield server.getsockname()[1], calls
    done.set()
    thread.join()
    server.close()


def test_no_script_runs_and_no_request_leaves(sample, dovecot, listener, tmp_path):
    port, calls = listener
    evil = (
        f"</code></style></title><script>document.title='pwned';fetch('http://127.0.0.1:{port}/')"
        f"</script><img src='http://127.0.0.1:{port}/x' onerror=\"document.title='pwned'\">"
        f"<style>@import 'http://127.0.0.1:{port}/c';</style>"
    )
    recorded = Transcript()
    recorded.add(0.1, "phone", Kind.RECEIVED, evil.encode() + b"\r\n")
    finding = Finding(evil, Verdict.FAIL, evil, evil, culprit=0, expected=(evil,), detail=(evil,))
    sample.start(dovecot)
    event = sample.play("x", Verdict.FAIL, finding, recorded=recorded, text=evil)
    sample.said[-1] = replace(event, title=evil, why=evil, log=evil, rules=(evil,))
    sample.finish()
    sample.into(Html(tmp_path / "html", sample.folder))
    for path in sorted((tmp_path / "html").rglob("*.html")):
        dom = rendered(path, tmp_path / "profile")
        assert "<title>pwned" not in dom
        assert "<img" not in dom
    assert calls == []


def test_the_policy_stops_what_would_slip_through(sample, dovecot, listener, tmp_path):
    port, calls = listener
    sample.start(dovecot)
    sample.play("x")
    sample.into(Html(tmp_path / "html", sample.folder))
    index = tmp_path / "html" / "index.html"
    slipped = (
        f"<script>document.title='pwned'</script><img src='http://127.0.0.1:{port}/x'"
        " onerror=\"document.title='pwned'\">"
    )
    index.write_text(index.read_text("utf-8").replace("<main", f"{slipped}<main"), "utf-8")
    dom = rendered(index, tmp_path / "profile")

    assert "<title>pwned" not in dom
    assert calls == []


def test_our_own_filter_works(sample, dovecot, tmp_path):
    sample.start(dovecot)
    sample.play("x")
    sample.into(Html(tmp_path / "html", sample.folder))

    assert ">1 of 1</output>" in rendered(tmp_path / "html" / "index.html", tmp_path / "profile")
