"""Scenarios and fixtures are found in a checkout and in an installed wheel."""

import pytest

from conformance import paths


def test_in_a_checkout():
    assert (paths.fixtures_dir() / "servers" / "dovecot" / "server.toml").is_file()
    assert paths.scenarios_dir().is_dir()


def test_in_a_wheel(monkeypatch, tmp_path):
    (tmp_path / "bundled" / "fixtures").mkdir(parents=True)
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path)
    assert paths.fixtures_dir() == tmp_path / "bundled" / "fixtures"
    with pytest.raises(FileNotFoundError, match="no folder 'scenarios'"):
        paths.scenarios_dir()
