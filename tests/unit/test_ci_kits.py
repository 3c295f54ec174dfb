"""The kits in ci/: what can be run is run, what cannot is held against what its reader expects."""

import json
import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import jsonschema
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


def schema(name):
    """Return the validator that check-jsonschema has for files of this kind."""
    folder = Path(find_spec("check_jsonschema").origin).parent / "builtin_schemas" / "vendor"
    document = json.loads((folder / f"{name}.json").read_text("utf-8"))
    return jsonschema.validators.validator_for(document)(document)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("github-actions", "github/action.yml"),
        ("github-workflows", "github/example.yml"),
        ("gitlab-ci", "gitlab/example.yml"),
        ("gitlab-ci", "gitlab/imap-conformance.yml"),
    ],
)
def test_the_files_keep_their_readers_schemas(kind, name):
    document = load(name)
    if True in document:
        document["on"] = document.pop(True)  # YAML 1.1 reads 'on' so, GitHub does not

    assert [error.message for error in schema(kind).iter_errors(document)] == []
    document["nonsense"] = {"script": 3}
    assert list(schema(kind).iter_errors(document))


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
    places = [step["with"]["path"] for step in job["steps"] if "path" in step.get("with", {})]
    (ours,) = [step for step in job["steps"] if step.get("uses", "").endswith("/ci/github")]
    assert ours["uses"] == f"./{places[0]}/ci/github"
    assert set(ours["with"]) <= set(document["inputs"])
    for step in job["steps"]:
        if step is not ours and "uses" in step:
            assert re.search(r"@[0-9a-f]{40}$", step["uses"]), "pinned by hash"


def commented(name):
    """Return the lines that wait behind a '#' for those who need them, as they would be."""
    text = (CI / name).read_text("utf-8")
    return yaml.safe_load(re.sub(r"(?m)^( *)# (\w+: .*)", r"\1\2", text))


def test_what_is_commented_out_is_right_as_well():
    (job,) = commented("github/example.yml")["jobs"].values()
    (ours,) = [step for step in job["steps"] if step.get("uses", "").endswith("/ci/github")]
    assert set(ours["with"]) == {"server", "baseline"}
    assert set(ours["with"]) <= set(load("github/action.yml")["inputs"])
    (template,) = load("gitlab/imap-conformance.yml").values()
    variables = commented("gitlab/example.yml")["conformance"]["variables"]
    assert "--baseline" in variables["IMAP_WORDS"]
    assert set(variables) <= set(template["variables"])


def shell(line, folder, **environment):
    return subprocess.run(
        ["sh", "-e", "-c", line],
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )


def test_who_leaves_the_suite_s_place_empty_is_told_so(tmp_path):
    (job,) = load("github/example.yml")["jobs"].values()
    first = job["steps"][0]["run"]
    done = shell(first, tmp_path, IMAP_SUITE="")
    assert (done.returncode, "::error::IMAP_SUITE is empty" in done.stdout) == (1, True)
    assert shell(first, tmp_path, IMAP_SUITE="a/b").returncode == 0

    (job,) = load("gitlab/imap-conformance.yml").values()
    done = shell(job["before_script"][0], tmp_path, IMAP_SUITE="")
    assert (done.returncode, done.stdout) == (4, "IMAP_SUITE is empty\n")


def test_gitlab_s_registry_knows_who_asks(tmp_path):
    (job,) = load("gitlab/imap-conformance.yml").values()
    lines = "\n".join(job["before_script"][1:3])
    done = shell(
        lines,
        tmp_path,
        CI_REGISTRY="registry.example",
        CI_REGISTRY_USER="me",
        CI_REGISTRY_PASSWORD="se%cret",
    )
    assert done.returncode == 0, done.stderr
    config = json.loads((tmp_path / ".docker/config.json").read_text())
    assert config == {"auths": {"registry.example": {"auth": "bWU6c2UlY3JldA=="}}}
    assert shell(lines, tmp_path).returncode == 0


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
    call = job["script"][0].replace("/tmp/imap-suite", str(suite))
    done = subprocess.run(
        ["sh", "-e", "-c", call],
        env={
            "PATH": os.environ["PATH"],
            **job["variables"],
            **commented("gitlab/example.yml")["conformance"]["variables"],
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
