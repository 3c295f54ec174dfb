"""Lines that tell of a crash, and lines that only look so."""

import pytest

from conformance.servers.catalog import definition
from conformance.servers.crashes import CrashWatch


@pytest.mark.parametrize(
    "line",
    [
        "==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000011",
        "src/imap.c:42:7: runtime error: signed integer overflow",
        "imapd: imap.c:42: cmd_fetch: Assertion `n > 0' failed.",
        "imapd[7]: segfault at 0 ip 00005581",
        "*** stack smashing detected ***: terminated",
        "terminate called after throwing an instance of 'std::bad_alloc'",
        "panic: runtime error: index out of range [3] with length 3",
        "thread 'main' panicked at src/main.rs:2:5:",
        "Traceback (most recent call last):",
        "Segmentation fault (core dumped)",
    ],
)
def test_any_runtime(line):
    assert CrashWatch().lines(["before", line, "after"]) == (line,)


@pytest.mark.parametrize(
    "line",
    [
        "imap(alice): Info: Logged out in=12 out=345",
        "Subject: panic: this is only mail",
        "the assertion of identity was made",
        "mail contains 'Traceback' as a word",
    ],
)
def test_what_only_looks_so(line):
    assert CrashWatch().lines([line]) == ()


@pytest.mark.parametrize(
    ("vendor", "line", "tells"),
    [
        ("dovecot", "imap(u-1): Panic: file mail-index.c: line 7 (f): assertion failed: (x)", True),
        ("dovecot", "imap(u-1): Error: Raw backtrace: /usr/lib/dovecot/libdovecot.so", True),
        (
            "dovecot",
            "imap: Fatal: master: service(imap): child 12 killed with signal 11 (core dumped)",
            True,
        ),
        ("dovecot", "master: Warning: Killed with signal 15 (by pid=1 uid=0)", False),
        ("dovecot", "imap-login: Info: Login aborted: Connection closed", False),
        (
            "cyrus",
            "master[8]: process type:SERVICE name:imap pid:9 signaled to death by signal 11 (Se)",
            True,
        ),
        ("cyrus", "process type:SERVICE name:imap pid:9 signaled to death by signal 15", False),
        ("cyrus", "cyrus/imap[9]: Fatal error: Internal error: assertion failed: x.c: 7", True),
        ("cyrus", "cyrus/imap[9]: IOERROR: opening /var/spool/x: No such file", False),
        ("mailutils", "imap4d: info: process 12 terminated on signal 11", True),
        ("mailutils", "imap4d: info: process 16 finished with code 74 (I/O error)", False),
    ],
)
def test_a_vendors_own_words(vendor, line, tells):
    known = definition(vendor)
    watch = CrashWatch(known.crashes, known.harmless)
    assert bool(watch.lines([line])) is tells


def test_a_line_is_cut():
    assert len(CrashWatch().lines(["panic: " + "x" * 10000])[0]) == 2000
