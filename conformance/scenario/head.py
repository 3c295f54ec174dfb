"""Reads what stands above the steps, then the steps in its light."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from conformance.scenario.cases import COLUMN
from conformance.scenario.mailboxes import MailReader
from conformance.scenario.model import Actor, Given, Scenario
from conformance.scenario.reading import Reading
from conformance.scenario.steps import Names, StepReader
from conformance.scenario.tree import Mapping as MappingNode
from conformance.scenario.tree import Node, Scalar
from conformance.scenario.tree import Sequence as SequenceNode
from conformance.scenario.words import (
    ACTOR,
    CLIENTS,
    FOUND,
    HEAD,
    LOGIN,
    RESERVED,
    SPEAKS,
    STEP,
    VIA,
)

__all__ = ["Head"]

_ACTOR_NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_USER = re.compile(r"[a-z][a-z0-9._-]{0,30}")
_TAG = re.compile(r"[a-z0-9][a-z0-9-]*")
_CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*")


class Head:
    """Turns the tree of a file into a scenario and notes problems in ``reading``."""

    def __init__(
        self,
        reading: Reading,
        folders: Sequence[Path],
        begin: Callable[[Scalar], Scenario],
    ) -> None:
        """Read with message files in ``folders``; ``begin`` finds what ``begins`` names."""
        self.reading = reading
        self.folders = folders
        self.begin = begin

    def scenario(self, node: Node, id_: str, text: str) -> Scenario:
        """Return the scenario as far as it can be read."""
        reading = self.reading
        if not isinstance(node, MappingNode):
            reading.wrong(node.place, "a scenario is a mapping that begins with 'scenario: TITLE'")
            return Scenario(id_, "")
        head = reading.fields(node, HEAD, "a scenario")
        begins = head.get("begins")
        before = self._before(begins) if begins is not None else None
        for key in ("scenario", "steps") if "begins" in head else ("scenario", "actors", "steps"):
            if key not in head and not any(k.value == key for k, _ in node.pairs):
                reading.wrong(node.place, f"'{key}' is missing")
        known = before or Scenario("", "")
        mail = MailReader(reading, self.folders, known)
        actors = self._actors(head["actors"], known) if "actors" in head else ()
        messages = mail.messages(head["messages"]) if "messages" in head else {}
        given: tuple[Given, ...] = ()
        if "given" in head:
            given = mail.given(head["given"], (*known.actors, *actors), messages)
        boxes = (*known.given, *given)
        names = Names(
            actors=tuple(actor.name for actor in (*known.actors, *actors)),
            given=tuple(message.name for box in boxes for message in box.messages),
            messages=(*known.messages, *messages),
            clients=tuple(actor.name for actor in (*known.actors, *actors) if actor.client),
        )
        steps = StepReader(reading, names).steps(head["steps"]) if "steps" in head else ()
        return Scenario(
            id=id_,
            title=reading.text(head["scenario"], "the title") if "scenario" in head else "",
            why=self._why(head["why"]) if "why" in head else "",
            rules=reading.rules(head["rules"]) if "rules" in head else (),
            needs=reading.needs(head["needs"]) if "needs" in head else (),
            tags=self._tags(head["tags"]) if "tags" in head else (),
            actors=actors,
            messages=messages,
            given=given,
            cases=self.cases(head["cases"]) if "cases" in head else {},
            begins=begins.value if isinstance(begins, Scalar) else "",
            steps=steps,
            found=self._found(head["found"]) if "found" in head else {},
            file=reading.file,
            text=text,
            beginning=before,
        )

    def _before(self, node: Node) -> Scenario | None:
        if self.reading.text(node, "the beginning") and isinstance(node, Scalar):
            return self.begin(node)
        return None

    def cases(self, node: Node) -> dict[str, dict[str, str]]:
        """Read the table of cases, in which each has a value in every column."""
        reading = self.reading
        table: dict[str, dict[str, str]] = {}
        columns: list[str] = []
        for key, value in reading.mapping(node, "'cases'"):
            if not _CASE.fullmatch(key.value):
                reading.wrong(key.place, f"'{key.value}' is no case's name: letters, digits, . - _")
            row = {}
            for column, cell in reading.mapping(value, "a case"):
                if not COLUMN.fullmatch(column.value):
                    message = f"'{column.value}' is no value's name: a letter, then a-z, 0-9 and _"
                    reading.wrong(column.place, message)
                if not isinstance(cell, Scalar):
                    reading.text(cell, "a value")
                else:
                    row[column.value] = cell.value
            columns = columns or list(row)
            if missing := [name for name in columns if name not in row]:
                reading.wrong(key.place, f"'{key.value}' has no value for {', '.join(missing)}")
            for name in row:
                if name not in columns:
                    reading.wrong(key.place, f"only '{key.value}' has a value for {name}")
            table[key.value] = row
        if not table and isinstance(node, MappingNode | Scalar):
            reading.wrong(node.place, "'cases' names a case at least")
        return table

    def _why(self, node: Node) -> str:
        """Return a text that may run over several lines, as one line."""
        if isinstance(node, Scalar):
            return " ".join(node.value.split())
        return self.reading.text(node, "why")

    def _tags(self, node: Node) -> tuple[str, ...]:
        found = self.reading.texts(node, "a tag")
        for tag in found:
            if not _TAG.fullmatch(tag.value) or tag.value in ("and", "or", "not"):
                message = f"'{tag.value}' is no tag: a-z, 0-9 and -, but not and, or, not"
                self.reading.wrong(tag.place, message)
        return tuple(tag.value for tag in found)

    def _found(self, node: Node) -> dict[str, str]:
        fields = self.reading.fields(node, FOUND, "'found'")
        return {key: self.reading.text(value, f"'{key}'") for key, value in fields.items()}

    def _actors(self, node: Node, known: Scenario) -> tuple[Actor, ...]:
        """Read the clients; ``known`` brings others."""
        reading = self.reading
        actors = []
        taken = {actor.name for actor in known.actors}
        for key, value in reading.mapping(node, "'actors'"):
            name = key.value
            if not _ACTOR_NAME.fullmatch(name):
                reading.wrong(key.place, f"'{name}' is no actor's name: a-z, 0-9, - and _")
            elif name in RESERVED or name in STEP:
                reading.wrong(key.place, f"'{name}' is a word of the language, not an actor's name")
            elif name in taken:
                reading.wrong(
                    key.place, f"the beginning '{known.id}' has an actor '{name}' already"
                )
            fields = reading.fields(value, ACTOR, "an actor")
            user = reading.text(fields["user"], "the user") if "user" in fields else "alice"
            if user and not _USER.fullmatch(user):
                reading.wrong(fields["user"].place, f"'{user}' is no user: a-z, 0-9, '.', - and _")
            via = reading.choice(fields["via"], VIA, "way") if "via" in fields else "plain"
            speaks = (
                reading.choice(fields["speaks"], SPEAKS, "protocol")
                if "speaks" in fields
                else "imap"
            )
            client = self._client(fields, speaks, via)
            login = "LOGIN"
            if "login" in fields:
                login = reading.choice(fields["login"], LOGIN, "way to log in")
                if speaks != "imap":
                    reading.wrong(fields["login"].place, f"'login' is for imap, not for {speaks}")
            actors.append(Actor(name, speaks, user, via, client, login, key.place))
        if not actors and not isinstance(node, SequenceNode):
            reading.wrong(node.place, "a scenario has an actor at least")
        return tuple(actors)

    def _client(self, fields: dict[str, Node], speaks: str, via: str) -> str:
        """Return the client library that acts; empty for an actor of ours."""
        if "client" not in fields:
            return ""
        node = fields["client"]
        client = self.reading.choice(node, CLIENTS, "client library")
        if client in CLIENTS and speaks != "imap":
            self.reading.wrong(node.place, f"'{client}' speaks imap, not {speaks}")
        if client in CLIENTS and via == "starttls":
            self.reading.wrong(
                node.place, f"'{client}' is recorded by a relay, which cannot see into STARTTLS"
            )
        if client in CLIENTS and "login" in fields:
            self.reading.wrong(fields["login"].place, f"'{client}' logs in by LOGIN")
        return client
