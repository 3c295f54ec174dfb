"""Commands import what they need when they are run: the version and help come at once."""

import subprocess
import sys

import pytest

LOOK = """
import sys
sys.argv = ["imap-conformance", *{words!r}]
try:
    from conformance.cli import main
    main()
except SystemExit:
    pass
heavy = ("asyncio", "docker", "jinja2", "yaml", "hypothesis")
heavy += ("conformance.play", "conformance.grammar", "conformance.scenario.loader")
print("\\n" + " ".join(name for name in heavy if name in sys.modules) + ".")
"""


@pytest.mark.parametrize("words", [["--version"], ["-h"], ["run", "-h"], ["compare", "-h"]])
def test_nothing_heavy_is_imported_for_words(words):
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(words=words)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stdout.splitlines()[-1] == ".", done.stdout
    assert done.stderr == ""


def test_every_command_is_known_without_its_module(typed):
    from conformance.cli.app import _MODULES

    words = typed("-h").output
    assert all(f" {name} " in words for name in _MODULES)
