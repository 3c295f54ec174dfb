"""The contract of ``image:``: what an image of a vendor's own has to honour, read from its labels.

``fixtures/servers/README.md`` states it for people.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from conformance.servers.base import Credentials, ServerError
from conformance.servers.definition import SERVICES, Definition
from conformance.servers.images import Image
from conformance.servers.labels import LABEL

__all__ = ["contract", "version_of"]

PASSWORD = "secret"  # noqa: S105 - of a throw-away server

# Ports that speak for themselves when an image exposes them.
_KNOWN = {
    143: "imap",
    993: "imaps",
    110: "pop3",
    995: "pop3s",
    24: "lmtp",
    587: "submission",
    465: "submissions",
    4190: "managesieve",
}


def contract(image: Image) -> Definition:
    """Return what labels and exposed ports of ``image`` say; ServerError if that is too little."""
    labels = {
        key.removeprefix(f"{LABEL}."): value
        for key, value in image.labels.items()
        if key.startswith(f"{LABEL}.")
    }
    ports = {_KNOWN[port]: port for port in image.exposed if port in _KNOWN}
    for key, value in labels.items():
        if key.startswith("port."):
            ports[key.removeprefix("port.")] = _port(image, key, value)
    if "imap" not in ports and "imaps" not in ports:
        raise ServerError(
            f"{image.name} exposes no IMAP port",
            hint=f"EXPOSE 143 in its Dockerfile, or LABEL {LABEL}.port.imap=1143",
        )
    title = image.labels.get("org.opencontainers.image.title", image.name)
    name = re.sub(r"[^a-z0-9._-]+", "-", title.lower()).strip("-.") or "image"
    return Definition(
        name=name,
        folder=Path(),
        title=title,
        ports=ports,
        password=PASSWORD,
        accounts=_accounts(image, labels.get("users", "")),
        crashes=_patterns(image, labels),
        features=frozenset(labels.get("features", "").split()),
        facts={k.removeprefix("fact."): v for k, v in labels.items() if k.startswith("fact.")},
        start_seconds=_seconds(image, labels.get("start", "30")),
        environment={"IMAP_CONFORMANCE": "1", "IMAP_PASSWORD": PASSWORD},
    )


def version_of(image: Image) -> str:
    """Return the version that ``image`` says: by our label, else its tag, else the common label.

    The common label comes last, for it is inherited: an image made from Ubuntu's has Ubuntu's.
    """
    tag = image.name.rpartition("/")[2].partition(":")[2]
    if image.version or (tag and tag != "latest"):
        return image.version or tag
    return image.labels.get("org.opencontainers.image.version", "")


def _patterns(image: Image, labels: Mapping[str, str]) -> tuple[str, ...]:
    patterns = tuple(value for key, value in labels.items() if key.startswith("crash"))
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ServerError(
                f"{image.name}: its crash label '{pattern}' is no regular expression: {error}"
            ) from None
    return patterns


def _port(image: Image, key: str, value: str) -> int:
    service = key.removeprefix("port.")
    if service in SERVICES and value.isdigit() and 0 < int(value) < 65536:
        return int(value)
    raise ServerError(
        f"{image.name} has the label {LABEL}.{key}={value}, which is no port of a service",
        hint=f"the services are {', '.join(SERVICES)}",
    )


def _seconds(image: Image, text: str) -> float:
    if re.fullmatch(r"\d{1,4}", text) and int(text):
        return float(text)
    raise ServerError(f"{image.name}: {LABEL}.start={text} is no number of seconds")


def _accounts(image: Image, text: str) -> dict[str, Credentials]:
    """Read ``alice=name:password bob=…``."""
    accounts = {}
    for word in text.split():
        match = re.fullmatch(r"([\w-]+)=([^:]+):(.*)", word)
        if not match:
            raise ServerError(
                f"{image.name} has the label {LABEL}.users with '{word}'",
                hint="write alice=name:password bob=name:password",
            )
        accounts[match[1]] = Credentials(match[2], match[3])
    return accounts
