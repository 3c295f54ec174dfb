"""image: what labels and exposed ports of an image say."""

import pytest

from conformance.servers.base import Credentials, ServerError
from conformance.servers.contract import contract, version_of
from conformance.servers.images import Image


def image(exposed=(143,), **labels):
    named = {f"imap-conformance.{key.replace('__', '.')}": value for key, value in labels.items()}
    return Image("acme/imapd:1", "1", 0, named, exposed)


def test_exposed_ports_speak_for_themselves():
    found = contract(image(exposed=(143, 993, 110, 4190, 8080)))
    assert found.ports == {"imap": 143, "imaps": 993, "pop3": 110, "managesieve": 4190}
    assert found.name == "acme-imapd-1"
    assert found.user_pattern.format(scope="s", user="alice") == "u-s-alice"
    assert found.environment == {"IMAP_CONFORMANCE": "1", "IMAP_PASSWORD": found.password}


def test_labels_say_more():
    found = contract(
        image(
            exposed=(1143,),
            port__imap="1143",
            users="alice=a@example.org:x bob=b:y:z",
            features="starttls acl",
            crash="^BOOM",
            start="90",
            fact__shared="Others/{user}/{mailbox}",
        )
    )
    assert found.ports == {"imap": 1143}
    assert found.accounts == {
        "alice": Credentials("a@example.org", "x"),
        "bob": Credentials("b", "y:z"),
    }
    assert found.features == {"starttls", "acl"}
    assert found.crashes == ("^BOOM",)
    assert found.start_seconds == 90
    assert found.facts == {"shared": "Others/{user}/{mailbox}"}


@pytest.mark.parametrize(
    ("name", "version", "labels", "said"),
    [
        ("acme/imapd:7", "1.2", {}, "1.2"),
        ("host:5000/acme/imapd:7", "", {}, "7"),
        ("acme/imapd:7", "", {"org.opencontainers.image.version": "22.04"}, "7"),
        ("acme/imapd:latest", "", {"org.opencontainers.image.version": "3"}, "3"),
        ("host:5000/acme/imapd", "", {}, ""),
    ],
)
def test_the_version_an_image_says(name, version, labels, said):
    assert version_of(Image(name, version, 0, labels, ())) == said


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({"exposed": (25,)}, "exposes no IMAP port"),
        ({"port__imap": "many"}, "port.imap=many, which is no port"),
        ({"port__gopher": "70"}, "port.gopher=70, which is no port"),
        ({"users": "alice"}, "users with 'alice'"),
        ({"start": "soon"}, "start=soon is no number"),
        ({"crash": "("}, "is no regular expression"),
    ],
)
def test_what_is_wrong(labels, words):
    with pytest.raises(ServerError) as caught:
        contract(image(**labels))
    assert words in str(caught.value)
