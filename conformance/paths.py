"""Where the scenarios and fixtures lie: in a checkout at the top, in a wheel inside the package."""

import os
from pathlib import Path

__all__ = ["baselines_dir", "cache_dir", "fixtures_dir", "scenarios_dir"]

_PACKAGE = Path(__file__).parent


def _shipped(name: str) -> Path:
    """Return the folder ``name`` of the wheel, else of the checkout."""
    for folder in (_PACKAGE / "bundled" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"no folder '{name}' beside or inside {_PACKAGE}")


def scenarios_dir() -> Path:
    """Return the folder of the scenarios that come with the suite; FileNotFoundError without it."""
    return _shipped("scenarios")


def fixtures_dir() -> Path:
    """Return the folder of servers, messages and client files; FileNotFoundError without it."""
    return _shipped("fixtures")


def baselines_dir() -> Path:
    """Return the folder of what is known of servers; FileNotFoundError without it."""
    return _shipped("ci/baselines")


def cache_dir() -> Path:
    """Return (and make) the folder for what may be kept between runs, such as locks of builds."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(home) / "imap-conformance"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
