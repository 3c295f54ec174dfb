"""What sections each RFC has, and their titles: sections.toml, written by ``ci/sections``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["RFC", "outlines"]


@dataclass(frozen=True, slots=True)
class RFC:
    """An RFC's title, and its sections in order: number -> title."""

    title: str
    sections: Mapping[str, str]


@cache
def outlines() -> Mapping[str, RFC]:
    """Return the outline of each known RFC by name, such as ``RFC9051``."""
    text = (files("conformance.requirements") / "sections.toml").read_text("utf-8")
    return {name: RFC(raw["title"], raw["sections"]) for name, raw in tomllib.loads(text).items()}
