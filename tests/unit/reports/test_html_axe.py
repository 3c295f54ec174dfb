"""What axe-core finds in the pages, in a real browser: contrast, names, headings, landmarks."""

import html
import json
import re
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from conformance import events
from conformance.history.compare import compare, sides
from conformance.reports.comparison import html as compared
from conformance.reports.html import Html
from conformance.reports.html.pages import slug
from conformance.verdict import Verdict
from tests.unit.reports.browser import needs_browser, rendered

pytestmark = needs_browser

RUN = """
axe.run(document).then(function (found) {
  var told = found.violations.map(function (rule) {
    return [rule.id, rule.help, rule.nodes.map(function (node) { return node.html; })];
  });
  var place = document.createElement("pre");
  place.id = "axe";
  place.textContent = JSON.stringify([found.passes.map(function (r) { return r.id; }), told]);
  document.body.appendChild(place);
});
"""


def axe():
    return (Path(find_spec("axe_core_python").origin).parent / "axe.min.js").read_text("utf-8")


def judged(text, folder, *, dark):
    """Return the rules that the page keeps, and those it breaks with where it does."""
    text, count = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    assert count == 1
    dark_style = "@media (prefers-color-scheme:dark)"
    assert dark_style in text
    text = text.replace(dark_style, "@media all" if dark else "@media none")
    end = text.rindex("</body>")
    path = folder / "page.html"
    path.write_text(f"{text[:end]}<script>{axe()}</script><script>{RUN}</script>{text[end:]}")
    dom = rendered(path, folder / "profile", "--virtual-time-budget=60000")
    return json.loads(html.unescape(re.search(r'<pre id="axe">(.*?)</pre>', dom, re.DOTALL)[1]))


@pytest.fixture
def pages(run, expunge, grammar, dovecot, tmp_path):
    """Return the texts of an index, a page of a play, and a comparison that have all they can."""
    run.play("fixed", Verdict.PASS, mended={"0123abcd": "bug"}, behaviours={"a row": "kept"})
    run.play("error", Verdict.ERROR, reason="the check crashed")
    run.play("vague", Verdict.INCONCLUSIVE, reason="no set-up", repeat=1)
    run.play(
        "all",
        Verdict.FAIL,
        expunge,
        replace(grammar, detail=("a line", "another")),
        known={grammar.fingerprint("all"): "bug"},
        expired={expunge.fingerprint("all"): "bug (until 2)"},
        behaviours={"a row": "kept"},
        log="Panic: here",
        reason="and a reason",
    )
    target = tmp_path / "html"
    coverage = (events.Coverage("RFC9051", "IMAP4rev2", 30, 120, 200),)
    run.said[0] = replace(run.said[0], coverage=coverage)
    run.into(Html(target, run.folder, explain=lambda rule, _="": f"what {rule} asks"))
    both = sides(run.said)
    left, right = both[dovecot], both["embedded:pymap"]
    right.plays.update(dict.fromkeys(left.plays, right.plays["late"]))
    left.capabilities, right.capabilities = frozenset({"A"}), frozenset({"B"})
    return {
        "index": (target / "index.html").read_text("utf-8"),
        "play": (target / "pages" / slug(dovecot) / "all.html").read_text("utf-8"),
        "compare": compared(compare(left, right)),
    }


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["index", "play", "compare"])
def test_axe_finds_nothing(pages, name, dark, tmp_path):
    kept, broken = judged(pages[name], tmp_path, dark=dark)

    assert broken == []
    assert {"color-contrast", "page-has-heading-one", "heading-order", "region"} <= set(kept)


def test_axe_finds_what_is_wrong(pages, tmp_path):
    text = pages["index"].replace("--fg:#1b1f24", "--fg:#ccc").replace("<h1>", "<h4>")
    text = text.replace("</h1>", "</h4>").replace("<main ", "<input><main ")
    _, broken = judged(text, tmp_path, dark=False)

    found = {rule for rule, *_ in broken}
    assert {"color-contrast", "label", "page-has-heading-one"} <= found
