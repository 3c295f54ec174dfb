"""What an image is made of: a change of it changes the name, a change of anything else does not."""

import tarfile
from pathlib import Path

import pytest

from conformance.servers.base import ServerError
from conformance.servers.context import archive, digest
from conformance.servers.images import image_name
from conformance.servers.options import Options
from conformance.servers.server_toml import read_definition


@pytest.fixture
def context(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM x\n")
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "a.conf").write_text("a = 1\n")
    (tmp_path / "server.toml").write_text("x = 1\n")
    return tmp_path


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "conf" / "a.conf").write_text("a = 2\n"),
        lambda folder: (folder / "new").write_text(""),
        lambda folder: (folder / "Dockerfile").chmod(0o755),
        lambda folder: (folder / "conf" / "a.conf").rename(folder / "a.conf"),
    ],
)
def test_a_change_of_what_is_sent_changes_it(context, change):
    before = digest(context, None, {})
    change(context)
    assert digest(context, None, {}) != before


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "server.toml").write_text("x = 2\n"),
        lambda folder: (folder / "README.md").write_text("# words\n"),
        lambda folder: (folder / "empty").mkdir(),
        lambda folder: (folder / "Dockerfile").touch(),
    ],
)
def test_what_is_not_sent_changes_nothing(context, change):
    before = digest(context, None, {})
    change(context)
    assert digest(context, None, {}) == before


def test_facts_and_a_dockerfile_from_outside_count(context, tmp_path_factory):
    given = tmp_path_factory.mktemp("other") / "Dockerfile.asan"
    given.write_text("FROM y\n")
    names = {
        digest(context, None, {}),
        digest(context, None, {"A": "1"}),
        digest(context, None, {"A": "2"}),
        digest(context, given, {}),
    }
    assert len(names) == 4


def test_what_is_sent(context, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("other")
    given = elsewhere / "Dockerfile.asan"
    given.write_text("FROM y\n")
    trusted = elsewhere / "ca.pem"
    trusted.write_text("PEM")
    for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"):
        monkeypatch.delenv(variable, raising=False)
    with archive(context, None) as file, tarfile.open(fileobj=file) as tar:
        assert tar.getnames() == ["Dockerfile", "conf/a.conf"]
        assert {(entry.uid, entry.gid) for entry in tar} == {(0, 0)}
    monkeypatch.setenv("PIP_CERT", str(trusted))
    with archive(context, given) as file, tarfile.open(fileobj=file) as tar:
        assert tar.getnames()[-2:] == ["Dockerfile.given", "host-ca.crt"]
        assert tar.extractfile("host-ca.crt").read() == b"PEM"


def test_a_dockerfile_that_is_not_there(context):
    with pytest.raises(ServerError, match="nowhere cannot be read"):
        digest(context, Path("nowhere"), {})


def test_the_images_name_tells_server_and_build(vendor_folder):
    folder = vendor_folder("ports = { imap = 143 }\n[[build]]\nversion = '1.0~rc1'\n")
    acme = read_definition(folder / "acme")
    name = image_name(acme, acme.build(""), Options())
    assert name.startswith("imap-conformance/acme:1.0-rc1-")
    other = image_name(acme, acme.build(""), Options(build_args={"COMMIT": "abc"}))
    assert other != name
