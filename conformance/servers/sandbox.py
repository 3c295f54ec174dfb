"""How a server's container is made: loopback ports, limits, certificates, few rights."""

import socket
from collections.abc import Mapping
from pathlib import Path

import docker
from docker.models.containers import Container
from docker.types import LogConfig, Ulimit

from conformance.servers.base import Endpoint
from conformance.servers.definition import SERVICES, Definition
from conformance.servers.engine import LOOPBACK, reach

__all__ = ["endpoints", "make_container"]


# A mail server needs none of these.
_DROPPED = ["AUDIT_WRITE", "MKNOD", "NET_RAW", "SETFCAP"]

_PROCESSES = Path("/proc")

# One zone for all. Unset, the C library looks at /etc/localtime each time it tells the time.
_ZONE = "UTC"


def make_container(
    client: docker.DockerClient,
    image: str,
    definition: Definition,
    *,
    name: str,
    labels: Mapping[str, str],
    environment: Mapping[str, str],
    certificates: bytes,
) -> Container:
    """Make a container of ``image``, not started, with ``certificates`` (a tar) in /certs."""
    limits = definition.limits
    container = client.containers.create(
        image,
        name=name,
        hostname=definition.name,
        labels=dict(labels),
        environment={"TZ": _ZONE, **definition.environment, **environment},
        # the engine chooses free ports
        ports={f"{port}/tcp": (reach()[0], 0) for port in definition.ports.values()},
        # Nobody answers there, at once: servers look up a client's name at each connection,
        # and a resolver that drops a query holds them up for 5 s.
        dns=[LOOPBACK],
        mem_limit=limits.memory,
        memswap_limit=limits.memory,
        pids_limit=limits.pids,
        tmpfs=dict(limits.tmpfs),
        ulimits=[Ulimit(name="nofile", soft=20000, hard=20000)],
        log_config=LogConfig(type="json-file", config={"max-size": "16m", "max-file": "2"}),
        security_opt=["no-new-privileges"],
        cap_drop=_DROPPED,
        init=True,
    )
    # put_archive makes no folders: the tar brings /certs along
    container.put_archive("/", certificates)
    return container


def endpoints(container: Container, definition: Definition) -> dict[str, Endpoint] | None:
    """Return where each service listens on this machine; they change with each start.

    None if it listens nowhere, as when the container has ended.
    """
    container.reload()
    bound = container.ports
    direct = _own_address(container)
    found = {}
    for service, port in definition.ports.items():
        places = bound.get(f"{port}/tcp")
        if not places:
            return None
        found[service] = Endpoint(
            reach()[1],
            int(places[0]["HostPort"]),
            SERVICES[service],
            direct=(direct, port) if direct else None,
        )
    return found


def _own_address(container: Container) -> str:
    """Return the container's own address if it runs on this machine, on a network of it.

    Empty if not. The engine's proxy before a published port copies each octet twice, in a process
    of its own.
    """
    if not _runs_here(container):  # another engine's network may have the same addresses as ours
        return ""
    networks = container.attrs["NetworkSettings"].get("Networks") or {}
    for network in networks.values():
        if network.get("IPAddress") and _is_here(network.get("Gateway")):
            return str(network["IPAddress"])
    return ""


def _runs_here(container: Container) -> bool:
    """Whether the container's first process is one of this machine's."""
    process = container.attrs["State"].get("Pid") or 0
    try:
        return str(container.id) in (_PROCESSES / f"{process}/cgroup").read_text(encoding="ascii")
    except (OSError, ValueError):
        return False


def _is_here(gateway: str | None) -> bool:
    """Whether the bridge that containers are on is this machine's (not a virtual machine's)."""
    if not gateway:
        return False
    try:
        with socket.socket() as one:
            one.bind((gateway, 0))
    except OSError:
        return False
    return True
