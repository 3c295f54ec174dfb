"""A scenario to start from: it passes as it stands, and its comments say what to change."""

import os
import re
from pathlib import Path

from conformance.scenario.yaml_text import quote

__all__ = ["template"]

_TEXT = r"""# yaml-language-server: $schema={schema}
scenario: {title}
why: >
  Who is hurt if this fails? Say it as you would to the person who phones support.
# The sections this is about. `imap-conformance explain RFC9051:5.2` shows one.
rules: [RFC9051:6.4.6, RFC9051:5.2]
# Without these it is skipped: capabilities, [MOVE | IMAP4rev2], services such as pop3.
# needs: [IDLE]
tags: [two-devices]

actors:
  phone: {{speaks: imap, user: alice}}
  laptop: {{speaks: imap, user: alice}}

# Mailboxes at the start. A bare name is a small message; a file is given as
# second: {{message: plain.eml, flags: \Seen}}
given:
  INBOX: [first, second]

steps:
# UPPER CASE goes on the wire, lower case is for the harness: idles, done, hears,
# polls, connects, drops, leaves.
- phone: SELECT INBOX
  must:
  - 2 EXISTS
- laptop: SELECT INBOX
- laptop: UID STORE uid(first) +FLAGS (\Flagged)
  must:
  - seq(first) FETCH (FLAGS (\Flagged))
# $x captures, $_ is anything, ... allows others. The tagged end is OK unless
# `ends` says NO, BAD, any, or OK [CODE $x].
- phone: polls
  within: 5s
  must:
  - seq(first) FETCH (FLAGS (\Flagged))
  must not:
  - $_ EXPUNGE
  rule: RFC9051:5.2
"""


def template(path: Path, schema: Path | None = None) -> str:
    """Return the text of a new scenario for the file ``path``; nothing is written.

    Its title is the file's name in words. ``schema`` is scenario.schema.json, shown as
    seen from the file, so that editors complete and explain the words.
    """
    words = re.sub(r"[-_]+", " ", path.stem).strip() or "new scenario"
    title = words[0].upper() + words[1:]
    schema = schema or Path(__file__).parents[1] / "scenario.schema.json"
    shown = Path(os.path.relpath(schema.resolve(), path.resolve().parent)).as_posix()
    return _TEXT.format(schema=shown, title=quote(title))
