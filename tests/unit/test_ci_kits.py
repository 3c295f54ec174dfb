"""The kits in ci/: what can be run is run, what cannot is held against what its reader expects."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

CI = Path(__file__).parents[2] / "ci"


def load(name):
    return yaml.safe_load((CI / name).read_text("utf-8"))


@pytest.fixture
def program(tmp_path):
    """Stands for imap-conformance and shows how it was called."""
    path = tmp_path / "program"
    path.write_text('#!/bin/sh\nfor word; do printf "<%s>" "$word"; done\nexit "${STATUS:-0}"\n')
    path.chmod(0o755)
    return path


def conformance(*words, **environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "IMAP_"))}
    return subprocess.run(
        [CI / "conformance", *words],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )


USUAL = "<--report><json><--report><sarif><--report><badge>"


def test_the_script_calls_run_and_passes_words_and_status_on(program):
    done = conformance(
        "docker:x@y:z", "--tags", "a and b", IMAP_CONFORMANCE=str(program), STATUS="6"
    )

    assert done.stdout == (
        f"<run><--server><docker:x@y:z><--out><imap-conformance>{USUAL}<--tags><a and b>"
    )
    assert done.returncode == 6


def test_the_script_says_how_it_is_used():
    done = conformance()

    assert done.returncode == 4
    assert "ci/conformance SERVER [WORDS FOR run...]" in done.stderr


def test_the_script_knows_github_and_another_folder(program):
    done = conformance("x:y", IMAP_CONFORMANCE=str(program), GITHUB_ACTIONS="true", IMAP_OUT="a b")

    assert done.stdout == f"<run><--server><x:y><--out><a b>{USUAL}<--report><github>"


def action(tmp_path, program, **inputs):
    """Do what GitHub does with the action's one step."""
    step = load("github/action.yml")["runs"]["steps"][0]
    values = {
        name: value.get("default", "")
        for name, value in load("github/action.yml")["inputs"].items()
    }
    values |= inputs
    environment = {
        key: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: values[m[1]], text)
        for key, text in step["env"].items()
    }
    return subprocess.run(
        ["sh", "-e", "-c", step["run"]],
        env={
            "PATH": os.environ["PATH"],
            "GITHUB_ACTION_PATH": str(CI / "github"),
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "GITHUB_ACTIONS": "true",
            "IMAP_CONFORMANCE": str(program),
            **environment,
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )


def test_the_action_turns_its_inputs_into_words(tmp_path, program):
    done = action(
        tmp_path,
        program,
        server="docker:dovecot@under-test:latest",
        scenarios="devices RFC9051:7.5.1",
        tags="idle and not slow",
        baseline="my known.toml",
        strict="true",
        shard="2/5",
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "<run><--server><docker:dovecot@under-test:latest><--out><imap-conformance>"
        f"{USUAL}<devices><RFC9051:7.5.1><--tags><idle and not slow>"
        "<--baseline><my known.toml><--strict><--shard><2/5><--report><github>"
    )
    assert (tmp_path / "output").read_text() == "report=imap-conformance/index.html\n"


def test_the_action_runs_nothing_that_stands_in_an_input(tmp_path, program):
    evil = '"; touch pwned; $(touch pwned) `touch pwned` *'
    done = action(tmp_path, program, server=evil, scenarios=evil, tags=evil, baseline=evil)

    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "pwned").exists()
    assert f"<--server><{evil}>" in done.stdout
    assert "<*>" in done.stdout


def test_no_run_line_of_a_workflow_pastes_an_expression_in():
    for name in ("github/action.yml", "github/example.yml"):
        text = (CI / name).read_text("utf-8")
        assert "${{" not in "".join(
            re.findall(r"^ *(?:- )?run: (?:\|\n(?:(?: {8}.*)?\n)+|.*)", text, re.MULTILINE)
        )


def test_workflows_are_what_github_reads():
    document = load("github/action.yml")
    assert {"name", "description", "inputs", "runs"} <= document.keys()
    assert document["runs"]["using"] == "composite"
    assert all("shell" in step for step in document["runs"]["steps"] if "run" in step)
    used = set(re.findall(r"inputs\.([\w-]+)", (CI / "github/action.yml").read_text("utf-8")))
    assert used == set(document["inputs"])
    example = load("github/example.yml")
    (job,) = example["jobs"].values()
    assert example["permissions"] == {"contents": "read"}
    assert job["timeout-minutes"]
    ours = [step for step in job["steps"] if "/ci/github@" in step.get("uses", "")]
    assert set(ours[0]["with"]) <= set(document["inputs"])
    for step in job["steps"]:
        if step not in ours and "uses" in step:
            assert re.search(r"@[0-9a-f]{40}$", step["uses"]), "pinned by hash"


def test_the_gitlab_template_is_what_gitlab_reads(tmp_path, program):
    (job,) = load("gitlab/imap-conformance.yml").values()
    example = load("gitlab/example.yml")
    assert job["artifacts"]["when"] == "always"
    assert job["artifacts"]["reports"]["junit"].startswith(job["variables"]["IMAP_OUT"])
    ours = example["conformance"]
    assert ours["extends"] == ".imap-conformance"
    assert ours["stage"] in example["stages"]
    assert set(ours["variables"]) <= set(job["variables"])
    assert all(isinstance(value, str) for value in job["variables"].values())

    suite = tmp_path / "suite"
    suite.symlink_to(CI.parent)
    call = job["script"][1].replace("/tmp/imap-suite", str(suite))
    done = subprocess.run(
        ["sh", "-e", "-c", call],
        env={
            "PATH": os.environ["PATH"],
            **job["variables"],
            **ours["variables"],
            "IMAP_CONFORMANCE": str(program),
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert done.stdout.endswith("<--baseline><tests/imap-known.toml>")


def test_the_dockerfile_copies_nothing_that_is_made():
    ignored = (CI.parent / ".dockerignore").read_text("utf-8").split()

    assert {".git", ".venv", "out"} <= set(ignored)
