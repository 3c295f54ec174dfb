from pathlib import Path

import pytest

from conformance.scenario.fmt import formatted
from conformance.scenario.lint import lint
from conformance.scenario.loader import load_all
from conformance.scenario.new import template

SECTIONS = {"RFC9051": {"5.2", "6.4.6"}}


@pytest.mark.parametrize("name", ["star-shows", "a: b #c", "[x]", "x_y"])
def test_a_new_scenario_is_well_formed_and_has_no_remarks(tmp_path, name):
    path = tmp_path / f"{name}.yaml"
    path.write_text(template(path))

    scenarios = load_all(path, tmp_path)

    assert lint(scenarios, SECTIONS) == ()
    assert scenarios[0].title.lower() == name.replace("-", " ").replace("_", " ")


def test_its_comments_survive_formatting(tmp_path):
    text = template(tmp_path / "x.yaml")

    once = formatted(text, "x.yaml", "x", [])

    assert once.count("#") == text.count("#")
    assert formatted(once, "x.yaml", "x", []) == once


def test_the_schema_is_shown_as_seen_from_the_file():
    text = template(Path("scenarios/devices/x.yaml"))

    assert text.startswith(
        "# yaml-language-server: $schema=../../conformance/scenario.schema.json\n"
    )
