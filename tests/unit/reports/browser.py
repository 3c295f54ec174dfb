"""Pages in a real browser, without a driver: Chromium loads one and prints what it became."""

import shutil
import subprocess

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

needs_browser = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium; ci/browser installs it"),
]


def rendered(path, profile, *words):
    """Return the document of the page at ``path`` after its scripts have run."""
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            f"--user-data-dir={profile}",
            *words,
            "--dump-dom",
            path.as_uri(),
        ],
        capture_output=True,
        timeout=100,
        check=True,
    )
    return done.stdout.decode()
