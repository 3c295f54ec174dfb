"""A scenario that begins with another: the other's actors, mailboxes and steps come first."""

from dataclasses import replace

from conformance.scenario.model import Given, Scenario

__all__ = ["merge"]


def merge(scenario: Scenario) -> Scenario:
    """Return ``scenario`` with its beginning in front; itself if it has none.

    ``beginning`` stays, so that whoever keeps a copy of the scenario's text can keep
    that of its beginning too. Title, why, rules and tags are the scenario's own.
    """
    first = scenario.beginning
    if first is None:
        return scenario
    needs = dict.fromkeys((*first.needs, *scenario.needs))
    return replace(
        scenario,
        needs=tuple(needs),
        actors=first.actors + scenario.actors,
        messages={**first.messages, **scenario.messages},
        given=_given(first.given, scenario.given),
        begins="",
        steps=first.steps + scenario.steps,
        cases={},
    )


def _given(first: tuple[Given, ...], own: tuple[Given, ...]) -> tuple[Given, ...]:
    """Return the mailboxes of both; the own messages of a mailbox come after the beginning's."""
    boxes = {(box.user, box.mailbox): box for box in first}
    for box in own:
        key = (box.user, box.mailbox)
        if key in boxes:
            messages = boxes[key].messages + box.messages
            boxes[key] = replace(boxes[key], messages=messages)
        else:
            boxes[key] = box
    return tuple(boxes.values())
