"""A tiny IMAP server with one fault, chosen by FAULT; without it, it is well-behaved.

    silent   accepts connections and never greets
    mute     greets and never answers
    dies     answers LOGIN, then its process ends
    trickle  answers one octet a second
    exits    ends at once, with a word on standard error
    bye      greets with BYE
    babble   greets as an SMTP server does
    panics   writes a panic and aborts at NOOP
    spins    loops for ever at NOOP: 100 % CPU, nobody is answered any more
    deaf     ignores TERM

It counts its starts in a file of its data folder and tells the count to NOOP.
"""

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

FAULT = os.environ.get("FAULT", "")


def say(connection: socket.socket, text: str) -> None:
    octets = text.encode() + b"\r\n"
    if FAULT == "trickle" and not text.startswith("* OK"):
        for octet in octets:
            connection.sendall(bytes((octet,)))
            time.sleep(1)
    else:
        connection.sendall(octets)


def answer(connection: socket.socket, line: str, starts: int) -> bool:
    """Answer one command; whether to go on."""
    tag, _, rest = line.strip().partition(" ")
    command = rest.partition(" ")[0].upper()
    if FAULT == "mute":
        return True
    if command == "LOGIN" and FAULT == "dies":
        say(connection, f"{tag} OK in")
        os._exit(3)
    if command == "NOOP" and FAULT == "panics":
        print("faulty: panic: it was asked to", file=sys.stderr, flush=True)
        os.abort()
    while command == "NOOP" and FAULT == "spins":
        pass
    if command == "NOOP":
        say(connection, f"* OK start {starts}")
    if command == "CAPABILITY":
        say(connection, "* CAPABILITY IMAP4rev1")
    if command == "LOGOUT":
        say(connection, "* BYE")
    say(connection, f"{tag} OK done")
    return command != "LOGOUT"


def serve(connection: socket.socket, starts: int) -> None:
    with connection, contextlib.suppress(OSError), connection.makefile("r") as lines:
        if FAULT == "silent":
            lines.read()
        greeting = {"bye": "* BYE go away", "babble": "220 mail.example.org"}
        say(connection, greeting.get(FAULT, "* OK faulty"))
        for line in lines:
            if not answer(connection, line, starts):
                return


def main(port: int, data: Path) -> None:
    if FAULT == "exits":
        sys.exit("faulty: no such configuration")
    if FAULT == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    counter = data / "starts"
    starts = int(counter.read_text()) + 1 if counter.exists() else 1
    counter.write_text(str(starts))
    with socket.create_server(("127.0.0.1", port)) as listener:
        while True:
            connection, _ = listener.accept()
            if FAULT == "spins":  # alone: nobody else is answered meanwhile
                serve(connection, starts)
            else:
                threading.Thread(target=serve, args=(connection, starts), daemon=True).start()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
