"""A scenario as canonical YAML, so that what the explorer finds reads like what people write."""

from collections.abc import Mapping

from conformance.scenario.model import (
    Actor,
    Expectations,
    Given,
    GivenMessage,
    Level,
    Scenario,
    Step,
)
from conformance.scenario.yaml_text import WIDTH, flow, folded, quote

__all__ = ["dump", "duration"]

_TABLE = 99  # columns that a table of cases may take


def dump(scenario: Scenario) -> str:
    """Return ``scenario`` as a file's text; reading it back gives an equal scenario."""
    head = [f"scenario: {quote(scenario.title)}"]
    if scenario.why:
        head += folded("why", scenario.why, "", always=True)
    if scenario.rules:
        head.append(f"rules: {flow(scenario.rules)}")
    if scenario.needs:
        head.append(f"needs: {flow(_needs(scenario.needs))}")
    if scenario.tags:
        head.append(f"tags: {flow(scenario.tags)}")
    parts = [head]
    if scenario.begins:
        parts.append([f"begins: {quote(scenario.begins)}"])
    if scenario.actors:
        parts.append(_actors(scenario.actors))
    if scenario.messages:
        parts.append(["messages:", *_pairs(scenario.messages)])
    if scenario.given:
        parts.append(["given:", *_given(scenario.given)])
    if scenario.cases:
        parts.append(["cases:", *_cases(scenario.cases)])
    parts.append(["steps:", *(line for step in scenario.steps for line in _step(step, ""))])
    if scenario.found:
        parts.append(["found:", *_pairs(scenario.found)])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def duration(seconds: float) -> str:
    """Return ``5s`` or ``300ms``."""
    if seconds == int(seconds):
        return f"{int(seconds)}s"
    milliseconds = round(seconds * 1000, 6)
    if milliseconds == int(milliseconds):
        return f"{int(milliseconds)}ms"
    return f"{milliseconds:f}".rstrip("0") + "ms"


def _needs(needs: tuple[tuple[str, ...], ...]) -> list[str]:
    return [" | ".join(alternatives) for alternatives in needs]


def _pairs(table: Mapping[str, str]) -> list[str]:
    return [f"  {quote(key)}: {quote(value)}" for key, value in table.items()]


def _actors(actors: tuple[Actor, ...]) -> list[str]:
    width = max((len(actor.name) for actor in actors), default=0) + 1
    lines = ["actors:"]
    for actor in actors:
        fields = [f"speaks: {actor.speaks}", f"user: {actor.user}"]
        if actor.via != "plain":
            fields.append(f"via: {actor.via}")
        if actor.login != "LOGIN":
            fields.append(f"login: {actor.login}")
        if actor.client:
            fields.append(f"client: {quote(actor.client, inline=True)}")
        lines.append(f"  {actor.name + ':':<{width}} {{{', '.join(fields)}}}")
    return lines


def _given(boxes: tuple[Given, ...]) -> list[str]:
    lines = []
    user = ""
    for box in boxes:
        if box.user != user and box.user:
            lines.append(f"  {quote(box.user)}:")
        user = box.user
        lines += _mailbox(box, "    " if user else "  ")
    return lines


def _cases(cases: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the table, its columns below each other as far as the lines hold that."""
    rows = {
        f"{quote(name)}:": [f"{key}: {quote(value, inline=True)}" for key, value in values.items()]
        for name, values in cases.items()
    }
    first = max(map(len, rows))
    table = [f"  {name:<{first}} {{{', '.join(cells)}}}" for name, cells in rows.items()]
    widths = [max(map(len, column)) + 1 for column in zip(*rows.values(), strict=False)]
    aligned = [f"  {name:<{first}} {{{_padded(cells, widths)}}}" for name, cells in rows.items()]
    same = len({len(cells) for cells in rows.values()}) == 1
    return aligned if same and max(map(len, aligned)) <= _TABLE else table


def _padded(cells: list[str], widths: list[int]) -> str:
    padded = [f"{cell + ',':<{width}}" for cell, width in zip(cells, widths, strict=True)]
    return " ".join(padded).rstrip().removesuffix(",")


def _mailbox(box: Given, indent: str) -> list[str]:
    name = f"{indent}{quote(box.mailbox)}:"
    if not any(message.message or message.flags or message.date for message in box.messages):
        line = f"{name} {flow([message.name for message in box.messages])}"
        if len(line) <= WIDTH:
            return [line]
    return [name, *(f"{indent}- {_message(message)}" for message in box.messages)]


def _message(message: GivenMessage) -> str:
    fields = [
        f"{key}: {quote(value, inline=True)}"
        for key, value in (
            ("message", message.message),
            ("flags", message.flags),
            ("date", message.date),
        )
        if value
    ]
    return f"{message.name}: {{{', '.join(fields)}}}" if fields else message.name


def _step(step: Step, indent: str) -> list[str]:
    inner = indent + "  "
    if step.together:
        lines = [f"{indent}- together:"]
        for lane in step.together:
            lane_lines = [line for one in lane for line in _step(one, inner)]
            if len(lane) > 1:
                lane_lines = [f"  {line}" for line in lane_lines]
                lane_lines[0] = f"{inner}- {lane_lines[0].lstrip()}"
            lines += lane_lines
    else:
        action = f"{step.verb} {step.command}".strip() if step.verb else step.command
        lines = [f"{indent}- {step.actor}: {quote(action)}"]
        if "\n" in action:
            lines = [f"{indent}- {step.actor}:"]
            lines += [f"{inner}- {quote(command)}" for command in action.split("\n")]
    if step.note:
        lines += folded("note", step.note, inner)
    if step.needs:
        needs = _needs(step.needs)
        lines.append(f"{inner}if: {quote(needs[0]) if len(needs) == 1 else flow(needs)}")
    if step.pieces:
        lines.append(f"{inner}in pieces: {step.pieces}")
    if step.times != 1:
        lines.append(f"{inner}times: {step.times}")
    if step.within is not None:
        lines.append(f"{inner}within: {duration(step.within)}")
    lines += _expectations(step.expectations, inner)
    if step.behaviour:
        lines.append(f"{inner}behaviour: {quote(step.behaviour)}")
    if step.either:
        lines.append(f"{inner}either:")
        for branch in step.either:
            body = _expectations(branch.expectations, inner + "    ")
            lines += [f"{inner}  {quote(branch.name)}:{'' if body else ' {}'}", *body]
    if step.rules:
        rule = step.rules[0] if len(step.rules) == 1 else flow(step.rules)
        lines.append(f"{inner}rule: {rule}")
    return lines


def _expectations(expectations: Expectations, indent: str) -> list[str]:
    lines = []
    for level in Level:
        if patterns := expectations.at(level):
            lines.append(f"{indent}{level}:")
            lines += [f"{indent}- {quote(pattern.text)}" for pattern in patterns]
    if expectations.only:
        lines.append(f"{indent}only: yes")
    if expectations.in_order:
        lines.append(f"{indent}in order: yes")
    if expectations.ends is not None:
        lines.append(f"{indent}ends: {quote(expectations.ends.text)}")
    if len(expectations.check) == 1:
        lines.append(f"{indent}check: {quote(expectations.check[0].text)}")
    elif expectations.check:
        lines.append(f"{indent}check:")
        lines += [f"{indent}- {quote(check.text)}" for check in expectations.check]
    return lines
