"""The state, content and multi-client faults of ``tests/fakes/faults.py``, in a server that runs.

Most bend a line as it goes out; some (``flaw``) are for the server itself to make.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.faults import FAULTS, Fault
from tests.fakes.live.mail import string


@dataclass
class LiveFault:
    """One fault of the table; ``bender`` takes (connection, command, lines) and returns lines."""

    fault: Fault
    bender: Callable | None = None
    flaw: str = ""
    header: Callable[[bytes], bytes] | None = None

    def bend(self, connection, name: str, lines: list[bytes]) -> list[bytes]:
        return lines if self.bender is None else self.bender(self, connection, name, lines)

    def caught(self, finding) -> bool:
        fault = self.fault
        # BODY is BODYSTRUCTURE without extension data: what is wrong with one is so with both.
        key = finding.key.replace("BODY ", "BODYSTRUCTURE ", 1)
        keys = (finding.key, key) if "STRUCTURE" in fault.key else (finding.key,)
        return finding.check == fault.check and any(k.startswith(fault.key) for k in keys)


_TABLE = {(fault.base, fault.name): fault for fault in FAULTS}
LIVE: dict[str, Callable[[], LiveFault]] = {}


def _turn(connection) -> int:
    """Count how often the fault could have come on this connection."""
    connection.memory["turns"] = connection.memory.get("turns", 0) + 1
    return connection.memory["turns"]


def _add(key: str, **how) -> None:
    base, _, name = key.partition(": ")
    fault = _TABLE[base, name]
    LIVE[key] = lambda: LiveFault(fault, **how)


def _line(key: str, command: str, pattern: str, new, *, every: int = 1) -> None:
    """Let ``new`` (octets, or a function of connection and match) stand for what matches."""
    wanted = re.compile(pattern.encode(), re.DOTALL)
    names = re.compile(command)

    def bender(self, connection, name, lines):
        if not names.fullmatch(name):
            return lines
        made = []
        for line in lines:
            match = wanted.search(line)
            if match is None:
                made.append(line)
                continue
            if _turn(connection) % every:
                made.append(line)
                continue
            octets = new(connection, match) if callable(new) else match.expand(new)
            made.append(
                line if octets is None else line[: match.start()] + octets + line[match.end() :]
            )
        return [line for line in made if line]

    _add(key, bender=bender)


def _besides(key: str, command: str, new, *, after: bool = False) -> None:
    """Send ``new(connection)`` before the tagged response, or after it."""
    names = re.compile(command)

    def bender(self, connection, name, lines):
        if not names.fullmatch(name) or not lines:
            return lines
        octets = new(connection)
        if octets is None:
            return lines
        extra = [line + b"\r\n" for line in octets.split(b";;")]
        return [*lines, *extra] if after else [*lines[:-1], *extra, lines[-1]]

    _add(key, bender=bender)


def _value(key: str, item: str, new, *, every: int = 1) -> None:
    """Change the string that a FETCH gives for ``item``."""
    wanted = re.compile(
        rb"(" + item.encode() + rb') (~?)(?:\{(\d+)\}\r\n|"((?:[^"\\]|\\.)*)")', re.DOTALL
    )

    def bender(self, connection, name, lines):
        made = []
        for line in lines:
            match = wanted.search(line)
            if match is None:
                made.append(line)
                continue
            count = _turn(connection)
            end = match.end()
            if match[3] is not None:
                octets = line[end : end + int(match[3])]
                end += int(match[3])
            else:
                octets = re.sub(rb"\\(.)", rb"\1", match[4])
            changed = new(octets) if count % every == 0 else octets
            literal = b"~{%d}\r\n" % len(changed) + changed
            shown = literal if b"\0" in changed else string(changed)
            made.append(line[: match.start()] + match[1] + b" " + shown + line[end:])
        return made

    _add(key, bender=bender)


def _count(c) -> int:
    return len(c.view)


def _last(c) -> int:
    return c.view[-1].uid if c.view else 0


def _plus(pattern: str, step: int):
    return lambda c, m: m[1] + b"%d" % max(int(m[2]) + step, 0)


SELECT = "SELECT|EXAMINE"
FETCH = "(UID )?FETCH"
ANY = ".*"

# --- state

_line("reading: UIDVALIDITY is 0", SELECT, r"UIDVALIDITY \d+", b"UIDVALIDITY 0")
_line("reading: UIDVALIDITY needs 33 bits", SELECT, r"UIDVALIDITY \d+", b"UIDVALIDITY 4294967296")
_besides(
    "reading: UIDVALIDITY changes within the session", FETCH, lambda c: b"* OK [UIDVALIDITY 8] x"
)
_line("reading: UIDNEXT is 0", SELECT, r"UIDNEXT \d+", b"UIDNEXT 0")
_line("reading: UIDNEXT is not above the UIDs", SELECT, r"(UIDNEXT )(\d+)", _plus("", -1))
_besides(
    "reading: first unseen beyond the end",
    SELECT,
    lambda c: b"* OK [UNSEEN %d] unseen" % (_count(c) + 1),
)
_line("reading: wildcard among FLAGS", SELECT, r"\A\* FLAGS \(", rb"\g<0>\\* ")
_line(
    "reading: PERMANENTFLAGS has a flag that FLAGS has not",
    SELECT,
    r"PERMANENTFLAGS \(",
    b"PERMANENTFLAGS (Odd ",
)
_besides("reading: NOMODSEQ and HIGHESTMODSEQ", SELECT, lambda c: b"* OK [NOMODSEQ] none")
_besides(
    "reading: EXISTS shrinks",
    FETCH,
    lambda c: b"* %d EXISTS" % (_count(c) - 1) if c.view else None,
)
_besides(
    "reading: RECENT grows beyond EXISTS",
    FETCH,
    lambda c: b"* %d RECENT" % (_count(c) + 6) if c.box else None,
)
_besides(
    "reading: FETCH of message 4 of 3",
    FETCH,
    lambda c: b"* %d FETCH (FLAGS ())" % (_count(c) + 1) if c.box else None,
)
_besides("reading: FETCH of message 0", FETCH, lambda c: b"* 0 FETCH (FLAGS ())")
_expunge = lambda c: b"* %d EXPUNGE" % _count(c) if c.view else None  # noqa: E731
_besides("reading: EXPUNGE during FETCH", "FETCH", _expunge)
_besides("searching: EXPUNGE during SEARCH", "SEARCH", _expunge)
_besides("searching: EXPUNGE during SORT", "SORT", _expunge)
_besides("reading: EXPUNGE while nothing runs", FETCH, _expunge, after=True)
_beyond = lambda c: b"* %d EXPUNGE" % (_count(c) + 6) if c.box else None  # noqa: E731
_besides("reading: EXPUNGE of message 9 of 3", "UID FETCH|NOOP", _beyond)
_besides("reading: EXPUNGE of message 0", "UID FETCH|NOOP", lambda c: b"* 0 EXPUNGE")
_besides(
    "reading: VANISHED without QRESYNC",
    "UID FETCH",
    lambda c: b"* VANISHED %d" % _last(c) if c.view and "QRESYNC" not in c.enabled else None,
)
UID = r"\A(\* (\d+) FETCH \(UID )(\d+)"
_line(
    "reading: UIDs do not ascend",
    ANY,
    UID,
    lambda c, m: m[1] + b"%d" % (int(m[3]) + 1000) if int(m[2]) < _count(c) else None,
)
_line(
    "reading: two messages with one UID",
    ANY,
    UID,
    lambda c, m: m[1] + b"%d" % c.view[0].uid if m[2] == b"2" else None,
)
_line(
    "reading: a message changes its UID",
    ANY,
    UID,
    lambda c, m: m[1] + b"%d" % (int(m[3]) + 1),
    every=2,
)
_line("reading: UID 0", ANY, UID, lambda c, m: m[1] + b"0" if m[2] == b"1" else None)
_line(
    "reading: UID not below UIDNEXT",
    ANY,
    UID,
    lambda c, m: m[1] + b"%d" % c.box.uidnext if int(m[2]) == _count(c) else None,
)
_line("reading: new message below UIDNEXT", SELECT, r"(UIDNEXT )(\d+)", _plus("", 5))
FLAGS = r"(FETCH .*\bFLAGS \()"
_line("reading: keyword that FLAGS does not have", ANY, FLAGS, rb"\1Odd ")
_line("reading: a system flag of its own", ANY, FLAGS, rb"\1\\Odd ")
_line("reading: a system flag of its own among FLAGS", ANY, r"\A\* FLAGS \(", rb"\g<0>\\Odd ")
_line(
    "reading: mailbox data after failed SELECT", SELECT, r"\A(\w+) OK.*\r\n", rb"\1 NO failed\r\n"
)
MODSEQ = r"\bMODSEQ \(\d+\)"
_line("reading: mod-sequence 0", ANY, MODSEQ, b"MODSEQ (0)")
_line("reading: mod-sequence falls", ANY, MODSEQ, b"MODSEQ (1)", every=2)
_line("syncing: MODSEQ falls after STORE", "(UID )?STORE", MODSEQ, b"MODSEQ (1)")
_line(
    "reading: one item twice, in two ways",
    ANY,
    r"FETCH (.*)(FLAGS \([^)]*\))",
    rb"FETCH \1\2 FLAGS (\\Seen \\Draft)",
)
_line("flagging: one EXPUNGE is told twice", ANY, r"\A\* \d+ EXPUNGE\r\n", rb"\g<0>\g<0>")
_line(
    "flagging: EXISTS instead of EXPUNGE",
    ANY,
    r"\A\* \d+ EXPUNGE",
    lambda c, m: b"* %d EXISTS" % _count(c),
)
_line("flagging: UIDNEXT of STATUS is below a UID", "STATUS", r"(UIDNEXT )(\d+)", _plus("", -1))
_line("moving: UIDNEXT of the destination is too low", "STATUS", r"(UIDNEXT )(\d+)", _plus("", -1))
_line("flagging: UIDNEXT of STATUS falls", "STATUS", r"UIDNEXT \d+", b"UIDNEXT 1", every=2)
_line("flagging: UIDVALIDITY of STATUS differs", "STATUS", r"(UIDVALIDITY )(\d+)", _plus("", 1))
_line("flagging: Recent for two sessions", ANY, FLAGS, rb"\1\\Recent ")
OUTSIDE = "LIST|LSUB|STATUS|NOOP|NAMESPACE|ID|SUBSCRIBE|CAPABILITY"
_besides("moving: EXISTS without a mailbox", OUTSIDE, lambda c: None if c.box else b"* 1 EXISTS")
_besides(
    "moving: FLAGS without a mailbox", OUTSIDE, lambda c: None if c.box else b"* FLAGS (\\Seen)"
)
_line(
    "moving: EXISTS falls during IDLE",
    "IDLE|DONE",
    r"\A\* (\d+) EXISTS",
    lambda c, m: b"* %d EXISTS" % max(int(m[1]) - 2, 0),
)
VANISHED = r"\A\* VANISHED (\d[\d:,]*)"
_line("syncing: EXPUNGE although QRESYNC is enabled", ANY, VANISHED, b"* 1 EXPUNGE")
_line("syncing: VANISHED with UID 0", ANY, VANISHED, rb"* VANISHED 0,\1")
_line(
    "syncing: VANISHED of UIDs that are not there",
    ANY,
    VANISHED,
    lambda c, m: b"* VANISHED %s,%d" % (m[1], c.box.uidnext + 3) if c.box else None,
)
_line(
    "syncing: VANISHED of more than there are",
    ANY,
    VANISHED,
    lambda c, m: b"* VANISHED 1:%d" % (c.box.uidnext + 9) if c.box else None,
)
_with_qresync = lambda c: bool(c.view) and "QRESYNC" in c.enabled  # noqa: E731
_besides(
    "syncing: VANISHED (EARLIER) unasked",
    "NOOP|EXPUNGE|UID STORE",
    lambda c: b"* VANISHED (EARLIER) 1" if _with_qresync(c) else None,
)
_vanished = lambda c: b"* VANISHED %d" % _last(c) if _with_qresync(c) else None  # noqa: E731
_besides("syncing: VANISHED during FETCH", "FETCH", _vanished)
_besides("syncing: VANISHED while nothing runs", ANY, _vanished, after=True)
_line(
    "syncing: HIGHESTMODSEQ falls from SELECT to SELECT",
    SELECT,
    r"HIGHESTMODSEQ \d+",
    b"HIGHESTMODSEQ 1",
    every=2,
)
_line(
    "syncing: UIDVALIDITY falls from SELECT to SELECT",
    SELECT,
    r"(UIDVALIDITY )(\d+)",
    _plus("", -1),
    every=2,
)
_line("syncing: UIDNEXT falls from SELECT to SELECT", SELECT, r"UIDNEXT \d+", b"UIDNEXT 1", every=2)
_add("syncing: a UID returns", flaw="reuses UIDs")
_line(
    "syncing: a change comes without MODSEQ",
    "NOOP|IDLE|DONE|UID SEARCH|CHECK",
    r"(FETCH .*) MODSEQ \(\d+\)",
    rb"\1",
)
_line("syncing: MODSEQ of a mailbox that has none", SELECT, r"HIGHESTMODSEQ \d+", b"NOMODSEQ")


def _old_numbers(self, connection, name, lines):
    made = []
    if name in ("SELECT", "EXAMINE"):
        connection.memory["told"] = 0
    for line in lines:
        told = connection.memory.get("told", 0)
        fetch = re.match(rb"\* (\d+) FETCH", line)
        if re.match(rb"\* \d+ EXPUNGE", line):
            connection.memory["told"] = told + 1
        made.append(
            b"* %d" % (int(fetch[1]) + told) + line[fetch.end(1) :] if fetch and told else line
        )
    return made


_add("syncing: a message numbered as before the removal", bender=_old_numbers)

# --- content

SIZE = r"(RFC822\.SIZE )(\d+)"
_line("reading: size is wrong", ANY, SIZE, _plus("", 1))
_line("reading: size changes", ANY, SIZE, _plus("", 1), every=2)
_line(
    "flagging: size differs by client",
    ANY,
    SIZE,
    lambda c, m: m[1] + b"%d" % (int(m[2]) + 1) if c.serial % 2 else None,
)
DATE = r'(INTERNALDATE "..-...-....) \d\d'
_line("reading: INTERNALDATE is not the given one", ANY, DATE, rb"\1 05")
_line("reading: INTERNALDATE changes", ANY, DATE, rb"\1 05", every=2)
_value("reading: the message is of another", r"BODY\[\]", lambda v: b"Subject: other\r\n\r\n")
_value("reading: one octet is lost", r"BODY\[TEXT\]", lambda v: v[:-1])
_value("reading: header without its blank line", r"BODY\[HEADER\]", lambda v: v[:-2])
_value("reading: BODY[1] is the whole", r"BODY\[1\]", lambda v: b"From: Ann\r\n\r\n" + v)
_value("reading: BODY[1] with the line end of the boundary", r"BODY\[1\]", lambda v: v + b"\r\n")
_value("reading: MIME without its blank line", r"BODY\[[12]\.MIME\]", lambda v: v[:-2])
_value("reading: part decoded though not asked", r"BODY\[2\]", lambda v: b"abcd")
_value("reading: BINARY still encoded", r"BINARY\[[12]\]", base64.b64encode)
_line("reading: BINARY.SIZE of the encoded", ANY, r"(BINARY\.SIZE\[[12]\] )(\d+)", _plus("", 4))
FIELDS = r"BODY\[HEADER\.FIELDS \([^)]*\)\]"
_value("reading: HEADER.FIELDS with one too many", FIELDS, lambda v: v[:-2] + b"X-A: b\r\n\r\n")
_value(
    "reading: HEADER.FIELDS leaves one out", FIELDS, lambda v: v.partition(b"\r\n")[2] or b"\r\n"
)
_value("reading: HEADER.FIELDS without its blank line", FIELDS, lambda v: v[:-2])
_value(
    "reading: BINARY of a text with LF alone",
    r"BINARY\[[12]\]",
    lambda v: v.replace(b"\r\n", b"\n"),
)
_value("reading: partial from the wrong octet", r"BODY\[\]<(?:0|30)>", lambda v: v[1:] + b"x")
_value("reading: partial longer than asked", r"BODY\[\]<(?:0|30)>", lambda v: v + b"<")
_value("reading: partial beyond the end has octets", r"BODY\[\]<99999>", lambda v: b"x")


def _header(key: str, old: str, new: str) -> None:
    wanted = re.compile(old.encode(), re.IGNORECASE | re.MULTILINE)
    _add(f"reading: ENVELOPE {key}", header=lambda header: wanted.sub(new.encode(), header, 1))


_header("with another subject", r"^(Subject: )", r"\1X")
_header("without the subject", r"^Subject: .*\r\n(?:[ \t].*\r\n)*", "")
_header("with another date", r"^(Date: \w+, )\d+", r"\g<1>28")
_header("with another Message-ID", r"^(Message-ID: *<)", r"\g<1>0")
_header("without To", r"^To: .*\r\n(?:[ \t].*\r\n)*", "")
_header("with another To", r"^(To: .*?)([\w.+-]+)@", r"\1x\2@")
_header("with another host", r"^(To: .*?@)(\w)", r"\1x\2")
_header("with another name", r"^(To: \"?)([A-Z])", r"\1X\2")
_header("with a Cc that is not there", r"^(From: )", r"Cc: x@example.com\r\n\1")
_header("with In-Reply-To that is not there", r"^(From: )", r"In-Reply-To: <0@a>\r\n\1")
_line("reading: ENVELOPE changes", ANY, r'(ENVELOPE \(".*?" )"', rb'\1"X', every=2)
STRUCTURE = r"(BODY(?:STRUCTURE)? \(.*?)"
_line("reading: BODYSTRUCTURE changes", ANY, STRUCTURE + r'"PLAIN"', rb'\1"HTML"', every=2)
_line("reading: BODYSTRUCTURE with another type", ANY, STRUCTURE + r'"PLAIN"', rb'\1"HTML"')
_line(
    "reading: BODYSTRUCTURE with another size", ANY, STRUCTURE + r'("7BIT" )(\d+)', rb"\1\g<2>1\3"
)
_line(
    "reading: BODYSTRUCTURE with more lines", ANY, STRUCTURE + r'("7BIT" \d+ )(\d+)', rb"\1\g<2>1\3"
)
_line("reading: BODYSTRUCTURE with another encoding", ANY, STRUCTURE + r'"7BIT"', rb'\1"8BIT"')
CHARSET = r'\("CHARSET" "[^"]*"\)'
_line("reading: BODYSTRUCTURE without a parameter", ANY, STRUCTURE + CHARSET, rb"\1NIL")
_line(
    "reading: BODYSTRUCTURE with another parameter",
    ANY,
    STRUCTURE + CHARSET,
    rb'\1("CHARSET" "latin9")',
)
_line(
    "reading: BODYSTRUCTURE with another subtype",
    ANY,
    STRUCTURE + r'\) "(?:MIXED|ALTERNATIVE)"',
    rb'\1) "PARALLEL"',
)
_line(
    "reading: BODYSTRUCTURE leaves a part out",
    ANY,
    STRUCTURE + r'\)\("[^()]*(?:\([^()]*\)[^()]*)*\) "(MIXED|ALTERNATIVE)"',
    rb'\1) "\2"',
)
_line(
    "reading: BODYSTRUCTURE with data that nobody defined",
    ANY,
    r"(BODYSTRUCTURE \(.*?NIL NIL NIL NIL)\)",
    rb"\1 NIL NIL)",
)
_line(
    "reading: BODYSTRUCTURE with the decoded size",
    ANY,
    STRUCTURE + r'("BASE64" )(\d+)',
    lambda c, m: m[1] + m[2] + b"%d" % (int(m[3]) * 3 // 4),
)

# --- several clients

_add("flagging: a removal is never told to the other", flaw="tells no removal, hides it")
_add("flagging: a client still sees what is gone", flaw="tells no removal")
_add("flagging: a flag update is lost", flaw="loses an update")
_add("flagging: a flag is there again", flaw="loses a removal of a flag")
_add("flagging: a flag without a cause", flaw="adds a flag")
_add("flagging: a message is lost", flaw="loses a message")
_add("flagging: a client does not hear of flags", flaw="tells no flags")
_add("flagging: a client misses a message", flaw="tells no arrival")
_add("flagging: EXPUNGE of more than was marked", flaw="tells more removals")
_add("flagging: EXPUNGE leaves the message", flaw="keeps a message")
