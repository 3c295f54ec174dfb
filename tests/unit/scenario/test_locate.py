import pytest

from conformance.scenario.locate import find_message, message_folders, read_message
from conformance.scenario.model import Scenario


def test_a_file_beside_the_scenario_comes_first(tmp_path):
    (tmp_path / "plain.eml").write_bytes(b"mine")
    scenario = Scenario("x", "T", messages={"reply": "plain.eml"}, file=str(tmp_path / "x.yaml"))

    assert read_message(scenario, "plain.eml") == b"mine"
    assert read_message(scenario, "reply") == b"mine"


def test_then_come_the_shipped_messages(tmp_path):
    scenario = Scenario("x", "T", file=str(tmp_path / "x.yaml"))

    assert b"\r\n\r\n" in read_message(scenario, "plain.eml")
    assert len(read_message(scenario, "ten-megabytes.eml")) > 10 * 2**20


@pytest.mark.parametrize("name", ["none.eml", "../x/plain.eml", "/etc/passwd"])
def test_what_is_not_in_the_folders_is_not_there(tmp_path, name):
    (tmp_path / "plain.eml").touch()
    (tmp_path / "x").mkdir()

    assert find_message(name, message_folders(tmp_path / "x" / "x.yaml")) is None
    with pytest.raises(FileNotFoundError):
        read_message(Scenario("x", "T", file=str(tmp_path / "x" / "x.yaml")), name)
