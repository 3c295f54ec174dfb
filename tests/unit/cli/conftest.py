"""What the tests of commands have in common."""

import pytest
from typer.testing import CliRunner

from conformance.cli.app import app


@pytest.fixture
def typed():
    """Return a function that runs a command in this process; a UserError is raised."""

    def run(*words, stdin=None):
        result = CliRunner().invoke(app, [str(word) for word in words], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run
