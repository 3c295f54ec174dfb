"""Templates become pages here: every text is made printable and escaped, every page guarded.

Style and script stand inside the page, and its Content-Security-Policy names them by
their hashes, so that nothing else can run or be fetched, whatever a server sent.
"""

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.reports.safe import one_line, printable
from conformance.reports.tally import State

__all__ = ["SYMBOLS", "page", "rfc_link", "slug"]

SYMBOLS = {
    State.PASS: "✓",
    State.FAIL: "✗",
    State.KNOWN: "○",
    State.MENDED: "★",
    State.ERROR: "!",
    State.WARN: "▲",
    State.INCONCLUSIVE: "?",
    State.SKIP: "·",
}


def _finalize(value: Any) -> Any:
    return value if isinstance(value, Markup) or not isinstance(value, str) else printable(value)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("conformance.reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    style = _asset("style.css")
    script = _asset("filter.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}';"
        " base-uri 'none'; form-action 'none'"
    )
    environment.globals.update(
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704
        policy=policy,
        symbols=SYMBOLS,
        rfc_link=rfc_link,
        one_line=one_line,
    )
    return environment


def _asset(name: str) -> str:
    return (files("conformance.reports.html") / "templates" / name).read_text("utf-8").strip()


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def page(template: str, **values: Any) -> str:
    """Return the page that ``template`` makes of ``values``."""
    return _environment().get_template(template).render(**values)


_RULE = re.compile(r"RFC(\d+):((\d+|[A-Z])(?:\.\d+)*)(?:/\d+)?")


def rfc_link(rule: str) -> str:
    """Return the address of the section that ``rule`` names; empty if it names none."""
    found = _RULE.fullmatch(rule)
    if not found:
        return ""
    kind = "section" if found[3].isdigit() else "appendix"
    return f"https://www.rfc-editor.org/rfc/rfc{found[1]}#{kind}-{found[2]}"


_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def slug(text: str, *, folders: bool = False) -> str:
    """Return ``text`` as a file's name (or path, with ``folders``) that stays where it is put.

    What had to be changed gets a few hex digits, so that different texts stay apart.
    """
    parts = text.split("/") if folders else [text]
    safe = "/".join(_UNSAFE.sub("-", part).lstrip(".")[:100] or "-" for part in parts)
    if safe == text:
        return safe
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:6]
    return f"{safe}-{digest}"
