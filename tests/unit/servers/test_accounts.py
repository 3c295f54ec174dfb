"""Accounts: a scope's own where any name is let in, else only those that exist."""

import pytest

from conformance.servers.accounts import Accounts
from conformance.servers.base import Credentials, ServerError


def test_each_scope_and_user_has_its_own():
    accounts = Accounts("u-{scope}-{user}", "secret")
    assert accounts.credentials("7f-1", "alice") == Credentials("u-7f-1-alice", "secret")
    names = {accounts.credentials(s, u).user for s in ("a", "b") for u in ("alice", "bob")}
    assert len(names) == 4


@pytest.mark.parametrize(
    ("scope", "user"), [("a b", "alice"), ("a", "Alice"), ("a", ""), ("", "b")]
)
def test_what_cannot_be_part_of_a_name(scope, user):
    with pytest.raises(ServerError, match="cannot be part of a user name"):
        Accounts("u-{scope}-{user}", "secret").credentials(scope, user)


def test_fixed_accounts_are_the_only_ones():
    accounts = Accounts("", "", {"alice": Credentials("a@example.org", "x")})
    assert accounts.credentials("s", "alice") == accounts.credentials("t", "alice")
    with pytest.raises(ServerError, match="no account for 'bob'") as caught:
        accounts.credentials("s", "bob")
    assert "it has alice" in caught.value.hint
