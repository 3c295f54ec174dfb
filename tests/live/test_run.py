"""The main job on real servers: everyday stories, three servers, one command."""

import json
import subprocess
import sys

import pytest

PROGRAM = [sys.executable, "-c", "from conformance.cli import main; main()"]
# A SHOULD may depend on the moment; whether a scenario fails may not.
SAME = {"warn": "pass"}
SERVERS = ["embedded:pymap", "docker:dovecot:2.4", "docker:cyrus:3.6"]

STORIES = [
    "devices/answered-on-laptop-seen-on-phone",
    "devices/appenduid-is-the-uid",
    "devices/draft-replaced",
    "devices/each-device-keeps-its-own-numbers",
    "devices/expunge-while-numbers-are-held",
    "devices/filing-by-copy-and-expunge",
    "devices/flags-from-both-sides-commute",
    "devices/folder-made-renamed-deleted",
    "devices/headers-first-then-one-part",
    "devices/new-mail-while-idling",
    "devices/peeking-leaves-it-unread",
    "devices/read-on-phone-is-read-on-laptop",
    "devices/reply-from-laptop-seen-on-tablet",
    "devices/search-by-date",
    "devices/search-by-people-and-words",
    "devices/second-connection-while-the-first-is-open",
    "devices/sizes-agree",
    "devices/uids-stable-over-reconnects",
    "protocols/pop3-empties-inbox-under-imap",
    "protocols/pop3-leaves-a-copy",
]


def run(folder, *words):
    command = [*PROGRAM, "run", *words, "--out", str(folder), "--seed", "7"]
    for server in SERVERS:
        command += ["--server", server]
    done = subprocess.run(command, capture_output=True, text=True, timeout=850, check=False)
    lines = (folder / "run.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    return done, [event["outcome"] for event in events if "outcome" in event]


@pytest.mark.live
def test_everyday_stories_on_three_servers_give_the_same_verdicts_again(tmp_path):
    done, first = run(tmp_path / "one", *STORIES)
    _, second = run(tmp_path / "two", *STORIES)

    assert done.returncode == 0, done.stdout + done.stderr
    assert {outcome["server"] for outcome in first} == set(SERVERS)
    assert len(first) == len(STORIES) * len(SERVERS)

    def verdicts(outcomes):
        return {
            (o["server"], o["scenario"]): SAME.get(o["verdict"], o["verdict"]) for o in outcomes
        }

    assert verdicts(first) == verdicts(second)
    passed = [key for key, verdict in verdicts(first).items() if verdict == "pass"]
    assert len(passed) >= 40
