"""What people type: each form gives its kind, and what is wrong says what would be right."""

import pytest

from conformance.servers.base import ServerError
from conformance.servers.container import ContainerServer
from conformance.servers.external import ExternalServer
from conformance.servers.process import ProcessServer
from conformance.servers.registry import server
from conformance.servers.spec import vendor


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ("docker:dovecot", ContainerServer),
        ("docker:dovecot:2.4", ContainerServer),
        ("docker:dovecot:2.4.1+mdbox", ContainerServer),
        ("docker:dovecot@my/dovecot:dev", ContainerServer),
        ("image:example.org/acme/imapd:1.0", ContainerServer),
        ("embedded:pymap", ProcessServer),
        ("process:pymap", ProcessServer),
        ("imap://u:p@host", ExternalServer),
        ("imaps://u:p@host:9993", ExternalServer),
    ],
)
def test_each_form_has_its_kind(spec, kind):
    made = server(spec, run="test")
    assert isinstance(made, kind)
    with pytest.raises(ServerError, match="has not been"):
        _ = made.info


@pytest.mark.parametrize(
    ("spec", "words", "hint"),
    [
        ("", "is no server", "write one of docker:NAME"),
        ("dovecot", "is no server", "embedded:pymap"),
        ("docker:", "is no server", "docker:NAME"),
        ("image:", "is no server", "image:NAME"),
        ("podman:dovecot", "is no server", "docker:NAME"),
        ("docker:dovecot:2.5", "no build '2.5' of dovecot", "2.4.1 (trixie)"),
        ("docker:dovecot+nix", "no variant 'nix' of dovecot", "sdbox, mdbox"),
        ("docker:cyrus+nix", "no variant 'nix' of cyrus", "there are none"),
        ("docker:nobody", "no server is called 'nobody'", "cyrus"),
        ("process:cyrus", "cannot run as a process", "docker:cyrus may do"),
        ("process:pymap:1", "neither builds nor images", ""),
        ("imap://", "is no address", "imap://user:password@host:port"),
        ("imap://host:port", "is no address", ""),
        ("imap://host/INBOX", "is no address", ""),
        ("docker:./no/such/folder", "server.toml cannot be read", ""),
    ],
)
def test_what_is_wrong_says_what_is_right(spec, words, hint):
    with pytest.raises(ServerError) as caught:
        server(spec, run="test")
    assert words in str(caught.value)
    assert hint in caught.value.hint


def test_a_variant_is_environment():
    assert vendor("docker:dovecot:2.3+mdbox").environment == {"MAIL_FORMAT": "mdbox"}


def test_a_path_names_a_folder_of_its_own(vendor_folder):
    folder = vendor_folder("ports = { imap = 143 }\n[[build]]\nversion = '1'\n")
    found = vendor(f"docker:{folder}/acme:1")
    assert found.definition.name == "acme"
    assert found.build.version == "1"
