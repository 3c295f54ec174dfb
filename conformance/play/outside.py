"""What happens outside of the actors: to the server itself, and to the network between."""

from collections.abc import Mapping

from conformance.play.cast import Role
from conformance.play.fill import Unplayable
from conformance.scenario.model import Scenario, Step
from conformance.scenario.reading import seconds
from conformance.servers.base import Server, ServerError

__all__ = ["disturbs", "listening", "may_break", "network", "relayed", "server"]


def may_break(server: Server) -> None:
    """ServerError if the mail in ``server`` is somebody's, and nobody said that it may be lost."""
    if not server.info.disposable:
        raise ServerError(
            f"{server.spec} is run by someone else: scenarios store, move and delete mail there",
            hint="give test accounts, and say that their mail may be lost (--allow-destructive)",
        )


def disturbs(scenario: Scenario) -> bool:
    """Return whether the scenario does something to the server, so that it must play alone."""
    return any(step.actor == "server" for step in _all(scenario.steps))


def listening(scenario: Scenario, within: float) -> float:
    """Return the seconds that actors may spend waiting for what the server says by itself, or not.

    within  that a step waits if it does not say; actors of ``together`` count one by one
    """
    waits = [step for step in _all(scenario.steps) if step.verb in ("hears", "polls")]
    return sum(within if step.within is None else step.within for step in waits)


def relayed(scenario: Scenario) -> frozenset[str]:
    """Return the actors whose connections the scenario spoils."""
    steps = (step for step in _all(scenario.steps) if step.actor == "network")
    return frozenset(step.command.split()[0] for step in steps if step.command)


def _all(steps: tuple[Step, ...]) -> list[Step]:
    found: list[Step] = []
    for step in steps:
        found.append(step)
        for lane in step.together:
            found += _all(lane)
    return found


async def server(server: Server, verb: str, roles: Mapping[str, Role]) -> None:
    """Do ``verb`` to the server; Unplayable if it is not ours to do. ServerError if it fails."""
    if not server.info.controlled:
        raise Unplayable(f"this server cannot be told that it {verb}")
    if verb not in ("is paused", "resumes"):
        # Whatever connection there is ends by our doing, and is not held against the server.
        for role in roles.values():
            role.held = role.bare = False
            role.actor.drop()
    match verb:
        case "restarts":
            await server.restart()
        case "is killed":
            await server.kill()
        case "stops":
            await server.halt()
        case "starts":
            await server.restart()
        case "is paused":
            await server.pause()
        case "resumes":
            await server.resume()
        case _:
            raise Unplayable(f"the player cannot do 'server: {verb}'")


def network(step: Step, roles: Mapping[str, Role]) -> None:
    """Spoil, or heal, the way between an actor and the server."""
    name, _, value = step.command.partition(" ")
    role = roles[name]
    relay = role.relay
    if relay is None:
        raise Unplayable(f"{name} has no relay")
    match step.verb:
        case "cuts":
            role.held = role.bare = False
            relay.cut()
            role.actor.drop()
        case "delays":
            relay.delay = seconds(value) or 0.0
        case "splits":
            relay.piece = int(value)
        case "slows":
            relay.pace = int(value)
        case "heals":
            relay.heal()
        case other:
            raise Unplayable(f"the player cannot do 'network: {other}'")
