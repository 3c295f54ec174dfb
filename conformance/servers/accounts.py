"""Accounts: every user of every play has one of its own, so nothing leaks between plays."""

import re
from collections.abc import Mapping

from conformance.servers.base import Credentials, ServerError

__all__ = ["Accounts"]

_WORD = re.compile(r"[a-z0-9-]+\Z")


class Accounts:
    """Hands out accounts of a server.

    pattern   user names with {scope} and {user}, where the server lets any name in
    fixed     user -> account, where it has only these; then ``pattern`` is not used
    """

    def __init__(
        self, pattern: str, password: str, fixed: Mapping[str, Credentials] | None = None
    ) -> None:
        """Remember how names are made."""
        self._pattern = pattern
        self._password = password
        self._fixed = dict(fixed or {})

    @property
    def isolated(self) -> bool:
        """Whether each scope has accounts of its own."""
        return not self._fixed

    def credentials(self, scope: str, user: str) -> Credentials:
        """Return the account of ``user`` in ``scope``; ServerError if there is none to give."""
        if self._fixed:
            if user not in self._fixed:
                known = ", ".join(self._fixed)
                raise ServerError(
                    f"this server has no account for '{user}'",
                    hint=f"it has {known}; give more accounts in the configuration",
                )
            return self._fixed[user]
        for word in (scope, user):
            if not _WORD.match(word):
                raise ServerError(f"'{word}' cannot be part of a user name (a-z, 0-9 and - can)")
        return Credentials(self._pattern.format(scope=scope, user=user), self._password)
