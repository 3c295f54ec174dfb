"""The messages of a scenario as octets: read from a file, or made small from a name."""

from conformance.scenario.locate import read_message
from conformance.scenario.model import GivenMessage, Scenario

__all__ = ["content", "made"]


def content(scenario: Scenario, message: GivenMessage) -> bytes:
    """Return the octets of a given message; FileNotFoundError if its file is not there."""
    if not message.message:
        return made(message.name)
    return read_message(scenario, message.message)


def made(name: str) -> bytes:
    """Return a small RFC 5322 message whose subject is ``name``; always the same octets."""
    return (
        f"From: Alice Archer <alice@example.org>\r\n"
        f"To: Bob Baker <bob@example.net>\r\n"
        f"Subject: {name}\r\n"
        f"Date: Mon, 2 Mar 2026 09:00:00 +0000\r\n"
        f"Message-ID: <{name}@scenario.example.org>\r\n"
        f"MIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=us-ascii\r\n"
        f"\r\n"
        f"This is {name}.\r\n"
    ).encode()
