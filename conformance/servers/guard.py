"""Stands between the harness and a server process, and ends the server when the harness is gone.

    python -I -S guard.py SCRATCH COMMAND...

The server runs in a process group of its own. The guard's standard input is a
socket: it reads signal names, one a line, sends them to that group and answers
with a line feed. When its input ends, which happens however the harness dies, it
kills the group, removes the folder SCRATCH ('-' for none) and exits. It exits with
the server's status when the server ends by itself. Standard library only: it has
to start fast.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading

_PR_SET_PDEATHSIG = 1
_deserted = threading.Event()


def _die_with_guard() -> None:
    """In the server's process: be killed, too, when somebody kills the guard (Linux only)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _signal(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _await_stop(process: int) -> None:
    """Wait until all threads of ``process`` stand still: one may run on after the signal."""
    with contextlib.suppress(ChildProcessError, AttributeError):  # macOS has no waitid
        os.waitid(os.P_PID, process, os.WSTOPPED | os.WEXITED | os.WNOWAIT)


def _await_end(process: int) -> None:
    """Wait until ``process`` is gone, with its sockets, and writes into no folder any more."""
    with contextlib.suppress(ChildProcessError, AttributeError):
        os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)


def _obey(group: int, scratch: str) -> None:
    for line in sys.stdin:
        number = signal.Signals[f"SIG{line.strip()}"]
        _signal(group, number)
        if number == signal.SIGSTOP:
            _await_stop(group)
        with contextlib.suppress(OSError):
            os.write(sys.stdin.fileno(), b"\n")
    _deserted.set()
    _signal(group, signal.SIGKILL)
    _await_end(group)
    if scratch != "-":
        shutil.rmtree(scratch, ignore_errors=True)
    os._exit(0)


def main(scratch: str, command: list[str]) -> int:
    """Run ``command`` and obey what comes on standard input; return its exit status."""
    # A Ctrl-C on the terminal is the harness's business: it will stop us in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        server = subprocess.Popen(  # noqa: S603 - the user's own command
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_guard,  # noqa: PLW1509 - there is one thread yet
        )
    except OSError as error:
        sys.stderr.write(f"cannot run {command[0]}: {error.strerror}\n")
        return 127
    obeying = threading.Thread(target=_obey, args=(server.pid, scratch), daemon=True)
    obeying.start()
    status = server.wait()
    if _deserted.is_set():
        obeying.join()  # it has the folder to remove
    _signal(server.pid, signal.SIGKILL)  # children it left behind
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.stdout.flush()
    os._exit(main(sys.argv[1], sys.argv[2:]))
