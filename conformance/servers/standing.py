"""Servers that stay up for people: started, described, and left running until ``down``."""

from dataclasses import dataclass, replace

from conformance.servers.base import Credentials, Endpoint, Server, ServerError
from conformance.servers.certificates import authority
from conformance.servers.options import Options
from conformance.servers.process import ProcessServer
from conformance.servers.registry import server

__all__ = ["Standing", "up"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A server that is up, and what one needs to look at it with a mail client.

    accounts   two that exist, or come to be at their first login
    ca         PEM of the authority that signed its certificates; empty if it is not ours
    stays      whether it outlives this process; if not, ``server.stop()`` is to be called
    """

    server: Server
    accounts: tuple[Credentials, ...]
    ca: bytes
    stays: bool

    def recipe(self) -> list[tuple[str, str]]:
        """Return (what, how) in words for people: addresses, accounts, ways to connect."""
        info = self.server.info
        rows = [(service, _address(place)) for service, place in info.services.items()]
        rows += [("user", f"{each.user}   password {each.password}") for each in self.accounts]
        if info.admin:
            rows.append(("admin", f"{info.admin.user}   password {info.admin.password}"))
        if plain := info.services.get("imap"):
            rows.append(("by hand", f"nc -C {plain.host} {plain.port}"))
        if tls := info.services.get("imaps"):
            rows.append(("by hand, TLS", f"openssl s_client -quiet -crlf -connect {_address(tls)}"))
        if self.accounts and (place := info.services.get("imap")):
            first = self.accounts[0]
            url = f"imap://{first.user}:{first.password}@{_address(place)}"
            rows += [("curl", f"curl -v {url}/"), ("mutt", f"mutt -f {url}/INBOX")]
        return rows


def _address(place: Endpoint) -> str:
    return f"{place.host}:{place.port}"


async def up(spec: str, options: Options | None = None, *, run: str = "up") -> Standing:
    """Start ``spec`` and leave it; containers stay until ``down``, processes as long as we live.

    ServerError if it does not start; nothing is left then.
    """
    kept = replace(options or Options(), keep=True)
    started = server(spec, run=run, options=kept)
    try:
        await started.start()
    except BaseException:
        await started.stop()
        raise
    accounts = []
    for user in ("alice", "bob"):
        try:
            accounts.append(started.credentials("up", user))
        except ServerError:
            break
    controlled = started.info.controlled
    return Standing(
        server=started,
        accounts=tuple(accounts),
        ca=authority(run).ca if controlled else b"",
        stays=not isinstance(started, ProcessServer),
    )
