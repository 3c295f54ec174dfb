"""Parts of a work, in processes where that is worth it."""

import os
import subprocess
import sys

import pytest

from conformance.reports.base import ReportError
from conformance.reports.parallel import in_parts


def test_small_work_is_done_here(tmp_path):
    seen = []
    in_parts(lambda part, parts: seen.append((part, parts, os.getpid())), 10)

    assert seen == [(0, 1, os.getpid())]


PROGRAM = """
import os, sys
from pathlib import Path
from conformance.reports.base import ReportError
from conformance.reports import parallel
parallel._processors = lambda: 3
print("once")
here = os.getpid()
def job(part, parts):
    Path(sys.argv[1], f"{part} of {parts}").write_text("here" if os.getpid() == here else "there")
    if len(sys.argv) > 2 and part == 1:
        raise ReportError("cannot write x: no space")
try:
    parallel.in_parts(job, 1000)
except ReportError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
@pytest.mark.parametrize("fails", [False, True])
def test_large_work_is_done_in_processes_that_print_nothing_twice(tmp_path, fails):
    words = [sys.executable, "-c", PROGRAM, tmp_path, *["fail"] * fails]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout == "once\n" + "cannot write x: no space\n" * fails
    assert done.stderr == ""
    assert {path.name for path in tmp_path.iterdir()} == {"0 of 3", "1 of 3", "2 of 3"}
    assert "here" not in {path.read_text() for path in tmp_path.iterdir()}


def test_an_error_is_raised(tmp_path):
    def job(part, parts):
        raise ReportError("no space")

    with pytest.raises(ReportError, match="no space"):
        in_parts(job, 1000)
