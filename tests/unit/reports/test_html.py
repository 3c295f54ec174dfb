import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from conformance import events
from conformance.reports.html import Html
from conformance.reports.html.pages import rfc_link, slug
from conformance.verdict import Finding, Verdict
from conformance.wire.transcript import Kind, Transcript

EVIL = (
    "<script>document.title='pwned'</script>\"><img src=x onerror=alert(1)>'onload='"
    "{{7*7}}]]>\x1b[31m\x00\udcff\u202e</style></pre></code>javascript:alert(1)"
)


class Page(HTMLParser):
    """What a page holds, for looking at it."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "hr", "rect", "line", "circle"})

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.stack, self.headings = [], set(), [], [], []
        self.words = ""
        self.feed(text)
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append((tag, values))
        assert not [name for name in values if name.startswith("on")]
        if tag not in self.VOID:
            self.stack.append(tag)
        if "id" in values:
            assert values["id"] not in self.ids, values["id"]
            self.ids.add(values["id"])
        if tag == "a":
            self.links.append(values["href"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if self.stack[-1:] not in (["script"], ["style"]):
            self.words += data


def made(sample, **more):
    target = sample.folder / "html"
    sample.into(
        Html(target, sample.folder, explain=lambda rule, _="": f"what {rule} asks.", **more)
    )
    return target


def pages(target):
    return {path: Page(path.read_text("utf-8")) for path in sorted(target.rglob("*.html"))}


@pytest.fixture
def run(sample, expunge, grammar, late, dovecot):
    sample.start(dovecot, "embedded:pymap", "docker:x:1")
    sample.add(events.ServerReady(dovecot, "dovecot", "2.4.1", ("imap",), ("IDLE",), 1.0))
    sample.add(events.ServerLost("docker:x:1", "no image", "build it", "log line"))
    sample.play("devices/expunge", Verdict.FAIL, expunge, grammar, log="Panic: here")
    sample.play("devices/expunge", Verdict.PASS, repeat=1)
    sample.play(
        "devices/expunge", Verdict.PASS, server="embedded:pymap", behaviours={"row": "kept"}
    )
    sample.play("late", Verdict.WARN, late)
    sample.play("a/b/known", Verdict.FAIL, expunge, known={expunge.fingerprint("a/b/known"): "bug"})
    sample.play("a/b/skip", Verdict.SKIP, reason="needs IDLE", transcript="")
    sample.play("a/b/mended", Verdict.PASS, mended={"0123abcd": "was a bug"})
    sample.finish()
    return sample


def test_every_link_leads_somewhere(run):
    found = pages(made(run))

    assert len(found) == 8
    for path, page in found.items():
        for link in page.links:
            if link.startswith("https://www.rfc-editor.org/rfc/rfc"):
                continue
            file, _, fragment = link.partition("#")
            to = (path.parent / file).resolve() if file else path
            assert to in found, link
            assert not fragment or fragment in found[to].ids, link


def test_pages_are_well_formed_and_in_order(run):
    for page in pages(made(run)).values():
        assert page.headings[0] == 1
        assert page.headings.count(1) == 1
        assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False))
        tags = [tag for tag, _ in page.tags]
        assert tags.count("main") == 1
        assert ("html", {"lang": "en"}) in page.tags
        for tag, values in page.tags:
            for name in ("aria-labelledby",):
                assert name not in values or values[name] in page.ids
            if tag == "th":
                assert values.get("scope") in ("row", "col")
            assert "style" not in values  # the policy would refuse it


def test_nothing_is_fetched(run):
    for path in made(run).rglob("*.html"):
        page = Page(path.read_text("utf-8"))
        assert not [
            t for t, v in page.tags if t in ("link", "img", "iframe", "object") or "src" in v
        ]
        policy = next(v["content"] for t, v in page.tags if "http-equiv" in v)
        assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_the_index_says_what_went_wrong(run, dovecot):
    index = pages(made(run))[run.folder / "html" / "index.html"]

    assert "'* 2 EXPUNGE' came, and must not" in index.words
    assert "1 fail (new)" in index.words
    assert "known: bug" in index.words
    assert "no image" in index.words
    assert "row" in index.words
    cell = next(
        values
        for tag, values in index.tags
        if tag == "a" and values["href"].endswith("devices/expunge.html") and "title" in values
    )
    assert cell["title"] == "1 fail, 1 pass"


def test_a_page_tells_the_whole_story(run, expunge):
    target = made(run)
    path = target / "pages" / slug("docker:dovecot:2.4") / "devices" / "expunge.html"
    text = path.read_text("utf-8")
    page = Page(text)

    for words in (
        "The phone deletes the wrong mail.",
        "what RFC9051:7.5.1 asks",
        expunge.fingerprint("devices/expunge"),
        "imap-conformance run devices/expunge --server docker:dovecot:2.4 --seed 7",
        "p2 FETCH 1,4 (UID)",
        "Panic: here",
        "step 0",
    ):
        assert words in page.words
    assert re.search(r'<tr id="e6" class="a\d here">', text)
    assert "<mark>E</mark>XPUNGE" in text
    assert "◀ finding 1, 2" in text
    assert re.search(r'<span id="L10" class="here">  - \$_ EXPUNGE <strong', text)
    assert "https://www.rfc-editor.org/rfc/rfc9051#section-7.5.1" in page.links
    assert '<svg class="lanes"' in text


def test_a_wait_in_vain_is_marked_where_it_ended(sample, expunge, dovecot, in_vain):
    missing = replace(expunge, culprit=2)
    sample.start(dovecot)
    sample.play("x", Verdict.FAIL, missing, replace(missing, step=0, key="y"), recorded=in_vain)
    sample.finish()
    text = (made(sample) / "pages" / slug(dovecot) / "x.html").read_text("utf-8")

    assert re.search(r'id="e11" class="a0 here">.*nothing came in 5\.0 s.*◀ finding 1<', text)
    assert re.search(r'id="e2" class="a0 here">.*p1 OK.*◀ finding 2<', text)
    assert {"#e11", "#e2"} <= set(Page(text).links)


def test_hostile_text_stays_text(sample, dovecot):
    recorded = Transcript()
    recorded.note(
        0.0, EVIL.encode("ascii", "ignore").decode().replace(" ", ""), note="begin", step=EVIL
    )
    for kind in (Kind.RECEIVED, Kind.SENT, Kind.CONNECTION):
        recorded.add(0.1, "phone", kind, EVIL.encode("utf-8", "surrogateescape") + b"\r\n")
    recorded.add(0.2, "phone", Kind.RECEIVED, b"* OK " + b"<b>" * 3_000_000 + b"\r\n")
    finding = Finding(
        EVIL,
        Verdict.FAIL,
        EVIL,
        EVIL,
        EVIL,
        actor=EVIL,
        culprit=0,
        expected=(EVIL,),
        detail=(EVIL,),
    )
    sample.start(dovecot, EVIL)
    sample.add(
        events.ServerReady(EVIL, EVIL, EVIL, (EVIL,), (EVIL,), 0.1),
        events.ServerLost(dovecot, EVIL, EVIL, EVIL),
    )
    event = sample.play(
        "x", Verdict.FAIL, finding, recorded=recorded, text=EVIL + "\nsteps:\n- " + EVIL
    )
    sample.said[-1] = replace(
        event,
        outcome=replace(
            event.outcome,
            scenario="../../" + EVIL,
            server=EVIL,
            reason=EVIL,
            behaviours={EVIL: EVIL},
        ),
        title=EVIL,
        why=EVIL,
        file=EVIL,
        log=EVIL,
        rules=(EVIL,),
        mended={EVIL: EVIL},
        known={EVIL: EVIL},
    )
    sample.finish()
    target = made(sample)
    ours = target / "index.html"

    assert all(path.is_relative_to(target) for path in sample.folder.rglob("*.html"))
    for path, page in pages(target).items():
        text = path.read_text("utf-8")
        assert len(text) < 200_000
        assert [tag for tag, _ in page.tags].count("script") == (1 if path == ours else 0)
        assert not [tag for tag, _ in page.tags if tag in ("img", "b")]
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", text)
        assert not [link for link in page.links if link.startswith("javascript")]
        assert "{{7*7}}" in page.words


def test_the_matrix_of_three_hundred_scenarios_stays_small(sample):
    servers = [f"docker:server{n}:1" for n in range(8)]
    sample.start(*servers)
    event = sample.play("devices/expunge", Verdict.PASS)
    sample.said.pop()
    report = Html(sample.folder / "html", sample.folder)
    for n in range(300):
        for server in servers:
            outcome = replace(
                event.outcome, scenario=f"devices/a-scenario-of-usual-length-{n}", server=server
            )
            sample.said.append(replace(event, outcome=outcome, text="", transcript=""))
    for each in sample.said:
        report.handle(each)

    assert len(report._index()) < 2_000_000


def test_coverage_is_shown_where_it_is_given(run):
    assert "25 %" not in Page((made(run) / "index.html").read_text("utf-8")).words

    coverage = (events.Coverage("RFC9051", "IMAP4rev2", 30, 120, 200),)
    run.said[0] = replace(run.said[0], coverage=coverage)
    target = made(run)
    words = Page((target / "index.html").read_text("utf-8")).words

    assert "IMAP4rev2" in words
    assert "25 %" in words


def test_a_run_without_an_end_says_so(sample, dovecot):
    sample.start(dovecot)

    assert "the run did not end" in Page((made(sample) / "index.html").read_text("utf-8")).words


@pytest.mark.parametrize(
    ("rule", "link"),
    [
        ("RFC9051:7.5.1", "https://www.rfc-editor.org/rfc/rfc9051#section-7.5.1"),
        ("RFC9051:7.5.1/2", "https://www.rfc-editor.org/rfc/rfc9051#section-7.5.1"),
        ("RFC2060:B.2", "https://www.rfc-editor.org/rfc/rfc2060#appendix-B.2"),
        ("RFC9051", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_rules_link_to_their_section(rule, link):
    assert rfc_link(rule) == link


def test_names_of_files_stay_apart_and_inside():
    assert slug("devices/star", folders=True) == "devices/star"
    assert ".." not in slug("../../etc/passwd", folders=True)
    assert slug("a:b") != slug("a-b")
    assert slug("a:b") != slug("a;b")
    assert "/" not in slug("a/b")
    assert len(slug("x" * 1000)) < 120


def colours():
    css = (Path(__file__).parents[3] / "conformance/reports/html/templates/style.css").read_text()
    light, dark = re.findall(r":root\{(.*?)\}", css, re.DOTALL)[:2]
    for mode, text in (("light", light), ("dark", dark)):
        yield mode, dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})", text))


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("mode", "names"), list(colours()), ids=["light", "dark"])
def test_text_has_contrast(mode, names):
    def contrast(a, b):
        high, low = sorted((luminance(names[a]), luminance(names[b])), reverse=True)
        return (high + 0.05) / (low + 0.05)

    pairs = [(name, f"{name}-bg") for name in names if f"{name}-bg" in names]
    pairs += [(name, ground) for name in ("fg", "quiet", "link") for ground in ("bg", "soft")]
    pairs += [(f"a{n}", ground) for n in range(6) for ground in ("bg", "soft", "fail-bg")]
    pairs += [("fg", "fail-bg"), ("link", "fail-bg"), ("fail", "soft"), ("bg", "fail")]
    pairs += [("quiet", "fail-bg")]
    assert len(pairs) > 30
    assert [(a, b, contrast(a, b)) for a, b in pairs if contrast(a, b) < 4.5] == []
