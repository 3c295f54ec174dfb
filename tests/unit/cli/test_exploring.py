"""``explore`` and ``stress``: what they refuse, and with which status."""

import pytest
from typer.testing import CliRunner

from conformance.cli.app import app
from conformance.cli.errors import UserError
from conformance.status import EXIT


@pytest.mark.parametrize(
    ("words", "message", "status"),
    [
        (["explore", "--replay", "nowhere"], "cannot read nowhere", EXIT.USAGE),
        (["stress", "--mix", "odd"], "there is no mix 'odd'", EXIT.USAGE),
        (["explore", "-s", "imap://a:b@localhost"], "--allow-destructive", EXIT.USAGE),
        (["stress", "-s", "imap://a:b@localhost"], "--allow-destructive", EXIT.USAGE),
    ],
)
def test_what_cannot_be_done_is_said_in_one_message(words, message, status):
    error = CliRunner().invoke(app, words).exception

    assert isinstance(error, UserError)
    assert message in f"{error} {error.hint}"
    assert error.status == status
