"""What ``needs`` and ``if`` may name: capabilities, services, and features of servers."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

__all__ = ["capabilities", "is_known"]


@cache
def capabilities() -> Mapping[str, str]:
    """Return every name with what it is; one that ends in = or - is the beginning of others."""
    text = (files("conformance.scenario") / "capabilities.toml").read_text("utf-8")
    tables = tomllib.loads(text).values()
    return {name: meaning for table in tables for name, meaning in table.items()}


def is_known(word: str) -> bool:
    """Whether ``word``, in any case, is one of the names or goes on from a beginning."""
    upper = word.upper()
    names = {name.upper() for name in capabilities()}
    beginnings = tuple(name for name in names if name.endswith(("=", "-")) and name != "LITERAL-")
    return (upper in names and upper not in beginnings) or (
        upper.startswith(beginnings) and upper not in beginnings
    )
