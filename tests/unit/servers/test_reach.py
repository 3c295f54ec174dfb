"""Where an engine's published ports are."""

import pytest

from conformance.servers.certificates import authority
from conformance.servers.engine import reach


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
