"""Where an engine's published ports are."""

from pathlib import Path

import pytest

from conformance.servers.certificates import authority
from conformance.servers.definition import Definition
from conformance.servers.engine import reach
from conformance.servers.sandbox import endpoints


@pytest.mark.parametrize(
    ("address", "bind", "host"),
    [
        ("", "127.0.0.1", "127.0.0.1"),
        ("unix:///run/user/1000/docker.sock", "127.0.0.1", "127.0.0.1"),
        ("tcp://localhost:2375", "127.0.0.1", "127.0.0.1"),
        ("tcp://docker:2375", "0.0.0.0", "docker"),
    ],
)
def test_loopback_unless_the_engine_is_elsewhere(monkeypatch, address, bind, host):
    monkeypatch.setenv("DOCKER_HOST", address)
    assert reach() == (bind, host)


def test_certificates_are_for_that_host_too(monkeypatch):
    from cryptography import x509

    monkeypatch.setenv("DOCKER_HOST", "tcp://docker:2375")
    certificate = x509.load_pem_x509_certificate(authority("elsewhere").certificate)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"localhost", "docker"} <= set(names.get_values_for_type(x509.DNSName))


class Container:
    """What the engine tells of a container with its gateway at ``gateway``."""

    id = "0a1b2c"

    def __init__(self, gateway, address="172.17.0.9", process=7):
        network = {"IPAddress": address, "Gateway": gateway}
        self.attrs = {
            "NetworkSettings": {"Networks": {"bridge": network}},
            "State": {"Pid": process},
        }
        self.ports = {"143/tcp": [{"HostIp": "127.0.0.1", "HostPort": "32768"}]}

    def reload(self):
        """Nothing changes."""


@pytest.mark.parametrize(
    ("container", "nearest"),
    [
        (Container("127.0.0.1"), ("172.17.0.9", 143)),  # an address of this machine
        (Container("192.0.2.1"), ("127.0.0.1", 32768)),  # the engine's bridge is elsewhere
        (Container(""), ("127.0.0.1", 32768)),
        (Container("127.0.0.1", address=""), ("127.0.0.1", 32768)),  # on the host's network
        (Container("127.0.0.1", process=8), ("127.0.0.1", 32768)),  # an engine elsewhere
        (Container("127.0.0.1", process=9), ("127.0.0.1", 32768)),
    ],
)
def test_without_the_engines_proxy_where_the_bridge_is_here(
    container, nearest, tmp_path, monkeypatch
):
    for process, group in ((7, f"0::/docker/{Container.id}\n"), (8, "0::/init\n")):
        (tmp_path / str(process)).mkdir()
        (tmp_path / str(process) / "cgroup").write_text(group)
    monkeypatch.setattr("conformance.servers.sandbox._PROCESSES", tmp_path)
    found = endpoints(container, Definition(name="acme", folder=Path(), ports={"imap": 143}))
    assert found["imap"].nearest == nearest
    assert (found["imap"].host, found["imap"].port) == ("127.0.0.1", 32768)  # for everybody else
