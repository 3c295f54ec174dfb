"""Whose container it is: only those of processes that are surely gone may be removed."""

import os
import subprocess
import sys

from conformance.servers import labels


def test_mine_is_no_orphan():
    mine = labels.mine("r1")
    assert mine[labels.RUN] == "r1"
    assert not labels.orphan(mine)


def test_of_a_process_that_ended():
    with subprocess.Popen([sys.executable, "-c", "pass"]) as gone:
        gone.wait()
    assert labels.orphan(labels.mine() | {"imap-conformance.pid": str(gone.pid)})


def test_of_an_earlier_process_with_our_number():
    assert labels.orphan(labels.mine() | {"imap-conformance.born": "1"})


def test_another_machines_cannot_be_judged():
    other = labels.mine() | {"imap-conformance.host": "elsewhere", "imap-conformance.pid": "1"}
    assert not labels.orphan(other)


def test_what_is_to_stay_stays():
    kept = labels.mine(keep=True) | {"imap-conformance.born": "1"}
    assert not labels.orphan(kept)


def test_what_is_not_ours():
    assert not labels.orphan({})
    assert not labels.orphan({"imap-conformance.pid": "nonsense"})
    assert not labels.orphan(labels.mine() | {"imap-conformance.pid": "nonsense"})


def test_alive():
    assert labels.alive(os.getpid())
