"""Ways to make a session smaller: each yields candidates, the boldest first.

They know what a session is made of (clients, steps, lanes, mail, arguments), so few plays
are enough. A candidate may mean nothing; then it does not show the finding, and is dropped.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from conformance.explore.arguments import simpler
from conformance.grammar.dialect import Dialect
from conformance.scenario.model import Expectations, Given, GivenMessage, Scenario, Step

__all__ = ["Reduction", "passes", "sensible", "size", "tidy"]

Reduction: TypeAlias = "Callable[[Scenario], Iterator[Scenario]]"


def size(scenario: Scenario) -> int:
    """Return how many steps there are, those in lanes counted one by one."""
    return sum(sum(len(lane) for lane in step.together) or 1 for step in scenario.steps)


def sensible(scenario: Scenario) -> bool:
    """Return whether each actor says ``done`` only after ``idles``, and ``leaves`` once it came."""
    there: set[str] = set()
    idling: set[str] = set()
    for step in scenario.steps:
        if step.times > 1 and any(one.verb in ("idles", "done") for one in _flat((step,))):
            return False
    for step in _flat(scenario.steps):
        actor, verb = step.actor, step.verb
        if (actor in idling) != (verb == "done") and not (actor in idling and verb == "drops"):
            return False
        if verb == "leaves" and actor not in there:
            return False
        (idling.add if verb == "idles" else idling.discard)(actor)
        (there.discard if verb in ("leaves", "drops") else there.add)(actor)
    return bool(scenario.actors)


def tidy(scenario: Scenario) -> Scenario:
    """Return ``scenario`` without actors, messages and captures that no step uses any more."""
    flat = list(_flat(scenario.steps))
    acting = {step.actor for step in flat}
    actors = tuple(actor for actor in scenario.actors if actor.name in acting)
    users = {actor.user for actor in actors}
    first = actors[0].user if actors else ""
    text = "\n".join(step.command for step in flat)
    given = tuple(
        replace(box, user="" if (box.user or _owner(scenario)) == first else box.user)
        for box in scenario.given
        if (box.user or _owner(scenario)) in users
    )
    messages = {n: f for n, f in scenario.messages.items() if f"message({n})" in text}
    steps = tuple(_without_captures(step, text) for step in scenario.steps)
    return replace(scenario, actors=actors, given=given, messages=messages, steps=steps)


def _owner(scenario: Scenario) -> str:
    return scenario.actors[0].user if scenario.actors else ""


def _flat(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        if step.together:
            for lane in step.together:
                yield from _flat(lane)
        else:
            yield step


def _without_captures(step: Step, text: str) -> Step:
    """Drop the patterns under ``may`` whose captures no command uses."""
    if step.together:
        lanes = tuple(tuple(_without_captures(s, text) for s in lane) for lane in step.together)
        return replace(step, together=lanes)
    patterns = {
        level: kept
        for level, found in step.expectations.patterns.items()
        if (kept := tuple(p for p in found if _used(p.text, text)))
    }
    if patterns == dict(step.expectations.patterns):
        return step
    old = step.expectations
    return replace(step, expectations=Expectations(patterns, old.ends, old.only, old.in_order))


_CAPTURE = re.compile(r"\$[a-z]\w*")


def _used(pattern: str, text: str) -> bool:
    names = _CAPTURE.findall(pattern)
    return any(re.search(rf"{re.escape(name)}(?!\w)", text) for name in names)


# --- passes


def _fewer_actors(scenario: Scenario) -> Iterator[Scenario]:
    for actor in scenario.actors:
        steps = tuple(
            kept
            for step in scenario.steps
            if (kept := _without_actor(step, actor.name)) is not None
        )
        if steps and len(scenario.actors) > 1:
            yield replace(scenario, steps=steps)


def _without_actor(step: Step, name: str) -> Step | None:
    if not step.together:
        return None if step.actor == name else step
    lanes = tuple(lane for lane in step.together if lane[0].actor != name)
    if not lanes:
        return None
    if len(lanes) == 1:
        return lanes[0][0]
    return replace(step, together=lanes)


def _fewer_steps(scenario: Scenario) -> Iterator[Scenario]:
    count = len(scenario.steps)
    length = max(count // 2, 1)
    while length:
        for start in range(count - length, -1, -length):
            steps = scenario.steps[:start] + scenario.steps[start + length :]
            if steps:
                yield replace(scenario, steps=steps)
        length //= 2


def _one_actor_less(scenario: Scenario) -> Iterator[Scenario]:
    """Let one client do what two did."""
    names = [actor.name for actor in scenario.actors if actor.speaks == "imap"]
    for gone in reversed(names):
        for stays in names:
            if stays != gone and not any(step.together for step in scenario.steps):
                yield replace(
                    scenario,
                    steps=tuple(
                        replace(step, actor=stays) if step.actor == gone else step
                        for step in scenario.steps
                    ),
                )


def _no_races(scenario: Scenario) -> Iterator[Scenario]:
    for at, step in enumerate(scenario.steps):
        if not step.together:
            continue
        before, after = scenario.steps[:at], scenario.steps[at + 1 :]
        for lanes in (step.together, step.together[::-1]):
            yield replace(scenario, steps=(*before, *(s for lane in lanes for s in lane), *after))
        if step.times > 1:
            yield replace(scenario, steps=(*before, replace(step, times=1), *after))
        for lane_at, lane in enumerate(step.together):
            others = step.together[:lane_at] + step.together[lane_at + 1 :]
            if len(others) > 1:
                yield replace(scenario, steps=(*before, replace(step, together=others), *after))
            for number in range(len(lane) if len(lane) > 1 else 0):
                shorter = lane[:number] + lane[number + 1 :]
                lanes = (*step.together[:lane_at], shorter, *step.together[lane_at + 1 :])
                yield replace(scenario, steps=(*before, replace(step, together=lanes), *after))


def _less_mail(scenario: Scenario) -> Iterator[Scenario]:
    for at, box in enumerate(scenario.given):
        others = (*scenario.given[:at], *scenario.given[at + 1 :])
        yield replace(scenario, given=others)
        for count in dict.fromkeys((len(box.messages) // 2, 1)):
            if 0 < count < len(box.messages):
                yield _with_box(scenario, at, box.messages[:count])
                yield _with_box(scenario, at, box.messages[-count:])
        for number in range(len(box.messages)):
            yield _with_box(scenario, at, box.messages[:number] + box.messages[number + 1 :])


def _plainer_mail(scenario: Scenario) -> Iterator[Scenario]:
    for at, box in enumerate(scenario.given):
        plain = tuple(GivenMessage(message.name) for message in box.messages)
        if plain != box.messages:
            yield _with_box(scenario, at, plain)
        for number, message in enumerate(box.messages):
            for one in (
                replace(message, message=""),
                replace(message, flags=""),
                replace(message, date=""),
            ):
                if one != message:
                    messages = (*box.messages[:number], one, *box.messages[number + 1 :])
                    yield _with_box(scenario, at, messages)
    for name, file in scenario.messages.items():
        if file != "plain.eml":
            yield replace(scenario, messages={**scenario.messages, name: "plain.eml"})


def _with_box(scenario: Scenario, at: int, messages: tuple[GivenMessage, ...]) -> Scenario:
    box: Given = replace(scenario.given[at], messages=messages)
    return replace(scenario, given=(*scenario.given[:at], box, *scenario.given[at + 1 :]))


def _simpler_commands(scenario: Scenario, spoken: Dialect) -> Iterator[Scenario]:
    for at, step in enumerate(scenario.steps):
        for smaller in _simpler_steps(step, spoken):
            yield replace(
                scenario, steps=(*scenario.steps[:at], smaller, *scenario.steps[at + 1 :])
            )


def _simpler_steps(step: Step, spoken: Dialect) -> Iterator[Step]:
    if step.together:
        for lane_at, lane in enumerate(step.together):
            for at, inner in enumerate(lane):
                for smaller in _simpler_steps(inner, spoken):
                    changed = (*lane[:at], smaller, *lane[at + 1 :])
                    lanes = (*step.together[:lane_at], changed, *step.together[lane_at + 1 :])
                    yield replace(step, together=lanes)
        return
    lines = step.command.split("\n")
    if len(lines) > 1:
        for line in lines:
            yield replace(step, command=line)
        return
    if not step.verb:
        for text in simpler(step.command, spoken):
            yield replace(step, command=text)


def passes(spoken: Dialect) -> tuple[Reduction, ...]:
    """Return the ways in the order in which they are tried; ``spoken`` says what is a command."""
    return (
        _fewer_actors,
        _fewer_steps,
        _no_races,
        _fewer_steps,
        _one_actor_less,
        _less_mail,
        partial(_simpler_commands, spoken=spoken),
        _fewer_steps,
        _plainer_mail,
    )
