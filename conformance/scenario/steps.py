"""Reads the steps of a scenario in the light of its actors and messages."""

import re
from collections.abc import Callable
from typing import Any

from conformance.scenario.expectations import ExpectationReader, Names
from conformance.scenario.fitting import Fields, arguments, blind, in_pieces, library, times, unfit
from conformance.scenario.model import Step
from conformance.scenario.pattern import (
    Message,
    Seq,
    Uid,
)
from conformance.scenario.problems import suggest
from conformance.scenario.reading import Reading
from conformance.scenario.template import Literal, parse_command, parse_raw
from conformance.scenario.tree import Mapping, Scalar, Sequence
from conformance.scenario.tree import Node as TreeNode
from conformance.scenario.words import (
    EVERYONE,
    NETWORK,
    RESERVED,
    SERVER,
    STEP,
    VERBS,
    Verb,
)

__all__ = ["Names", "StepReader"]

_LOWER = re.compile(r"[a-z]+(?=\s|\Z)")
_OUTSIDE = {"server": SERVER, "network": NETWORK, "everyone": EVERYONE}


class StepReader:
    """Turns nodes into steps and notes problems in ``reading``."""

    def __init__(self, reading: Reading, names: Names) -> None:
        """Read in the light of ``names``."""
        self.reading = reading
        self.names = names
        self.expects = ExpectationReader(reading, names)

    def steps(self, node: TreeNode) -> tuple[Step, ...]:
        """Return the steps of a list."""
        if not isinstance(node, Sequence) or not node.items:
            self.reading.wrong(node.place, "'steps' is a list: '- ACTOR: COMMAND' each")
            return ()
        return tuple(step for item in node.items if (step := self.step(item)) is not None)

    def step(self, node: TreeNode, *, lane: bool = False) -> Step | None:
        """Return one step; None if not even its actor is known."""
        if not isinstance(node, Mapping) or not node.pairs:
            self.reading.wrong(node.place, "a step is 'ACTOR: COMMAND'")
            return None
        (key, action), *others = node.pairs
        if key.value not in RESERVED and not self._is_actor(key):
            return None
        fields = self._fields(others)
        if key.value == "together":
            if lane:
                self.reading.wrong(key.place, "'together' cannot stand within 'together'")
                return None
            return self._together(key, action, fields)
        if key.value == "everyone" and lane:
            self.reading.wrong(key.place, "'everyone' cannot stand within 'together'")
            return None
        if key.value in _OUTSIDE:
            return self._outside(key, action, fields)
        verb, command, word = self._action(action)
        if word is not None:
            unfit(self.reading, action, fields, verb, word, lane=lane)
        if key.value in self.names.clients:
            library(self.reading, key.value, verb, action, fields)
        return self._complete(key, verb, command, fields)

    def _is_actor(self, key: Scalar) -> bool:
        name = key.value
        if name in self.names.actors or not self.names.actors:
            return True
        if name in STEP:
            message = f"a step begins with its actor, 'ACTOR: COMMAND', not with '{name}'"
        else:
            near = suggest(name, [*self.names.actors, *RESERVED])
            message = f"'{name}' is no actor of this scenario{near}"
        self.reading.wrong(key.place, message)
        return False

    def _fields(self, pairs: list[tuple[Scalar, TreeNode]]) -> Fields:
        fields = {}
        for key, value in pairs:
            name = key.value
            if name in STEP:
                fields[name] = (key, value)
            elif name in self.names.actors or name in RESERVED:
                message = f"a second actor in one step; begin a new one: '- {name}: …'"
                self.reading.wrong(key.place, message)
            else:
                self.reading.wrong(key.place, f"'{name}' is not a step key{suggest(name, STEP)}")
        return fields

    # --- what is done

    def _action(self, node: TreeNode) -> tuple[str, str, Verb | None]:
        """Return verb, command and, for a verb, what is known of it."""
        if isinstance(node, Sequence):
            return "", self._pipelined(node), None
        text = self.reading.text(node, "the command")
        if not text or not isinstance(node, Scalar):
            return "", text, None
        match = _LOWER.match(text)
        if match is None:
            self._command(node, text, 0)
            return "", text, None
        verb, rest = match[0], text[match.end() :].strip()
        known = VERBS.get(verb)
        if known is None:
            message = (
                f"'{verb}' is no word of the harness{suggest(verb, VERBS)}; "
                "commands for the wire are in upper case"
            )
            self.reading.wrong(node.place, message)
            return verb, rest, None
        offset = len(text) - len(rest)
        if not known.argument:
            if rest:
                self.reading.wrong(node.at(offset), f"nothing follows '{verb}'")
        elif known.argument == "raw":
            self._pieces(node, rest, offset, parse_raw)
        elif self._command(node, rest, offset) and "message(" not in rest:
            self.reading.wrong(node.place, f"'{verb}' needs a message: {verb} message(x)")
        return verb, rest, known

    def _pipelined(self, node: Sequence) -> str:
        """Return the commands of a list, a line each."""
        if len(node.items) < 2:
            self.reading.wrong(node.place, "a list of commands holds two or more")
        commands = []
        for item in node.items:
            verb, command, _ = self._action(item) if isinstance(item, Scalar) else ("", "", None)
            if verb or not command:
                message = "what goes out in one write are commands for the wire, in upper case"
                self.reading.wrong(item.place, message)
            commands.append(command)
        return "\n".join(commands)

    def _command(self, node: Scalar, text: str, offset: int) -> bool:
        return self._pieces(node, text, offset, parse_command)

    def _pieces(
        self, node: Scalar, text: str, offset: int, parse: Callable[[str], tuple[Any, ...]]
    ) -> bool:
        part = Scalar(text, node.at(offset), node.at(offset), node.verbatim)
        pieces = self.reading.parsed(part, parse)
        for piece in pieces or ():
            content = piece.content if isinstance(piece, Literal) else piece
            if isinstance(content, Uid | Seq | Message):
                self.expects.reference(content, part)
        return pieces is not None

    # --- what is seen

    def _complete(self, key: Scalar, verb: str, command: str, fields: Fields) -> Step:
        reading = self.reading
        values = {name: value for name, (_, value) in fields.items()}
        either = self.expects.either(values["either"]) if "either" in values else ()
        if "times" in fields:
            reading.wrong(fields["times"][0].place, "'times' belongs to 'together'")
        if "behaviour" in fields and "either" not in fields:
            reading.wrong(fields["behaviour"][0].place, "'behaviour' names what 'either' chooses")
        return Step(
            actor=key.value,
            verb=verb,
            command=command,
            expectations=self.expects.expectations(values),
            either=either,
            behaviour=reading.text(values["behaviour"], "the behaviour")
            if "behaviour" in values
            else "",
            within=reading.duration(values["within"], "'within'") if "within" in values else None,
            needs=reading.needs(values["if"]) if "if" in values else (),
            rules=reading.rules(values["rule"]) if "rule" in values else (),
            note=self._note(values),
            pieces=in_pieces(reading, values["in pieces"]) if "in pieces" in values else "",
            place=key.place,
        )

    def _note(self, values: dict[str, TreeNode]) -> str:
        node = values.get("note")
        if node is None:
            return ""
        if isinstance(node, Scalar):
            return " ".join(node.value.split())
        return self.reading.text(node, "the note")

    # --- steps without an actor

    def _outside(self, key: Scalar, node: TreeNode, fields: Fields) -> Step | None:
        table = _OUTSIDE[key.value]
        blind(self.reading, fields, f"'{key.value}' sees nothing")
        if "in pieces" in fields:
            message = f"'{key.value}' writes nothing that could go out 'in pieces'"
            self.reading.wrong(fields.pop("in pieces")[0].place, message)
        text = self.reading.text(node, f"what the {key.value} does")
        if not text or not isinstance(node, Scalar):
            return None
        verb = next((v for v in table if text == v or text.startswith(f"{v} ")), None)
        if verb is None:
            words = ", ".join(table)
            who = key.value if key.value == "everyone" else f"the {key.value}"
            message = f"{who} knows {words}, not '{text}'{suggest(text, table)}"
            self.reading.wrong(node.place, message)
            return None
        rest = text[len(verb) :].strip()
        arguments(self.reading, self.names.actors, verb, table[verb].argument, rest, node)
        return self._complete(key, verb, rest, fields)

    def _together(self, key: Scalar, node: TreeNode, fields: Fields) -> Step | None:
        for name in (fields.keys() & STEP.keys()) - {"note", "if", "rule", "times"}:
            message = f"'together' sees nothing itself; '{name}' stands in its lanes"
            self.reading.wrong(fields[name][0].place, message)
            del fields[name]
        if not isinstance(node, Sequence) or len(node.items) < 2:
            self.reading.wrong(node.place, "'together' is a list of two lanes or more")
            return None
        lanes = []
        owners: dict[str, int] = {}
        for number, item in enumerate(node.items):
            items = item.items if isinstance(item, Sequence) else (item,)
            if not items:
                self.reading.wrong(item.place, "a lane is a step or a list of steps")
            lane = tuple(s for i in items if (s := self.step(i, lane=True)) is not None)
            for step in lane:
                if owners.setdefault(step.actor, number) != number and step.place:
                    message = f"'{step.actor}' cannot be in two lanes"
                    self.reading.wrong(step.place, message)
            lanes.append(lane)
        meetings = [sum(step.verb == "meets" for step in lane) for lane in lanes]
        if len(set(meetings)) > 1:
            found = ", ".join(map(str, meetings))
            message = f"every lane meets as often as the others; here they meet {found} times"
            self.reading.wrong(key.place, message)
        values = {name: value for name, (_, value) in fields.items()}
        return Step(
            together=tuple(lanes),
            times=times(self.reading, values["times"]) if "times" in values else 1,
            needs=self.reading.needs(values["if"]) if "if" in values else (),
            rules=self.reading.rules(values["rule"]) if "rule" in values else (),
            note=self._note(values),
            place=key.place,
        )
