"""The words of the language with what they mean: the loader, the schema and the docs read these."""

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "ACTOR",
    "BRANCH",
    "CLIENTS",
    "EVERYONE",
    "FOUND",
    "GIVEN_MESSAGE",
    "HEAD",
    "LOGIN",
    "NETWORK",
    "PIECES",
    "RESERVED",
    "SERVER",
    "SPEAKS",
    "STEP",
    "VERBS",
    "VIA",
    "Verb",
]

HEAD = {
    "scenario": "What happens, in a line: the title.",
    "why": "Who is hurt if it fails.",
    "rules": "Sections of RFCs that the scenario is about: [RFC9051:7.5.1].",
    "needs": "Capabilities and services it is skipped without: [IDLE, MOVE | IMAP4rev2, pop3].",
    "tags": "Words to select it by.",
    "actors": "The clients: each name with what it speaks and whose mail it reads.",
    "messages": "Names for message files, which lie beside the scenario or in fixtures/messages.",
    "given": "Mailboxes that exist at the start, each with its messages in order.",
    "cases": "A table: each case has values for <name> in the texts and is a result of its own.",
    "begins": "The id of a scenario whose actors, mailboxes and steps come first.",
    "steps": "One actor doing one thing each, and what it must, should or must not see.",
    "found": "Where the scenario came from; written by the explorer.",
}

ACTOR = {
    "speaks": "The protocol: imap (default), pop3, lmtp, smtp …",
    "user": "Whose mail: alice (default), bob … Each play of a scenario gets users of its own.",
    "via": "How the connection is made: plain (default), starttls or tls.",
    "login": "How it logs in: LOGIN (default), a mechanism such as SCRAM-SHA-256, or none.",
    "client": "A real client library that acts instead of our own: imaplib or aioimaplib.",
}
SPEAKS = ("imap", "pop3", "lmtp", "smtp", "submission", "managesieve")
VIA = ("plain", "starttls", "tls")
LOGIN = ("LOGIN", "PLAIN", "SCRAM-SHA-256", "CRAM-MD5", "EXTERNAL", "OAUTHBEARER", "none")
CLIENTS = ("imaplib", "aioimaplib")
PIECES = ("CRLF", "literal")

GIVEN_MESSAGE = {
    "message": "A name from 'messages' or a message file; without it a small one is made.",
    "flags": r"Its flags, such as \Seen \Flagged.",
    "date": "Its internal date, such as 17-Jul-2026 02:44:25 +0200.",
}

FOUND = {
    "by": "The command that found it.",
    "seed": "The seed of that run.",
    "session": "The number of the session in that run.",
    "server": "The server it was found on.",
    "version": "The version that the server said it is.",
    "date": "The day, such as 2026-11-24.",
    "failed": "How often it failed of how many plays; less than all where clients race.",
}

BRANCH = {
    "must": "Responses that have to come in the step's window. Missing: fail.",
    "should": "Responses that ought to come. Missing: warn (fail with --strict).",
    "may": "Responses that may come; names them for 'only' and binds their captures.",
    "must not": "Responses that have to stay away. Seen: fail.",
    "should not": "Responses that ought to stay away. Seen: warn (fail with --strict).",
    "only": "yes: no other untagged response may come.",
    "in order": "yes: what is under 'must', or under 'should', comes in the order written.",
    "ends": "The completion: OK (default), NO, BAD, NO | BAD, OK [APPENDUID $v $u], any.",
    "check": "A condition over what was captured: $after > $before.",
}

STEP = {
    "if": "Capabilities without which the step is passed over.",
    "within": "How long to wait: 5s, 300ms.",
    "in pieces": "How it is written: 1 (so many octets at a time), CRLF (parted between CR and LF) "
    "or literal (parted in its middle).",
    "times": "How often 'together' is played, its lanes begun differently each time: 20.",
    **BRANCH,
    "behaviour": "The row of the vendor table that tells which branch of 'either' a server takes.",
    "either": "Legal alternatives by name; one of them has to fit.",
    "rule": "The section behind what the step expects: RFC9051:7.5.1.",
    "note": "A remark for whoever reads a failure.",
}

RESERVED = {
    "server": "The server itself: restarts, is killed, stops, starts.",
    "network": "The way between an actor and the server: cuts, delays, splits, slows.",
    "everyone": "All actors that speak IMAP: checkpoint.",
    "together": "Lanes that race: each a step, or a list of steps, of actors of its own.",
}


@dataclass(frozen=True, slots=True)
class Verb:
    """A lower-case word for the harness.

    argument  what follows it: empty, ``command`` (with message(x)), ``raw``,
              ``actor``, ``actor duration`` or ``actor number``
    ends      what may stand under ``ends``: any completion, only BYE, or nothing
    sees      whether expectations may stand there
    writes    whether the actor sends something, so that it may go out ``in pieces``
    """

    meaning: str
    argument: str = ""
    ends: Literal["any", "BYE", ""] = ""
    sees: bool = True
    writes: bool = True


VERBS = {
    "connects": Verb("Opens a connection (again); the window holds the greeting.", ends="any"),
    "idles": Verb("IDLE, until 'done'; other actors go on meanwhile.", ends="any"),
    "done": Verb("Ends IDLE.", ends="any"),
    "hears": Verb("Waits for what the server sends on its own.", ends="BYE", writes=False),
    "polls": Verb("NOOP again and again until every 'must' is met."),
    "drops": Verb("Cuts the connection without a word.", writes=False),
    "meets": Verb(
        "Waits in its lane of 'together' until every other lane meets too.",
        sees=False,
        writes=False,
    ),
    "leaves": Verb("Says goodbye (LOGOUT, QUIT) and closes.", ends="any"),
    "delivers": Verb("Delivers mail by LMTP or SMTP: delivers message(x).", "command", ends="any"),
    "sends": Verb(r'Octets as they are, without tag and CRLF: sends "a1 NOOP\r\n".', "raw"),
}

SERVER = {
    "restarts": Verb("Stops in order, then starts with its data.", sees=False),
    "is killed": Verb("Ends without warning, then starts with its data.", sees=False),
    "stops": Verb("Stops in order and stays away.", sees=False),
    "starts": Verb("Comes back.", sees=False),
    "is paused": Verb("Freezes: connections stay, nothing answers.", sees=False),
    "resumes": Verb("Goes on after 'is paused'.", sees=False),
}

NETWORK = {
    "cuts": Verb("Cuts an actor's connection: cuts phone.", "actor", sees=False),
    "delays": Verb("Delays what passes: delays phone 300ms.", "actor duration", sees=False),
    "splits": Verb("Passes pieces of so many octets: splits phone 1.", "actor number", sees=False),
    "slows": Verb(
        "Lets it read so many octets a second: slows phone 999.", "actor number", sees=False
    ),
    "heals": Verb("Undoes delays, splits and slowness: heals phone.", "actor", sees=False),
}

EVERYONE = {
    "checkpoint": Verb(
        "Every client synchronizes and one looks anew: all must agree, and with what was done.",
        sees=False,
    ),
}
